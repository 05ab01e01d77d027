// SPDX-License-Identifier: GPL-3.0-or-later
#include "addresses.h"
#include "connectoptions.h"
#include "notyet.h"
#include "options.h"
#include "optionvalues.h"
#include "secretoptions.h"

#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Cli;

namespace {

const QList<OptionSpec> table {
    {"server", "HOST", OptionSpec::Values::One, "", 's'},
    {"to", "ADDRESS", OptionSpec::Values::Many, ""},
    {"auth", "MECH", OptionSpec::Values::Joined, ""},
    {"ipv4", "", OptionSpec::Values::Flag, "", '4'},
    {"tls-verify", "MODE", OptionSpec::Values::One, ""},
};

Checked<Options> parsed(const QList<QByteArray> &arguments)
{
    return Options::parse("send", arguments, table);
}

Options sendOptions(const QList<QByteArray> &arguments)
{
    return *Options::parse("send", arguments, profileOptions() + stopOptions() + secretOptions());
}

QByteArray kindOf(const auto &checked)
{
    return checked ? QByteArray() : checked.error().kind;
}

} // namespace

class tst_CliOptions final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void commandLine()
    {
        const auto options = parsed({"--server=a", "--to", "x@y", "-s", "b", "--to", "z@y", "file",
            "-4", "-", "--", "--to"});
        QVERIFY(options);
        QCOMPARE(options->value("server"), "b"_ba);
        QCOMPARE(options->values("to"), (QList {"x@y"_ba, "z@y"_ba}));
        QVERIFY(options->has("ipv4"));
        QCOMPARE(options->positional(), (QList {"file"_ba, "-"_ba, "--to"_ba}));
        QVERIFY(!options->has("auth"));
    }

    void valueMayLookLikeAnOption()
    {
        const auto options = parsed({"--server", "--to", "--to="});
        QVERIFY(options);
        QCOMPARE(options->value("server"), "--to"_ba);
        QCOMPARE(options->values("to"), QList {""_ba});
    }

    void usageErrors_data()
    {
        QTest::addColumn<QByteArrayList>("arguments");
        QTest::addColumn<QString>("detail");
        QTest::newRow("unknown") << QByteArrayList {"--nope=1"} << u"unknown option --nope"_s;
        QTest::newRow("unknown letter") << QByteArrayList {"-x"} << u"unknown option -x"_s;
        QTest::newRow("no value") << QByteArrayList {"--server"}
                                  << u"--server needs a value (HOST)"_s;
        QTest::newRow("value of a flag")
            << QByteArrayList {"--ipv4=1"} << u"--ipv4 takes no value"_s;
        QTest::newRow("not yet") << QByteArrayList {"--dkim-key", "X"}
                                 << u"--dkim-key is not supported in this version"_s;
    }
    void usageErrors()
    {
        QFETCH(QByteArrayList, arguments);
        QFETCH(QString, detail);
        const auto options = parsed(arguments);
        QVERIFY(!options);
        QCOMPARE(options.error().kind, "usage"_ba);
        QCOMPARE(options.error().exitCode, 64);
        QCOMPARE(options.error().detail, detail);
    }

    void json_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArrayList>("to");
        QTest::addColumn<QByteArray>("kind");
        QTest::newRow("list") << "{\"to\":[\"a@x\",\"b@x\"]}"_ba << QByteArrayList {"a@x", "b@x"}
                              << ""_ba;
        QTest::newRow("one") << "{\"to\":\"a@x\"}"_ba << QByteArrayList {"a@x"} << ""_ba;
        QTest::newRow("empty list") << "{\"to\":[]}"_ba << QByteArrayList {} << ""_ba;
        QTest::newRow("object") << "{\"to\":{}}"_ba << QByteArrayList {} << "usage"_ba;
        QTest::newRow("list for one")
            << "{\"server\":[\"a\"]}"_ba << QByteArrayList {} << "usage"_ba;
        QTest::newRow("unknown key") << "{\"nope\":1}"_ba << QByteArrayList {} << "usage"_ba;
        QTest::newRow("dashes") << "{\"tls-verify\":\"none\"}"_ba << QByteArrayList {}
                                << "usage"_ba;
        QTest::newRow("flag") << "{\"ipv4\":\"yes\"}"_ba << QByteArrayList {} << "usage"_ba;
        QTest::newRow("not yet") << "{\"dkimKey\":\"x\"}"_ba << QByteArrayList {} << "usage"_ba;
    }
    void json()
    {
        QFETCH(QByteArray, line);
        QFETCH(QByteArrayList, to);
        QFETCH(QByteArray, kind);
        const auto options = Options::fromJson(
            "send", QJsonDocument::fromJson(line).object(), table, {"op"});
        QCOMPARE(kindOf(options), kind);
        if (options)
            QCOMPARE(options->values("to"), to);
    }

    void jsonCamelCaseAndFlags()
    {
        const auto options = Options::fromJson("send",
            QJsonDocument::fromJson("{\"op\":\"send\",\"tlsVerify\":\"none\",\"ipv4\":false,"
                                    "\"server\":\"x\",\"auth\":[\"PLAIN\",\"LOGIN\"]}")
                .object(),
            table, {"op"});
        QVERIFY(options);
        QCOMPARE(options->value("tls-verify"), "none"_ba);
        QVERIFY(!options->has("ipv4"));
        QCOMPARE(splitList(options->values("auth")), (QList {"PLAIN"_ba, "LOGIN"_ba}));
    }

    void routes_data()
    {
        QTest::addColumn<QByteArrayList>("arguments");
        QTest::addColumn<QString>("problem"); // empty: good
        const auto row = [](const char *name, const QByteArrayList &arguments,
                             const QString &problem) {
            QTest::newRow(name) << arguments << problem;
        };
        row("MX", {"--mx", "example.org"}, {});
        row("MX and a server", {"--mx", "example.org", "--server", "x"}, u"exclude each other"_s);
        row("MX of an address", {"--mx", "192.0.2.1"}, u"not a domain"_s);
        row("SRV with a port", {"--srv", "example.org:25"}, u"takes no port"_s);
        row("resolver by name", {"--mx", "x.example", "--resolver", "dns.example"}, u"ADDR"_s);
        row("resolver", {"--mx", "x.example", "--resolver", "[::1]:5353"}, {});
        row("DNS time-out", {"--mx", "x.example", "--dns-timeout", "never"}, u"SECONDS"_s);
        row("proxy user without a password", {"--server", "x", "--proxy", "http://ann@p"},
            u"go together"_s);
        row("proxy and UNIX socket", {"--unix-socket", "/x", "--proxy", "http://p"},
            u"exclude each other"_s);
        row("PROXY protocol", {"--server", "x", "--proxy-protocol", "v3"}, u"v1"_s);
        row("XCLIENT", {"--server", "x", "--xclient", "ADDR=192.0.2.1 NAME=a.example"}, {});
        row("XCLIENT without a value", {"--server", "x", "--xclient", "A="}, u"XCLIENT"_s);
    }
    void routes()
    {
        QFETCH(QByteArrayList, arguments);
        QFETCH(QString, problem);
        const Options options = sendOptions(arguments);
        const auto profile = profileFrom(options, {}, false);
        const auto request = profile
            ? requestFrom(options, *profile)
            : Checked<Delivery::SendRequest>(std::unexpected(profile.error()));
        QCOMPARE(request.has_value(), problem.isEmpty());
        if (!request)
            QVERIFY2(request.error().detail.contains(problem), qPrintable(request.error().detail));
    }
    void everyMissingFeatureIsRefused_data()
    {
        QTest::addColumn<QByteArray>("what");
        for (const char *what : {"--dkim-key"})
            QTest::newRow(what) << QByteArray(what);
    }
    void everyMissingFeatureIsRefused()
    {
        QFETCH(QByteArray, what);
        QVERIFY(isNotYet("send", what));
        const QList<OptionSpec> all = profileOptions() + stopOptions() + secretOptions();
        auto options = Options::parse("send", what.split(' '), all);
        if (options) {
            Relay::RelayProfile base;
            base.host = u"x"_s;
            const auto profile = profileFrom(*options, base, false);
            const auto request = requestFrom(*options, base);
            QVERIFY(!profile || !request);
            const Problem problem = profile ? request.error() : profile.error();
            QVERIFY(problem.detail.contains(u"not supported in this version"_s));
            QCOMPARE(problem.exitCode, 64);
        } else {
            QVERIFY(options.error().detail.contains(u"not supported in this version"_s));
        }
    }

    void resolve()
    {
        const auto options = sendOptions({"--server", "mx.example:2525", "--resolve",
            "other.example:2525:192.0.2.1", "--resolve", "MX.example:2525:[::1]"});
        const auto profile = profileFrom(options, {}, false);
        QVERIFY(profile);
        const auto request = requestFrom(options, *profile);
        QVERIFY(request);
        QCOMPARE(request->target.pinnedAddress, QHostAddress(u"::1"_s));
        QCOMPARE(kindOf(profileFrom(sendOptions({"-s", "h", "--resolve", "h:25"}), {}, false)),
            "usage"_ba);
    }

    void tlsDefaults_data()
    {
        QTest::addColumn<QByteArrayList>("arguments");
        QTest::addColumn<Smtp::TlsPolicy>("policy");
        QTest::addColumn<Tls::VerifyMode>("verify");
        using enum Smtp::TlsPolicy;
        using Tls::VerifyMode;
        QTest::newRow("587") << QByteArrayList {"-s", "h"} << RequireStartTls << VerifyMode::Full;
        QTest::newRow("25") << QByteArrayList {"-s", "h:25"} << Opportunistic << VerifyMode::None;
        QTest::newRow("465") << QByteArrayList {"-s", "h:465"} << ImplicitTls << VerifyMode::Full;
        QTest::newRow("other port")
            << QByteArrayList {"-s", "h:2525"} << RequireStartTls << VerifyMode::Full;
        QTest::newRow("none") << QByteArrayList {"-s", "h", "--tls", "none"} << None
                              << VerifyMode::None;
        QTest::newRow("starttls on 25") << QByteArrayList {"-s", "h:25", "--tls", "starttls"}
                                        << RequireStartTls << VerifyMode::Full;
        QTest::newRow("ca") << QByteArrayList {"-s", "h", "--tls-verify", "ca"} << RequireStartTls
                            << VerifyMode::Chain;
        QTest::newRow("strict") << QByteArrayList {"-s", "h", "--tls", "opportunistic-strict"}
                                << OpportunisticStrict << VerifyMode::None;
        QTest::newRow("dane") << QByteArrayList {"-s", "h", "--tls", "dane"} << Dane
                              << VerifyMode::None;
        QTest::newRow("mta-sts") << QByteArrayList {"--mx", "h", "--tls", "mta-sts"} << MtaSts
                                 << VerifyMode::None;
        QTest::newRow("full on 25") << QByteArrayList {"-s", "h:25", "--tls-verify", "full"}
                                    << Opportunistic << VerifyMode::Full;
    }
    void tlsDefaults()
    {
        QFETCH(QByteArrayList, arguments);
        QFETCH(Smtp::TlsPolicy, policy);
        QFETCH(Tls::VerifyMode, verify);
        const auto profile = profileFrom(sendOptions(arguments), {}, false);
        QVERIFY(profile);
        QCOMPARE(profile->tls, policy);
        QCOMPARE(profile->verify, verify);
    }

    void publishedPoliciesAreOfHosts()
    {
        for (const QByteArray policy : {"dane", "mta-sts"}) {
            for (const QByteArrayList &where :
                {QByteArrayList {"--srv", "h"}, QByteArrayList {"--unix-socket", "/s"}})
                QCOMPARE(kindOf(profileFrom(
                             sendOptions(where + QByteArrayList {"--tls", policy}), {}, false)),
                    "usage"_ba);
        }
    }

    void storedProfileKeepsWhatIsNotGiven()
    {
        Relay::RelayProfile stored;
        stored.host = u"relay.example"_s;
        stored.port = 25;
        stored.tls = Smtp::TlsPolicy::RequireStartTls;
        stored.verify = Tls::VerifyMode::Chain;
        stored.user = u"ann"_s;
        stored.auth = Smtp::AuthOptions::Need::Required;
        const auto same = profileFrom(sendOptions({}), stored, true);
        QVERIFY(same);
        QCOMPARE(*same, stored);
        const auto other = profileFrom(
            sendOptions({"--auth", "none", "--tls", "none"}), stored, true);
        QVERIFY(other);
        QCOMPARE(other->auth, Smtp::AuthOptions::Need::Never);
        QCOMPARE(other->tls, Smtp::TlsPolicy::None);
        QCOMPARE(other->verify, Tls::VerifyMode::None);
    }

    void auth_data()
    {
        QTest::addColumn<QByteArrayList>("arguments");
        QTest::addColumn<int>("need");
        QTest::addColumn<QByteArrayList>("mechanisms");
        using Need = Smtp::AuthOptions::Need;
        const auto need = [](Need n) { return static_cast<int>(n); };
        QTest::newRow("nothing") << QByteArrayList {} << need(Need::Never) << QByteArrayList {};
        QTest::newRow("user") << QByteArrayList {"-u", "ann"} << need(Need::Required)
                              << QByteArrayList {};
        QTest::newRow("auto") << QByteArrayList {"-u", "ann", "--auth", "auto"}
                              << need(Need::Required) << QByteArrayList {};
        QTest::newRow("list") << QByteArrayList {"-u", "ann", "--auth", "login,Plain"}
                              << need(Need::Required) << QByteArrayList {"LOGIN", "PLAIN"};
        QTest::newRow("none") << QByteArrayList {"-u", "ann", "--auth", "none"} << need(Need::Never)
                              << QByteArrayList {};
        QTest::newRow("if offered") << QByteArrayList {"-u", "ann", "--auth-required", "no"}
                                    << need(Need::IfOffered) << QByteArrayList {};
        QTest::newRow("no user") << QByteArrayList {"--auth", "PLAIN"} << -1 << QByteArrayList {};
        QTest::newRow("token mechanism") << QByteArrayList {"-u", "a", "--auth", "XOAUTH2"}
                                         << need(Need::Required) << QByteArrayList {"XOAUTH2"};
        QTest::newRow("nobody") << QByteArrayList {"--auth", "external,anonymous,oauthbearer"}
                                << need(Need::Required)
                                << QByteArrayList {"EXTERNAL", "ANONYMOUS", "OAUTHBEARER"};
        QTest::newRow("somebody for one of them")
            << QByteArrayList {"--auth", "external,plain"} << -1 << QByteArrayList {};
        QTest::newRow("not a mechanism")
            << QByteArrayList {"-u", "a", "--auth", "NOSUCH"} << -1 << QByteArrayList {};
    }
    void auth()
    {
        QFETCH(QByteArrayList, arguments);
        QFETCH(int, need);
        QFETCH(QByteArrayList, mechanisms);
        const auto profile = profileFrom(
            sendOptions(QByteArrayList {"-s", "h"} + arguments), {}, false);
        QCOMPARE(profile.has_value(), need >= 0);
        if (!profile) {
            QCOMPARE(profile.error().exitCode, 64);
            return;
        }
        QCOMPARE(static_cast<int>(profile->auth), need);
        QCOMPARE(profile->mechanisms, mechanisms);
    }

    /// What a profile keeps is not for whoever is named instead of its relay.
    void anotherRelayThanTheProfiles()
    {
        Relay::RelayProfile stored;
        stored.host = u"mail.example"_s;
        stored.port = 587;
        stored.auth = Smtp::AuthOptions::Need::Required;
        stored.user = u"ann"_s;
        const auto with = [&](const QByteArrayList &more) {
            return profileForRun(sendOptions(more), stored, true);
        };
        QCOMPARE(with({})->auth, Smtp::AuthOptions::Need::Required);
        for (const QByteArrayList &other : {QByteArrayList {"-s", "other.example"},
                 QByteArrayList {"--mx", "d.example"}, QByteArrayList {"--unix-socket", "/s"}}) {
            QCOMPARE(with(other)->auth, Smtp::AuthOptions::Need::Never);
            QCOMPARE(with(other + QByteArrayList {"--user", "bob"})->auth,
                Smtp::AuthOptions::Need::Required);
            QVERIFY(!with(other + QByteArrayList {"--auth", "plain"})); // as whom?
        }
        // The port decides where the profile's way cannot work.
        QCOMPARE(with({"-s", "h:465"})->tls, Smtp::TlsPolicy::ImplicitTls);
        QCOMPARE(with({"-s", "h:2525"})->tls, Smtp::TlsPolicy::RequireStartTls);
        stored.tls = Smtp::TlsPolicy::ImplicitTls;
        QCOMPARE(with({"-s", "h"})->tls, Smtp::TlsPolicy::RequireStartTls);
        QCOMPARE(with({"-s", "h:2465"})->tls, Smtp::TlsPolicy::ImplicitTls);
        stored.tls = Smtp::TlsPolicy::None;
        QCOMPARE(with({"-s", "h:465"})->tls, Smtp::TlsPolicy::None);
    }

    void timeouts()
    {
        const auto profile = profileFrom(
            sendOptions({"-s", "h", "--timeout", "dot=1.5,mail=2", "--timeout", "connect=3"}), {},
            false);
        QVERIFY(profile);
        QCOMPARE(profile->deadlines.dot.count(), 1500);
        QCOMPARE(profile->deadlines.mail.count(), 2000);
        QCOMPARE(profile->deadlines.connect.count(), 3000);
        QCOMPARE(profile->deadlines.rcpt.count(), 300'000);
        for (const char *wrong : {"5", "dot", "dot=", "dot=x", "dot=-1", "dot=0", "dot=nan",
                 "dot=inf", "dot=1e9", "nope=1", "=1"})
            QCOMPARE(kindOf(profileFrom(sendOptions({"-s", "h", "--timeout", wrong}), {}, false)),
                "usage"_ba);
    }

    void wrongValues_data()
    {
        QTest::addColumn<QByteArrayList>("arguments");
        QTest::addColumn<int>("exitCode");
        const auto row = [](const char *name, const QByteArrayList &arguments, int exitCode = 64) {
            QTest::newRow(name) << arguments << exitCode;
        };
        row("tls", {"--tls", "maybe"});
        row("verify", {"--tls-verify", "maybe"});
        row("pin", {"--tls-pin", "sha256:12"});
        row("pin form", {"--tls-pin", "md5:" + QByteArray(64, 'a')});
        row("min", {"--tls-min", "0.9"});
        row("old max without old min", {"--tls-max", "1.1"});
        row("PROXY source alone", {"--proxy-source", "192.0.2.1:1"});
        row("PROXY source by name", {"--proxy-protocol", "v1", "--proxy-source", "a:1"});
        row("min above max", {"--tls-min", "1.3", "--tls-max", "1.2"});
        row("key alone", {"--tls-key", "/dev/null"});
        row("ca missing", {"--tls-ca", "/nonexistent"}, 66);
        row("certificate missing", {"--tls-cert", "/nonexistent"}, 66);
        row("pipelining", {"--pipelining", "on"});
        row("stage", {"--quit-after", "never"});
        row("two stops", {"--quit-after", "mail", "--drop-after", "rcpt"});
        row("protocol", {"--protocol", "uucp"});
        row("local address", {"--local-address", "localhost"});
        row("4 and 6", {"-4", "-6"});
        row("D2 helo", {"--helo", "a\r\nMAIL"}, 65);
        row("helo with space", {"--helo", "a b"}, 65);
        row("auth required", {"--auth-required", "perhaps"});
    }
    void wrongValues()
    {
        QFETCH(QByteArrayList, arguments);
        QFETCH(int, exitCode);
        const Options options = sendOptions(QByteArrayList {"-s", "h"} + arguments);
        const auto profile = profileFrom(options, {}, false);
        if (!profile) {
            QCOMPARE(profile.error().exitCode, exitCode);
            return;
        }
        const auto request = requestFrom(options, *profile);
        QVERIFY(!request);
        QCOMPARE(request.error().exitCode, exitCode);
    }

    void passwords()
    {
        QTemporaryDir directory;
        QFile file(directory.filePath(u"p"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("s3cret word\r\nsecond line\n");
        file.close();
        const QByteArray path = QFile::encodeName(file.fileName());
        QCOMPARE(
            (*passwordFrom(sendOptions({"--password-file", path})))->reveal(), "s3cret word"_ba);
        qputenv("MAILGAUGE_TEST_PASSWORD", "from env");
        QCOMPARE(
            (*passwordFrom(sendOptions({"--password-env", "MAILGAUGE_TEST_PASSWORD"})))->reveal(),
            "from env"_ba);
        qunsetenv("MAILGAUGE_TEST_PASSWORD");
        QCOMPARE(kindOf(passwordFrom(sendOptions({"--password-env", "MAILGAUGE_TEST_PASSWORD"}))),
            "usage"_ba);
        QCOMPARE(
            kindOf(passwordFrom(sendOptions({"--password-file", "/nonexistent"}))), "noinput"_ba);
        QVERIFY(!*passwordFrom(sendOptions({})));
        QCOMPARE((*vaultPassphraseFrom(sendOptions({"--vault-passphrase-file", path})))->reveal(),
            "s3cret word"_ba);
        QCOMPARE(kindOf(vaultPassphraseFrom(sendOptions(
                     {"--vault-passphrase-file", path, "--vault-passphrase-env", "HOME"}))),
            "usage"_ba);
        QVERIFY(!*vaultPassphraseFrom(sendOptions({"--password-file", path})));
    }

    void addresses_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArrayList>("paths");
        const auto row = [](const char *name, const char *value, const QByteArrayList &paths) {
            QTest::newRow(name) << QByteArray(value) << paths;
        };
        row("one", "a@x", {"a@x"});
        row("list", "a@x, b@y,c@z ", {"a@x", "b@y", "c@z"});
        row("display names", "Ann <a@x>, \"B, C\" <b@y>", {"a@x", "b@y"});
        row("quoted local part", "\"a,b\"@x,\"c<d>\"@x", {"\"a,b\"@x", "\"c<d>\"@x"});
        row("escaped quote", "\"a\\\",b\"@x", {"\"a\\\",b\"@x"});
        row("literal", "a@[IPv6:::1],b@[192.0.2.1]", {"a@[IPv6:::1]", "b@[192.0.2.1]"});
        row("null path", "<>", {""});
        row("nothing", "", {""});
        row("empty items", "a@x,,b@y,", {"a@x", "b@y"});
        row("D1 stays for the judge", "a@x\r\nRCPT TO:<b@y>", {"b@y"});
        row("unclosed angle", "a <b@y", {"a <b@y"});
    }
    void addresses()
    {
        QFETCH(QByteArray, value);
        QFETCH(QByteArrayList, paths);
        QByteArrayList found;
        for (const TypedAddress &address : typedAddresses({value}))
            found.append(address.path);
        QCOMPARE(found, paths);
    }
};

QTEST_GUILESS_MAIN(tst_CliOptions)
#include "tst_clioptions.moc"
