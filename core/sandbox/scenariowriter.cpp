// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/scenariowriter.h"

#include "base/literals.h"
#include "sandbox/scenarioparser.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <array>
#include <utility>

namespace Mailgauge::Sandbox {

namespace {

constexpr std::array certificateNames {"valid", "expired", "wrongName", "selfSigned"};

QString name(CertificateKind kind)
{
    return QString::fromLatin1(certificateNames[std::to_underlying(kind)]);
}

QJsonArray texts(const QList<QByteArray> &list)
{
    QJsonArray array;
    for (const QByteArray &one : list)
        array.append(QString::fromUtf8(one));
    return array;
}

QJsonObject settingsJson(const ScenarioSettings &settings)
{
    const ScenarioSettings plain;
    QJsonObject json;
    const auto set = [&json](const QString &key, const auto &value, const auto &otherwise,
                         const QJsonValue &written) {
        if (value != otherwise)
            json.insert(key, written);
    };
    set(u"hostName"_s, settings.hostName, plain.hostName, QString::fromUtf8(settings.hostName));
    if (settings.tls) {
        constexpr std::array names {"none", "starttls", "implicit"};
        json.insert(u"tls"_s, QString::fromLatin1(names[std::to_underlying(*settings.tls)]));
    }
    set(u"offerStartTls"_s, settings.offerStartTls, plain.offerStartTls, settings.offerStartTls);
    set(u"certificate"_s, settings.certificate, plain.certificate, name(settings.certificate));
    set(u"auth"_s, settings.authMechanisms, plain.authMechanisms, texts(settings.authMechanisms));
    set(u"authBeforeTls"_s, settings.authBeforeTls, plain.authBeforeTls, settings.authBeforeTls);
    set(u"authRequired"_s, settings.authRequired, plain.authRequired, settings.authRequired);
    set(u"keywords"_s, settings.keywords, plain.keywords, texts(settings.keywords));
    set(u"announceSize"_s, settings.announceSize, plain.announceSize, settings.announceSize);
    set(u"sizeLimit"_s, settings.sizeLimit, plain.sizeLimit, settings.sizeLimit);
    set(u"maxRecipients"_s, settings.maxRecipients, plain.maxRecipients, settings.maxRecipients);
    set(u"lmtp"_s, settings.lmtp, plain.lmtp, settings.lmtp);
    set(u"refuseBareLf"_s, settings.refuseBareLf, plain.refuseBareLf, settings.refuseBareLf);
    set(u"idleMs"_s, settings.idle, plain.idle, qint64(settings.idle.count()));
    return json;
}

QJsonObject matchJson(const Match &match)
{
    QJsonObject json;
    for (const auto &[key, pattern] :
        {std::pair {u"recipient"_s, &match.recipient}, std::pair {u"sender"_s, &match.sender},
            std::pair {u"user"_s, &match.user}, std::pair {u"helo"_s, &match.helo}}) {
        if (*pattern)
            json.insert(key, QJsonObject {{u"regex"_s, (*pattern)->expression.pattern()}});
    }
    switch (match.count) {
    case Match::Count::Any:
        break;
    case Match::Count::First:
        json.insert(u"first"_s, match.n);
        break;
    case Match::Count::Nth:
        json.insert(u"nth"_s, match.n);
        break;
    case Match::Count::Every:
        json.insert(u"every"_s, match.n);
        break;
    case Match::Count::From:
        json.insert(u"from"_s, match.n);
        break;
    }
    if (match.scope != Match::Scope::Overall) {
        json.insert(u"per"_s, match.scope == Match::Scope::Session ? u"session"_s : u"recipient"_s);
    }
    if (match.chance < 1.0)
        json.insert(u"chance"_s, match.chance);
    if (match.afterBytes > 0)
        json.insert(u"afterBytes"_s, match.afterBytes);
    return json;
}

QJsonObject rawJson(const RawBytes &raw)
{
    QJsonObject json;
    if (raw.bytes.isValidUtf8())
        json.insert(u"text"_s, QString::fromUtf8(raw.bytes));
    else
        json.insert(u"base64"_s, QString::fromLatin1(raw.bytes.toBase64()));
    constexpr std::array positions {"before", "instead", "after"};
    if (raw.position != RawBytes::Position::Instead)
        json.insert(
            u"position"_s, QString::fromLatin1(positions[std::to_underlying(raw.position)]));
    if (raw.repeat > 1)
        json.insert(u"repeat"_s, raw.repeat);
    return json;
}

QJsonObject splitJson(const Split &split)
{
    QJsonObject json;
    QJsonArray at;
    for (const qint64 offset : split.at)
        at.append(offset);
    if (!at.isEmpty())
        json.insert(u"at"_s, at);
    if (split.every > 0)
        json.insert(u"every"_s, split.every);
    if (split.interval.count() > 0)
        json.insert(u"intervalMs"_s, qint64(split.interval.count()));
    return json;
}

QJsonObject actionsJson(const Actions &actions)
{
    QJsonObject json;
    if (actions.reply) {
        const QList<QByteArray> &lines = actions.reply->lines;
        json.insert(u"reply"_s,
            QJsonObject {{u"code"_s, actions.reply->code},
                {u"text"_s,
                    lines.size() == 1 ? QJsonValue(QString::fromUtf8(lines.first()))
                                      : QJsonValue(texts(lines))}});
    }
    if (actions.delay.count() > 0)
        json.insert(u"delayMs"_s, qint64(actions.delay.count()));
    if (actions.split)
        json.insert(u"split"_s, splitJson(*actions.split));
    QJsonArray raws;
    for (const RawBytes &raw : actions.raw) {
        if (raw.repeat == RawBytes::Endless)
            json.insert(u"endless"_s, QString::fromUtf8(raw.bytes));
        else
            raws.append(rawJson(raw));
    }
    if (!raws.isEmpty())
        json.insert(u"raw"_s, raws);
    if (actions.drop != Actions::Drop::Never)
        json.insert(u"drop"_s, actions.drop == Actions::Drop::Fin ? u"fin"_s : u"rst"_s);
    if (actions.silence)
        json.insert(u"silence"_s, true);
    if (actions.stopReading)
        json.insert(u"stopReading"_s, true);
    if (actions.certificate)
        json.insert(u"tls"_s, QJsonObject {{u"certificate"_s, name(*actions.certificate)}});
    if (actions.bounce) {
        json.insert(u"bounce"_s,
            QJsonObject {{u"afterMs"_s, qint64(actions.bounce->after.count())},
                {u"status"_s, QString::fromUtf8(actions.bounce->status)},
                {u"diagnostic"_s, QString::fromUtf8(actions.bounce->diagnostic)}});
    }
    return json;
}

QJsonObject ruleJson(const Rule &rule)
{
    QJsonObject json;
    if (!rule.name.isEmpty())
        json.insert(u"name"_s, rule.name);
    QJsonArray stages;
    for (const Smtp::Stage stage : rule.stages)
        stages.append(QString::fromLatin1(Smtp::stageName(stage)));
    json.insert(u"stage"_s, stages.size() == 1 ? stages.first() : QJsonValue(stages));
    if (const QJsonObject match = matchJson(rule.match); !match.isEmpty())
        json.insert(u"match"_s, match);
    json.insert(u"do"_s, actionsJson(rule.actions));
    return json;
}

} // namespace

QByteArray writeScenario(const Scenario &scenario)
{
    QJsonObject json {{u"format"_s, u"mailgauge-scenario"_s},
        {u"version"_s, ScenarioLimits::Version}, {u"name"_s, scenario.name},
        {u"title"_s, scenario.title}};
    if (!scenario.description.isEmpty())
        json.insert(u"description"_s, scenario.description);
    if (scenario.seed != 1)
        json.insert(u"seed"_s, qint64(scenario.seed));
    if (const QJsonObject settings = settingsJson(scenario.settings); !settings.isEmpty())
        json.insert(u"settings"_s, settings);
    QJsonArray rules;
    for (const Rule &rule : scenario.rules)
        rules.append(ruleJson(rule));
    if (!rules.isEmpty())
        json.insert(u"rules"_s, rules);
    return QJsonDocument(json).toJson();
}

} // namespace Mailgauge::Sandbox
