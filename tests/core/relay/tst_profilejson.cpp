// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/presets.h"
#include "relay/profilejson.h"

#include "base/literals.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Relay;
using Base::Error;

namespace {

RelayProfile fullProfile()
{
    RelayProfile profile;
    profile.id = QUuid::createUuid();
    profile.name = u"Büro \"Nord\""_s;
    profile.host = u"relay.example"_s;
    profile.port = 2525;
    profile.tls = Smtp::TlsPolicy::Opportunistic;
    profile.verify = Tls::VerifyMode::Chain;
    profile.caFile = u"/etc/ssl/own ca.pem"_s;
    profile.caPem = "-----BEGIN CERTIFICATE-----";
    profile.pin = QByteArray(64, 'a');
    profile.auth = Smtp::AuthOptions::Need::IfOffered;
    profile.mechanisms = {"SCRAM-SHA-256", "PLAIN"};
    profile.user = u"jörg"_s;
    profile.oauth = OAuthClient {.clientId = u"client-1"_s,
        .authorizationEndpoint = QUrl(u"https://login.example/authorize?tenant=a"_s),
        .tokenEndpoint = QUrl(u"https://login.example/token"_s),
        .scopes = {u"https://mail.example/send"_s, u"offline_access"_s},
        .redirectToLocalhost = true};
    profile.authWithoutTls = true;
    profile.ehloName = "me.example";
    profile.defaultFrom = u"Jörg <j@example.org>"_s;
    profile.bounceAddress = u"bounces@example.org"_s;
    profile.deadlines.dot = std::chrono::milliseconds(1234);
    profile.pipelining = false;
    profile.strongestMechanism = "SCRAM-SHA-256-PLUS";
    return profile;
}

} // namespace

