// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QPointer>

class QLineEdit;
class QListView;

namespace Mailgauge::Models {
class CommandModel;
}

namespace Mailgauge::Widgets {

/// A box on top of its window that runs anything by name: type some letters, press Return. It is a
/// child, not a dialog: Escape or a click elsewhere closes it and gives the focus back.
class CommandPalette final : public QFrame {
    Q_OBJECT

public:
    /// The model is not owned.
    CommandPalette(Models::CommandModel &model, QWidget *window);

    void open();
    void dismiss();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void place();
    void filter(const QString &text);
    void runCurrent();
    [[nodiscard]] bool handleKey(int key);

    Models::CommandModel &m_model;
    QLineEdit *m_edit;
    QListView *m_list;
    QPointer<QWidget> m_focusBefore;
};

} // namespace Mailgauge::Widgets
