// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/repeatrun.h"

#include "base/literals.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Delivery {

namespace {
constexpr std::chrono::milliseconds BatchInterval {33};
}

RepeatRun::RepeatRun(RepeatRequest request, Transcript::SessionRepository *repository,
    const Base::Clock &clock, Tell tell, QObject *parent)
    : QObject(parent)
    , m_request(std::move(request))
    , m_repository(m_request.request.record ? repository : nullptr)
    , m_clock(clock)
    , m_tell(tell)
    , m_start(clock.now())
    , m_random(QRandomGenerator::securelySeeded())
{
    m_batch.setSingleShot(true);
    connect(&m_batch, &QTimer::timeout, this, &RepeatRun::tellMessages);
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
    if (m_cancelled)
        return std::nullopt;
    if (!m_givenBack.isEmpty())
        return m_givenBack.takeFirst();
    if (m_taken >= m_request.messages)
        return std::nullopt;
    return m_taken++;
}

void RepeatRun::giveBack(qint64 number)
{
    m_givenBack.append(number);
}

/// A random UUID (RFC 9562 5.4). QUuid asks the hardware for each one, which takes as long as all
/// that is parsed and recorded of a message.
QUuid RepeatRun::makeId()
{
    std::array<quint32, 4> words {};
    m_random.fillRange(words.data(), static_cast<qsizetype>(words.size()));
    words[1] = (words[1] & 0xffff0fff) | 0x00004000;
    words[2] = (words[2] & 0x3fffffff) | 0x80000000;
    return QUuid(words[0], static_cast<ushort>(words[1] >> 16), static_cast<ushort>(words[1]),
        static_cast<uchar>(words[2] >> 24), static_cast<uchar>(words[2] >> 16),
        static_cast<uchar>(words[2] >> 8), static_cast<uchar>(words[2]),
        static_cast<uchar>(words[3] >> 24), static_cast<uchar>(words[3] >> 16),
        static_cast<uchar>(words[3] >> 8), static_cast<uchar>(words[3]));
}

bool RepeatRun::keepsTranscript(qint64 number) const
{
    return number < m_request.transcripts;
}

void RepeatRun::report(const RecordBuilder &builder, QList<Transcript::Entry> entries,
    std::optional<std::chrono::microseconds> latency)
{
    const Transcript::SessionRecord &record = builder.record();
    m_summary.messages += 1;
    m_summary.counts += countsOf(record.recipients);
    if (latency) // one that was never sent took no time
        m_summary.latencies.add(*latency);
    if (record.failure && !m_facts.failure) {
        m_facts.failure = record.failure;
        m_facts.refusal = builder.refusal();
    }
    if (m_repository) {
        const auto check = [this](const Base::Result<void> &result) {
            if (!result)
                noteStoreFailure(result.error());
        };
        if (!entries.isEmpty()) {
            QList<Transcript::Entry> stored = entries;
            removeKeptSecrets(stored);
            m_repository->append(record.id, stored).then(this, check);
        }
        m_repository->finish(record).then(this, check);
    }
    if (m_tell == Tell::Summary)
        return;
    m_untold.append({record, std::move(entries)});
    if (!m_batch.isActive())
        m_batch.start(BatchInterval);
}

void RepeatRun::tellMessages()
{
    m_batch.stop();
    if (!m_untold.isEmpty())
        Q_EMIT messagesDone(m_summary.run, std::exchange(m_untold, {}));
}

void RepeatRun::laneOver()
{
    if (!std::ranges::all_of(m_lanes, [](const auto &lane) { return lane->isOver(); }))
        return;
    using std::chrono::duration_cast;
    m_summary.duration = duration_cast<std::chrono::microseconds>(m_clock.now() - m_start);
    m_summary.verdict = verdictOf(m_summary.counts, m_facts);
    tellMessages();
    Q_EMIT finished(m_summary);
}

bool RepeatRun::makesTokens() const
{
    return m_request.freshToken
        && m_request.request.session.auth.need != Smtp::AuthOptions::Need::Never;
}

void RepeatRun::askToken(RepeatLane &lane)
{
    m_wantToken.push_back(&lane);
    if (m_wantToken.size() > 1)
        return;
    m_request.freshToken().then(this, [this](const Relay::TokenProvider::TokenResult &token) {
        for (RepeatLane *const one : std::exchange(m_wantToken, {}))
            one->tokenCame(token);
    });
}

void RepeatRun::noteStoreFailure(const Base::Error &error)
{
    if (error.detail.startsWith(storePrefix) && !std::exchange(m_storeFailed, true))
        Q_EMIT storeFailed(error);
}

} // namespace Mailgauge::Delivery

#include "moc_repeatrun.cpp"
