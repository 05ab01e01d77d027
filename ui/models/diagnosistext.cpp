// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/diagnosistext.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "models/reasontext.h"
#include "tls/tlscodes.h"
#include "transcript/entry.h"

#include <QLocale>

namespace Mailgauge::Models {

using namespace Diagnose;

QString DiagnosisText::of(CellState state)
{
    switch (state) {
    case CellState::Waiting:
        return tr("Waiting");
    case CellState::Running:
        return tr("Running");
    case CellState::Works:
        return tr("Works");
    case CellState::NoAddress:
        return tr("No address");
    case CellState::Refused:
        return tr("Closed");
    case CellState::TimedOut:
        return tr("Timed out");
    case CellState::Lost:
        return tr("Hung up");
    case CellState::NotSmtp:
        return tr("Not SMTP");
    case CellState::TlsExpected:
        return tr("Wants TLS at once");
    case CellState::ClearExpected:
        return tr("Greets in clear");
    case CellState::NotOffered:
        return tr("Not offered");
    case CellState::TlsFailed:
        return tr("TLS failed");
    case CellState::Busy:
        return tr("Busy");
    case CellState::Rejected:
        return tr("Turned away");
    case CellState::Failed:
        return tr("Failed");
    case CellState::Cancelled:
        return tr("Cancelled");
    }
    Q_UNREACHABLE_RETURN({});
}

Meaning DiagnosisText::meaning(CellState state)
{
    switch (state) {
    case CellState::Works:
        return Meaning::Good;
    case CellState::Running:
        return Meaning::Running;
    case CellState::Waiting:
    case CellState::NoAddress:
    case CellState::Refused:
    case CellState::NotOffered:
    case CellState::TlsExpected:
    case CellState::ClearExpected:
    case CellState::Cancelled:
        return Meaning::Muted; // Most doors of a healthy relay are closed.
    case CellState::TimedOut:
        return Meaning::Careful;
    case CellState::Busy:
        return Meaning::Unknown;
    case CellState::Lost:
    case CellState::NotSmtp:
    case CellState::TlsFailed:
    case CellState::Rejected:
    case CellState::Failed:
        return Meaning::Bad;
    }
    Q_UNREACHABLE_RETURN(Meaning::Plain);
}

QString DiagnosisText::symbol(CellState state)
{
    switch (meaning(state)) {
    case Meaning::Good:
        return u"✓"_s;
    case Meaning::Running:
        return u"▸"_s;
    case Meaning::Careful:
        return u"▲"_s;
    case Meaning::Bad:
        return u"✕"_s;
    case Meaning::Unknown:
        return u"?"_s;
    case Meaning::Plain:
    case Meaning::Muted:
        break;
    }
    return state == CellState::Waiting ? u"…"_s : u"–"_s;
}

QString DiagnosisText::of(Family family)
{
    return family == Family::IPv4 ? u"IPv4"_s : u"IPv6"_s;
}

QString DiagnosisText::of(TlsMode mode)
{
    switch (mode) {
    case TlsMode::Clear:
        return tr("Clear");
    case TlsMode::StartTls:
        return u"STARTTLS"_s;
    case TlsMode::Implicit:
        return tr("Implicit TLS");
    }
    Q_UNREACHABLE_RETURN({});
}

QString DiagnosisText::of(const CellKey &key)
{
    const QString cell = u"%1 %2 %3"_s.arg(QString::number(key.port), of(key.family), of(key.mode));
    return key.host.isEmpty() ? cell : u"%1: %2"_s.arg(Transcript::visibleText(key.host), cell);
}

QString DiagnosisText::of(Check check)
{
    switch (check) {
    case Check::Names:
        return tr("Names");
    case Check::Extensions:
        return tr("Extensions");
    case Check::HeloOnly:
        return tr("Plain HELO");
    case Check::AuthOffer:
        return tr("AUTH before and after TLS");
    case Check::StartTlsEnforced:
        return tr("TLS enforced");
    case Check::StartTlsInjection:
        return tr("STARTTLS injection");
    case Check::Pipelining:
        return tr("Pipelining");
    case Check::SizeLimit:
        return tr("Size limit");
    case Check::NullSender:
        return tr("Null reverse-path");
    case Check::Postmaster:
        return tr("Postmaster");
    case Check::Vrfy:
        return tr("VRFY and EXPN");
    case Check::OpenRelay:
        return tr("Open relay");
    case Check::Authentication:
        return tr("Authentication");
    case Check::RecipientLimit:
        return tr("Recipient limit");
    case Check::EndOfData:
        return tr("Line ends and end of data");
    }
    Q_UNREACHABLE_RETURN({});
}

QString DiagnosisText::purpose(Check check)
{
    return Explain::explainFinding("check." + checkName(check).toByteArray(), {}).text;
}

QString DiagnosisText::of(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Waiting:
        return tr("Waiting");
    case Verdict::Running:
        return tr("Running");
    case Verdict::Ok:
        return tr("As it should be");
    case Verdict::Finding:
        return tr("Finding");
    case Verdict::NotTested:
        return tr("Not tested");
    }
    Q_UNREACHABLE_RETURN({});
}

