// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/securitytables.h"

#include "base/literals.h"
#include "diagnose/reporttext.h"
#include "explain/explain.h"
#include "tls/ciphersuites.h"
#include "tls/tlscodes.h"

#include <QHostAddress>

namespace Mailgauge::Diagnose {

namespace {

QString endpoint(const QString &address, quint16 port)
{
    const bool isIPv6 = QHostAddress(address).protocol() == QAbstractSocket::IPv6Protocol;
    const QString form = isIPv6 ? u"[%1]:%2"_s : u"%1:%2"_s;
    return form.arg(shown(address.toUtf8()), QString::number(port));
}

// --- TLS --------------------------------------------------------------------------------------

QString suitesOf(const ProbedVersion &version)
{
    QStringList parts;
    for (const AcceptedSuite &suite : version.accepted) {
        QString text = word(Tls::suiteName(suite.code));
        if (suite.dhBits > 0)
            text += u" (%1 bits)"_s.arg(suite.dhBits);
        parts.append(text);
    }
    QString text = parts.isEmpty() ? shown(version.judged.evidence) : parts.join(u", "_s);
    if (version.choice != SuiteChoice::Unknown)
        text += u"; chosen by the %1"_s.arg(word(suiteChoiceName(version.choice)));
    if (!version.notTested.isEmpty())
        text += u"; %1 not tested: %2"_s.arg(version.notTested.size())
                    .arg(shown(version.notTestedWhy));
    return text;
}

QString nameOf(Tls::ResumptionBy by)
{
    switch (by) {
    case Tls::ResumptionBy::SessionId:
        return u"resumption by session id (TLS 1.2)"_s;
    case Tls::ResumptionBy::Ticket:
        return u"resumption by ticket (TLS 1.2)"_s;
    case Tls::ResumptionBy::PreSharedKey:
        return u"resumption by ticket (TLS 1.3)"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

QStringList rowOf(const ProbedResumption &one)
{
    QStringList details;
    if (!one.evidence.isEmpty())
        details.append(shown(one.evidence));
    if (one.lifetime > 0)
        details.append(u"ticket good for %1 s"_s.arg(one.lifetime));
    if (one.maxEarlyData > 0)
        details.append(u"allows 0-RTT of %1 octets"_s.arg(one.maxEarlyData));
    return {nameOf(one.by), word(resumptionName(one.outcome)), details.join(u", "_s)};
}

QString nameOf(Tls::SignedTimestamp::Source source)
{
    switch (source) {
    case Tls::SignedTimestamp::Source::Certificate:
        return u"in the certificate"_s;
    case Tls::SignedTimestamp::Source::Handshake:
        return u"in the handshake"_s;
    case Tls::SignedTimestamp::Source::OcspStaple:
        return u"in the OCSP staple"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

void addTimestamps(QList<QStringList> &rows, const QList<Tls::SignedTimestamp> &timestamps)
{
    if (timestamps.isEmpty())
        rows.append(QStringList {u"CT timestamp"_s, u"none"_s, QString()});
    for (const Tls::SignedTimestamp &one : timestamps)
        rows.append(
            QStringList {u"CT timestamp "_s + nameOf(one.source), u"signature not checked"_s,
                u"%1, log %2; no log list to check it by"_s.arg(one.at.isValid()
                        ? one.at.toUTC().toString(Qt::ISODate)
                        : u"version %1"_s.arg(one.version),
                    word(one.logId.toBase64()))});
}

void addCaa(QList<QStringList> &rows, const Net::CaaFacts &caa)
{
    const QString vouched = caa.authenticated ? u"authenticated"_s : u"not authenticated"_s;
    if (caa.state != Net::CaaFacts::State::Found) {
        const bool failed = caa.state == Net::CaaFacts::State::Failed;
        rows.append(QStringList {u"CAA"_s, word(Net::caaStateName(caa.state)),
            failed ? shown(caa.detail.toUtf8()) : vouched});
        return;
    }
    QString owner = shown(caa.owner);
    for (const QByteArray &alias : caa.aliases)
        owner += u", alias of "_s + shown(alias);
    for (const Dns::Caa &one : caa.records)
        rows.append(QStringList {u"CAA"_s, vouched, owner + u": "_s + shown(Dns::toText(one))});
    if (caa.malformed > 0)
        rows.append(QStringList {
            u"CAA"_s, u"not readable"_s, owner + u": %1 record(s)"_s.arg(caa.malformed)});
}

void addChain(QList<QStringList> &rows, const InspectedChain &chain)
{
    const QList<InspectedCertificate> &path = chain.path.isEmpty() ? chain.sent : chain.path;
    for (qsizetype i = 0; i < path.size(); ++i) {
        const Tls::CertificateFacts &one = path.at(i).facts;
        rows.append(QStringList {i == 0 ? u"certificate"_s : u"issued by"_s,
            i == 0 ? trustText(chain.facts) : QString(),
            u"%1, %2, until %3"_s.arg(shown(one.subject.toUtf8()), one.keyType,
                one.notAfter.toUTC().toString(Qt::ISODate))});
    }
    for (const NameCheck &name : chain.names)
        rows.append(QStringList {u"name"_s, name.matches ? u"matches"_s : u"differs"_s,
            u"%1 %2: %3"_s.arg(word(name.role), shown(name.name.toUtf8()),
                name.matches ? shown(name.matched.toUtf8()) : u"in no certificate"_s)});
    if (chain.staple)
        rows.append(QStringList {u"OCSP staple"_s, word(Tls::stapleStateName(chain.staple->state)),
            chain.staple->verified ? u"verified"_s : shown(chain.staple->verifyError.toUtf8())});
    else
        rows.append(QStringList {u"OCSP staple"_s, u"none"_s, QString()});
    if (chain.timestamps)
        addTimestamps(rows, *chain.timestamps);
    for (const Tls::TlsaResult &result : chain.facts.tlsa)
        rows.append(QStringList {u"TLSA published"_s, word(Tls::tlsaResultName(result.kind)),
            shown(Tls::toText(result.record))});
    for (const QByteArray &record : chain.tlsa)
        rows.append(QStringList {u"TLSA that would fit"_s, QString(), shown(record)});
}

ReportTable tableOf(const TlsInspection &inspection)
{
    ReportTable table {
        u"TLS of "_s + placeOf(inspection), {u"What"_s, u"Verdict"_s, u"Details"_s}, {}};
    if (!inspection.address.isEmpty() && inspection.address != inspection.host)
        table.title += u" (%1)"_s.arg(shown(inspection.host.toUtf8()));
    if (inspection.failure)
        table.rows.append(QStringList {
            u"not inspected"_s, QString(), shown(inspection.failure->detail.toUtf8())});
    for (const ProbedVersion &version : inspection.versions)
        table.rows.append(QStringList {word(Tls::versionName(version.code)),
            word(acceptanceName(version.judged.acceptance)), suitesOf(version)});
    for (const ProbedGroup &group : inspection.groups)
        table.rows.append(QStringList {u"group "_s + word(Tls::groupName(group.code)),
            word(acceptanceName(group.judged.acceptance)), shown(group.judged.evidence)});
    for (const ProbedResumption &one : inspection.resumptions)
        table.rows.append(rowOf(one));
    if (inspection.extendedMasterSecret)
        table.rows.append(QStringList {u"extended master secret (TLS 1.2)"_s,
            *inspection.extendedMasterSecret ? u"used"_s : u"not used"_s, QString()});
    for (const InspectedChain &chain : inspection.chains)
        addChain(table.rows, chain);
    if (inspection.caa)
        addCaa(table.rows, *inspection.caa);
    if (inspection.cancelled)
        table.rows.append(QStringList {u"cancelled"_s, QString(), QString()});
    return table;
}

// --- Policies ---------------------------------------------------------------------------------

QString mtaStsText(const Net::MtaStsFacts &facts)
{
    if (!facts.policy)
        return shown(facts.domain);
    return u"%1: hosts %2, until %3"_s.arg(shown(facts.domain),
        shown(facts.policy->mx.join(u", "_s).toUtf8()), facts.until.toUTC().toString(Qt::ISODate));
}

ReportTable tableOf(const HostPolicies &policies)
{
    ReportTable table {
        u"Policies at "_s + shown(policies.host.toUtf8()), {u"Who"_s, u"What"_s, u"Why"_s}, {}};
    if (!policies.address.isEmpty())
        table.title += u", "_s + endpoint(policies.address, policies.port);
    for (const Net::PolicyVerdict &verdict : policies.verdicts)
        table.rows.append(QStringList {u"%1 sender"_s.arg(word(Net::senderName(verdict.sender))),
            word(Net::conductName(verdict.conduct)),
            Explain::explainFinding(verdict.reason, verdict.evidence).text});
    for (const Tls::TlsaResult &result : policies.tlsa)
        table.rows.append(QStringList {
            u"TLSA"_s, word(Tls::tlsaResultName(result.kind)), shown(Tls::toText(result.record))});
    table.rows.append(QStringList {u"DANE"_s, word(Net::daneStateName(policies.dane.state)),
        shown(policies.dane.detail.toUtf8())});
    table.rows.append(QStringList {u"MTA-STS"_s,
        policies.mtaSts.policy ? word(Net::mtaStsModeName(policies.mtaSts.policy->mode))
                               : u"no policy"_s,
        mtaStsText(policies.mtaSts)});
    return table;
}

} // namespace

QString placeOf(const TlsInspection &inspection)
{
    return endpoint(
               inspection.address.isEmpty() ? inspection.host : inspection.address, inspection.port)
        + (inspection.implicitTls ? u" TLS"_s : u" STARTTLS"_s);
}

QList<ReportTable> securityTables(const RelayReport &report)
{
    QList<ReportTable> tables;
    for (const HostPolicies &policies : report.policies)
        tables.append(tableOf(policies));
    for (const TlsInspection &inspection : report.inspections)
        tables.append(tableOf(inspection));
    return tables;
}

} // namespace Mailgauge::Diagnose
