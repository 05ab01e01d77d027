// SPDX-License-Identifier: GPL-3.0-or-later
#include "clirunner.h"

#include "base/literals.h"
#include "sandbox/sandboxservice.h"
#include "sandbox/scenarioparser.h"

#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Sandbox;
using Test::CliResult;
using Test::CliRunner;

namespace {

/// The sandbox relay with a scenario, in the test's own process.
class Relay final {
public:
    explicit Relay(const QByteArray &settings, const QByteArray &rules = {})
    {
        const auto scenario = parseScenario(
            R"({"format":"mailgauge-scenario","version":1,"name":"x","title":"X","settings":{)"
            + settings + R"(},"rules":[)" + rules + "]}");
        if (!scenario)
            qFatal("scenario: %s", qPrintable(scenario.error().detail));
        QSignalSpy started(&m_service, &SandboxService::started);
        SandboxOptions options;
        options.tls = TlsMode::None;
        options.scenario = *scenario;
        m_service.start(options);
        if (started.isEmpty() && !started.wait(10'000))
            qFatal("the sandbox does not start");
    }
    [[nodiscard]] quint16 port() const { return m_service.address()->port; }
    /// Waits until so many messages arrived.
    [[nodiscard]] QList<InboxMessage> messages(qsizetype count)
    {
        if (!Test::waitFor([&] { return m_arrived.size() >= count; }, 10'000))
            return {};
        QList<InboxMessage> result;
        for (const QList<QVariant> &one : m_arrived)
            result.append(one.first().value<InboxMessage>());
        return result;
    }

private:
    Base::SystemClock m_clock;
    SandboxService m_service {m_clock};
    QSignalSpy m_arrived {&m_service, &SandboxService::messageArrived};
};

QStringList base(quint16 port, const QStringList &recipients, const QStringList &more)
{
    QStringList arguments {u"send"_s, u"--server"_s, u"127.0.0.1:%1"_s.arg(port), u"--from"_s,
        u"a@x.example"_s, u"--tls"_s, u"none"_s, u"--helo"_s, u"client.example"_s, u"--no-store"_s,
        u"--text"_s, u"hello"_s};
    for (const QString &recipient : recipients)
        arguments += {u"--to"_s, recipient};
    return arguments + more;
}

const QStringList three {u"b@y.example"_s, u"c@y.example"_s, u"d@y.example"_s};

QStringList outcomesOf(const QJsonObject &answer)
{
    QStringList result;
    for (const QJsonValue &recipient : answer[u"recipients"_s].toArray()) {
        result.append(recipient[u"outcome"_s].toString() + u' '
            + QString::number(recipient[u"reply"_s][u"code"_s].toInt()));
    }
    return result;
}

QStringList findingsOf(const QJsonObject &answer)
{
    QStringList result;
    for (const QJsonValue &finding : answer[u"findings"_s].toArray())
        result.append(finding[u"id"_s].toString());
    return result;
}

} // namespace

/// Protocols and extensions through the program, against the sandbox relay.
class CliExtensionsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lmtp()
    {
        Relay relay(R"("lmtp":true)",
            R"({"stage":"dot","match":{"recipient":"c@*"},"do":{"reply":{"code":452,"text":["full"]}}})");
        CliRunner cli;
        const CliResult result = cli.runJson(
            base(relay.port(), three, {u"--protocol"_s, u"lmtp"_s}));
        QVERIFY2(result.exitCode == 79, (result.output + result.diagnostics).constData());
        const QJsonObject answer = result.json();
        QCOMPARE(outcomesOf(answer),
            (QStringList {u"accepted 250"_s, u"deferred 452"_s, u"accepted 250"_s}));
        QCOMPARE(answer[u"finalReply"_s][u"code"_s].toInt(), 250);
        QVERIFY(!answer[u"queueId"_s].toString().isEmpty());
        const auto messages = relay.messages(1);
        QCOMPARE(messages.size(), 1);
        QCOMPARE(messages.first().forwardPaths,
            (QList<QByteArray> {"b@y.example"_ba, "d@y.example"_ba}));
    }

    void lmtpLostAmongTheReplies()
    {
        Relay relay(
            R"("lmtp":true)", R"({"stage":"dot","match":{"recipient":"c@*"},"do":{"drop":"fin"}})");
        CliRunner cli;
        const CliResult result = cli.runJson(
            base(relay.port(), three, {u"--protocol"_s, u"lmtp"_s}));
        QCOMPARE(result.exitCode, 80);
        QCOMPARE(outcomesOf(result.json()),
            (QStringList {u"accepted 250"_s, u"uncertain 0"_s, u"uncertain 0"_s}));
    }

    void lmtpToAnSmtpServer()
    {
        Relay relay({});
        CliRunner cli;
        const CliResult result = cli.runJson(
            base(relay.port(), three, {u"--protocol"_s, u"lmtp"_s}));
        QCOMPARE(result.exitCode, 69);
        QCOMPARE(result.json()[u"stage"_s].toString(), u"helo"_s);
    }

    void prdr()
    {
        Relay relay(R"("keywords":["PIPELINING","PRDR"])",
            R"({"stage":"dot","match":{"recipient":"c@*"},"do":{"reply":{"code":550,"text":["no"]}}})");
        CliRunner cli;
        const CliResult result = cli.runJson(base(relay.port(), three, {u"--prdr"_s}));
        QVERIFY2(result.exitCode == 79, (result.output + result.diagnostics).constData());
        QCOMPARE(outcomesOf(result.json()),
            (QStringList {u"accepted 250"_s, u"rejected 550"_s, u"accepted 250"_s}));
        QCOMPARE(findingsOf(result.json()), QStringList());
        QCOMPARE(relay.messages(1).first().forwardPaths,
            (QList<QByteArray> {"b@y.example"_ba, "d@y.example"_ba}));
    }

    void chunking_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("chunks");
        QTest::newRow("one chunk") << QStringList {u"--chunking"_s, u"auto"_s} << 1;
        QTest::newRow("several") << QStringList {u"--chunking"_s, u"auto"_s, u"--chunk-size"_s,
            u"1000"_s} << 101;
        QTest::newRow("without pipelining") << QStringList {u"--chunking"_s, u"auto"_s,
            u"--chunk-size"_s, u"30000"_s, u"--pipelining"_s, u"off"_s}
                                            << 4;
        QTest::newRow("off") << QStringList {u"--chunking"_s, u"off"_s} << 0;
    }
    void chunking()
    {
        QFETCH(QStringList, options);
        QFETCH(int, chunks);
        Relay relay(R"("keywords":["PIPELINING","8BITMIME","CHUNKING","BINARYMIME"])");
        CliRunner cli;
        const QByteArray message = "Subject: x\r\n\r\n"
            + (QByteArray(".\r\n") + QByteArray(95, 'x') + "\r\n").repeated(1000) + ".\r\n";
        const QString file = cli.file(u"message"_s, message.first(100'000 + 17));
        QStringList arguments = base(relay.port(), three,
            QStringList {u"--data"_s, file, u"--transcript"_s, u"-"_s} + options);
        arguments.remove(arguments.indexOf(u"--text"_s), 2);
        const CliResult result = cli.run(arguments);
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QCOMPARE(result.output.count("BDAT "), chunks);
        QCOMPARE(result.output.count(" LAST"), chunks > 0 ? 1 : 0);
        QCOMPARE(relay.messages(1).first().bytes, message.first(100'000 + 17));
    }

    void chunkingNotOfferedIsAFinding()
    {
        Relay relay({});
        CliRunner cli;
        const CliResult result = cli.runJson(
            base(relay.port(), three, {u"--chunking"_s, u"auto"_s}));
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(findingsOf(result.json()), QStringList {u"chunking.none"_s});
    }

    void chunkRefusedOnItsWay()
    {
        // B34: the relay says 552 within a chunk; the rest of it goes out, the reply decides.
        Relay relay(R"("keywords":["PIPELINING","CHUNKING"])",
            R"({"stage":"content","match":{"afterBytes":1000},"do":{"reply":{"code":552,"text":["no"]}}})");
        CliRunner cli;
        const CliResult result = cli.runJson(base(relay.port(), three,
            {u"--chunking"_s, u"auto"_s, u"--chunk-size"_s, u"700"_s, u"--header"_s,
                u"X-Long: "_s + QString(3000, u'x')}));
        QVERIFY2(result.exitCode == 69, (result.output + result.diagnostics).constData());
        QCOMPARE(result.json()[u"stage"_s].toString(), u"content"_s);
        QCOMPARE(outcomesOf(result.json()), QStringList(3, u"rejected 552"_s));
    }

    void cutBehindTheLastChunk()
    {
        Relay relay(
            R"("keywords":["PIPELINING","CHUNKING"])", R"({"stage":"dot","do":{"drop":"fin"}})");
        CliRunner cli;
        const CliResult result = cli.runJson(
            base(relay.port(), three, {u"--chunking"_s, u"auto"_s}));
        QCOMPARE(result.exitCode, 80);
        QCOMPARE(outcomesOf(result.json()), QStringList(3, u"uncertain 0"_s));
    }

    void stopsAroundChunks_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<int>("messages");
        const auto row = [](const char *name, const QString &option, const QString &stage,
                             int exitCode, int messages) {
            QTest::newRow(name) << QStringList {option, stage} << exitCode << messages;
        };
        row("quit after content", u"--quit-after"_s, u"content"_s, 0, 0);
        row("drop after sending content", u"--drop-after-send"_s, u"content"_s, 0, 0);
        row("drop after dot", u"--drop-after"_s, u"dot"_s, 0, 1);
        row("drop after sending dot", u"--drop-after-send"_s, u"dot"_s, 80, 1);
    }
    void stopsAroundChunks()
    {
        QFETCH(QStringList, options);
        QFETCH(int, exitCode);
        QFETCH(int, messages);
        Relay relay(R"("keywords":["PIPELINING","CHUNKING"])");
        CliRunner cli;
        const CliResult result = cli.runJson(
            base(relay.port(), three, QStringList {u"--chunking"_s, u"auto"_s} + options));
        QVERIFY2(result.exitCode == exitCode, (result.output + result.diagnostics).constData());
        if (messages > 0)
            QCOMPARE(relay.messages(messages).size(), messages);
    }

    void mailParameters()
    {
        Relay relay(
            R"("keywords":["PIPELINING","DELIVERBY 60","FUTURERELEASE 86400 2030-01-01T00:00:00Z","MT-PRIORITY"])");
        CliRunner cli;
        const CliResult result = cli.run(base(relay.port(), three,
            {u"--mail-auth"_s, u"e+mc2@x.example"_s, u"--deliver-by"_s, u"120;RT"_s,
                u"--hold-until"_s, u"2029-01-02T03:04:05Z"_s, u"--mt-priority"_s, u"-4"_s,
                u"--transcript"_s, u"-"_s}));
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QVERIFY2(result.output.contains("AUTH=e+2Bmc2@x.example BY=120;RT "
                                        "HOLDUNTIL=2029-01-02T03:04:05Z MT-PRIORITY=-4"),
            result.output.constData());
    }

    void parametersThatCannotBe_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<int>("exitCode");
        QTest::newRow("not offered") << QStringList {u"--mt-priority"_s, u"1"_s} << 69;
        QTest::newRow("REQUIRETLS in clear") << QStringList {u"--require-tls"_s} << 69;
        QTest::newRow("D2 injected") << QStringList {u"--mail-auth"_s, u"a@x\r\nRSET"_s} << 65;
        QTest::newRow("no number") << QStringList {u"--hold-for"_s, u"x"_s} << 64;
        QTest::newRow("no date") << QStringList {u"--hold-until"_s, u"soon"_s} << 64;
        QTest::newRow("both") << QStringList {u"--hold-for"_s, u"5"_s, u"--hold-until"_s,
            u"2029-01-02T03:04:05Z"_s}
                              << 64;
        QTest::newRow("no mode") << QStringList {u"--deliver-by"_s, u"5;X"_s} << 64;
        QTest::newRow("too high") << QStringList {u"--mt-priority"_s, u"10"_s} << 64;
    }
    void parametersThatCannotBe()
    {
        QFETCH(QStringList, options);
        QFETCH(int, exitCode);
        Relay relay(R"("keywords":["PIPELINING","REQUIRETLS"])");
        CliRunner cli;
        const CliResult result = cli.runJson(base(relay.port(), three, options));
        QVERIFY2(result.exitCode == exitCode, (result.output + result.diagnostics).constData());
    }

    void limits_data()
    {
        QTest::addColumn<QByteArray>("limits");
        QTest::addColumn<QList<int>>("messages"); // recipients of each
        QTest::addColumn<int>("greetings");
        QTest::newRow("RCPTMAX") << "RCPTMAX=2"_ba << QList {2, 1} << 1;
        QTest::newRow("MAILMAX") << "RCPTMAX=1 MAILMAX=2"_ba << QList {1, 1, 1} << 2;
        QTest::newRow("RCPTDOMAINMAX") << "RCPTDOMAINMAX=1"_ba << QList {2, 1} << 2;
    }
    void limits()
    {
        QFETCH(QByteArray, limits);
        QFETCH(QList<int>, messages);
        QFETCH(int, greetings);
        Relay relay(R"("keywords":["PIPELINING","LIMITS )" + limits + R"("])");
        CliRunner cli;
        QStringList arguments = base(
            relay.port(), {u"b@y.example"_s, u"c@z.example"_s, u"d@y.example"_s}, {u"--json"_s});
        arguments.removeAll(u"--no-store"_s);
        const CliResult result = cli.run(arguments);
        QVERIFY2(result.exitCode == 0, (result.output + result.diagnostics).constData());
        QCOMPARE(outcomesOf(result.json()), QStringList(3, u"accepted 250"_s));
        QCOMPARE(findingsOf(result.json()), QStringList {u"limits.split"_s});
        const auto arrived = relay.messages(messages.size());
        QCOMPARE(arrived.size(), messages.size());
        QSet<QByteArray> all;
        for (qsizetype i = 0; i < messages.size(); ++i) {
            QCOMPARE(arrived[i].forwardPaths.size(), messages[i]);
            QCOMPARE(arrived[i].bytes, arrived.first().bytes);
            for (const QByteArray &path : arrived[i].forwardPaths)
                all.insert(path);
        }
        QCOMPARE(all.size(), 3); // B20: nobody skipped, nobody doubled
        const CliResult shown = cli.run({u"sessions"_s, u"export"_s,
            result.json()[u"session"_s].toString(), u"--format"_s, u"txt"_s});
        QCOMPARE(shown.output.count("220 localhost"), greetings);
    }

    void prdrNotOfferedIsAFinding()
    {
        Relay relay({});
        CliRunner cli;
        const CliResult result = cli.runJson(base(relay.port(), three, {u"--prdr"_s}));
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(findingsOf(result.json()), QStringList {u"prdr.none"_s});
    }
};

QTEST_GUILESS_MAIN(CliExtensionsTest)
#include "tst_cliextensions.moc"
