// SPDX-License-Identifier: GPL-3.0-or-later
#include "bouncecommands.h"

#include "json.h"
#include "mailfiles.h"
#include "sessionjson.h"

#include "bounce/parser.h"
#include "explain/explain.h"

namespace Mailgauge::Cli {

namespace {

Json reportJson(const QByteArray &file, const Bounce::Report &report)
{
    return Json::object({
        {"file", Json::text(file)},
        {"kind", Json::text(Bounce::kindName(report.kind))},
        {"recipient", Json::textOrNull(report.recipient)},
        {"action", Json::textOrNull(report.action)},
        {"status", Json::textOrNull(report.status)},
        {"replyCode", report.replyCode == 0 ? Json() : Json::number(qint64(report.replyCode))},
        {"reason", Json::textOrNull(report.reason)},
        {"hard", report.hard ? Json::boolean(*report.hard) : Json()},
        {"diagnostic", Json::textOrNull(report.diagnostic)},
        {"mta", Json::textOrNull(report.mta)},
        {"originalMessageId", Json::textOrNull(report.originalMessageId)},
        {"originalRecipient", Json::textOrNull(report.originalRecipient)},
        {"campaign", Json::textOrNull(report.campaign)},
        {"rule", Json::textOrNull(report.rule)},
        {"evidence", Json::textOrNull(report.evidence)},
    });
}

/// CODE [ENHANCED] [TEXT] as the reply that it came from.
Checked<Smtp::Reply> replyFrom(const QList<QByteArray> &words)
{
    bool isNumber = false;
    const int code = words.value(0).toInt(&isNumber);
    if (!isNumber || words.value(0).size() != 3 || code < 200 || code > 599)
        return usage(u"a reply code has three digits, the first from 2 to 5"_s);
    return Smtp::Reply {.code = code, .lines = {words.sliced(1).join(' ')}};
}

} // namespace

void BounceParseCommand::start()
{
    if (options().positional().isEmpty()) {
        fail(usage(u"which files? Give PATH..., - is standard input"_s).error());
        return;
    }
    int exitCode = Exit::Ok;
    for (const QByteArray &path : options().positional()) {
        const auto done = readMessages(
            path, [this](const QByteArray &file, const QByteArray &message) {
                const QList<Bounce::Report> reports = Bounce::parse(message);
                for (const Bounce::Report &report : reports)
                    console().printLine(reportJson(file, report).toLine());
                if (reports.isEmpty())
                    console().printLine(reportJson(file, {}).toLine());
            });
        if (done)
            continue;
        console().complain(done.error().detail);
        exitCode = done.error().exitCode;
    }
    Q_EMIT finished(exitCode);
}

void BounceExplainCommand::start()
{
    const auto reply = replyFrom(options().positional());
    if (!reply) {
        fail(reply.error());
        return;
    }
    const Explain::Explanation explanation = Explain::explain(*reply, Smtp::Stage::Rcpt);
    if (context().json) {
        const auto enhanced = reply->enhanced();
        console().printLine(
            Json::object({
                             {"code", Json::number(qint64(reply->code))},
                             {"enhanced", enhanced ? Json::text(enhanced->toByteArray()) : Json()},
                             {"id", Json::text(explanation.id)},
                             {"text", Json::text(explanation.text)},
                             {"cause", Json::text(explanation.cause)},
                             {"who", Json::text(explanation.who)},
                             {"nextStep", Json::text(explanation.nextStep)},
                             {"rfc", Json::text(explanation.rfc)},
                         })
                .toLine());
    } else {
        for (const QString &text :
            {explanation.text, explanation.cause, explanation.nextStep, explanation.rfc}) {
            if (!text.isEmpty())
                console().printLine(text.toUtf8());
        }
    }
    Q_EMIT finished(Exit::Ok);
}

} // namespace Mailgauge::Cli
