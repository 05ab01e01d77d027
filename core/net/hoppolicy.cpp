// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/hoppolicy.h"

#include "base/literals.h"

namespace Mailgauge::Net {

namespace {

using Base::Error;
using Smtp::TlsPolicy;

QByteArray recordsOf(const DaneFacts &dane)
{
    QByteArrayList texts;
    for (const Tls::TlsaRecord &one : dane.records)
        texts.append(Tls::toText(one));
    return dane.baseDomain + ": " + texts.join(", ");
}

void requireByDane(HopPolicy &policy, const DaneFacts &dane, const QByteArray &domain)
{
    policy.tls = TlsPolicy::RequireStartTls;
    policy.dane = anchorsOf(dane, domain);
    policy.serverName = QString::fromLatin1(dane.baseDomain); // RFC 7672 8.1
    policy.findings.append({dane.reason, recordsOf(dane)});
    if (!dane.isMxAuthenticated)
        policy.findings.append({"dane.mxInsecure"_ba, dane.baseDomain});
}

/// Nothing that DANE says; what does the domain say?
Base::Result<void> askMtaSts(HopPolicy &policy, const Hop &hop, const MtaStsFacts &mtaSts)
{
    if (!mtaSts.policy) {
        policy.findings.append({"mtaSts.noPolicy"_ba, mtaSts.domain});
        return {};
    }
    const bool named = isNamed(hop.host, *mtaSts.policy);
    const QByteArray names = hop.host.toUtf8() + " / " + mtaSts.policy->mx.join(u", "_s).toUtf8();
    switch (mtaSts.policy->mode) {
    case MtaStsPolicy::Mode::None:
        policy.findings.append({"mtaSts.modeNone"_ba, mtaSts.domain});
        return {};
    case MtaStsPolicy::Mode::Testing:
        policy.findings.append({"mtaSts.testing"_ba, mtaSts.domain});
        if (!named)
            policy.findings.append({"mtaSts.hostNotNamed"_ba, names});
        return {};
    case MtaStsPolicy::Mode::Enforce:
        break;
    }
    if (!named) {
        return Base::fail(Error::Kind::TlsHandshake,
            u"policy: %1 is none of the hosts that the MTA-STS policy of %2 names (%3)"_s.arg(
                hop.host, QString::fromLatin1(mtaSts.domain), mtaSts.policy->mx.join(u", "_s)));
    }
    policy.tls = TlsPolicy::RequireStartTls;
    policy.wantsName = true;
    policy.serverName = hop.host;
    policy.findings.append({"mtaSts.enforced"_ba, names});
    return {};
}

} // namespace

Tls::ClientOptions HopPolicy::applied(Tls::ClientOptions options) const
{
    options.dane = dane;
    if (options.serverName.isEmpty() || isRequired())
        options.serverName = serverName;
    if (isRequired()) // RFC 8461 4.2: it is the host that the policy names
        options.verifyName.clear();
    if (wantsName)
        options.verify = Tls::VerifyMode::Full;
    return options;
}

Base::Result<HopPolicy> hopPolicy(TlsPolicy asked, const Hop &hop, const QByteArray &domain,
    const DaneFacts &dane, const MtaStsFacts &mtaSts)
{
    HopPolicy policy;
    policy.serverName = hop.host;
    DaneFacts facts = dane;
    facts.isMxAuthenticated = hop.authenticated;
    switch (facts.state) {
    case DaneFacts::State::Failed:
        return Base::fail(Error::Kind::Resolve,
            Base::temporaryPrefix
                + u"whether %1 has TLSA records cannot be told: %2"_s.arg(hop.host, facts.detail));
    case DaneFacts::State::Usable:
    case DaneFacts::State::Unusable:
        requireByDane(policy, facts, domain);
        break;
    case DaneFacts::State::None:
        policy.findings.append({facts.reason, facts.detail.toUtf8()});
        break;
    }
    // RFC 8461 2: what DANE judges, MTA-STS does not judge again. Records that judge nothing leave
    // it to the domain's policy.
    if (asked != TlsPolicy::MtaSts || facts.state == DaneFacts::State::Usable)
        return policy;
    if (auto done = askMtaSts(policy, hop, mtaSts); !done)
        return std::unexpected(done.error());
    return policy;
}

} // namespace Mailgauge::Net
