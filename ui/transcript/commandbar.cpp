// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/commandbar.h"

#include "base/literals.h"
#include "theme/theme.h"
#include "transcript/entry.h"

#include <QAction>
#include <QCompleter>
#include <QHBoxLayout>
#include <QIcon>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QStringListModel>
#include <QToolButton>

#include <algorithm>
#include <utility>

namespace Mailgauge::Transcript {

namespace {

constexpr qsizetype MostHistory = 100;

/// What every server has to understand (RFC 5321 4.5.1), then what this one says it does; without
/// its word all that is in use.
QStringList commandsFor(const Smtp::Capabilities &capabilities)
{
    QStringList commands {u"NOOP"_s, u"RSET"_s, u"VRFY "_s, u"EHLO "_s, u"HELO "_s,
        u"MAIL FROM:<"_s, u"RCPT TO:<"_s, u"DATA"_s, u"QUIT"_s};
    const bool isKnown = !capabilities.all().isEmpty();
    for (const auto &[keyword, command] : {std::pair {"HELP"_ba, u"HELP"_s},
             std::pair {"EXPN"_ba, u"EXPN "_s}, std::pair {"ETRN"_ba, u"ETRN "_s},
             std::pair {"XCLIENT"_ba, u"XCLIENT "_s}, std::pair {"XFORWARD"_ba, u"XFORWARD "_s}}) {
        if (!isKnown || capabilities.has(keyword))
            commands.append(command);
    }
    if (!isKnown)
        commands.append(u"AUTH "_s);
    const QList<QByteArray> mechanisms = capabilities.authMechanisms();
    for (const QByteArray &mechanism : mechanisms)
        commands.append(u"AUTH "_s + visibleText(mechanism));
    return commands;
}

/// The stage, by the name that it has everywhere, and the command where that is another word.
QString stageText(Smtp::Stage stage)
{
    const QString name = QString::fromLatin1(Smtp::stageName(stage));
    if (stage == Smtp::Stage::Helo)
        return CommandBar::tr("%1 (EHLO)", "name of a stage").arg(name);
    if (stage == Smtp::Stage::Content)
        return CommandBar::tr("%1 (BDAT)", "name of a stage").arg(name);
    return name;
}

} // namespace

CommandBar::CommandBar(const Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_pauses(new QToolButton(this))
    , m_completions(new QStringListModel(this))
    , m_label(new QLabel(this))
    , m_line(new QLineEdit(this))
    , m_enter(new QPushButton(this))
    , m_leave(new QPushButton(this))
{
    setObjectName(u"transcriptCommandBar"_s);
    m_pauses->setObjectName(u"transcriptPauses"_s);
    m_pauses->setCheckable(true);
    m_pauses->setAutoRaise(true);
    m_pauses->setIcon(QIcon::fromTheme(u"media-playback-pause"_s));
    m_pauses->setText(tr("Pause Before Each Command"));
    m_pauses->setPopupMode(QToolButton::MenuButtonPopup);
    m_pauses->setMenu(makeStages());
    connect(m_pauses, &QToolButton::toggled, this, [this](bool on) {
        const bool nowhere = std::ranges::none_of(m_stages, &QAction::isChecked);
        if (!on || !nowhere)
            return;
        for (QAction *stage : std::as_const(m_stages))
            stage->setChecked(true);
    });
    namePauses();
    m_label->setTextFormat(Qt::PlainText);
    m_line->setObjectName(u"transcriptCommandLine"_s);
    m_line->setAccessibleName(tr("Command to the server"));
    m_line->setFont(theme.monospaceFont());
    m_line->setLayoutDirection(Qt::LeftToRight);
    // A list, not words put into the line: what is sent is what was typed.
    auto *completer = new QCompleter(m_completions, m_line);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_line->setCompleter(completer);
    updateCompletions();
    m_line->installEventFilter(this);
    m_enter->setObjectName(u"transcriptCommandEnter"_s);
    m_leave->setObjectName(u"transcriptCommandLeave"_s);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(4, 4, 4, 4);
    layout->setSpacing(4);
    layout->addWidget(m_pauses);
    layout->addWidget(m_label);
    layout->addWidget(m_line, 1);
    layout->addWidget(m_enter);
    layout->addWidget(m_leave);
    m_label->setBuddy(m_line);
    connect(m_line, &QLineEdit::returnPressed, this, &CommandBar::enter);
    connect(m_enter, &QPushButton::clicked, this, &CommandBar::enter);
    connect(m_leave, &QPushButton::clicked, this, &CommandBar::leave);
    setFocusProxy(m_line);
    updateWidgets();
}

QMenu *CommandBar::makeStages()
{
    auto *menu = new QMenu(m_pauses);
    menu->setObjectName(u"transcriptPauseStages"_s);
    for (const Smtp::Stage stage : Smtp::BreakRule::Possible) {
        QAction *action = menu->addAction(stageText(stage));
        action->setObjectName(u"pause."_s + QString::fromLatin1(Smtp::stageName(stage)));
        action->setCheckable(true);
        action->setChecked(true);
        connect(action, &QAction::toggled, this, &CommandBar::stageChosen);
        m_stages.append(action);
    }
    return menu;
}

/// Who says where wants it, and who takes the last place away does not.
void CommandBar::stageChosen(bool on)
{
    if (on)
        m_pauses->setChecked(true);
    else if (std::ranges::none_of(m_stages, &QAction::isChecked))
        m_pauses->setChecked(false);
    namePauses();
}

void CommandBar::namePauses()
{
    QStringList chosen;
    for (const QAction *stage : std::as_const(m_stages)) {
        if (stage->isChecked())
            chosen.append(stage->text());
    }
    m_pauses->setToolTip(chosen.isEmpty() || chosen.size() == m_stages.size()
            ? tr("Pause before each command of the next sessions, to look at it or to change it")
            : tr("Pause in the next sessions before the commands of %1, to look at them or to "
                 "change them")
                  .arg(chosen.join(u", "_s)));
}

std::optional<Smtp::BreakRule> CommandBar::pauses() const
{
    Smtp::BreakRule rule;
    for (qsizetype i = 0; i < m_stages.size(); ++i) {
        if (m_stages[i]->isChecked())
            rule.stages.append(Smtp::BreakRule::Possible[static_cast<std::size_t>(i)]);
    }
    return m_pauses->isChecked() ? std::optional(rule) : std::nullopt;
}

void CommandBar::setCapabilities(const Smtp::Capabilities &capabilities)
{
    m_capabilities = capabilities;
    updateCompletions();
}

/// What was said before, the last first, then what could be.
void CommandBar::updateCompletions()
{
    QStringList all(m_history.crbegin(), m_history.crend());
    all += commandsFor(m_capabilities);
    all.removeDuplicates();
    m_completions->setStringList(all);
}

void CommandBar::setState(State state)
{
    const bool wasPaused = m_state == State::Paused;
    m_state = state;
    if (wasPaused || state == State::Closed) {
        m_line->clear();
        m_line->setEchoMode(QLineEdit::Normal);
    }
    updateWidgets();
}

void CommandBar::pause(const QByteArray &line, Smtp::Stage stage)
{
    m_state = State::Paused;
    m_pausedLine = visibleText(line);
    updateWidgets();
    m_label->setText(
        tr("Paused before %1:").arg(QString::fromLatin1(Smtp::stageName(stage)).toUpper()));
    m_line->setText(m_pausedLine);
    m_line->setFocus();
}

void CommandBar::answered(const QByteArray &line, const Smtp::Reply &reply)
{
    const QString text = QString::fromUtf8(line);
    m_history.removeAll(text);
    if (!text.contains(u"<redacted: "_s) && reply.code != 334)
        m_history.append(text);
    while (m_history.size() > MostHistory)
        m_history.removeFirst();
    m_recalled = m_history.size();
    updateCompletions();
    // What answers a challenge is a secret, and nobody's to read.
    m_line->setEchoMode(reply.code == 334 ? QLineEdit::Password : QLineEdit::Normal);
    setState(State::Idle);
}

void CommandBar::showProblem(const QString &problem)
{
    m_label->setText(problem);
    m_line->selectAll();
}

void CommandBar::enter()
{
    switch (m_state) {
    case State::Closed:
        Q_EMIT openRequested();
        return;
    case State::Paused: {
        const QString text = m_line->text();
        Q_EMIT resumed(text == m_pausedLine ? std::nullopt : std::optional(text.toUtf8()));
        return;
    }
    case State::Idle: {
        const QByteArray line = m_line->text().toUtf8();
        m_line->clear();
        setState(State::Busy);
        Q_EMIT commandEntered(line);
        return;
    }
    case State::Opening:
    case State::Busy:
        return;
    }
}

void CommandBar::leave()
{
    Q_EMIT closeRequested();
}

void CommandBar::recall(int step)
{
    if (m_recalled == m_history.size())
        m_typed = m_line->text();
    m_recalled = qBound(qsizetype(0), m_recalled + step, m_history.size());
    m_line->setText(m_recalled == m_history.size() ? m_typed : m_history[m_recalled]);
}

bool CommandBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_line && event->type() == QEvent::KeyPress && m_state == State::Idle
        && m_line->echoMode() == QLineEdit::Normal) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down) {
            recall(key == Qt::Key_Up ? -1 : 1);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void CommandBar::updateWidgets()
{
    const bool closed = m_state == State::Closed;
    const bool paused = m_state == State::Paused;
    m_line->setEnabled(m_state == State::Idle || paused);
    m_line->setPlaceholderText(closed ? tr("No session is open")
            : m_state == State::Idle  ? tr("NOOP, VRFY, HELP …")
                                      : QString());
    m_label->setText(paused ? m_label->text() : tr("Command:"));
    m_enter->setText(closed ? tr("Open Session") : paused ? tr("Go On") : tr("Send Command"));
    m_enter->setEnabled(closed || paused || m_state == State::Idle);
    m_leave->setText(paused ? tr("Stop") : tr("Close Session"));
    m_leave->setEnabled(!closed);
}

} // namespace Mailgauge::Transcript
