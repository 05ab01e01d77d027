// SPDX-License-Identifier: GPL-3.0-or-later
// BDAT on the server's side (RFC 3030): counted octets, whatever is said about them, are read as
// content and never as commands.
#include "smtp/serversession.h"

#include "base/literals.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Smtp {

namespace {

constexpr qint64 MaxRefusedContent = 64 * 1024 * 1024;

std::optional<qint64> chunkSize(const QByteArray &text)
{
    if (text.isEmpty() || text.size() > 18
        || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    return text.toLongLong();
}

} // namespace

void ServerSession::handleBdat(const QByteArray &argument)
{
    if (!announces("CHUNKING"))
        return refuse({502, {"5.5.1 Not implemented"_ba}});
    const QList<QByteArray> words = argument.split(' ');
    const bool last = words.size() == 2 && words[1].compare("LAST", Qt::CaseInsensitive) == 0;
    const auto size = chunkSize(words[0]);
    // Where the count cannot be read, nobody knows where the next command begins.
    if (!size || words.size() > 2 || (words.size() == 2 && !last))
        return refuseAndClose({501, {"5.5.4 Syntax: BDAT octets [LAST]; closing"_ba}});
    if (*size > m_options.limits.message * 2 + MaxRefusedContent)
        return refuseAndClose({552, {"5.3.4 Chunk far too large, closing"_ba}});
    m_chunk = Chunk {};
    m_chunk->left = *size;
    m_chunk->last = last;
    m_chunk->before = m_state;
    if (m_state != ServerState::Transaction)
        m_chunk->refusal = Reply {503, {"5.5.1 Say MAIL first"_ba}};
    else if (m_chunkFailed)
        m_chunk->refusal = Reply {503, {"5.5.1 A chunk was refused; say RSET"_ba}};
    else if (m_transaction.forwardPaths.isEmpty())
        m_chunk->refusal = m_anyRecipient ? Reply {554, {"5.5.1 No valid recipients"_ba}}
                                          : Reply {503, {"5.5.1 Say RCPT first"_ba}};
    m_transaction.chunks += 1;
    m_state = ServerState::Chunk;
}

bool ServerSession::workOnChunk()
{
    Chunk &chunk = *m_chunk;
    if (chunk.left == 0) {
        endChunk();
        return true;
    }
    const QByteArrayView bytes = unread().first(qMin<qint64>(unread().size(), chunk.left));
    if (bytes.isEmpty())
        return false;
    m_read += bytes.size();
    chunk.left -= bytes.size();
    if (chunk.refusal)
        return true; // read and dropped
    m_chunkOctets += bytes.size();
    const bool keep = !m_tooLarge && !m_noRoom;
    if (keep) {
        m_transaction.content.append(bytes);
        reserveContent(bytes.size());
    }
    m_tooLarge = m_chunkOctets > m_options.limits.message;
    if (m_tooLarge || m_noRoom)
        releaseContent();
    if (chunk.left > 0)
        ask(Stage::Content, std::nullopt);
    return true;
}

void ServerSession::endChunk()
{
    const Chunk chunk = *m_chunk;
    if (chunk.refusal) {
        m_chunk.reset();
        m_state = chunk.before;
        if (!chunk.answered)
            refuse(*chunk.refusal);
        return;
    }
    if (chunk.last) {
        m_chunk.reset();
        return endContent();
    }
    if (m_tooLarge || m_noRoom) {
        m_chunkFailed = true;
        m_chunk.reset();
        m_state = ServerState::Transaction;
        return say(m_tooLarge ? Reply {552, {"5.3.4 Message too large"_ba}}
                              : Reply {452, {"4.3.1 No room for this message now"_ba}});
    }
    ask(Stage::Content, Reply {250, {"2.0.0 Chunk taken"_ba}});
}

/// Behind an answer at content: within a chunk a reply is early, behind it the one that is owed.
void ServerSession::afterChunk(const std::optional<Reply> &reply)
{
    if (!m_chunk)
        return;
    if (m_chunk->left > 0) {
        if (!reply)
            return;
        m_chunk->answered = true;
        m_chunk->refusal = reply; // what is left of it is dropped
        m_chunk->before = ServerState::Transaction;
        m_chunkFailed = true;
        return;
    }
    m_chunkFailed = !reply || !reply->isPositive();
    m_chunk.reset();
    m_state = ServerState::Transaction;
}

void ServerSession::reserveContent(qint64 grown)
{
    if (!m_options.budget)
        return;
    m_options.budget->left -= grown;
    m_reserved += grown;
    m_noRoom = m_options.budget->left < 0;
}

} // namespace Mailgauge::Smtp
