// SPDX-License-Identifier: GPL-3.0-or-later
// The content in counted chunks (RFC 3030).
//
// Chunks follow each other without waiting where PIPELINING is announced; the last one waits until
// all before it were taken, and until the ledger says so: with it the message is committed. A
// refusal lets the announced octets of its chunk go out first, else they would be read as commands.
#include "smtp/sessionprivate.h"

#include "base/literals.h"

#include <utility>

namespace Mailgauge::Smtp {

using Base::Error;

void Session::Private::startChunks()
{
    if (stopsAfter(Stage::Data)) // There is no such command: nothing behind it either.
        return stop(true);
    m_running->unannounced = m_running->transaction.size;
    nextChunk();
}

void Session::Private::nextChunk()
{
    // A rule that ends the session around the final dot needs all the content before it.
    const bool emptyLast = stopsAfter(Stage::Content) || stopsAfter(Stage::Dot);
    const qint64 left = m_running->unannounced;
    const qint64 size = qMin(left, m_options.chunkSize);
    if (left > 0 && (emptyLast || left > size)) {
        m_state = State::Chunk;
        if (sendCommand(Command::bdat(size, Command::Chunk::Further)) && !m_halted)
            chunkAnnounced();
        return;
    }
    m_state = State::AwaitChunk;
    if (!m_owed.empty())
        return armDeadline();
    if (stopsAfter(Stage::Content))
        return stop(true);
    askCommit();
}

void Session::Private::writeChunk(qint64 octets)
{
    m_running->unwritten = octets;
    m_events.emplace_back(Event::SendContent {octets});
}

void Session::Private::sendLastChunk()
{
    if (sendCommand(Command::bdat(m_running->unannounced, Command::Chunk::Last)) && !m_halted)
        chunkAnnounced();
}

/// BDAT is sent: now its octets.
void Session::Private::chunkAnnounced()
{
    const bool last = m_state == State::Committing;
    const qint64 size = last ? m_running->unannounced
                             : qMin(m_running->unannounced, m_options.chunkSize);
    m_running->unannounced -= size;
    if (!last)
        return writeChunk(size);
    m_state = State::LastChunk;
    if (size > 0)
        writeChunk(size);
    else
        expectFinal();
}

/// The driver has nothing left of a chunk.
void Session::Private::chunkFinished()
{
    if (m_running->unwritten > 0)
        return fail({Error::Kind::Io, u"the content is shorter than announced"_s, {}}, End::Abort);
    switch (m_state) {
    case State::LastChunk:
        return expectFinal();
    case State::DrainingChunks:
        if (m_owed.empty())
            finishTransaction(std::exchange(m_running->finalReply, {}));
        return;
    default:
        break;
    }
    const bool cut = stopsAfter(Stage::Content)
        && m_options.stop->how == StopRule::How::DropAfterSend;
    if (cut && m_running->unannounced == 0)
        return stop(false);
    if (canPipeline() || m_owed.empty())
        return nextChunk();
    m_state = State::AwaitChunk;
    armDeadline();
}

void Session::Private::onChunk(const Reply &reply)
{
    if (!reply.isPositive())
        return chunkRefused(reply);
    if (m_state == State::AwaitChunk && m_owed.empty())
        return nextChunk();
    if (m_state == State::Chunk && m_owed.empty() && m_running->unwritten > 0)
        outOfStep(u"a chunk was taken before all of it was sent"_s, reply.oneLine());
}

/// B34: announced, and then not known.
bool Session::Private::isBdatUnknown(const Reply &reply)
{
    return reply.code == 500 || reply.code == 502;
}

void Session::Private::noteUnknownBdat(const Reply &reply)
{
    if (isBdatUnknown(reply))
        m_events.emplace_back(Event::QuirkSeen {
            Quirk::ChunkingRefused, m_stage, reply.oneLine().left(Error::MaxEvidence)});
}

void Session::Private::chunkRefused(const Reply &reply)
{
    noteUnknownBdat(reply);
    decideRestByReply(reply, m_stage);
    // D6: who does not know BDAT counts no octets, and takes them for commands.
    if (isBdatUnknown(reply)) {
        isLast();
        finishTransaction(reply);
        return close(true);
    }
    m_running->finalReply = reply;
    if (m_running->unwritten == 0 && m_owed.empty())
        return finishTransaction(std::exchange(m_running->finalReply, {}));
    m_state = State::DrainingChunks;
}

void Session::Private::onDrainingChunks()
{
    if (m_owed.empty() && m_running->unwritten == 0)
        finishTransaction(std::exchange(m_running->finalReply, {}));
}

} // namespace Mailgauge::Smtp