class TestProfileJson final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everythingButIdAndMomentaryTrustComesBack()
    {
        RelayProfile profile = fullProfile();
        const auto back = importProfiles(exportProfiles({profile}));
        QVERIFY2(back, back ? "" : qPrintable(back.error().detail));
        QCOMPARE(back->size(), 1);
        // A new id: the old one's password must not follow the file (see profilejson.h).
        QVERIFY(!back->first().id.isNull() && back->first().id != profile.id);
        profile.id = back->first().id;
        profile.caPem.clear();
        QVERIFY(back->first() == profile);
    }

    void defaultsFillWhatIsMissing()
    {
        const auto profile = profileFromJson({{u"name"_s, u"a"_s}, {u"host"_s, u"b"_s}});
        QVERIFY(profile);
        RelayProfile expected;
        expected.name = u"a"_s;
        expected.host = u"b"_s;
        QVERIFY(*profile == expected);
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<Error::Kind>("kind");
        const auto row = [](const char *name, const char *profile) {
            QTest::newRow(name)
                << QByteArray(R"({"format":"mailgauge-relay-profiles","version":1,"profiles":[)")
                    + profile + "]}"
                << Error::Kind::InvalidInput;
        };
        row("E4 password", R"({"name":"a","host":"b","password":"canary"})");
        row("E4 secret, other case", R"({"name":"a","host":"b","Secret":"canary"})");
        // No raw strings: moc takes their slashes for comments.
        const auto oauthRow = [&row](const char *name, const QByteArray &page,
                                  const QByteArray &token, const QByteArray &more = {}) {
            const QByteArray oauth = "{\"clientId\":\"c\",\"authorizationEndpoint\":\"" + page
                + "\",\"tokenEndpoint\":\"" + token + '"' + more + '}';
            row(name, ("{\"name\":\"a\",\"host\":\"b\",\"oauth\":" + oauth + '}').constData());
        };
        oauthRow("E4 client secret", "https://a/", "https://a/t", ",\"clientSecret\":\"canary\"");
        oauthRow("E9 tokens in clear", "https://a/", "http://a.example/t");
        oauthRow("E9 a page of another kind", "javascript:alert(1)", "https://a/t");
        oauthRow("E4 password in an endpoint", "https://a/", "https://u:canary@a/t");
        oauthRow("endpoint is missing", "", "https://a/t");
        oauthRow("scope of two words", "https://a/", "https://a/t", ",\"scopes\":[\"a b\"]");
        oauthRow("unknown key of oauth", "https://a/", "https://a/t", ",\"colour\":1");
        row("unknown key", R"({"name":"a","host":"b","colour":"red"})");
        row("no name", R"({"host":"b"})");
        row("blank host", R"({"name":"a","host":"  "})");
        row("name is a number", R"({"name":1,"host":"b"})");
        row("line end in host", R"({"name":"a","host":"b\r\nRCPT TO:<x>"})");
        row("NUL in user", R"({"name":"a","host":"b","user":"x\u0000y"})");
        row("port 0", R"({"name":"a","host":"b","port":0})");
        row("port 65536", R"({"name":"a","host":"b","port":65536})");
        row("port is text", R"({"name":"a","host":"b","port":"587"})");
        row("port is broken", R"({"name":"a","host":"b","port":25.5})");
        row("unknown policy", R"({"name":"a","host":"b","tls":"maybe"})");
        row("flag is text", R"({"name":"a","host":"b","pipelining":"yes"})");
        row("short pin", R"({"name":"a","host":"b","pin":"abcd"})");
        row("lower-case mechanism", R"({"name":"a","host":"b","mechanisms":["plain"]})");
        row("mechanisms is no list", R"({"name":"a","host":"b","mechanisms":"PLAIN"})");
        row("unknown stage", R"({"name":"a","host":"b","deadlines":{"lunch":1}})");
        row("no time at all", R"({"name":"a","host":"b","deadlines":{"dot":0}})");
        row("endless deadline", R"({"name":"a","host":"b","deadlines":{"dot":9e15}})");
        row("profile is a list", "[]");
        row("name twice", R"({"name":"a","host":"b"},{"name":"A","host":"c"})");
        QTest::newRow("G18 newer version")
            << R"({"format":"mailgauge-relay-profiles","version":2,"profiles":[]})"_ba
            << Error::Kind::Unsupported;
        QTest::newRow("G18 other format")
            << R"({"format":"something","version":1,"profiles":[]})"_ba
            << Error::Kind::InvalidInput;
        QTest::newRow("G18 not JSON") << "profile: a"_ba << Error::Kind::InvalidInput;
        QTest::newRow("G18 empty") << ""_ba << Error::Kind::InvalidInput;
        QTest::newRow("G18 deep") << QByteArray(100'000, '[') + QByteArray(100'000, ']')
                                  << Error::Kind::InvalidInput;
        QTest::newRow("G18 large") << QByteArray(5 * 1024 * 1024, ' ') << Error::Kind::InvalidInput;
    }
    void refused()
    {
        QFETCH(QByteArray, json);
        QFETCH(Error::Kind, kind);
        const auto profiles = importProfiles(json);
        QVERIFY(!profiles);
        QCOMPARE(profiles.error().kind, kind);
        QVERIFY(!profiles.error().detail.contains(u"canary"));
    }

    void tooManyProfilesAreRefused()
    {
        QList<RelayProfile> many(1001, fullProfile());
        for (qsizetype i = 0; i < many.size(); ++i)
            many[i].name = QString::number(i);
        QVERIFY(!importProfiles(exportProfiles(many)));
        many.removeLast();
        QCOMPARE(importProfiles(exportProfiles(many))->size(), 1000);
    }

    void everyPresetMakesAProfileThatCanBeExported()
    {
        const QList<ProviderPreset> presets = providerPresets();
        QVERIFY(presets.size() > 15);
        QSet<QByteArray> ids;
        for (const ProviderPreset &preset : presets) {
            QVERIFY2(!ids.contains(preset.id), preset.id.constData());
            ids.insert(preset.id);
            const RelayProfile profile = profileFrom(preset, u"filled-in"_s);
            QVERIFY2(importProfiles(exportProfiles({profile})), preset.id.constData());
            QVERIFY2(!profile.host.contains(u'{'), preset.id.constData());
            QCOMPARE(profile.host.contains(u"filled-in"), preset.host.contains(u'{'));
            for (const PresetPort &port : preset.ports) {
                // Implicit TLS and STARTTLS never share a port.
                const bool implicit = port.port == 465 || port.port == 2465;
                QCOMPARE(port.tls == Smtp::TlsPolicy::ImplicitTls, implicit);
            }
        }
        const auto sendgrid = std::ranges::find(presets, "sendgrid", &ProviderPreset::id);
        QVERIFY(sendgrid != presets.end());
        QCOMPARE(profileFrom(*sendgrid).user, u"apikey"_s);
        const auto ses = std::ranges::find(presets, "ses", &ProviderPreset::id);
        QVERIFY(ses != presets.end());
        QCOMPARE(profileFrom(*ses).host, u"email-smtp.us-east-1.amazonaws.com"_s);
    }

    void hostTellsTheProvider_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QByteArray>("id");
        QTest::newRow("plain") << u"smtp.sendgrid.net"_s << "sendgrid"_ba;
        QTest::newRow("any case") << u"SMTP.SendGrid.net"_s << "sendgrid"_ba;
        QTest::newRow("a region") << u"email-smtp.eu-west-1.amazonaws.com"_s << "ses"_ba;
        QTest::newRow("a region yet unknown")
            << u"email-smtp.mars-north-1.amazonaws.com"_s << "ses"_ba;
        QTest::newRow("the place is empty") << u"email-smtp..amazonaws.com"_s << QByteArray();
        QTest::newRow("only begins so") << u"smtp.sendgrid.net.example"_s << QByteArray();
        QTest::newRow("an address") << u"127.0.0.1"_s << QByteArray();
        QTest::newRow("nothing") << QString() << QByteArray();
    }
    void hostTellsTheProvider()
    {
        QFETCH(QString, host);
        QFETCH(QByteArray, id);
        const auto preset = presetOfHost(host);
        QCOMPARE(preset ? preset->id : QByteArray(), id);
    }

    void brokenPresetsAreRefused()
    {
        const auto file = [](const QByteArray &preset, int version = 1) {
            return presetsFromJson(R"({"format":"mailgauge-providers","version":)"
                + QByteArray::number(version) + R"(,"providers":[)" + preset + "]}");
        };
        QVERIFY(file(R"({"id":"a","name":"A","host":"h","ports":[{"port":25,"tls":"none"}]})"));
        QVERIFY(!file(R"({"id":"a","name":"A","host":"h","ports":[]})"));
        QVERIFY(!file(R"({"id":"a","name":"A","host":"h","ports":[{"port":0,"tls":"none"}]})"));
        QVERIFY(!file(R"({"id":"a","name":"A","host":"h","port":25})"));
        QCOMPARE(file({}, 2).error().kind, Error::Kind::Unsupported);
    }
};

QTEST_GUILESS_MAIN(TestProfileJson)
#include "tst_profilejson.moc"
