// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/comparisonreport.h"

#include "base/literals.h"
#include "delivery/htmlpage.h"
#include "explain/difference.h"
#include "transcript/json.h"

#include <QJsonArray>

namespace Mailgauge::Delivery {

namespace {

using Transcript::Difference;
using Transcript::SessionRecord;

QString sentenceOf(const Difference &difference)
{
    return Explain::explainDifference(
        difference.id, difference.subject, difference.left, difference.right)
        .text;
}

QString shown(const QByteArray &bytes)
{
    return Transcript::visibleText(bytes);
}

QString serverOf(const SessionRecord &record)
{
    const QString host = shown(record.host.toUtf8());
    return record.port == 0 ? host : u"%1:%2"_s.arg(host).arg(record.port);
}

QString startOf(const SessionRecord &record)
{
    return record.startedAt.toUTC().toString(Qt::ISODate);
}

QString countsOf(const Transcript::Comparison &comparison)
{
    const auto count = [&comparison](Base::Severity severity, QLatin1StringView word) {
        const qsizetype n = comparison.count(severity);
        return u"%1 %2%3"_s.arg(n).arg(word, n == 1 ? ""_L1 : "s"_L1);
    };
    if (comparison.isEqual())
        return u"no difference that means something"_s;
    return count(Base::Severity::Error, "error"_L1) + u", "_s
        + count(Base::Severity::Warning, "warning"_L1) + u", "_s
        + count(Base::Severity::Info, "note"_L1);
}

QByteArray textReport(const ComparedSessions &compared, bool withNoise)
{
    QString out;
    for (const auto &[label, session] :
        {std::pair {u"first "_s, &compared.left}, std::pair {u"second"_s, &compared.right}}) {
        const SessionRecord &record = session->record;
        out += u"%1  %2  %3  %4  %5\n"_s.arg(label, record.id.toString(QUuid::WithoutBraces),
            startOf(record), serverOf(record),
            QLatin1StringView(Transcript::wholeOutcomeName(record.outcome)));
    }
    const Transcript::Comparison &comparison = compared.comparison;
    out += countsOf(comparison);
    if (!withNoise && !comparison.noise.isEmpty())
        out += u"; noise left out: %1"_s.arg(comparison.noise.size());
    out += u'\n';
    const auto list = [&out](const QList<Difference> &differences, const QString &mark) {
        for (const Difference &difference : differences) {
            const QString subject = difference.subject.isEmpty()
                    || sentenceOf(difference).contains(shown(difference.subject))
                ? QString()
                : shown(difference.subject) + u": "_s;
            out += u"%1  %2  %3%4\n"_s.arg(mark.isEmpty()
                    ? QString(QLatin1StringView(severityName(difference.severity))).leftJustified(7)
                    : mark,
                QString(QLatin1StringView(Smtp::stageName(difference.stage))).leftJustified(8),
                subject, sentenceOf(difference));
        }
    };
    list(comparison.differences, {});
    if (withNoise)
        list(comparison.noise, u"noise  "_s);
    return out.toUtf8();
}

QJsonObject differenceJson(const Difference &difference)
{
    return {{u"id"_s, QString::fromLatin1(difference.id)},
        {u"severity"_s, QString::fromLatin1(severityName(difference.severity))},
        {u"stage"_s, QString::fromLatin1(Smtp::stageName(difference.stage))},
        {u"subject"_s, shown(difference.subject)}, {u"left"_s, shown(difference.left)},
        {u"right"_s, shown(difference.right)},
        {u"leftEntry"_s,
            difference.leftEntry < 0 ? QJsonValue() : QJsonValue(difference.leftEntry)},
        {u"rightEntry"_s,
            difference.rightEntry < 0 ? QJsonValue() : QJsonValue(difference.rightEntry)},
        {u"text"_s, sentenceOf(difference)}};
}

QJsonObject sessionJson(const SessionRecord &record)
{
    return {{u"session"_s, record.id.toString(QUuid::WithoutBraces)}, {u"start"_s, startOf(record)},
        {u"host"_s, shown(record.host.toUtf8())}, {u"port"_s, record.port},
        {u"outcome"_s, QString::fromLatin1(Transcript::wholeOutcomeName(record.outcome))}};
}

QString rows(const QList<Difference> &differences, const QString &klass)
{
    QString out;
    for (const Difference &difference : differences) {
        const QString severity = QLatin1StringView(severityName(difference.severity));
        out += htmlRow({klass.isEmpty() ? severity : klass,
                           QLatin1StringView(Smtp::stageName(difference.stage)),
                           shown(difference.subject), shown(difference.left.left(2000)),
                           shown(difference.right.left(2000)), sentenceOf(difference)},
            klass.isEmpty() ? severity : klass);
    }
    return out;
}

QByteArray htmlReport(const ComparedSessions &compared, bool withNoise)
{
    QString out = u"<p>"_s + countsOf(compared.comparison).toHtmlEscaped()
        + u"</p>\n<table>\n<thead><tr><th></th>"
          "<th>Session</th><th>Started</th><th>Server</th><th>Outcome</th></tr></thead>\n<tbody>\n"_s;
    for (const auto &[label, session] :
        {std::pair {u"first"_s, &compared.left}, std::pair {u"second"_s, &compared.right}}) {
        out += htmlRow(
            {label, session->record.id.toString(QUuid::WithoutBraces), startOf(session->record),
                serverOf(session->record),
                QLatin1StringView(Transcript::wholeOutcomeName(session->record.outcome))},
            label);
    }
    out += u"</tbody>\n</table>\n"_s;
    if (!compared.comparison.isEqual() || withNoise) {
        out += u"<table>\n<thead><tr><th>Severity</th><th>Stage</th><th>What</th><th>First</th>"
               "<th>Second</th><th>Meaning</th></tr></thead>\n<tbody>\n"_s
            + rows(compared.comparison.differences, {})
            + (withNoise ? rows(compared.comparison.noise, u"noise"_s) : QString())
            + u"</tbody>\n</table>\n"_s;
    }
    return htmlPage(u"Two SMTP sessions compared"_s, out);
}

} // namespace

QByteArrayView severityName(Base::Severity severity)
{
    switch (severity) {
    case Base::Severity::Info:
        return "info";
    case Base::Severity::Warning:
        return "warning";
    case Base::Severity::Error:
        return "error";
    }
    Q_UNREACHABLE_RETURN("");
}

std::optional<ReportFormat> reportFormatFromFileName(const QString &name)
{
    if (name.endsWith(".txt"_L1, Qt::CaseInsensitive))
        return ReportFormat::Text;
    if (name.endsWith(".html"_L1, Qt::CaseInsensitive)
        || name.endsWith(".htm"_L1, Qt::CaseInsensitive))
        return ReportFormat::Html;
    if (name.endsWith(".json"_L1, Qt::CaseInsensitive))
        return ReportFormat::Json;
    return std::nullopt;
}

QJsonObject comparisonJson(const ComparedSessions &compared, bool withNoise)
{
    QJsonArray differences;
    for (const Difference &difference : compared.comparison.differences)
        differences.append(differenceJson(difference));
    QJsonObject result {{u"equal"_s, compared.comparison.isEqual()},
        {u"left"_s, sessionJson(compared.left.record)},
        {u"right"_s, sessionJson(compared.right.record)}, {u"differences"_s, differences}};
    if (withNoise) {
        QJsonArray noise;
        for (const Difference &difference : compared.comparison.noise)
            noise.append(differenceJson(difference));
        result.insert(u"noise"_s, noise);
    }
    return result;
}

QByteArray comparisonReport(const ComparedSessions &compared, ReportFormat format, bool withNoise)
{
    switch (format) {
    case ReportFormat::Text:
        return textReport(compared, withNoise);
    case ReportFormat::Html:
        return htmlReport(compared, withNoise);
    case ReportFormat::Json:
        return Transcript::jsonValue(comparisonJson(compared, withNoise)) + '\n';
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace Mailgauge::Delivery
