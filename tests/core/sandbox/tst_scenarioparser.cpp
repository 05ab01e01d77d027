// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/scenarioparser.h"

#include "base/literals.h"
#include "sandbox/scenariocatalogue.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Mailgauge;
using namespace Mailgauge::Sandbox;

namespace {

QByteArray document(const QByteArray &rest)
{
    return R"({"format":"mailgauge-scenario","version":1,"name":"x","title":"X")" + rest + '}';
}

QByteArray withRule(const QByteArray &rule)
{
    return document(R"(,"rules":[)" + rule + ']');
}

QByteArray withAction(const QByteArray &action)
{
    return withRule(R"({"stage":"rcpt","do":{)" + action + "}}");
}

} // namespace

class TestScenarioParser : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everything();
    void refusals_data();
    void refusals();
    void limits();
    void files();
    void catalogue();
};

void TestScenarioParser::everything()
{
    const auto scenario = parseScenario(R"({
        "format": "mailgauge-scenario", "version": 1, "name": "all", "title": "All", "description": "D",
        "seed": 42,
        "settings": {"hostName": "mx.example", "tls": "implicit", "offerStartTls": false,
            "certificate": "wrongName", "auth": ["plain", "XOAUTH2"], "authBeforeTls": true,
            "authRequired": true, "keywords": ["PIPELINING", "X-ODD  a b"], "announceSize": false,
            "sizeLimit": 1000, "maxRecipients": 3, "lmtp": true, "refuseBareLf": true, "idleMs": 500},
        "rules": [
            {"name": "one", "stage": ["rcpt", "dot"],
             "match": {"recipient": "a*@x.example", "sender": {"regex": "^b"}, "user": "*", "helo": "h",
                       "every": 3, "per": "session", "chance": 0.5},
             "do": {"reply": {"code": 450, "enhanced": "4.2.1", "text": ["a", "b"]}, "delayMs": 7,
                    "split": {"at": [1, 5], "every": 2, "intervalMs": 3},
                    "raw": [{"text": "x\r\n", "position": "before"}, {"base64": "AAE=", "position": "after", "repeat": 9}],
                    "drop": "rst", "stopReading": true,
                    "bounce": {"afterMs": 5, "status": "4.4.1", "diagnostic": "450 4.4.1  Later"}}},
            {"stage": "any", "do": {"endless": "250-x\r\n"}},
            {"stage": "content", "match": {"afterBytes": 100}, "do": {"silence": true}},
            {"stage": "connect", "do": {"tls": {"certificate": "selfSigned"}}}
        ]})"_ba);
    QVERIFY2(scenario, qPrintable(scenario ? QString() : scenario.error().detail));
    QCOMPARE(scenario->seed, quint64(42));
    const ScenarioSettings &settings = scenario->settings;
    QCOMPARE(settings.hostName, "mx.example"_ba);
    QCOMPARE(settings.tls, TlsMode::Implicit);
    QCOMPARE(settings.offerStartTls, false);
    QCOMPARE(settings.certificate, CertificateKind::WrongName);
    QCOMPARE(settings.authMechanisms, (QList<QByteArray> {"PLAIN"_ba, "XOAUTH2"_ba}));
    QVERIFY(
        settings.authBeforeTls && settings.authRequired && settings.refuseBareLf && settings.lmtp);
    QCOMPARE(settings.keywords, (QList<QByteArray> {"PIPELINING"_ba, "X-ODD  a b"_ba}));
    QCOMPARE(settings.announceSize, false);
    QCOMPARE(settings.sizeLimit, 1000);
    QCOMPARE(settings.maxRecipients, 3);
    QCOMPARE(settings.idle.count(), 500);

    QCOMPARE(scenario->rules.size(), 4);
    const Rule &rule = scenario->rules[0];
    QCOMPARE(rule.name, u"one"_s);
    QCOMPARE(rule.stages, (QList {Smtp::Stage::Rcpt, Smtp::Stage::Dot}));
    QVERIFY(rule.match.recipient->matches("Anna@X.example"));
    QVERIFY(!rule.match.recipient->matches("banna@x.example"));
    QVERIFY(!rule.match.recipient->matches("a@x.example.org"));
    QVERIFY(rule.match.sender->matches("bob@z"));
    QCOMPARE(rule.match.count, Match::Count::Every);
    QCOMPARE(rule.match.n, 3);
    QCOMPARE(rule.match.scope, Match::Scope::Session);
    QCOMPARE(rule.match.chance, 0.5);
    const Actions &actions = rule.actions;
    QCOMPARE(*actions.reply, (Smtp::Reply {450, {"4.2.1 a"_ba, "4.2.1 b"_ba}}));
    QCOMPARE(actions.delay.count(), 7);
    QCOMPARE(*actions.split, (Split {{1, 5}, 2, std::chrono::milliseconds(3)}));
    QCOMPARE(actions.raw.size(), 2);
    QCOMPARE(actions.raw[0], (RawBytes {RawBytes::Position::Before, "x\r\n"_ba, 1}));
    QCOMPARE(actions.raw[1], (RawBytes {RawBytes::Position::After, "\0\1"_ba, 9}));
    QCOMPARE(actions.drop, Actions::Drop::Rst);
    QVERIFY(actions.stopReading);
    QCOMPARE(actions.bounce->status, "4.4.1"_ba);
    QCOMPARE(actions.bounce->diagnostic, "450 4.4.1 Later"_ba);
    QCOMPARE(scenario->rules[1].stages.size(), 13);
    QCOMPARE(scenario->rules[1].actions.raw[0].repeat, RawBytes::Endless);
    QVERIFY(scenario->rules[2].actions.silence);
    QCOMPARE(scenario->rules[2].match.afterBytes, 100);
    QCOMPARE(scenario->rules[3].actions.certificate, CertificateKind::SelfSigned);
}

