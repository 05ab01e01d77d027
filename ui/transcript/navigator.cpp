// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/navigator.h"

#include "base/literals.h"
#include "models/transcriptmodel.h"
#include "transcript/commands.h"
#include "transcript/transcriptview.h"

#include <QAction>

namespace Mailgauge::Transcript {

using Models::TranscriptModel;

Navigator::Navigator(TranscriptModel &model, TranscriptView &view, Commands &commands)
    : QObject(&commands)
    , m_model(model)
    , m_view(view)
    , m_commands(commands)
{
    add(u"transcript.previousReply"_s, tr("Previous Reply"), u"go-previous"_s, Qt::Key_F7,
        &TranscriptModel::replyFrom, -1);
    add(u"transcript.nextReply"_s, tr("Next Reply"), u"go-next"_s, Qt::Key_F8,
        &TranscriptModel::replyFrom, 1);
    add(u"transcript.previousError"_s, tr("Previous Error"), u"go-up"_s, Qt::SHIFT | Qt::Key_F8,
        &TranscriptModel::errorFrom, -1);
    add(u"transcript.nextError"_s, tr("Next Error"), u"go-down"_s, Qt::CTRL | Qt::Key_F8,
        &TranscriptModel::errorFrom, 1);
    add(u"transcript.previousUnexpected"_s, tr("Previous Unexpected Reply"), u"go-up"_s,
        Qt::SHIFT | Qt::Key_F7, &TranscriptModel::unexpectedFrom, -1);
    add(u"transcript.nextUnexpected"_s, tr("Next Unexpected Reply"), u"go-down"_s,
        Qt::CTRL | Qt::Key_F7, &TranscriptModel::unexpectedFrom, 1);
    const auto addSame = [this](const QString &id, const QString &text, const QString &icon,
                             const QKeySequence &key, int step) {
        QAction *action = m_commands.add(id, text, icon, key, Qt::WindowShortcut);
        connect(action, &QAction::triggered, this,
            [this, step] { jump(m_model.sameSessionFrom(m_view.currentRow(), step)); });
        m_actions.append(action);
    };
    addSame(u"transcript.previousInSession"_s, tr("Previous Line of This Session"),
        u"go-previous-context"_s, Qt::CTRL | Qt::Key_Comma, -1);
    addSame(u"transcript.nextInSession"_s, tr("Next Line of This Session"), u"go-next-context"_s,
        Qt::CTRL | Qt::Key_Period, 1);
    addHistory(commands);
}

void Navigator::add(const QString &id, const QString &text, const QString &icon,
    const QKeySequence &key, Find find, int step)
{
    // These work whatever has the focus: reading the conversation while editing the message.
    QAction *action = m_commands.add(id, text, icon, key, Qt::WindowShortcut);
    connect(action, &QAction::triggered, this, [this, find, step] {
        const int from = m_view.currentRow();
        const int start = from < 0 && step < 0 ? m_model.rowCount() - 1 : from + step;
        jump((m_model.*find)(start, step));
    });
    m_actions.append(action);
}

void Navigator::addHistory(Commands &commands)
{
    m_back = commands.add(u"transcript.back"_s, tr("Back to the Line Before the Jump"),
        u"draw-arrow-back"_s, Qt::ALT | Qt::Key_Left);
    connect(m_back, &QAction::triggered, this, [this] { goHistory(true); });
    m_forward = commands.add(u"transcript.forward"_s, tr("Forward Again"), u"draw-arrow-forward"_s,
        Qt::ALT | Qt::Key_Right);
    connect(m_forward, &QAction::triggered, this, [this] { goHistory(false); });
    m_actions += {m_back, m_forward};
    updateHistory();
}

qsizetype Navigator::here() const
{
    const int row = m_view.currentRow();
    return row >= 0 && row < m_model.rowCount() ? m_model.sourceRow(row) : -1;
}

void Navigator::jump(int row)
{
    if (row < 0)
        return;
    m_history.leave(here());
    m_view.goTo(row);
    updateHistory();
}

void Navigator::goHistory(bool back)
{
    // Lines that a filter hides are passed over.
    while (const auto row = back ? m_history.back(here()) : m_history.forward(here())) {
        if (const int shown = m_model.shownRow(*row); shown >= 0) {
            m_view.goTo(shown);
            break;
        }
    }
    updateHistory();
}

void Navigator::updateHistory()
{
    m_back->setEnabled(m_history.canGoBack());
    m_forward->setEnabled(m_history.canGoForward());
}

void Navigator::clear()
{
    m_history.clear();
    updateHistory();
}

} // namespace Mailgauge::Transcript