QString DiagnosisText::symbol(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Waiting:
        return u"…"_s;
    case Verdict::Running:
        return u"▸"_s;
    case Verdict::Ok:
        return u"✓"_s;
    case Verdict::Finding:
        return u"▲"_s;
    case Verdict::NotTested:
        return u"–"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

Meaning DiagnosisText::meaning(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Waiting:
    case Verdict::NotTested:
        return Meaning::Muted;
    case Verdict::Running:
        return Meaning::Running;
    case Verdict::Ok:
        return Meaning::Good;
    case Verdict::Finding:
        return Meaning::Careful;
    }
    Q_UNREACHABLE_RETURN(Meaning::Plain);
}

QString DiagnosisText::of(Acceptance acceptance)
{
    switch (acceptance) {
    case Acceptance::NotTested:
        return tr("Not tested");
    case Acceptance::Accepted:
        return tr("Accepted");
    case Acceptance::Refused:
        return tr("Refused");
    }
    Q_UNREACHABLE_RETURN({});
}

QString DiagnosisText::symbol(Acceptance acceptance)
{
    switch (acceptance) {
    case Acceptance::NotTested:
        return u"–"_s;
    case Acceptance::Accepted:
        return u"✓"_s;
    case Acceptance::Refused:
        return u"✕"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

QString DiagnosisText::of(SuiteChoice choice)
{
    switch (choice) {
    case SuiteChoice::Unknown:
        return tr("not known");
    case SuiteChoice::Server:
        return tr("the server's order counts");
    case SuiteChoice::Client:
        return tr("the client's order counts");
    }
    Q_UNREACHABLE_RETURN({});
}

QString DiagnosisText::of(Tls::ResumptionBy by)
{
    switch (by) {
    case Tls::ResumptionBy::SessionId:
        return tr("Session id (TLS 1.2)");
    case Tls::ResumptionBy::Ticket:
        return tr("Ticket (TLS 1.2)");
    case Tls::ResumptionBy::PreSharedKey:
        return tr("Ticket (TLS 1.3)");
    }
    Q_UNREACHABLE_RETURN({});
}

QString DiagnosisText::of(const Diagnose::ProbedResumption &resumption)
{
    using Diagnose::Resumption;
    const QString evidence = Transcript::visibleText(resumption.evidence);
    QStringList parts;
    switch (resumption.outcome) {
    case Resumption::NotTested:
        return evidence.isEmpty() ? tr("not tested") : tr("not tested: %1").arg(evidence);
    case Resumption::NothingGiven:
        return tr("none given");
    case Resumption::NotResumed:
        parts.append(evidence.isEmpty() ? tr("✕  given, but not taken")
                                        : tr("✕  given, but not taken: %1").arg(evidence));
        break;
    case Resumption::Resumed:
        parts.append(tr("✓  session taken up again"));
        break;
    }
    if (resumption.lifetime > 0)
        parts.append(tr("good for %1 s").arg(resumption.lifetime));
    if (resumption.maxEarlyData > 0)
        parts.append(tr("allows 0-RTT of %1 octets").arg(resumption.maxEarlyData));
    return parts.join(u", "_s);
}

Meaning DiagnosisText::meaning(const Diagnose::ProbedResumption &resumption)
{
    if (resumption.maxEarlyData > 0)
        return Meaning::Careful;
    return resumption.outcome == Diagnose::Resumption::NotTested ? Meaning::Muted : Meaning::Plain;
}

QString DiagnosisText::of(const Tls::SignedTimestamp &timestamp)
{
    using Source = Tls::SignedTimestamp::Source;
    const QString at = timestamp.at.isValid()
        ? QLocale().toString(timestamp.at.toLocalTime(), QLocale::ShortFormat)
        : tr("of an unknown version (%1)").arg(timestamp.version);
    const QString log = QString::fromLatin1(timestamp.logId.toBase64());
    switch (timestamp.source) {
    case Source::Certificate:
        return tr("in the certificate, %1, log %2; signature not checked: no log list")
            .arg(at, log);
    case Source::Handshake:
        return tr("in the handshake, %1, log %2; signature not checked: no log list").arg(at, log);
    case Source::OcspStaple:
        return tr("in the OCSP staple, %1, log %2; signature not checked: no log list")
            .arg(at, log);
    }
    Q_UNREACHABLE_RETURN({});
}

QString DiagnosisText::of(const Net::CaaFacts &caa)
{
    switch (caa.state) {
    case Net::CaaFacts::State::None:
        return caa.authenticated ? tr("none: every authority may issue; DNSSEC vouches for it")
                                 : tr("none: every authority may issue");
    case Net::CaaFacts::State::Failed:
        return tr("could not be asked for: %1").arg(Transcript::visibleText(caa.detail));
    case Net::CaaFacts::State::Found:
        break;
    }
    QStringList records;
    for (const Dns::Caa &one : caa.records)
        records.append(Transcript::visibleText(Dns::toText(one)));
    if (caa.malformed > 0)
        records.append(
            tr("%n record(s) that cannot be read", nullptr, static_cast<int>(caa.malformed)));
    const QString owner = Transcript::visibleText(caa.owner);
    const QString list = records.join(u", "_s);
    return caa.authenticated ? tr("%1, at %2; DNSSEC vouches for it").arg(list, owner)
                             : tr("%1, at %2; without DNSSEC").arg(list, owner);
}

QString DiagnosisText::of(const Tls::OcspStaple &staple)
{
    using State = Tls::OcspStaple::State;
    switch (staple.state) {
    case State::Good:
        return staple.verified ? tr("good") : tr("good, but its signature is not valid");
    case State::Revoked:
        return tr("revoked");
    case State::Unknown:
        return tr("the responder does not know the certificate");
    case State::OtherCertificate:
        return tr("about another certificate");
    case State::NoAnswer:
        return tr("no answer: %1").arg(Transcript::visibleText(staple.responseStatus));
    case State::Unreadable:
        return tr("not readable");
    }
    Q_UNREACHABLE_RETURN({});
}

Meaning DiagnosisText::meaning(Base::Severity severity)
{
    switch (severity) {
    case Base::Severity::Info:
        return Meaning::Muted;
    case Base::Severity::Warning:
        return Meaning::Careful;
    case Base::Severity::Error:
        return Meaning::Bad;
    }
    Q_UNREACHABLE_RETURN(Meaning::Plain);
}

QString DiagnosisText::tls(const Tls::TlsFacts &facts)
{
    const QString version = QString::fromLatin1(facts.version);
    if (const QString faults = ReasonText::certificate(facts); !faults.isEmpty())
        return tr("%1, certificate: %2").arg(version, faults);
    return facts.accepted ? tr("%1, certificate valid").arg(version)
                          : tr("%1, certificate not accepted").arg(version);
}

QString DiagnosisText::tlsVersion(quint16 code)
{
    switch (code) {
    case Tls::Ssl30:
        return u"SSL 3.0"_s;
    case Tls::Tls10:
        return u"TLS 1.0"_s;
    case Tls::Tls11:
        return u"TLS 1.1"_s;
    case Tls::Tls12:
        return u"TLS 1.2"_s;
    case Tls::Tls13:
        return u"TLS 1.3"_s;
    default:
        return QString::fromLatin1(Tls::hexCode(code));
    }
}

QString DiagnosisText::summary(const Cell &cell)
{
    if (cell.state == CellState::Works && cell.tls)
        return tls(*cell.tls);
    if (cell.state == CellState::Works) {
        const Smtp::Capabilities *capabilities = capabilitiesOf(cell);
        return capabilities
            ? tr("%n extension(s)", nullptr, static_cast<int>(capabilities->all().size()))
            : QString();
    }
    if (cell.reply)
        return Transcript::visibleText(
            QByteArray::number(cell.reply->code) + ' ' + cell.reply->lines.value(0).left(200));
    if (cell.failure && meaning(cell.state) != Meaning::Muted)
        return Explain::explain(*cell.failure).text;
    return cell.address;
}

QString DiagnosisText::relay(const QString &host, const QString &domain, const QString &profile)
{
    using Transcript::visibleText;
    const QString name = domain.isEmpty() ? visibleText(host)
        : host.isEmpty()                  ? visibleText(domain)
                         : tr("%1 for %2").arg(visibleText(host), visibleText(domain));
    return profile.isEmpty() ? name : u"%1 (%2)"_s.arg(visibleText(profile), name);
}

} // namespace Mailgauge::Models