void TestScenarioParser::refusals_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("detail"); // how it begins
    QTest::newRow("empty") << ""_ba << u"line 1: "_s;
    QTest::newRow("not JSON, third line") << "{\n\n x"_ba << u"line 3: "_s;
    QTest::newRow("a list") << "[]"_ba << u"format: not"_s;
    QTest::newRow("another format") << R"({"format":"x","version":1})"_ba << u"format: not"_s;
    QTest::newRow("no version") << R"({"format":"mailgauge-scenario"})"_ba << u"version: missing"_s;
    QTest::newRow("version 0") << R"({"format":"mailgauge-scenario","version":0})"_ba
                               << u"version: missing"_s;
    QTest::newRow("G18 newer version")
        << R"({"format":"mailgauge-scenario","version":2,"new":1})"_ba << u"version: 2 is newer"_s;
    QTest::newRow("no name") << R"({"format":"mailgauge-scenario","version":1})"_ba
                             << u"name: missing"_s;
    QTest::newRow("unknown key") << document(R"(,"rulez":[])")
                                 << u"rulez: unknown key; known here: "_s;
    QTest::newRow("seed") << document(R"(,"seed":-1)") << u"seed: -1 is out of range"_s;
    QTest::newRow("seed, fraction") << document(R"(,"seed":1.5)") << u"seed: 1.5 is out of range"_s;
    QTest::newRow("settings, type")
        << document(R"(,"settings":[])") << u"settings: not an object"_s;
    QTest::newRow("settings, host")
        << document(R"(,"settings":{"hostName":"a b"})") << u"settings.hostName: "_s;
    QTest::newRow("settings, tls") << document(R"(,"settings":{"tls":"ssl"})")
                                   << u"settings.tls: “ssl” is not known; give one of: none"_s;
    QTest::newRow("settings, boolean")
        << document(R"(,"settings":{"authRequired":1})") << u"settings.authRequired: neither"_s;
    QTest::newRow("settings, keyword")
        << document(R"(,"settings":{"keywords":["A","B\r\nC"]})") << u"settings.keywords[1]: "_s;
    QTest::newRow("settings, size") << document(R"(,"settings":{"sizeLimit":1e40})")
                                    << u"settings.sizeLimit: 1e+40 is out of range"_s;
    QTest::newRow("rules, type") << document(R"(,"rules":{})") << u"rules: not a list"_s;
    QTest::newRow("rule, type") << withRule("1") << u"rules[0]: not an object"_s;
    QTest::newRow("rule, no stage")
        << withRule(R"({"do":{"drop":"fin"}})") << u"rules[0].stage: "_s;
    QTest::newRow("rule, client's stage") << withRule(R"({"stage":"resolve","do":{"drop":"fin"}})")
                                          << u"rules[0].stage: “resolve” is no stage"_s;
    QTest::newRow("rule, nothing to do") << withAction("") << u"rules[0].do: nothing to do"_s;
    QTest::newRow("second rule") << withRule(
        R"({"stage":"rcpt","do":{"drop":"fin"}},{"stage":"rcpt","do":{"dropp":1}})")
                                 << u"rules[1].do: nothing"_s;
    QTest::newRow("match, regex") << withRule(
        R"({"stage":"rcpt","match":{"recipient":{"regex":"("}},"do":{"drop":"fin"}})")
                                  << u"rules[0].match.recipient: no regular expression: "_s;
    QTest::newRow("match, two counts")
        << withRule(R"({"stage":"rcpt","match":{"first":1,"nth":2},"do":{"drop":"fin"}})")
        << u"rules[0].match.nth: give only one"_s;
    QTest::newRow("match, count 0")
        << withRule(R"({"stage":"rcpt","match":{"every":0},"do":{"drop":"fin"}})")
        << u"rules[0].match.every: 0 is out of range"_s;
    QTest::newRow("match, chance")
        << withRule(R"({"stage":"rcpt","match":{"chance":1.5},"do":{"drop":"fin"}})")
        << u"rules[0].match.chance: "_s;
    QTest::newRow("match, afterBytes elsewhere")
        << withRule(R"({"stage":"rcpt","match":{"afterBytes":5},"do":{"drop":"fin"}})")
        << u"rules[0].match.afterBytes: "_s;
    QTest::newRow("reply, no code")
        << withAction(R"("reply":{"text":"x"})") << u"rules[0].do.reply.code: missing"_s;
    QTest::newRow("reply, code")
        << withAction(R"("reply":{"code":99})")
        << u"rules[0].do.reply.code: 99 is out of range; give a whole number from 200 to 599"_s;
    QTest::newRow("reply, enhanced") << withAction(R"("reply":{"code":550,"enhanced":"5.1"})")
                                     << u"rules[0].do.reply.enhanced: "_s;
    QTest::newRow("reply, line end") << withAction(R"("reply":{"code":550,"text":"a\r\nb"})")
                                     << u"rules[0].do.reply.text: holds a line end"_s;
    QTest::newRow("raw, both") << withAction(R"("raw":{"text":"a","base64":"YQ=="})")
                               << u"rules[0].do.raw: "_s;
    QTest::newRow("raw, base64") << withAction(R"("raw":{"base64":"!"})")
                                 << u"rules[0].do.raw.base64: not base64"_s;
    QTest::newRow("raw, in a list")
        << withAction(R"("raw":[{"text":"a"},{"text":""}])") << u"rules[0].do.raw[1]: no bytes"_s;
    QTest::newRow("raw and reply") << withAction(R"("raw":{"text":"a"},"reply":{"code":250})")
                                   << u"rules[0].do: a reply and"_s;
    QTest::newRow("split, empty") << withAction(R"("split":{})") << u"rules[0].do.split: give"_s;
    QTest::newRow("split, falling")
        << withAction(R"("split":{"at":[5,2]})") << u"rules[0].do.split.at: "_s;
    QTest::newRow("drop") << withAction(R"("drop":"close")")
                          << u"rules[0].do.drop: “close” is not known; give one of: fin, rst"_s;
    QTest::newRow("drop and silence")
        << withAction(R"("drop":"fin","silence":true)") << u"rules[0].do: both"_s;
    QTest::newRow("bounce, status")
        << withAction(R"("bounce":{"status":"2.0.0"})") << u"rules[0].do.bounce.status: "_s;
    QTest::newRow("bounce at mail") << withRule(R"({"stage":"mail","do":{"bounce":{}}})")
                                    << u"rules[0].do.bounce: not at stage mail"_s;
    QTest::newRow("certificate too late")
        << withAction(R"("tls":{"certificate":"expired"})") << u"rules[0].do.tls: too late"_s;
}

