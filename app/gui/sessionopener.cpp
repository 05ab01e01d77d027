// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionopener.h"

#include "transcript/transcriptpanel.h"

#include <utility>

namespace Mailgauge::Gui {

namespace {

// The first is there before anybody could wait; the others keep the window below one frame each.
constexpr int FirstPage = 500;
constexpr int LaterPages = 2000;

} // namespace

SessionOpener::SessionOpener(
    Transcript::SessionLibrary &library, Transcript::TranscriptPanel &transcript)
    : m_library(library)
    , m_transcript(transcript)
{
    connect(&m_transcript, &Transcript::TranscriptPanel::restRequested, this, &SessionOpener::goOn);
}

bool SessionOpener::isThere(const QUuid &session) const
{
    return m_transcript.model().transcript().indexOf(session) >= 0;
}

void SessionOpener::open(const QUuid &session)
{
    if (session == m_session) {
        m_transcript.showLiveSession(session);
        return;
    }
    stop();
    // The transcript may have been cleared meanwhile.
    if (!isThere(session))
        m_partial.remove(session);
    const qint64 from = m_partial.value(session).next;
    if (isThere(session)) {
        m_transcript.showLiveSession(session);
        Q_EMIT opened(session);
        if (from == 0)
            return; // one of this run, or all of it is there
    }
    begin(session, from);
}

void SessionOpener::goOn(const QUuid &session)
{
    if (session == m_session || !isThere(session) || !m_partial.contains(session))
        return;
    stop();
    begin(session, m_partial.value(session).next);
}

void SessionOpener::begin(const QUuid &session, qint64 from)
{
    m_session = session;
    m_transcript.setStopped(session, 0, 0); // It is on its way again.
    m_library.record(session).then(this,
        [this, from, generation = m_generation](
            const Base::Result<Transcript::SessionRecord> &record) {
            if (generation != m_generation)
                return;
            if (record) {
                read(*record, from);
                return;
            }
            end();
            Q_EMIT failed(record.error());
        });
}

void SessionOpener::stop()
{
    ++m_generation;
    if (isOpening())
        end();
}

void SessionOpener::end()
{
    const QUuid session = std::exchange(m_session, {});
    if (const auto place = m_partial.constFind(session);
        place != m_partial.constEnd() && isThere(session))
        m_transcript.setStopped(session, place->next, place->total);
    Q_EMIT ended();
}

void SessionOpener::read(const Transcript::SessionRecord &record, qint64 from)
{
    m_library.entryPage(record.id, from, from == 0 ? FirstPage : LaterPages)
        .then(this,
            [this, record, from, generation = m_generation](
                const Base::Result<Transcript::EntryPage> &page) {
                if (generation != m_generation)
                    return;
                if (page) {
                    show(record, from, *page);
                    return;
                }
                end();
                Q_EMIT failed(page.error());
            });
}

void SessionOpener::show(
    const Transcript::SessionRecord &record, qint64 from, const Transcript::EntryPage &page)
{
    if (from == 0) {
        m_transcript.showSession(record, page.entries);
        Q_EMIT opened(record.id);
    } else if (isThere(record.id)) {
        m_transcript.appendEntries(record.id, page.entries);
    } else {
        end(); // cleared while it was read
        return;
    }
    // Whoever heard of it may have asked for another one.
    if (m_session != record.id)
        return;
    if (page.isLast()) {
        m_partial.remove(record.id);
        m_transcript.model().setPartial(record.id, false);
        Q_EMIT progressed(page.total, page.total);
        end();
        return;
    }
    m_partial.insert(record.id, {page.next, page.total});
    m_transcript.model().setPartial(record.id, true);
    Q_EMIT progressed(page.next, page.total);
    read(record, page.next);
}

} // namespace Mailgauge::Gui
