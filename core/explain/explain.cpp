// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/explain.h"

#include "base/literals.h"
#include "explain/knowledge.h"
#include "explain/sentence.h"

namespace Mailgauge::Explain {

namespace {

Explanation from(const Entry &entry, const QStringList &parameters)
{
    return {.id = entry.id,
        .parameters = parameters,
        .text = filled(entry.text, parameters),
        .cause = filled(entry.cause, parameters),
        .who = entry.who,
        .nextStep = filled(entry.nextStep, parameters),
        .rfc = entry.rfc};
}

/// For what no file knows: still a sentence.
Explanation generic(const QByteArray &id, const QString &text, const QStringList &parameters)
{
    return {.id = id,
        .parameters = parameters,
        .text = filled(text, parameters),
        .cause = {},
        .who = {},
        .nextStep = u"See the transcript and the details for what happened."_s,
        .rfc = {}};
}

QString stageWords(QByteArrayView stage)
{
    const QHash<QByteArray, QString> &words = knowledge().errors.stages;
    return words.value(stage.toByteArray(), u"working on it"_s);
}

/// An entry of commands.json, or the one for what it does not know.
Explanation known(const QByteArray &id, const QByteArray &otherwise, const QByteArray &name)
{
    const KnowledgeFile &file = knowledge().commands;
    if (const Entry *entry = file.find(id))
        return from(*entry, {});
    const QStringList parameters {quotable(name, 40)};
    if (const Entry *entry = file.find(otherwise))
        return from(*entry, parameters);
    return generic(otherwise, u"This program has no explanation (%1)."_s, parameters);
}

Explanation explainError(const Base::Error &error, const QByteArray &stage)
{
    Situation situation;
    situation.kind = Base::kindName(error.kind).toByteArray();
    situation.stage = stage;
    situation.text = error.detail;
    const Found found = findEntry(knowledge().errors, situation);
    QStringList parameters {quotable(error.detail), stageWords(stage)};
    for (const QString &capture : found.captures)
        parameters.append(quotable(capture));
    if (!found.entry)
        return generic("error.generic"_ba, u"Something went wrong while %2 (%1)."_s, parameters);
    return from(*found.entry, parameters);
}

} // namespace

QString Explanation::withNextStep() const
{
    return nextStep.isEmpty() ? text : text + u' ' + nextStep;
}

Explanation explain(const Smtp::Failure &failure)
{
    return explainError(failure.error, Smtp::stageName(failure.stage).toByteArray());
}

Explanation explain(const Base::Error &error)
{
    return explainError(error, {});
}

Explanation explain(const Smtp::Reply &reply, Smtp::Stage stage)
{
    const QByteArray stageName = Smtp::stageName(stage).toByteArray();
    Situation situation;
    situation.stage = stageName;
    situation.code = reply.code;
    situation.replyClass = reply.code / 100;
    situation.enhanced = reply.enhanced();
    situation.text = matchable(reply.text());
    const QString shown
        = (QString::number(reply.code) + u' ' + quotable(reply.text(), 160)).trimmed();
    const QStringList parameters {shown, quotable(reply.text()), stageWords(stageName)};
    if (const Entry *entry = findEntry(knowledge().replies, situation).entry)
        return from(*entry, parameters);
    return generic("reply.generic"_ba, u"The server answered while %3 (%1)."_s, parameters);
}

Explanation explain(const Tls::VerifyReason &reason)
{
    const QStringList parameters {quotable(reason.detail), QString::number(reason.depth)};
    const QByteArray id = "tls." + Tls::reasonName(reason.kind).toByteArray();
    if (const Entry *entry = knowledge().tls.find(id))
        return from(*entry, parameters);
    return generic(id, u"The certificate was not accepted (%1)."_s, parameters);
}

Explanation explainFinding(const QByteArray &id, const QByteArray &evidence)
{
    constexpr QByteArrayView certificate = "certificate.";
    const Entry *entry = id.startsWith(certificate)
        ? knowledge().tls.find("tls." + id.sliced(certificate.size()))
        : knowledge().findings.find(id);
    if (entry)
        return from(*entry, {quotable(evidence)});
    return generic(id, u"The session showed something unusual: %2 (%1)."_s,
        {quotable(evidence), quotable(id)});
}

Explanation explainCapability(const QByteArray &keyword)
{
    QByteArray id = "capability." + keyword.trimmed().toUpper();
    const Entry *entry = knowledge().capabilities.find(id);
    if (!entry && id.startsWith("capability.AUTH=")) // the form of old servers
        entry = knowledge().capabilities.find("capability.AUTH");
    if (entry)
        return from(*entry, {quotable(keyword)});
    Explanation unknown = generic("capability.unknown"_ba,
        u"The server announces %1, which this program does not know."_s, {quotable(keyword)});
    unknown.nextStep.clear();
    return unknown;
}

Explanation explainCommand(const QByteArray &line, Smtp::Stage stage)
{
    const QByteArray verb = line.trimmed().split(' ').constFirst().toUpper();
    QByteArray id = "command." + verb;
    if (stage == Smtp::Stage::Content && verb != "BDAT")
        id = "command.content"_ba;
    else if (line == ".")
        id = "command.dot"_ba;
    else if (stage == Smtp::Stage::Auth && line == "*")
        id = "command.authCancel"_ba;
    else if (stage == Smtp::Stage::Auth && verb != "AUTH")
        id = "command.authAnswer"_ba;
    return known(id, "command.unknown"_ba, verb);
}

Explanation explainParameter(const QByteArray &keyword)
{
    return known("parameter." + keyword.toUpper(), "parameter.unknown"_ba, keyword);
}

Explanation explainEvent(Smtp::Stage stage)
{
    return known("event." + Smtp::stageName(stage).toByteArray(), "event.other"_ba, {});
}

} // namespace Mailgauge::Explain
