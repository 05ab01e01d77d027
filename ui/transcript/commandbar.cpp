// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/commandbar.h"

#include "base/literals.h"
#include "theme/theme.h"
#include "transcript/entry.h"

#include <QCompleter>
#include <QHBoxLayout>
#include <QIcon>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>

namespace Mailgauge::Transcript {

namespace {

constexpr qsizetype MostHistory = 100;

/// RFC 5321 4.1.1, and what its extensions added.
QStringList knownCommands()
{
    return {u"NOOP"_s, u"HELP"_s, u"VRFY "_s, u"EXPN "_s, u"RSET"_s, u"EHLO "_s, u"HELO "_s,
        u"MAIL FROM:<"_s, u"RCPT TO:<"_s, u"DATA"_s, u"AUTH "_s, u"ETRN "_s, u"QUIT"_s};
}

} // namespace

CommandBar::CommandBar(const Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_pauses(new QToolButton(this))
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
    m_pauses->setToolTip(
        tr("Pause before each command of the next sessions, to look at it or to change it"));
    m_label->setTextFormat(Qt::PlainText);
    m_line->setObjectName(u"transcriptCommandLine"_s);
    m_line->setAccessibleName(tr("Command to the server"));
    m_line->setFont(theme.monospaceFont());
    m_line->setLayoutDirection(Qt::LeftToRight);
    auto *completer = new QCompleter(knownCommands(), m_line);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    completer->setCompletionMode(QCompleter::InlineCompletion);
    m_line->setCompleter(completer);
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

bool CommandBar::pauses() const
{
    return m_pauses->isChecked();
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