void TestScenarioParser::refusals()
{
    QFETCH(const QByteArray, json);
    QFETCH(const QString, detail);
    const auto scenario = parseScenario(json);
    QVERIFY(!scenario);
    QVERIFY2(scenario.error().detail.startsWith(detail), qPrintable(scenario.error().detail));
    const bool newer = detail.contains("newer"_L1);
    QCOMPARE(scenario.error().kind,
        newer ? Base::Error::Kind::Unsupported : Base::Error::Kind::InvalidInput);
}

void TestScenarioParser::limits()
{
    // G18: deep, wide and huge documents end quickly and without a crash.
    const auto deep = parseScenario(QByteArray(500'000, '['));
    QVERIFY(!deep && deep.error().detail.contains("nested deeper"_L1));
    const auto inText = parseScenario(document(R"(,"description":")" + QByteArray(100, '[') + '"'));
    QVERIFY(inText);
    const auto huge = parseScenario(QByteArray(ScenarioLimits::MaxFile + 1, ' '));
    QVERIFY(!huge && huge.error().detail.contains("larger than 1 MiB"_L1));
    const auto many = parseScenario(
        withRule(R"({"stage":"rcpt","do":{"drop":"fin"}},)"_ba.repeated(1000)
            + R"({"stage":"rcpt","do":{"drop":"fin"}})"));
    QVERIFY(!many && many.error().detail.startsWith("rules: more than 1000"_L1));
    const auto text = parseScenario(
        document(R"(,"description":")" + QByteArray(70'000, 'x') + '"'));
    QVERIFY(!text && text.error().detail.startsWith("description: longer"_L1));
    const auto pattern = parseScenario(withRule(R"({"stage":"rcpt","match":{"sender":{"regex":")"
        + QByteArray(2000, 'x') + R"("}},"do":{"drop":"fin"}})"));
    QVERIFY(!pattern && pattern.error().detail.contains("longer than 1024"_L1));
}

void TestScenarioParser::files()
{
    QTemporaryDir directory;
    const QString missing = directory.filePath(u"missing.json"_s);
    const auto none = readScenarioFile(missing);
    QVERIFY(!none);
    QCOMPARE(none.error().kind, Base::Error::Kind::Io);
    QVERIFY(none.error().detail.startsWith(missing));
    // D13: neither a directory nor a FIFO, which would hang.
    QVERIFY(!readScenarioFile(directory.path()));
    const QString fifo = directory.filePath(u"fifo"_s);
    QCOMPARE(::mkfifo(fifo.toLocal8Bit().constData(), 0600), 0);
    QVERIFY(!readScenarioFile(fifo));
    const QString path = directory.filePath(u"own.json"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(document(R"(,"seed":true)"));
    file.close();
    const auto wrong = loadScenario(path);
    QVERIFY(!wrong);
    QCOMPARE(wrong.error().detail.left(path.size() + 8), path + u": seed: "_s);
}

void TestScenarioParser::catalogue()
{
    const QList<ScenarioInfo> infos = shippedScenarios();
    QCOMPARE(infos.size(), 11);
    QCOMPARE(infos.first().name, u"accept-all"_s);
    for (const ScenarioInfo &info : infos) {
        QVERIFY(!info.title.isEmpty() && !info.description.isEmpty());
        const auto scenario = loadScenario(info.name);
        QVERIFY(scenario);
        QCOMPARE(scenario->name, info.name);
    }
    const auto unknown = loadScenario(u"acept-all"_s);
    QVERIFY(!unknown);
    QVERIFY(unknown.error().detail.contains("accept-all, reject-recipients"_L1));
}

QTEST_GUILESS_MAIN(TestScenarioParser)
#include "tst_scenarioparser.moc"
