// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QListView;
class QPushButton;
class QToolButton;

namespace Mailgauge::Models {
class AttachmentsModel;
}

namespace Mailgauge::Compose {

/// The files of the message below its body: one slim line while there are none.
class AttachmentStrip final : public QWidget {
    Q_OBJECT

public:
    explicit AttachmentStrip(Models::AttachmentsModel &model, QWidget *parent = nullptr);

    void chooseFiles();

Q_SIGNALS:
    void filesChosen(const QStringList &paths);
    /// An image was made inline; the HTML should show it.
    void inlineChosen(const QByteArray &contentId);

protected:
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void follow();
    void removeSelected();
    void toggleInline();

    Models::AttachmentsModel &m_model;
    QListView *m_list;
    QLabel *m_hint;
    QToolButton *m_attach;
    QToolButton *m_inline;
    QToolButton *m_remove;
};

} // namespace Mailgauge::Compose
