// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/repeatrun.h"

#include "base/literals.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Delivery {

RepeatRun::RepeatRun(RepeatRequest request, Transcript::SessionRepository *repository,
    const Base::Clock &clock, QObject *parent)
    : QObject(parent)
    , m_request(std::move(request))
    , m_repository(m_request.request.record ? repository : nullptr)
    , m_clock(clock)
    , m_start(clock.now())
{
    m_summary.run = m_request.request.id;
    m_facts.tls = m_request.request.session.tls;
}

RepeatRun::~RepeatRun() = default;

void RepeatRun::start()
{
    const int lanes = std::clamp(m_request.sessions, 1, std::max(1, m_request.messages));
    for (int i = 0; i < lanes; ++i) {
        m_lanes.push_back(
            std::make_unique<RepeatLane>(*this, m_request.request, m_repository, m_clock));
    }
    for (const auto &lane : m_lanes)
        lane->start();
}

void RepeatRun::cancel()
{
    m_cancelled = true;
    for (const auto &lane : m_lanes)
        lane->cancel();
}

void RepeatRun::abandon()
{
    m_cancelled = true;
    for (const auto &lane : m_lanes)
        lane->abandon();
}

std::optional<qint64> RepeatRun::take()
{
    if (m_cancelled || m_taken >= m_request.messages)
        return std::nullopt;
    return m_taken++;
}

void RepeatRun::report(qint64 number, const RecordBuilder &builder,
    QList<Transcript::Entry> entries, std::optional<qint64> latencyUs)
{
    const Transcript::SessionRecord &record = builder.record();
    m_summary.messages += 1;
    m_summary.counts += countsOf(record.recipients);
    if (latencyUs) // one that was never sent took no time
        m_summary.latenciesUs.append(*latencyUs);
    if (record.failure && !m_facts.failure) {
        m_facts.failure = record.failure;
        m_facts.refusal = builder.refusal();
    }
    const bool kept = number < RepeatService::KeptTranscripts
        || record.outcome != Transcript::WholeOutcome::Accepted;
    if (!kept)
        entries.clear();
    if (m_repository) {
        const auto check = [this](const Base::Result<void> &result) {
            if (!result)
                noteStoreFailure(result.error());
        };
        if (kept) {
            QList<Transcript::Entry> stored = entries;
            removeKeptSecrets(stored);
            m_repository->append(record.id, stored).then(this, check);
        }
        m_repository->finish(record).then(this, check);
    }
    Q_EMIT messageDone(m_summary.run, record, entries);
}

void RepeatRun::laneOver()
{
    if (!std::ranges::all_of(m_lanes, [](const auto &lane) { return lane->isOver(); }))
        return;
    using std::chrono::duration_cast;
    m_summary.duration = duration_cast<std::chrono::microseconds>(m_clock.now() - m_start);
    std::ranges::sort(m_summary.latenciesUs);
    m_summary.verdict = verdictOf(m_summary.counts, m_facts);
    Q_EMIT finished(m_summary);
}

void RepeatRun::noteStoreFailure(const Base::Error &error)
{
    if (error.detail.startsWith(storePrefix) && !std::exchange(m_storeFailed, true))
        Q_EMIT storeFailed(error);
}

} // namespace Mailgauge::Delivery

#include "moc_repeatrun.cpp"
