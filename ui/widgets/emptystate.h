// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAction;
class QLabel;
class QPushButton;

namespace Mailgauge::Widgets {

/// What a panel shows while it has nothing: an icon, what the panel is for, and one thing to do.
class EmptyState final : public QWidget {
    Q_OBJECT

public:
    EmptyState(const QString &iconName, const QString &sentence, QWidget *parent = nullptr);

    void setSentence(const QString &sentence);
    /// The one action offered; not owned. Null takes the button away.
    void setAction(QAction *action);

protected:
    void changeEvent(QEvent *event) override;

private:
    void updateIcon();

    QString m_iconName;
    QLabel *m_icon;
    QLabel *m_sentence;
    QPushButton *m_button;
    QMetaObject::Connection m_clicked;
};

} // namespace Mailgauge::Widgets
