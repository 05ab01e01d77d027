// SPDX-License-Identifier: GPL-3.0-or-later
#include "bouncecommands.h"

#include "json.h"
#include "mailfiles.h"
#include "sessionjson.h"

#include "bounce/parser.h"
#include "explain/explain.h"
#include "explain/provider.h"

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

QString stageNames()
{
    QStringList names;
    for (const Smtp::Stage stage : Smtp::allStages)
        names.append(QString::fromLatin1(Smtp::stageName(stage)));
    return names.join(u' ');
}

/// --stage; without it what CODE alone would have been said to: a recipient.
Checked<Smtp::Stage> stageFrom(const Options &options)
{
    if (!options.has("stage"))
        return Smtp::Stage::Rcpt;
    const auto stage = Smtp::stageFromName(options.value("stage"));
    if (!stage)
        return usage(u"--stage takes one of %1"_s.arg(stageNames()));
    return *stage;
}

/// --provider: a name, or a host that may be nobody's we know. Empty: not known.
Checked<QByteArray> providerFrom(const Options &options)
{
    const QString value = options.text("provider");
    if (!options.has("provider") || value.contains(u'.'))
        return Explain::providerOfHost(value.toLatin1());
    if (const Explain::Provider *provider = Explain::findProvider(value))
        return provider->id;
    QStringList known;
    for (const Explain::Provider &one : Explain::providers())
        known.append(QString::fromLatin1(one.id));
    return usage(u"--provider takes a host name or one of %1"_s.arg(known.join(u' ')));
}

} // namespace

QList<OptionSpec> bounceExplainOptions()
{
    using V = OptionSpec::Values;
    return {{"stage", "STAGE", V::One, "what was replied to (default: rcpt)"},
        {"provider", "NAME|HOST", V::One,
            "whose server replied, such as google, or its host name"}};
}

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
    const auto stage = stageFrom(options());
    const auto provider = providerFrom(options());
    if (!stage || !provider) {
        fail(stage ? provider.error() : stage.error());
        return;
    }
    const Explain::Explanation explanation = Explain::explain(*reply, *stage, *provider);
    if (context().json) {
        const auto enhanced = reply->enhanced();
        console().printLine(
            Json::object({
                             {"code", Json::number(qint64(reply->code))},
                             {"enhanced", enhanced ? Json::text(enhanced->toByteArray()) : Json()},
                             {"stage", Json::text(Smtp::stageName(*stage).toByteArray())},
                             {"provider", Json::textOrNull(explanation.provider)},
                             {"id", Json::text(explanation.id)},
                             {"text", Json::text(explanation.text)},
                             {"cause", Json::text(explanation.cause)},
                             {"who", Json::text(explanation.who)},
                             {"nextStep", Json::text(explanation.nextStep)},
                             {"rfc", Json::text(explanation.rfc)},
                         })
                .toLine());
    } else {
        const QString who = explanation.who.isEmpty() ? QString()
                                                      : u"To act: "_s + explanation.who + u'.';
        for (const QString &text :
            {explanation.text, explanation.cause, who, explanation.nextStep, explanation.rfc}) {
            if (!text.isEmpty())
                console().printLine(text.toUtf8());
        }
    }
    Q_EMIT finished(Exit::Ok);
}

} // namespace Mailgauge::Cli
