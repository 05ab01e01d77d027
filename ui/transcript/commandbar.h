// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/breakrule.h"
#include "smtp/capabilities.h"
#include "smtp/stage.h"

#include <QStringList>
#include <QWidget>

#include <optional>

class QAction;
class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;
class QStringListModel;
class QToolButton;

namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Transcript {

/// The line under the transcript by which a person speaks to the server: commands to a session that
/// stays open, with history and completion, and the command that waits at a breakpoint. Knows no
/// session; whoever owns one listens and tells.
class CommandBar final : public QWidget {
    Q_OBJECT

public:
    enum class State : quint8 {
        Closed, ///< No session.
        Opening,
        Idle, ///< A command can be typed.
        Busy, ///< One is on its way.
        Paused, ///< A line waits for the user.
    };

    explicit CommandBar(const Theme::Theme &theme, QWidget *parent = nullptr);

    [[nodiscard]] State state() const { return m_state; }
    /// Where commands of ours shall wait for the user from the next session on; none: nowhere.
    [[nodiscard]] std::optional<Smtp::BreakRule> pauses() const;
    /// What the server of the open session announced: completion offers what it understands.
    void setCapabilities(const Smtp::Capabilities &capabilities);
    void setState(State state);
    /// `line` waits to be sent; shown until setState().
    void pause(const QByteArray &line, Smtp::Stage stage);
    /// A command was answered: it goes into the history, unless a secret was cut out of it.
    void answered(const QByteArray &line, const Smtp::Reply &reply);
    /// What was typed cannot be sent.
    void showProblem(const QString &problem);

Q_SIGNALS:
    void openRequested();
    void commandEntered(const QByteArray &line);
    /// Without a line: as it was.
    void resumed(const std::optional<QByteArray> &line);
    /// Ends the session; at a breakpoint at once.
    void closeRequested();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void enter();
    void leave();
    void recall(int step);
    void updateWidgets();
    [[nodiscard]] QMenu *makeStages();
    void stageChosen(bool on);
    void namePauses();
    void updateCompletions();

    State m_state = State::Closed;
    QString m_pausedLine;
    QStringList m_history; ///< Oldest first.
    qsizetype m_recalled = 0; ///< Behind the last: what is being typed.
    QString m_typed;
    QToolButton *m_pauses;
    QList<QAction *> m_stages; ///< In the order of BreakRule::Possible.
    Smtp::Capabilities m_capabilities; ///< Empty: not known.
    QStringListModel *m_completions;
    QLabel *m_label;
    QLineEdit *m_line;
    QPushButton *m_enter;
    QPushButton *m_leave;
};

} // namespace Mailgauge::Transcript
