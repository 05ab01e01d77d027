// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/check.h"

#include "diagnose/names.h"

#include <algorithm>

namespace Mailgauge::Diagnose {

namespace {

constexpr std::array checks {
    Named {Check::Names, "names"},
    Named {Check::Extensions, "extensions"},
    Named {Check::HeloOnly, "heloOnly"},
    Named {Check::AuthOffer, "authOffer"},
    Named {Check::StartTlsEnforced, "startTlsEnforced"},
    Named {Check::StartTlsInjection, "startTlsInjection"},
    Named {Check::Pipelining, "pipelining"},
    Named {Check::SizeLimit, "sizeLimit"},
    Named {Check::NullSender, "nullSender"},
    Named {Check::Postmaster, "postmaster"},
    Named {Check::Vrfy, "vrfy"},
    Named {Check::OpenRelay, "openRelay"},
    Named {Check::Authentication, "authentication"},
    Named {Check::RecipientLimit, "recipientLimit"},
    Named {Check::EndOfData, "endOfData"},
};
constexpr std::array verdicts {
    Named {Verdict::Waiting, "waiting"},
    Named {Verdict::Running, "running"},
    Named {Verdict::Ok, "ok"},
    Named {Verdict::Finding, "finding"},
    Named {Verdict::NotTested, "notTested"},
};
constexpr std::array evidenceKinds {
    Named {Evidence::Kind::Line, "line"},
    Named {Evidence::Kind::Certificate, "certificate"},
    Named {Evidence::Kind::Record, "record"},
};

} // namespace

const QList<Check> &allChecks()
{
    static const QList<Check> all = [] {
        QList<Check> list;
        for (const auto &row : checks)
            list.append(row.value);
        return list;
    }();
    return all;
}

QSet<Check> harmlessChecks()
{
    QSet<Check> harmless;
    for (const Check check : allChecks()) {
        if (consentFor(check) == Consent::None)
            harmless.insert(check);
    }
    return harmless;
}

Consent consentFor(Check check)
{
    switch (check) {
    case Check::Authentication:
        return Consent::Credentials;
    case Check::RecipientLimit:
        return Consent::Recipient;
    case Check::EndOfData:
        return Consent::OwnServer;
    default:
        return Consent::None;
    }
}

QByteArrayView checkName(Check check)
{
    return nameIn(checks, check);
}

std::optional<Check> checkFromName(QByteArrayView name)
{
    return valueIn(checks, name);
}

QByteArrayView verdictName(Verdict verdict)
{
    return nameIn(verdicts, verdict);
}

std::optional<Verdict> verdictFromName(QByteArrayView name)
{
    return valueIn(verdicts, name);
}

QByteArrayView evidenceKindName(Evidence::Kind kind)
{
    return nameIn(evidenceKinds, kind);
}

std::optional<Evidence::Kind> evidenceKindFromName(QByteArrayView name)
{
    return valueIn(evidenceKinds, name);
}

bool addFinding(QList<Finding> &findings, const Finding &finding)
{
    const auto same = std::ranges::find_if(findings, [&finding](const Finding &one) {
        return one.id == finding.id && one.subject == finding.subject;
    });
    if (same == findings.end()) {
        findings.append(finding);
        return true;
    }
    same->severity = std::max(same->severity, finding.severity);
    for (const Evidence &evidence : finding.evidence) {
        // The same certificate or record proves nothing more, whichever session showed it.
        const bool isKnown = std::ranges::any_of(same->evidence, [&evidence](const Evidence &one) {
            return one == evidence
                || (one.kind != Evidence::Kind::Line && one.kind == evidence.kind
                    && one.text == evidence.text);
        });
        if (!isKnown)
            same->evidence.append(evidence);
    }
    return false;
}

} // namespace Mailgauge::Diagnose
