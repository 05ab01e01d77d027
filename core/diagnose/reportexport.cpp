// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/reportexport.h"

#include "base/literals.h"
#include "delivery/htmlpage.h"
#include "diagnose/reportjson.h"
#include "diagnose/reporttext.h"
#include "diagnose/securitytables.h"
#include "explain/explain.h"
#include "transcript/json.h"

#include <algorithm>

namespace Mailgauge::Diagnose {

namespace {

QString msText(qint64 us)
{
    return us == 0 ? QString() : u"%1 ms"_s.arg(std::max<qint64>(1, us / 1000));
}

QString tlsText(const Cell &cell)
{
    if (!cell.tls)
        return {};
    return u"%1 %2, %3"_s.arg(
        word(cell.tls->version), word(cell.tls->cipher), trustText(*cell.tls));
}

QString mechanismsText(const std::optional<Smtp::Capabilities> &capabilities)
{
    if (!capabilities)
        return {};
    const QByteArray joined = capabilities->authMechanisms().join(' ');
    return joined.isEmpty() ? u"none"_s : shown(joined);
}

QString authText(const Cell &cell)
{
    QStringList parts;
    if (cell.inClear)
        parts.append(u"in clear: "_s + mechanismsText(cell.inClear));
    if (cell.inTls)
        parts.append(u"TLS: "_s + mechanismsText(cell.inTls));
    return parts.join(u"; "_s);
}

QString detailText(const Cell &cell)
{
    if (cell.reply)
        return shown(cell.reply->oneLine());
    if (cell.failure)
        return shown(cell.failure->error.detail.toUtf8());
    return shown(cell.greeting);
}

QString countsText(const RelayReport &report)
{
    const auto count = [&report](Base::Severity severity, const QString &name) {
        const qsizetype n = report.count(severity);
        return u"%1 %2%3"_s.arg(n).arg(name, n == 1 ? QString() : u"s"_s);
    };
    return count(Base::Severity::Error, u"error"_s) + u", "_s
        + count(Base::Severity::Warning, u"warning"_s) + u", "_s
        + count(Base::Severity::Info, u"note"_s);
}

QString whereText(const RelayReport &report)
{
    QString where = shown(report.host.toUtf8());
    if (!report.domain.isEmpty())
        where += u", mail exchanger of "_s + shown(report.domain.toUtf8());
    if (report.exchangers.size() > 1)
        where += u" (in order: %1)"_s.arg(shown(report.exchangers.join(u", "_s).toUtf8()));
    if (!report.profileName.isEmpty())
        where += u", profile "_s + shown(report.profileName.toUtf8());
    return where;
}

QString whenText(const RelayReport &report)
{
    return report.startedAt.toUTC().toString(Qt::ISODate)
        + (report.cancelled ? u", cancelled"_s : QString());
}

QString reasonText(const CheckResult &result)
{
    return result.reason.isEmpty() ? QString()
                                   : Explain::explainFinding(result.reason, result.detail).text;
}

/// "session 1b2c, line 7: S: 250 ok".
QString evidenceText(const Evidence &evidence)
{
    const QString text = shown(evidence.text);
    switch (evidence.kind) {
    case Evidence::Kind::Certificate:
        return u"certificate: "_s + text;
    case Evidence::Kind::Record:
        return u"record: "_s + text;
    case Evidence::Kind::Line:
        break;
    }
    const QString place = evidence.entry < 0
        ? u"session %1"_s.arg(evidence.session.toString(QUuid::WithoutBraces))
        : u"session %1, line %2"_s.arg(evidence.session.toString(QUuid::WithoutBraces))
              .arg(evidence.entry);
    return text.isEmpty() ? place : place + u": "_s + text;
}

QStringList evidenceTexts(const Finding &finding)
{
    QStringList texts;
    for (const Evidence &evidence : finding.evidence)
        texts.append(evidenceText(evidence));
    return texts;
}

QString checkTitle(const CheckResult &result)
{
    const QString title
        = Explain::explainFinding("check." + checkName(result.check).toByteArray(), {}).text;
    return result.host.isEmpty() ? title : shown(result.host.toUtf8()) + u": "_s + title;
}

// --- Text ---------------------------------------------------------------------------------------

QString textReport(const RelayReport &report)
{
    QString out = u"Relay: %1\nStarted: %2\nFindings: %3\n"_s.arg(
        whereText(report), whenText(report), countsText(report));
    for (const Finding &finding : report.findings) {
        const Explain::Explanation said = Explain::explainFinding(finding.id, finding.subject);
        out += u"\n%1  %2\n"_s.arg(
            word(Delivery::severityName(finding.severity)).leftJustified(7), said.text);
        for (const QString &more : {said.cause, said.nextStep, said.rfc}) {
            if (!more.isEmpty())
                out += u"         %1\n"_s.arg(more);
        }
        for (const QString &evidence : evidenceTexts(finding))
            out += u"         - %1\n"_s.arg(evidence);
    }
    out += u"\nConnections\n"_s;
    qsizetype width = 19;
    for (const Cell &cell : report.cells)
        width = std::max(width, cellTitle(cell.key).size());
    for (const Cell &cell : report.cells) {
        out += u"%1  %2  %3"_s.arg(cellTitle(cell.key).leftJustified(width),
            word(cellStateName(cell.state)).leftJustified(13),
            msText(cell.totalUs).rightJustified(8));
        for (const QString &more :
            {cell.address, tlsText(cell), authText(cell), detailText(cell)}) {
            if (!more.isEmpty())
                out += u"  |  "_s + more;
        }
        out += u'\n';
    }
    if (!report.checks.isEmpty())
        out += u"\nBehaviour\n"_s;
    for (const CheckResult &result : report.checks) {
        out += u"%1  %2\n"_s.arg(
            word(verdictName(result.verdict)).leftJustified(9), checkTitle(result));
        if (const QString reason = reasonText(result); !reason.isEmpty())
            out += u"             %1\n"_s.arg(reason);
        for (const Probe &probe : result.probes)
            out += u"           %1  %2: %3\n"_s.arg(
                word(verdictName(probe.verdict)).leftJustified(9), shown(probe.what),
                probe.answer.isEmpty() ? u"nothing"_s : shown(probe.answer));
    }
    for (const ReportTable &part : securityTables(report)) {
        out += u"\n%1\n"_s.arg(part.title);
        for (const QStringList &row : part.rows)
            out += u"%1  %2  %3\n"_s.arg(
                row.at(0).leftJustified(20), row.at(1).leftJustified(13), row.at(2));
    }
    for (const Pause &pause : report.pauses)
        out += u"\nWaited %1 ms at %2: %3\n"_s.arg(pause.length.count())
                   .arg(shown(pause.where), shown(pause.reply));
    return out;
}

// --- HTML ---------------------------------------------------------------------------------------

QString table(const QStringList &heads, const QString &rows)
{
    QString out = u"<table>\n<thead><tr>"_s;
    for (const QString &head : heads)
        out += u"<th>"_s + head.toHtmlEscaped() + u"</th>"_s;
    return out + u"</tr></thead>\n<tbody>\n"_s + rows + u"</tbody>\n</table>\n"_s;
}

QString classOf(Verdict verdict)
{
    return verdict == Verdict::Finding ? u"warning"_s
        : verdict == Verdict::Ok       ? u"info"_s
                                       : u"noise"_s;
}

QByteArray htmlReport(const RelayReport &report)
{
    using Delivery::htmlRow;
    QString body = u"<p>"_s + (whereText(report) + u", "_s + whenText(report)).toHtmlEscaped()
        + u". "_s + countsText(report).toHtmlEscaped() + u".</p>\n"_s;
    QString rows;
    for (const Finding &finding : report.findings) {
        const Explain::Explanation said = Explain::explainFinding(finding.id, finding.subject);
        const QString severity = word(Delivery::severityName(finding.severity));
        rows += htmlRow({severity, said.text, said.cause, said.nextStep, said.rfc,
                            evidenceTexts(finding).join(u"; "_s)},
            severity);
    }
    if (!rows.isEmpty())
        body += table(
            {u"Severity"_s, u"Finding"_s, u"Why"_s, u"What to do"_s, u"Rule"_s, u"Evidence"_s},
            rows);
    rows.clear();
    for (const Cell &cell : report.cells) {
        rows += htmlRow({cellTitle(cell.key), word(cellStateName(cell.state)), msText(cell.totalUs),
                            cell.address, tlsText(cell), authText(cell), detailText(cell)},
            cell.state == CellState::Works ? u"info"_s : u"noise"_s);
    }
    body += table({u"Connection"_s, u"State"_s, u"Time"_s, u"Address"_s, u"TLS"_s, u"AUTH"_s,
                      u"What was said"_s},
        rows);
    rows.clear();
    for (const CheckResult &result : report.checks) {
        rows += htmlRow(
            {word(verdictName(result.verdict)), checkTitle(result), {}, reasonText(result)},
            classOf(result.verdict));
        for (const Probe &probe : result.probes)
            rows += htmlRow({word(verdictName(probe.verdict)), shown(probe.what),
                                shown(probe.command), shown(probe.answer)},
                classOf(probe.verdict));
    }
    if (!rows.isEmpty())
        body += table({u"Verdict"_s, u"Asked"_s, u"Command"_s, u"Answer"_s}, rows);
    for (const ReportTable &part : securityTables(report)) {
        rows.clear();
        for (const QStringList &row : part.rows)
            rows += htmlRow(row, u"info"_s);
        body += u"<h2>%1</h2>\n"_s.arg(part.title.toHtmlEscaped()) + table(part.heads, rows);
    }
    for (const Pause &pause : report.pauses)
        body += u"<p>"_s
            + u"Waited %1 ms at %2: %3"_s.arg(pause.length.count())
                  .arg(shown(pause.where), shown(pause.reply))
                  .toHtmlEscaped()
            + u"</p>\n"_s;
    return Delivery::htmlPage(u"Diagnosis of a relay"_s, body);
}

} // namespace

QString cellTitle(const CellKey &key)
{
    const QString mode = key.mode == TlsMode::Clear ? u"clear"_s
        : key.mode == TlsMode::StartTls             ? u"STARTTLS"_s
                                                    : u"TLS"_s;
    const QString title = u"%1 %2 %3"_s.arg(
        QString::number(key.port), key.family == Family::IPv6 ? u"IPv6"_s : u"IPv4"_s, mode);
    return key.host.isEmpty() ? title : shown(key.host.toUtf8()) + u' ' + title;
}

QByteArray exportReport(const RelayReport &report, Delivery::ReportFormat format)
{
    switch (format) {
    case Delivery::ReportFormat::Text:
        return textReport(report).toUtf8();
    case Delivery::ReportFormat::Html:
        return htmlReport(report);
    case Delivery::ReportFormat::Json:
        return Transcript::jsonValue(reportToJson(report)) + '\n';
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace Mailgauge::Diagnose
