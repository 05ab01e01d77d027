// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QList>

class QAction;
class QHBoxLayout;
class QLabel;
class QToolButton;

namespace Mailgauge::Widgets {

/// A sentence inside the window, with what can be done about it: never modal, never in the way of
/// the keyboard. Plain text only.
class MessageBar final : public QFrame {
    Q_OBJECT

public:
    enum class Kind : quint8 {
        Info,
        Success,
        Warning,
        Error,
    };
    Q_ENUM(Kind)

    explicit MessageBar(QWidget *parent = nullptr);

    /// Replaces what is shown. Actions that have this bar as parent go with the message. A focus
    /// that was on one of its buttons goes to the same action, else to the first.
    void showMessage(Kind kind, const QString &text, const QList<QAction *> &actions = {});
    /// The first of its actions that can be chosen gets the focus: for a question that the user's
    /// own click brought up.
    void focusAction();
    /// Without a cross the message stays until whoever showed it takes it away.
    void setDismissible(bool dismissible);
    [[nodiscard]] Kind kind() const { return m_kind; }
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void dismissed();

protected:
    void changeEvent(QEvent *event) override;

private:
    void applyColors();
    void replaceActions(const QList<QAction *> &actions);

    Kind m_kind = Kind::Info;
    QLabel *m_icon;
    QLabel *m_text;
    QHBoxLayout *m_buttons;
    QToolButton *m_dismiss;
    QList<QAction *> m_actions;
};

} // namespace Mailgauge::Widgets
