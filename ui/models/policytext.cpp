// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/policytext.h"

#include "base/literals.h"
#include "models/diagnosistext.h"
#include "transcript/entry.h"

#include <QLocale>

namespace Mailgauge::Models {

using Net::Conduct;

namespace {

using Transcript::visibleText;

/// Nobody holds mail back for good where no session came about: nothing is known.
bool isKnown(const Net::PolicyVerdict &verdict)
{
    return verdict.reason != "policy.notReached";
}

} // namespace

QString PolicyText::where(const Diagnose::HostPolicies &policies)
{
    const QString host = visibleText(policies.host);
    return policies.address.isEmpty() || policies.address == policies.host
        ? host
        : u"%1, %2"_s.arg(host, visibleText(policies.address));
}

QString PolicyText::of(Net::Sender sender)
{
    switch (sender) {
    case Net::Sender::Opportunistic:
        return tr("Opportunistic TLS");
    case Net::Sender::MtaSts:
        return u"MTA-STS"_s;
    case Net::Sender::Dane:
        return u"DANE"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

QString PolicyText::of(const Net::PolicyVerdict &verdict)
{
    if (!isKnown(verdict))
        return tr("Not known");
    switch (verdict.conduct) {
    case Conduct::SendsAuthenticated:
        return tr("Sends, server verified");
    case Conduct::SendsEncrypted:
        return tr("Sends encrypted");
    case Conduct::SendsInClear:
        return tr("Sends in clear");
    case Conduct::DoesNotSend:
        return tr("Holds mail back");
    }
    Q_UNREACHABLE_RETURN({});
}

QString PolicyText::symbol(const Net::PolicyVerdict &verdict)
{
    switch (meaning(verdict)) {
    case Meaning::Good:
    case Meaning::Plain:
        return u"✓"_s;
    case Meaning::Careful:
        return u"▲"_s;
    case Meaning::Bad:
        return u"✕"_s;
    case Meaning::Unknown:
    case Meaning::Muted:
    case Meaning::Running:
        break;
    }
    return u"?"_s;
}

Meaning PolicyText::meaning(const Net::PolicyVerdict &verdict)
{
    if (!isKnown(verdict))
        return Meaning::Unknown;
    switch (verdict.conduct) {
    case Conduct::SendsAuthenticated:
        return Meaning::Good;
    case Conduct::SendsEncrypted:
        return Meaning::Plain;
    case Conduct::SendsInClear:
        return Meaning::Careful;
    case Conduct::DoesNotSend:
        return Meaning::Bad;
    }
    Q_UNREACHABLE_RETURN(Meaning::Unknown);
}

Explain::Explanation PolicyText::why(const Net::PolicyVerdict &verdict)
{
    return Explain::explainFinding(verdict.reason, verdict.evidence);
}

QString PolicyText::tip(const Net::PolicyVerdict &verdict)
{
    const Explain::Explanation explanation = why(verdict);
    QStringList lines;
    for (const QString &line : {explanation.text, explanation.cause, explanation.nextStep}) {
        if (!line.isEmpty())
            lines.append(line.toHtmlEscaped());
    }
    return u"<qt>%1</qt>"_s.arg(lines.join(u"<br>"_s));
}

QString PolicyText::of(const Tls::TlsaResult &result)
{
    using enum Tls::TlsaResult::Kind;
    switch (result.kind) {
    case Matches:
        return result.depth > 0 ? tr("✓  fits an issuer in the chain")
                                : tr("✓  fits the certificate");
    case Differs:
        return tr("✕  fits nothing in the chain");
    case NotValid:
        return tr("✕  fits an issuer, but %1").arg(visibleText(result.detail));
    case UsageNotForSmtp:
        return tr("–  of a usage that mail does not use");
    case UsageUnknown:
        return tr("–  of an unknown usage");
    case SelectorUnknown:
        return tr("–  of an unknown selector");
    case MatchingTypeUnknown:
        return tr("–  of an unknown matching type");
    case AssociationMalformed:
        return tr("✕  malformed");
    case Superseded:
        return tr("–  not used: a stronger digest stands beside it");
    }
    Q_UNREACHABLE_RETURN({});
}

Meaning PolicyText::meaning(const Tls::TlsaResult &result)
{
    using enum Tls::TlsaResult::Kind;
    switch (result.kind) {
    case Matches:
        return Meaning::Good;
    case Differs: // Beside one that fits it is the next certificate's.
        return Meaning::Careful;
    case NotValid:
    case AssociationMalformed:
        return Meaning::Bad;
    case UsageNotForSmtp:
    case UsageUnknown:
    case SelectorUnknown:
    case MatchingTypeUnknown:
    case Superseded:
        return Meaning::Muted;
    }
    Q_UNREACHABLE_RETURN(Meaning::Plain);
}

QString PolicyText::of(const Net::MtaStsFacts &facts)
{
    if (!facts.policy)
        return {};
    const QString hosts = visibleText(facts.policy->mx.join(u", "_s));
    const QString until = QLocale().toString(facts.until.toLocalTime(), QLocale::ShortFormat);
    switch (facts.policy->mode) {
    case Net::MtaStsPolicy::Mode::None:
        return tr("withdrawn");
    case Net::MtaStsPolicy::Mode::Testing:
        return tr("testing, for %1, until %2").arg(hosts, until);
    case Net::MtaStsPolicy::Mode::Enforce:
        return tr("enforced, for %1, until %2").arg(hosts, until);
    }
    Q_UNREACHABLE_RETURN({});
}

QStringList PolicyText::zoneLines(const Diagnose::HostPolicies &policies)
{
    QStringList lines;
    for (const Tls::TlsaRecord &record : policies.dane.records)
        lines.append(u"_%1._tcp.%2. IN TLSA %3"_s.arg(QString::number(policies.port),
            QString::fromUtf8(policies.dane.baseDomain), QString::fromLatin1(Tls::toText(record))));
    return lines;
}

} // namespace Mailgauge::Models
