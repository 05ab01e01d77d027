// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/scenarioparser.h"

#include "base/literals.h"
#include "sandbox/jsonobject.h"
#include "sandbox/ruleparser.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

namespace Mailgauge::Sandbox {

namespace {

using Kind = Base::Error::Kind;

/// Nesting is counted before the parser sees it: Qt's recurses.
bool isTooDeep(const QByteArray &json)
{
    int depth = 0;
    bool inText = false;
    for (qsizetype i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (inText && c == '\\')
            ++i;
        else if (c == '"')
            inText = !inText;
        else if (!inText && (c == '{' || c == '['))
            ++depth;
        else if (!inText && (c == '}' || c == ']'))
            --depth;
        if (depth > ScenarioLimits::MaxDepth)
            return true;
    }
    return false;
}

ScenarioSettings readSettings(JsonObject json)
{
    ScenarioSettings settings;
    if (json.has(u"hostName"_s)) {
        settings.hostName = json.requiredText(u"hostName"_s).toUtf8();
        if (settings.hostName.contains(' ') || settings.hostName != settings.hostName.simplified())
            json.refuse(u"hostName"_s, u"not a host name; give one word"_s);
    }
    const qsizetype tls = json.choice(u"tls"_s, {u"none"_s, u"starttls"_s, u"implicit"_s});
    if (tls >= 0)
        settings.tls = static_cast<TlsMode>(tls);
    settings.offerStartTls = json.boolean(u"offerStartTls"_s, settings.offerStartTls);
    settings.certificate = readCertificate(json);
    if (json.has(u"auth"_s)) {
        settings.authMechanisms = json.texts(u"auth"_s, 64);
        for (QByteArray &mechanism : settings.authMechanisms) {
            mechanism = mechanism.toUpper();
            if (mechanism.isEmpty() || mechanism.contains(' '))
                json.refuse(u"auth"_s, u"a mechanism is one word"_s);
        }
    }
    settings.authBeforeTls = json.boolean(u"authBeforeTls"_s, settings.authBeforeTls);
    settings.authRequired = json.boolean(u"authRequired"_s, settings.authRequired);
    if (json.has(u"keywords"_s))
        settings.keywords = json.texts(u"keywords"_s, 10'000);
    settings.announceSize = json.boolean(u"announceSize"_s, settings.announceSize);
    settings.sizeLimit = json.number(
        u"sizeLimit"_s, settings.sizeLimit, 1, ScenarioLimits::MaxMessage);
    settings.maxRecipients = static_cast<int>(
        json.number(u"maxRecipients"_s, settings.maxRecipients, 1, 100'000));
    settings.lmtp = json.boolean(u"lmtp"_s, settings.lmtp);
    settings.refuseBareLf = json.boolean(u"refuseBareLf"_s, settings.refuseBareLf);
    settings.idle = std::chrono::milliseconds(
        json.number(u"idleMs"_s, settings.idle.count(), 1, 86'400'000));
    json.finish();
    return settings;
}

Scenario readScenario(JsonObject json)
{
    Scenario scenario;
    json.expect({u"format"_s, u"version"_s}); // read before
    scenario.name = json.requiredText(u"name"_s);
    scenario.title = json.requiredText(u"title"_s);
    scenario.description = json.text(u"description"_s);
    scenario.seed = static_cast<quint64>(json.number(u"seed"_s, 1, 0, 1LL << 53));
    scenario.settings = readSettings(json.object(u"settings"_s));
    scenario.rules = readRules(json);
    json.finish();
    return scenario;
}

} // namespace

Base::Result<Scenario> parseScenario(const QByteArray &json)
{
    if (json.size() > ScenarioLimits::MaxFile)
        return Base::fail(Kind::InvalidInput, u"larger than 1 MiB; this is no scenario"_s);
    if (isTooDeep(json))
        return Base::fail(Kind::InvalidInput,
            u"nested deeper than %1 levels; this is no scenario"_s.arg(ScenarioLimits::MaxDepth));
    QJsonParseError broken;
    const QJsonDocument document = QJsonDocument::fromJson(json, &broken);
    if (broken.error != QJsonParseError::NoError) {
        const QByteArrayView before = QByteArrayView(json).first(
            qBound(0, qsizetype(broken.offset), json.size()));
        return Base::fail(Kind::InvalidInput,
            u"line %1: %2"_s.arg(before.count('\n') + 1).arg(broken.errorString()));
    }
    const QJsonObject root = document.object();
    if (root.value("format"_L1).toString() != "mailgauge-scenario"_L1)
        return Base::fail(
            Kind::InvalidInput, u"format: not “mailgauge-scenario”; this is no scenario"_s);
    const double version = root.value("version"_L1).toDouble(0);
    if (version > ScenarioLimits::Version)
        return Base::fail(Kind::Unsupported,
            u"version: %1 is newer than this program understands (%2); update Mailgauge"_s
                .arg(version)
                .arg(ScenarioLimits::Version));
    if (version != ScenarioLimits::Version)
        return Base::fail(Kind::InvalidInput,
            u"version: missing or unknown; give %1"_s.arg(ScenarioLimits::Version));

    JsonObject::Problem problem;
    Scenario scenario = readScenario(JsonObject(root, {}, problem));
    if (problem)
        return std::unexpected(*problem);
    return scenario;
}

Base::Result<Scenario> readScenarioFile(const QString &path)
{
    // A FIFO or device would hang or never end.
    if (const QFileInfo info(path); info.exists() && !info.isFile())
        return Base::fail(Kind::Io, path + u": not a regular file"_s);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Base::fail(Kind::Io, path + u": "_s + file.errorString());
    const QByteArray bytes = file.read(ScenarioLimits::MaxFile + 1);
    if (file.error() != QFileDevice::NoError)
        return Base::fail(Kind::Io, path + u": "_s + file.errorString());
    auto scenario = parseScenario(bytes);
    if (!scenario)
        return Base::fail(scenario.error().kind, path + u": "_s + scenario.error().detail);
    return scenario;
}

} // namespace Mailgauge::Sandbox
