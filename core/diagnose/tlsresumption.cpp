// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/tlsresumption.h"

#include "tls/tlscodes.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Diagnose {

namespace {

using State = Tls::TlsStream::State;
using Tls::ResumptionBy;

constexpr std::array ways {
    ResumptionBy::SessionId, ResumptionBy::Ticket, ResumptionBy::PreSharedKey};

quint16 versionOf(ResumptionBy by)
{
    return by == ResumptionBy::PreSharedKey ? Tls::Tls13 : Tls::Tls12;
}

} // namespace

void TlsResumption::begin(const QList<ProbedVersion> &versions)
{
    for (const ResumptionBy by : ways) {
        const auto version = std::ranges::find(versions, versionOf(by), &ProbedVersion::code);
        const bool isTried = version != versions.end()
            && version->judged.acceptance == Acceptance::Accepted;
        ProbedResumption one {.by = by};
        if (!isTried) {
            one.evidence = version == versions.end()
                    || version->judged.acceptance == Acceptance::Refused
                ? Tls::versionName(versionOf(by)) + " is refused"
                : version->judged.evidence;
        }
        m_probed.append(one);
        m_isTried.append(isTried);
    }
    skipUntried();
}

void TlsResumption::skipUntried()
{
    while (!isOver() && !m_isTried[m_at])
        ++m_at;
}

Tls::ClientOptions TlsResumption::optionsFrom(Tls::ClientOptions options) const
{
    const ResumptionBy by = m_probed[m_at].by;
    if (by != ResumptionBy::PreSharedKey)
        options.maxVersion = "1.2";
    options.requestTicket = by != ResumptionBy::SessionId;
    return options;
}

const Tls::ResumableSession *TlsResumption::former() const
{
    return m_former ? &*m_former : nullptr;
}

void TlsResumption::decide(Resumption outcome, const QByteArray &evidence)
{
    current().outcome = outcome;
    current().evidence = evidence;
    m_former.reset();
    ++m_at;
    skipUntried();
}

bool TlsResumption::takes(const Tls::TlsStream &stream, bool serverSpoke)
{
    ProbedResumption &one = current();
    const bool isSecond = m_former.has_value();
    if (stream.state() == State::Failed && !isSecond) {
        ++m_asked;
        decide(Resumption::NotTested, stream.error()->detail.toUtf8());
        return true;
    }
    if (stream.state() == State::Failed) { // with a new session it had worked
        ++m_asked;
        decide(Resumption::NotResumed, stream.error()->detail.toUtf8());
        return true;
    }
    const QByteArray version = stream.facts().version;
    if (version != Tls::versionName(versionOf(one.by))) {
        ++m_asked;
        decide(Resumption::NotTested, version + " was chosen");
        return true;
    }
    if (isSecond) {
        ++m_asked;
        decide(stream.isResumed() ? Resumption::Resumed : Resumption::NotResumed, {});
        return true;
    }
    if (one.by != ResumptionBy::PreSharedKey)
        m_extendedMasterSecret = stream.hasExtendedMasterSecret();
    m_former = stream.resumable();
    if (m_former && m_former->by() != one.by) // asked for a ticket, it gave an id only
        m_former.reset();
    if (!m_former && one.by == ResumptionBy::PreSharedKey && !serverSpoke)
        return false;
    ++m_asked;
    if (!m_former) {
        decide(Resumption::NothingGiven, {});
    } else {
        one.lifetime = m_former->lifetime();
        one.maxEarlyData = m_former->maxEarlyData();
    }
    return true;
}

void TlsResumption::notAnswered(const QByteArray &why)
{
    ++m_asked;
    decide(Resumption::NotTested, why);
}

void TlsResumption::stop(const QByteArray &why)
{
    while (!isOver())
        decide(Resumption::NotTested, why);
}

int TlsResumption::expected() const
{
    int expected = m_asked + (m_former ? -1 : 0);
    for (qsizetype at = m_at; at < m_probed.size(); ++at)
        expected += m_isTried[at] ? 2 : 0;
    return expected;
}

} // namespace Mailgauge::Diagnose
