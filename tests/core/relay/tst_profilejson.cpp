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
    profile.mechanismAliases = {{"X-PLAIN", "PLAIN"}, {"X_2", "SCRAM-SHA-256-PLUS"}};
    profile.user = u"jörg"_s;
    profile.oauth = OAuthClient {.clientId = u"client-1"_s,
        .authorizationEndpoint = QUrl(u"https://login.example/authorize?tenant=a%20b"_s),
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
    profile.route = {.by = RouteBy::Srv,
        .srv = SrvServices::Submission,
        .family = Family::IPv6,
        .localAddress = QHostAddress(u"2001:db8::2"_s),
        .localPort = 2525,
        .pins = {{u"mx.example"_s, 25, QHostAddress(u"192.0.2.1"_s)},
            {u"2001:db8::5"_s, 587, QHostAddress(u"2001:db8::1"_s)}},
        .resolver = u"[2001:db8::53]:5353"_s,
        .dnsTimeout = std::chrono::milliseconds(700),
        .anchorFile = u"/etc/anchor"_s,
        .proxy = ProxyServer {.kind = ProxyServer::Kind::HttpsConnect,
            .host = u"2001:db8::7"_s,
            .port = 3128,
            .user = "ann@x:y",
            .remoteNames = true,
            .caFile = u"/etc/proxy ca.pem"_s},
        .proxyHeader = ProxyHeader::V2,
        .proxySource = SocketName {QHostAddress(u"2001:db8::9"_s), 4000},
        .proxyDestination = SocketName {},
        .xclient = u"NAME=a.example ADDR=2001:db8::1"_s,
        .xclientBeforeTls = true};
    profile.serverName = u"sni.example"_s;
    profile.verifyName = u"other.example"_s;
    profile.authInitial = Smtp::AuthOptions::Initial::Never;
    profile.xclientAnyway = true;
    profile.minTls = "1.2";
    profile.maxTls = "1.3";
    profile.ciphers = "ECDHE+AESGCM";
    profile.cipherSuites = "TLS_AES_256_GCM_SHA384";
    profile.tlsGroups = "X25519:P-256";
    profile.certificateFile = u"/etc/client.pem"_s;
    profile.keyFile = u"/etc/client.key"_s;
    profile.authorizationId = u"büro"_s;
    profile.authInTurn = true;
    profile.tokenSource = TokenSource::Browser;
    profile.protocol = Smtp::Protocol::Lmtp;
    profile.chunking = Smtp::Chunking::WhereOffered;
    profile.chunkSize = 4096;
    profile.prdr = true;
    profile.smtpUtf8 = false;
    profile.eightBitAnyway = true;
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

    /// No member is forgotten: fullProfile() has something in each of them.
    void editedOverAnotherVersion()
    {
        RelayProfile now = fullProfile();
        now.passwordSource = PasswordSource::Netrc; // which is in no file of profiles
        now.passwordCommand = u"c"_s;
        now.tokenCommand = u"c"_s;
        now.netrcFile = u"f"_s;
        RelayProfile base;
        QVERIFY(rebased(base, base, now) == now);
        RelayProfile typed = base;
        typed.user = u"typed"_s;
        RelayProfile expected = now;
        expected.user = u"typed"_s;
        QVERIFY(rebased(typed, base, now) == expected);
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

    /// One that an older program wrote, and one that it can read.
    void plainProfileHasNoNewKeys()
    {
        RelayProfile profile;
        profile.name = u"a"_s;
        profile.host = u"b"_s;
        QCOMPARE(profileToJson(profile).keys(),
            QStringList({u"auth"_s, u"authWithoutTls"_s, u"bounceAddress"_s, u"caFile"_s,
                u"deadlines"_s, u"defaultFrom"_s, u"ehloName"_s, u"host"_s, u"mechanisms"_s,
                u"name"_s, u"pin"_s, u"pipelining"_s, u"port"_s, u"tls"_s, u"unixSocket"_s,
                u"user"_s, u"verify"_s}));
    }

    /// What comes from elsewhere runs nothing here.
    void commandsAreNotExchanged()
    {
        RelayProfile profile = fullProfile();
        profile.tokenSource = TokenSource::Command;
        profile.tokenCommand = u"cat /canary"_s;
        profile.passwordSource = PasswordSource::Command;
        profile.passwordCommand = u"cat /canary"_s;
        profile.netrcFile = u"/canary"_s;
        QVERIFY(checkProfile(profile));
        QByteArray exported = exportProfiles({profile});
        QVERIFY(!exported.contains("canary"));
        auto back = importProfiles(exported);
        QVERIFY(back);
        QCOMPARE(back->first().tokenSource, TokenSource::None);
        QCOMPARE(back->first().passwordSource, PasswordSource::Kept);
        profile.passwordSource = PasswordSource::Netrc;
        QCOMPARE(profileFromJson(profileToJson(profile))->netrcFile, u"/canary"_s);
        exported = exportProfiles({profile});
        QVERIFY(!exported.contains("netrc"));
        back = importProfiles(exported);
        QVERIFY(back);
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
        row("command to run",
            R"({"name":"a","host":"b","tokenSource":"command","tokenCommand":"rm"})");
        row("password command", R"({"name":"a","host":"b","passwordCommand":"rm"})");
        row("no password command", R"({"name":"a","host":"b","passwordSource":"command"})");
        row("netrc", R"({"name":"a","host":"b","passwordSource":"netrc"})");
        row("netrc file", R"({"name":"a","host":"b","netrcFile":"x"})");
        row("certificates of no TLS", "{\"name\":\"a\",\"host\":\"b\",\"proxyCa\":\"x\"}");
        row("certificates of a proxy in clear",
            "{\"name\":\"a\",\"host\":\"b\",\"proxy\":\"socks4:\\/\\/p\",\"proxyCa\":\"x\"}");
        row("E9 nobody to sign in with", R"({"name":"a","host":"b","tokenSource":"browser"})");
        row("no command to run", R"({"name":"a","host":"b","tokenSource":"command"})");
        row("unknown route", R"({"name":"a","host":"b","route":"post"})");
        row("alias of no mechanism", R"({"name":"a","host":"b","mechanismAliases":["A=B"]})");
        row("alias without a name", R"({"name":"a","host":"b","mechanismAliases":["=PLAIN"]})");
        row("aliases are no list", R"({"name":"a","host":"b","mechanismAliases":"A=PLAIN"})");
        row("local port too large", R"({"name":"a","host":"b","localPort":65536})");
        row("local address is a name", R"({"name":"a","host":"b","localAddress":"c"})");
        row("pins are no list", R"({"name":"a","host":"b","pins":"b:25:192.0.2.1"})");
        row("pin without an address", R"({"name":"a","host":"b","pins":["b:25"]})");
        row("resolver by name", R"({"name":"a","host":"b","resolver":"dns.example"})");
        row("endless question", R"({"name":"a","host":"b","dnsTimeout":3600001})");
        row("E4 password of a proxy",
            R"({"name":"a","host":"b","proxy":"http:\/\/ann:canary@p.example"})");
        row("unknown proxy", R"({"name":"a","host":"b","proxy":"socks9:\/\/p.example"})");
        row("unknown PROXY header", R"({"name":"a","host":"b","proxyHeader":"v3"})");
        row("XCLIENT without a value", R"({"name":"a","host":"b","xclient":"A="})");
        row("no TLS", R"({"name":"a","host":"b","minTls":"0.9"})");
        row("old TLS upside down", R"({"name":"a","host":"b","maxTls":"1.1"})");
        row("unknown initial response", R"({"name":"a","host":"b","authInitial":"yes"})");
        row("PROXY source by name", R"({"name":"a","host":"b","proxySource":"c:25"})");
        row("PROXY source without a port", R"({"name":"a","host":"b","proxySource":"192.0.2.1"})");
        row("TLS upside down", R"({"name":"a","host":"b","minTls":"1.3","maxTls":"1.2"})");
        row("key without certificate", R"({"name":"a","host":"b","keyFile":"/k"})");
        row("unknown protocol", R"({"name":"a","host":"b","protocol":"uucp"})");
        row("no chunks at all", R"({"name":"a","host":"b","chunkSize":0})");
        row("socket behind a proxy",
            R"({"name":"a","host":"/b","unixSocket":true,"proxy":"http:\/\/p.example"})");
        row("MX of a socket", R"({"name":"a","host":"/b","unixSocket":true,"route":"mx"})");
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
