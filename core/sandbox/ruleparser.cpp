// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/ruleparser.h"

#include "base/literals.h"
#include "sandbox/scenarioparser.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Sandbox {

namespace {

using std::chrono::milliseconds;

constexpr qint64 MaxDelay = 3'600'000;
constexpr qsizetype MaxPattern = 1024;

constexpr std::array serverStages {Smtp::Stage::Connect, Smtp::Stage::Greeting, Smtp::Stage::Helo,
    Smtp::Stage::StartTls, Smtp::Stage::Tls, Smtp::Stage::Auth, Smtp::Stage::Mail,
    Smtp::Stage::Rcpt, Smtp::Stage::Data, Smtp::Stage::Content, Smtp::Stage::Dot, Smtp::Stage::Rset,
    Smtp::Stage::Quit};

QList<Smtp::Stage> readStages(JsonObject &json)
{
    const QJsonValue value = json.value(u"stage"_s);
    const QJsonArray names = value.isArray() ? value.toArray() : QJsonArray {value};
    if (names == QJsonArray {u"any"_s})
        return {serverStages.begin(), serverStages.end()};
    QList<Smtp::Stage> result;
    for (const QJsonValue &name : names) {
        const auto stage = Smtp::stageFromName(name.toString().toLatin1());
        if (!stage || std::ranges::find(serverStages, *stage) == serverStages.end()) {
            QStringList known;
            for (const Smtp::Stage s : serverStages)
                known += QString::fromLatin1(Smtp::stageName(s));
            json.refuse(u"stage"_s,
                u"“%1” is no stage; give one or a list of: %2; or “any”"_s.arg(
                    name.toString().left(40), known.join(u", "_s)));
            return {};
        }
        result += *stage;
    }
    if (result.isEmpty())
        json.refuse(u"stage"_s, u"an empty list; name a stage"_s);
    return result;
}

std::optional<Pattern> readPattern(JsonObject &json, const QString &key)
{
    if (!json.has(key))
        return std::nullopt;
    QRegularExpression expression;
    if (json.value(key).isObject()) {
        JsonObject object = json.object(key);
        expression.setPattern(object.requiredText(u"regex"_s));
        object.finish();
    } else {
        expression.setPattern(QRegularExpression::wildcardToRegularExpression(
            json.text(key), QRegularExpression::NonPathWildcardConversion));
    }
    expression.setPatternOptions(QRegularExpression::CaseInsensitiveOption);
    if (expression.pattern().size() > MaxPattern)
        json.refuse(key, u"longer than %1 characters; shorten it"_s.arg(MaxPattern));
    else if (!expression.isValid())
        json.refuse(key, u"no regular expression: "_s + expression.errorString());
    return Pattern {expression};
}

Match readMatch(JsonObject json)
{
    Match match;
    match.recipient = readPattern(json, u"recipient"_s);
    match.sender = readPattern(json, u"sender"_s);
    match.user = readPattern(json, u"user"_s);
    match.helo = readPattern(json, u"helo"_s);
    constexpr std::array counts {std::pair {"first", Match::Count::First},
        std::pair {"nth", Match::Count::Nth}, std::pair {"every", Match::Count::Every},
        std::pair {"from", Match::Count::From}};
    for (const auto &[name, count] : counts) {
        const QString key = QString::fromLatin1(name);
        if (!json.has(key))
            continue;
        if (match.count != Match::Count::Any)
            json.refuse(key, u"give only one of first, nth, every and from"_s);
        match.count = count;
        match.n = static_cast<int>(json.number(key, 1, 1, 1'000'000'000));
    }
    const qsizetype scope = json.choice(u"per"_s, {u"overall"_s, u"session"_s, u"recipient"_s});
    match.scope = static_cast<Match::Scope>(qMax(0, scope));
    match.chance = json.fraction(u"chance"_s, 1.0);
    match.afterBytes = json.number(u"afterBytes"_s, 0, 0, ScenarioLimits::MaxMessage);
    json.finish();
    return match;
}

/// Reply codes as far as they make a reply at all: a scenario may well say what no server should.
Smtp::Reply readReply(JsonObject json)
{
    Smtp::Reply reply;
    if (!json.has(u"code"_s))
        json.refuse(u"code"_s, u"missing; give a reply code"_s);
    reply.code = static_cast<int>(json.number(u"code"_s, 250, 200, 599));
    const QByteArray enhanced = json.text(u"enhanced"_s).toUtf8();
    if (!enhanced.isEmpty() && !Smtp::EnhancedStatusCode::parse(enhanced))
        json.refuse(u"enhanced"_s, u"no enhanced status code; write it like 5.1.1"_s);
    if (json.value(u"text"_s).isArray())
        reply.lines = json.texts(u"text"_s, 10'000);
    else
        reply.lines = {json.text(u"text"_s).toUtf8()};
    if (reply.lines.isEmpty())
        reply.lines = {QByteArray()};
    for (QByteArray &line : reply.lines) {
        if (line.contains('\r') || line.contains('\n') || line.contains('\0'))
            json.refuse(u"text"_s, u"holds a line end; give a list of lines, or use raw"_s);
        if (!enhanced.isEmpty())
            line.prepend(enhanced + ' ');
    }
    json.finish();
    return reply;
}

RawBytes readRaw(JsonObject json)
{
    RawBytes raw;
    const bool isText = json.has(u"text"_s);
    if (isText == json.has(u"base64"_s))
        json.refuse({}, u"give the bytes as “text” or as “base64”"_s);
    if (isText) {
        raw.bytes = json.text(u"text"_s).toUtf8();
    } else {
        const auto decoded = QByteArray::fromBase64Encoding(
            json.text(u"base64"_s).toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
        if (!decoded)
            json.refuse(u"base64"_s, u"not base64"_s);
        else
            raw.bytes = *decoded;
    }
    if (raw.bytes.isEmpty())
        json.refuse({}, u"no bytes; give at least one"_s);
    const qsizetype position = json.choice(u"position"_s, {u"before"_s, u"instead"_s, u"after"_s});
    raw.position = position < 0 ? RawBytes::Position::Instead
                                : static_cast<RawBytes::Position>(position);
    raw.repeat = json.number(u"repeat"_s, 1, 1, 1'000'000'000);
    json.finish();
    return raw;
}

QList<RawBytes> readRawList(JsonObject &json)
{
    QList<RawBytes> result;
    if (json.has(u"raw"_s) && !json.value(u"raw"_s).isArray())
        result += readRaw(json.object(u"raw"_s));
    const QJsonArray array = json.value(u"raw"_s).toArray();
    if (array.size() > 100)
        json.refuse(u"raw"_s, u"more than 100 entries; leave some out"_s);
    for (qsizetype i = 0; i < qMin(array.size(), 100); ++i)
        result += readRaw(json.element(u"raw"_s, array.at(i), i));
    if (json.has(u"endless"_s))
        result += RawBytes {RawBytes::Position::Instead, json.requiredText(u"endless"_s).toUtf8(),
            RawBytes::Endless};
    return result;
}

Split readSplit(JsonObject json)
{
    Split split;
    split.every = json.number(u"every"_s, 0, 0, ScenarioLimits::MaxMessage);
    if (json.has(u"at"_s) && !json.value(u"at"_s).isArray())
        json.refuse(u"at"_s, u"not a list of offsets; put it in [ ]"_s);
    for (const QJsonValue &value : json.value(u"at"_s).toArray()) {
        const qint64 offset = value.toInteger(-1);
        if (offset < 1 || (!split.at.isEmpty() && offset <= split.at.last()))
            json.refuse(u"at"_s, u"offsets are whole numbers from 1, rising"_s);
        split.at += offset;
    }
    if (split.every == 0 && split.at.isEmpty())
        json.refuse({}, u"give “every” or “at”"_s);
    split.interval = milliseconds(json.number(u"intervalMs"_s, 0, 0, MaxDelay));
    json.finish();
    return split;
}

LaterBounce readBounce(JsonObject json)
{
    LaterBounce bounce;
    bounce.after = milliseconds(json.number(u"afterMs"_s, 0, 0, 86'400'000));
    if (json.has(u"status"_s))
        bounce.status = json.text(u"status"_s).toUtf8();
    const auto status = Smtp::EnhancedStatusCode::parse(bounce.status);
    if (!status || status->toByteArray() != bounce.status || status->klass < 4)
        json.refuse(u"status"_s, u"no status of a failure or delay; write it like 5.1.1"_s);
    if (json.has(u"diagnostic"_s))
        bounce.diagnostic = json.requiredText(u"diagnostic"_s).simplified().toUtf8();
    json.finish();
    return bounce;
}

Actions readActions(JsonObject json)
{
    Actions actions;
    if (json.has(u"reply"_s))
        actions.reply = readReply(json.object(u"reply"_s));
    actions.delay = milliseconds(json.number(u"delayMs"_s, 0, 0, MaxDelay));
    if (json.has(u"split"_s))
        actions.split = readSplit(json.object(u"split"_s));
    actions.raw = readRawList(json);
    actions.drop = static_cast<Actions::Drop>(json.choice(u"drop"_s, {u"fin"_s, u"rst"_s}) + 1);
    actions.silence = json.boolean(u"silence"_s, false);
    actions.stopReading = json.boolean(u"stopReading"_s, false);
    if (json.has(u"tls"_s)) {
        JsonObject tls = json.object(u"tls"_s);
        actions.certificate = readCertificate(tls);
        tls.finish();
    }
    if (json.has(u"bounce"_s))
        actions.bounce = readBounce(json.object(u"bounce"_s));
    const bool instead = std::ranges::any_of(actions.raw,
        [](const RawBytes &raw) { return raw.position == RawBytes::Position::Instead; });
    if (instead && actions.reply)
        json.refuse({}, u"a reply and bytes instead of it; give one of them"_s);
    if (actions.silence && actions.drop != Actions::Drop::Never)
        json.refuse({}, u"both silence and drop; give one of them"_s);
    if (actions == Actions {})
        json.refuse({}, u"nothing to do; give at least one action"_s);
    json.finish();
    return actions;
}

void checkStages(JsonObject &json, const Rule &rule)
{
    using Smtp::Stage;
    for (const Stage stage : rule.stages) {
        const QString name = QString::fromLatin1(Smtp::stageName(stage));
        if (rule.match.afterBytes > 0 && stage != Stage::Content)
            json.refuse(u"match.afterBytes"_s, u"has a meaning at stage content only"_s);
        if (rule.actions.certificate && stage > Stage::Tls)
            json.refuse(u"do.tls"_s, u"too late at stage %1; use connect to tls"_s.arg(name));
        const bool bounces = stage == Stage::Rcpt || stage == Stage::Data || stage == Stage::Content
            || stage == Stage::Dot;
        if (rule.actions.bounce && !bounces)
            json.refuse(
                u"do.bounce"_s, u"not at stage %1; use rcpt, data, content or dot"_s.arg(name));
    }
}

} // namespace

CertificateKind readCertificate(JsonObject &json)
{
    const qsizetype kind = json.choice(
        u"certificate"_s, {u"valid"_s, u"expired"_s, u"wrongName"_s, u"selfSigned"_s});
    return static_cast<CertificateKind>(qMax(0, kind));
}

QList<Rule> readRules(JsonObject &scenario)
{
    const QJsonValue value = scenario.value(u"rules"_s);
    if (!value.isUndefined() && !value.isArray())
        scenario.refuse(u"rules"_s, u"not a list; put it in [ ]"_s);
    const QJsonArray array = value.toArray();
    if (array.size() > ScenarioLimits::MaxRules)
        scenario.refuse(
            u"rules"_s, u"more than %1; leave some out"_s.arg(ScenarioLimits::MaxRules));
    QList<Rule> rules;
    for (qsizetype i = 0; i < qMin(array.size(), ScenarioLimits::MaxRules); ++i) {
        JsonObject json = scenario.element(u"rules"_s, array.at(i), i);
        Rule rule;
        rule.name = json.text(u"name"_s);
        rule.stages = readStages(json);
        rule.match = readMatch(json.object(u"match"_s));
        rule.actions = readActions(json.object(u"do"_s));
        checkStages(json, rule);
        json.finish();
        rules += rule;
    }
    return rules;
}

} // namespace Mailgauge::Sandbox
