// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/stagespans.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Transcript {

namespace {

constexpr std::size_t StageCount = Smtp::allStages.size();

class Builder final {
public:
    void add(const Entry &entry)
    {
        const auto stage = static_cast<std::size_t>(entry.stage);
        const bool opens = entry.direction == Direction::Client ? m_opened != entry.stage
                                                                : m_latest.at(stage) < 0;
        if (opens)
            open(entry);
        StageSpan &span = m_spans[m_latest.at(stage)];
        span.us = std::max(span.us, entry.us - span.fromUs);
        span.last = entry.n;
        m_end = std::max(m_end, entry.us);
    }

    QList<StageSpan> take() { return std::move(m_spans); }

private:
    void open(const Entry &entry)
    {
        // A command begins when it is sent. What is only told when it is over (an address found, a
        // handshake, the message written) began when the thing before it ended.
        const bool isCommand = entry.direction == Direction::Client
            && entry.stage != Smtp::Stage::Content;
        m_latest[static_cast<std::size_t>(entry.stage)] = m_spans.size();
        m_opened = entry.stage;
        m_spans.append(
            {entry.stage, isCommand ? entry.us : std::min(m_end, entry.us), 0, entry.n, entry.n});
    }

    QList<StageSpan> m_spans;
    std::array<qsizetype, StageCount> m_latest = [] {
        std::array<qsizetype, StageCount> none {};
        none.fill(-1);
        return none;
    }();
    std::optional<Smtp::Stage> m_opened;
    qint64 m_end = 0;
};

} // namespace

QList<StageSpan> stageSpans(const QList<Entry> &entries)
{
    Builder builder;
    for (const Entry &entry : entries)
        builder.add(entry);
    return builder.take();
}

} // namespace Mailgauge::Transcript
