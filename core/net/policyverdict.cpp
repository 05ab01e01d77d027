// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/policyverdict.h"

#include "base/literals.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Net {

namespace {

using StartTls = HostSecurity::StartTls;

constexpr std::array senders {"opportunistic", "mta-sts", "dane"};
constexpr std::array conducts {"authenticated", "encrypted", "clear", "none"};
static_assert(senders.size() == allSenders.size());
static_assert(conducts.size() == static_cast<std::size_t>(Conduct::DoesNotSend) + 1);

QByteArray faultsOf(const Tls::TlsFacts &facts)
{
    QByteArrayList faults;
    for (const Tls::VerifyReason &reason : facts.reasons)
        faults.append(Tls::reasonName(reason.kind).toByteArray() + ": " + reason.detail.toUtf8());
    return faults.join("; ");
}

/// Who takes what comes. `reason`: why nothing better does, if there is a policy that could.
PolicyVerdict opportunistic(
    Sender sender, const HostSecurity &host, const QByteArray &reason, const QByteArray &evidence)
{
    PolicyVerdict verdict {sender, Conduct::DoesNotSend, reason, evidence};
    switch (host.startTls) {
    case StartTls::Unknown:
        return {sender, Conduct::DoesNotSend, "policy.notReached"_ba, {}};
    case StartTls::NotOffered:
        verdict.conduct = Conduct::SendsInClear;
        if (reason.isEmpty())
            verdict.reason = "policy.noTls"_ba;
        break;
    case StartTls::HandshakeFailed:
        verdict.conduct = Conduct::SendsInClear;
        if (reason.isEmpty())
            verdict.reason = "policy.handshakeFailed"_ba;
        break;
    case StartTls::Established:
        verdict.conduct = Conduct::SendsEncrypted;
        if (reason.isEmpty())
            verdict.reason = "policy.anyCertificate"_ba;
        break;
    }
    return verdict;
}

/// A sender that wants TLS here, if it gets none.
std::optional<PolicyVerdict> withoutTls(Sender sender, const HostSecurity &host)
{
    switch (host.startTls) {
    case StartTls::Unknown:
        return PolicyVerdict {sender, Conduct::DoesNotSend, "policy.notReached"_ba, {}};
    case StartTls::NotOffered:
        return PolicyVerdict {sender, Conduct::DoesNotSend, "policy.tlsMissing"_ba, {}};
    case StartTls::HandshakeFailed:
        return PolicyVerdict {sender, Conduct::DoesNotSend, "policy.tlsFailed"_ba, {}};
    case StartTls::Established:
        break;
    }
    return std::nullopt;
}

PolicyVerdict ofDane(const HostSecurity &host)
{
    const DaneFacts &dane = host.dane;
    const QByteArray detail = dane.detail.toUtf8();
    if (dane.state == DaneFacts::State::None)
        return opportunistic(Sender::Dane, host, dane.reason, detail);
    if (dane.state == DaneFacts::State::Failed)
        return {Sender::Dane, Conduct::DoesNotSend, dane.reason, detail};
    if (const auto verdict = withoutTls(Sender::Dane, host))
        return *verdict;
    if (dane.state == DaneFacts::State::Unusable)
        return {Sender::Dane, Conduct::SendsEncrypted, dane.reason, detail};
    const auto results = Tls::judgeTlsa(anchorsOf(dane, host.domain), host.tls.chain);
    const bool matches = Tls::isAnyMatching(results);
    return {Sender::Dane, matches ? Conduct::SendsAuthenticated : Conduct::DoesNotSend,
        matches ? "policy.daneMatch"_ba : "policy.daneMismatch"_ba,
        Tls::describe(results).toUtf8()};
}

PolicyVerdict ofMtaSts(const HostSecurity &host)
{
    const MtaStsFacts &facts = host.mtaSts;
    if (!facts.policy)
        return opportunistic(Sender::MtaSts, host, "mtaSts.noPolicy"_ba, {});
    const MtaStsPolicy &policy = *facts.policy;
    if (policy.mode == MtaStsPolicy::Mode::None)
        return opportunistic(Sender::MtaSts, host, "mtaSts.modeNone"_ba, {});
    if (policy.mode == MtaStsPolicy::Mode::Testing)
        return opportunistic(Sender::MtaSts, host, "mtaSts.testing"_ba, {});
    if (!isNamed(host.host, policy)) {
        return {Sender::MtaSts, Conduct::DoesNotSend, "mtaSts.hostNotNamed"_ba,
            host.host.toUtf8() + ": " + policy.mx.join(u", "_s).toUtf8()};
    }
    if (const auto verdict = withoutTls(Sender::MtaSts, host))
        return *verdict;
    const bool good = host.tls.chainTrusted && host.tls.nameMatches;
    return {Sender::MtaSts, good ? Conduct::SendsAuthenticated : Conduct::DoesNotSend,
        good ? "policy.mtaStsMatch"_ba : "policy.mtaStsCertificate"_ba, faultsOf(host.tls)};
}

} // namespace

QByteArrayView senderName(Sender sender)
{
    return senders[static_cast<std::size_t>(sender)];
}

QByteArrayView conductName(Conduct conduct)
{
    return conducts[static_cast<std::size_t>(conduct)];
}

QList<PolicyVerdict> policyVerdicts(const HostSecurity &host)
{
    return {opportunistic(Sender::Opportunistic, host, {}, {}), ofMtaSts(host), ofDane(host)};
}

} // namespace Mailgauge::Net
