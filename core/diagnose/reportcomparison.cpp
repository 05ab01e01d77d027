// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/reportcomparison.h"

#include "base/literals.h"
#include "delivery/comparisonreport.h"
#include "diagnose/gridrun.h"
#include "diagnose/securitytables.h"
#include "explain/difference.h"
#include "explain/explain.h"
#include "tls/ciphersuites.h"
#include "tls/tlscodes.h"
#include "transcript/entry.h"

#include <algorithm>

namespace Mailgauge::Diagnose {

namespace {

using Base::Severity;
using Smtp::Capabilities;
using Smtp::Capability;

/// Says something about the relay; a 421 and a stop of ours do not.
bool isTold(CellState state)
{
    return isOver(state) && state != CellState::Busy && state != CellState::Cancelled;
}

QByteArray parametersOf(const Capability &capability)
{
    return capability.parameters.join(' ');
}

class Differences {
public:
    void add(const char *id, Severity severity, const QByteArray &subject, const QByteArray &former,
        const QByteArray &later)
    {
        if (former != later)
            list.append({id, severity, subject, former, later});
    }
    QList<ReportDifference> list;
};

void compareOffers(Differences &differences, const QByteArray &where, const Capabilities *former,
    const Capabilities *later)
{
    if (!former || !later)
        return;
    for (const Capability &capability : former->all()) {
        const QByteArray subject = where + ' ' + capability.keyword;
        const Capability *other = later->find(capability.keyword);
        if (!other)
            differences.add(
                "report.capabilityLost", Severity::Warning, subject, capability.keyword, {});
        else
            differences.add("report.capabilityChanged", Severity::Info, subject,
                parametersOf(capability), parametersOf(*other));
    }
    for (const Capability &capability : later->all()) {
        if (!former->has(capability.keyword))
            differences.add("report.capabilityGained", Severity::Info,
                where + ' ' + capability.keyword, {}, capability.keyword);
    }
}

void compareTls(Differences &differences, const QByteArray &where, const Tls::TlsFacts &former,
    const Tls::TlsFacts &later)
{
    differences.add("report.tlsVersion",
        later.version < former.version ? Severity::Warning : Severity::Info, where, former.version,
        later.version);
    differences.add("report.tlsCipher", Severity::Info, where, former.cipher, later.cipher);
    if (former.chain.isEmpty() || later.chain.isEmpty())
        return;
    const Tls::CertificateFacts &old = former.chain.first();
    const Tls::CertificateFacts &now = later.chain.first();
    // A new key is what pins and TLSA records stumble over.
    if (old.keySha256 != now.keySha256)
        differences.add("report.key", Severity::Warning, where, old.keySha256, now.keySha256);
    else
        differences.add("report.certificate", Severity::Info, where, old.sha256, now.sha256);
}

void compareCell(Differences &differences, const Cell &former, const Cell &later)
{
    const QByteArray where = cellName(former.key);
    if (!isTold(former.state) || !isTold(later.state))
        return;
    const bool worse = former.state == CellState::Works;
    differences.add("report.cell", worse ? Severity::Error : Severity::Info, where,
        cellStateName(former.state).toByteArray(), cellStateName(later.state).toByteArray());
    if (former.state != CellState::Works || later.state != CellState::Works)
        return;
    const auto offer = [](const std::optional<Capabilities> &capabilities) {
        return capabilities ? &*capabilities : nullptr;
    };
    compareOffers(differences, where, offer(former.inClear), offer(later.inClear));
    compareOffers(differences, where + " (TLS)", offer(former.inTls), offer(later.inTls));
    if (former.tls && later.tls)
        compareTls(differences, where, *former.tls, *later.tls);
}

const TlsInspection *sameIn(const RelayReport &report, const TlsInspection &wanted)
{
    const auto found = std::ranges::find_if(
        report.inspections, [&wanted](const TlsInspection &one) {
            return one.host == wanted.host && one.address == wanted.address
                && one.port == wanted.port && one.implicitTls == wanted.implicitTls;
        });
    return found == report.inspections.end() ? nullptr : &*found;
}

QByteArray suitesOf(const ProbedVersion &version)
{
    QByteArrayList names;
    for (const AcceptedSuite &suite : version.accepted)
        names.append(Tls::suiteName(suite.code));
    return names.join(", ");
}

void compareVersion(Differences &differences, const QByteArray &where, const ProbedVersion &former,
    const ProbedVersion &later)
{
    const auto isTested = [](const ProbedVersion &version) {
        return version.judged.acceptance != Acceptance::NotTested;
    };
    if (!isTested(former) || !isTested(later))
        return;
    const bool isGood = later.code >= Tls::Tls12;
    const bool isAccepted = later.judged.acceptance == Acceptance::Accepted;
    const QByteArray subject = where + ' ' + Tls::versionName(later.code);
    differences.add("report.tlsAccepts", isGood == isAccepted ? Severity::Info : Severity::Warning,
        subject, acceptanceName(former.judged.acceptance).toByteArray(),
        acceptanceName(later.judged.acceptance).toByteArray());
    // What one of them left out is no difference.
    if (former.judged.acceptance == later.judged.acceptance && former.notTested == later.notTested)
        differences.add(
            "report.tlsSuites", Severity::Info, subject, suitesOf(former), suitesOf(later));
}

void compareResumption(Differences &differences, const QByteArray &where,
    const ProbedResumption &former, const ProbedResumption &later)
{
    if (former.outcome == Resumption::NotTested || later.outcome == Resumption::NotTested)
        return;
    const QByteArray subject = where + ' ' + Tls::resumptionByName(later.by).toByteArray();
    differences.add("report.tlsResumption", Severity::Info, subject,
        resumptionName(former.outcome).toByteArray(), resumptionName(later.outcome).toByteArray());
    differences.add("report.tlsEarlyData",
        later.maxEarlyData > 0 ? Severity::Warning : Severity::Info, where,
        QByteArray::number(former.maxEarlyData), QByteArray::number(later.maxEarlyData));
}

/// In an order of its own: a name server turns records round.
QByteArray textOf(const Net::CaaFacts &caa)
{
    QByteArrayList records;
    for (const Dns::Caa &one : caa.records)
        records.append(Dns::toText(one));
    std::ranges::sort(records);
    return records.join(", ");
}

void compareCaa(Differences &differences, const Net::CaaFacts &former, const Net::CaaFacts &later)
{
    using State = Net::CaaFacts::State;
    if (former.state != State::Failed && later.state != State::Failed)
        differences.add("report.caa", Severity::Info, later.host, textOf(former), textOf(later));
}

void compareInspection(
    Differences &differences, const TlsInspection &former, const TlsInspection &later)
{
    const QByteArray where = placeOf(later).toUtf8();
    for (const ProbedVersion &version : former.versions) {
        if (const ProbedVersion *other = later.version(version.code))
            compareVersion(differences, where, version, *other);
    }
    for (const ProbedResumption &one : former.resumptions) {
        const auto other = std::ranges::find(later.resumptions, one.by, &ProbedResumption::by);
        if (other != later.resumptions.end())
            compareResumption(differences, where, one, *other);
    }
    if (former.caa && later.caa)
        compareCaa(differences, *former.caa, *later.caa);
    if (former.extendedMasterSecret && later.extendedMasterSecret) {
        const auto named = [](bool used) { return used ? "used"_ba : "notUsed"_ba; };
        differences.add("report.tlsMasterSecret",
            *later.extendedMasterSecret ? Severity::Info : Severity::Warning, where,
            named(*former.extendedMasterSecret), named(*later.extendedMasterSecret));
    }
}

void comparePolicies(
    Differences &differences, const HostPolicies &former, const HostPolicies &later)
{
    const auto isKnown = [](const Net::PolicyVerdict &verdict) {
        return verdict.reason != "policy.notReached";
    };
    for (const Net::PolicyVerdict &verdict : former.verdicts) {
        const auto other = std::ranges::find(
            later.verdicts, verdict.sender, &Net::PolicyVerdict::sender);
        if (other == later.verdicts.end() || !isKnown(verdict) || !isKnown(*other))
            continue;
        differences.add("report.policy",
            other->conduct > verdict.conduct ? Severity::Warning : Severity::Info,
            Net::senderName(verdict.sender).toByteArray() + " sender at " + later.address.toUtf8(),
            Net::conductName(verdict.conduct).toByteArray(),
            Net::conductName(other->conduct).toByteArray());
    }
}

void compareSecurity(Differences &differences, const RelayReport &former, const RelayReport &later)
{
    for (const TlsInspection &one : former.inspections) {
        if (const TlsInspection *other = sameIn(later, one))
            compareInspection(differences, one, *other);
    }
    for (const HostPolicies &one : former.policies) {
        for (const HostPolicies &other : later.policies) {
            if (one.host == other.host && one.address == other.address && one.port == other.port)
                comparePolicies(differences, one, other);
        }
    }
}

QByteArray sayingOf(const Finding &finding)
{
    return Explain::explainFinding(finding.id, finding.subject).text.toUtf8();
}

bool holds(const QList<Finding> &findings, const Finding &wanted)
{
    return std::ranges::any_of(findings, [&wanted](const Finding &one) {
        return one.id == wanted.id && one.subject == wanted.subject;
    });
}

bool isTold(const CheckResult &result)
{
    return result.verdict == Verdict::Ok || result.verdict == Verdict::Finding;
}

/// Whether the inspection asked what the finding is about: earlier versions asked less.
bool hasAsked(const TlsInspection &inspection, const QByteArray &finding)
{
    if (finding.startsWith("tls.resumption.") || finding == "tls.earlyData")
        return !inspection.resumptions.isEmpty();
    if (finding.startsWith("tls.caa."))
        return inspection.caa.has_value();
    return finding != "tls.noExtendedMasterSecret" || inspection.extendedMasterSecret;
}

/// Whether `other` would show a finding of `one`, if it were there: the same check, or for what the
/// grid found each of its cells, had an answer there, too.
bool wasLookedFor(const Finding &finding, const RelayReport &one, const RelayReport &other)
{
    bool isOfCheck = false;
    for (const CheckResult &result : one.checks) {
        if (!holds(result.findings, finding))
            continue;
        isOfCheck = true;
        const CheckResult *same = other.check(one.keyOf(result));
        if (same && isTold(*same))
            return true;
    }
    if (isOfCheck)
        return false;
    for (const TlsInspection &inspection : one.inspections) {
        if (!holds(inspection.findings, finding))
            continue;
        const TlsInspection *same = sameIn(other, inspection);
        return same && !same->failure && !same->cancelled && hasAsked(*same, finding.id);
    }
    const bool isOfPolicy = std::ranges::any_of(one.policies,
        [&finding](const HostPolicies &table) { return holds(policyFindings(table), finding); });
    if (isOfPolicy)
        return !other.policies.isEmpty();
    return std::ranges::all_of(one.cells, [&other](const Cell &cell) {
        const Cell *same = other.cell(cell.key);
        return !isTold(cell.state) || (same && isTold(same->state));
    });
}

} // namespace

QList<ReportDifference> compareReports(const RelayReport &former, const RelayReport &later)
{
    Differences differences;
    for (const Cell &cell : former.cells) {
        if (const Cell *other = later.cell(cell.key))
            compareCell(differences, cell, *other);
    }
    for (const CheckResult &result : former.checks) {
        const CheckResult *other = later.check(former.keyOf(result));
        if (other && isTold(result) && isTold(*other))
            differences.add("report.check",
                other->verdict == Verdict::Finding ? Severity::Warning : Severity::Info,
                checkName(result.check).toByteArray()
                    + (other->host.isEmpty() ? QByteArray() : " of " + other->host.toUtf8()),
                verdictName(result.verdict).toByteArray(),
                verdictName(other->verdict).toByteArray());
    }
    compareSecurity(differences, former, later);
    for (const Finding &finding : later.findings) {
        if (!holds(former.findings, finding) && wasLookedFor(finding, later, former))
            differences.add(
                "report.findingNew", finding.severity, finding.id, {}, sayingOf(finding));
    }
    for (const Finding &finding : former.findings) {
        if (!holds(later.findings, finding) && wasLookedFor(finding, former, later))
            differences.add(
                "report.findingGone", Severity::Info, finding.id, sayingOf(finding), {});
    }
    return differences.list;
}

QString sentenceOf(const ReportDifference &difference)
{
    return Explain::explainDifference(
        difference.id, difference.subject, difference.former, difference.later)
        .text;
}

QByteArray comparisonText(const RelayReport &former, const RelayReport &later)
{
    const auto shown = [](const QByteArray &bytes) { return Transcript::visibleText(bytes); };
    QString out = u"%1: %2 compared with %3\n"_s.arg(shown(later.host.toUtf8()),
        later.startedAt.toUTC().toString(Qt::ISODate),
        former.startedAt.toUTC().toString(Qt::ISODate));
    const QList<ReportDifference> differences = compareReports(former, later);
    if (differences.isEmpty())
        out += u"no difference\n"_s;
    for (const ReportDifference &difference : differences)
        out += u"%1  %2\n"_s.arg(
            QString(QLatin1StringView(Delivery::severityName(difference.severity)))
                .leftJustified(7),
            sentenceOf(difference));
    return out.toUtf8();
}

} // namespace Mailgauge::Diagnose
