// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/explain.h"

#include "base/literals.h"
#include "explain/knowledge.h"
#include "explain/sentence.h"
#include "explain/translation.h"

namespace Mailgauge::Explain {

namespace {

/// Without an entry, for no file can have been read, still a sentence.
Explanation from(const Entry *entry, const QStringList &parameters)
{
    if (!entry)
        return {.id = "unknown"_ba,
            .parameters = parameters,
            .provider = {},
            .text = filled(u"This program has no explanation (%1)."_s, parameters),
            .cause = {},
            .who = {},
            .nextStep = {},
            .rfc = {}};
    const auto said = [&](const QString &text, const QByteArray &field) {
        return filled(translated(text, entry->id + '.' + field), parameters);
    };
    return {.id = entry->id,
        .parameters = parameters,
        .provider = {},
        .text = said(entry->text, "text"_ba),
        .cause = said(entry->cause, "cause"_ba),
        .who = translated(entry->who, "who"_ba),
        .nextStep = said(entry->nextStep, "nextStep"_ba),
        .rfc = entry->rfc};
}

/// The entry of this id, else the file's one for what it does not know.
const Entry *known(const KnowledgeFile &file, const QByteArray &id, QByteArrayView otherwise)
{
    const Entry *entry = file.find(id);
    return entry ? entry : file.find(otherwise);
}

QString stageWords(const QByteArray &stage)
{
    const QHash<QByteArray, QString> &words = knowledge().errors.words;
    const QByteArray word = words.contains(stage) ? stage : "other"_ba;
    return translated(words.value(word), "word." + word);
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
    return from(found.entry, parameters);
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

Explanation explain(const Smtp::Reply &reply, Smtp::Stage stage, const QByteArray &provider)
{
    Situation situation;
    situation.stage = Smtp::stageName(stage).toByteArray();
    situation.code = reply.code;
    situation.replyClass = reply.code / 100;
    situation.enhanced = reply.enhanced();
    situation.text = matchable(reply.text());
    situation.provider = provider;
    const QString shown
        = (QString::number(reply.code) + u' ' + quotable(reply.text(), 160)).trimmed();
    const Found found = findReply(situation);
    Explanation result = from(
        found.entry, {shown, quotable(reply.text()), stageWords(situation.stage)});
    result.provider = found.provider;
    return result;
}

Explanation explain(const Tls::VerifyReason &reason)
{
    const QByteArray id = "tls." + Tls::reasonName(reason.kind).toByteArray();
    return from(known(knowledge().tls, id, "tls.other"),
        {quotable(reason.detail), QString::number(reason.depth)});
}

Explanation explainFinding(const QByteArray &id, const QByteArray &evidence)
{
    constexpr QByteArrayView certificate = "certificate.";
    const KnowledgeFile &findings = knowledge().findings;
    const Entry *entry = id.startsWith(certificate)
        ? knowledge().tls.find("tls." + id.sliced(certificate.size()))
        : findings.find(id);
    if (entry)
        return from(entry, {quotable(evidence)});
    Explanation unknown = from(
        findings.find("finding.unknown"), {quotable(evidence), quotable(id)});
    unknown.id = id;
    return unknown;
}

Explanation explainCapability(const QByteArray &keyword)
{
    QByteArray id = "capability." + keyword.trimmed().toUpper();
    if (id.startsWith("capability.AUTH=")) // the form of old servers
        id = "capability.AUTH"_ba;
    return from(known(knowledge().capabilities, id, "capability.unknown"), {quotable(keyword)});
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
    return from(known(knowledge().commands, id, "command.unknown"), {quotable(verb, 40)});
}

Explanation explainParameter(const QByteArray &keyword)
{
    return from(known(knowledge().commands, "parameter." + keyword.toUpper(), "parameter.unknown"),
        {quotable(keyword, 40)});
}

Explanation explainEvent(Smtp::Stage stage)
{
    return from(
        known(knowledge().commands, "event." + Smtp::stageName(stage).toByteArray(), "event.other"),
        {});
}

} // namespace Mailgauge::Explain
