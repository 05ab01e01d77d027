// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/contentloader.h"

#include "base/literals.h"

#include <algorithm>

namespace Mailgauge::Transcript {

std::optional<ContentRange> contentRangeAt(const Transcript &transcript, qsizetype row)
{
    if (!isContent(transcript.line(row)))
        return transcript.entry(row).content; // an event may stand for all of it
    qsizetype piece = transcript.contentStart(row);
    std::optional<ContentRange> range = transcript.entry(piece).content;
    if (!range)
        return std::nullopt;
    for (piece = transcript.next(piece); piece >= 0 && transcript.line(piece).contentGoesOn;
        piece = transcript.next(piece)) {
        const auto more = transcript.entry(piece).content;
        if (!more || more->message != range->message)
            break;
        range->to = std::max(range->to, more->to);
    }
    return range;
}

bool ContentLoader::load(const ContentRange &range, qint64 most)
{
    const quint64 asked = ++m_asked;
    if (!m_source || range.message.isNull())
        return false;
    m_source(range.message)
        .then(this, [this, asked, range, most](const Base::Result<QByteArray> &message) {
            if (asked != m_asked)
                return;
            if (!message) {
                Q_EMIT failed(message.error());
                return;
            }
            const qint64 from = std::clamp<qint64>(range.from, 0, message->size());
            const qint64 to = std::clamp<qint64>(range.to, from, message->size());
            Q_EMIT loaded(message->sliced(from, std::min(to - from, most)));
        });
    return true;
}

} // namespace Mailgauge::Transcript
