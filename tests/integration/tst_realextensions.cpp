// SPDX-License-Identifier: GPL-3.0-or-later
#include "lmtpserver.h"

#include "base/literals.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Mailgauge;

namespace {

struct CliRun {
    int exit = -1;
    QByteArray out;
    QByteArray err;
    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
    [[nodiscard]] QByteArray all() const { return QByteArray::number(exit) + '\n' + out + err; }
};

CliRun send(quint16 port, const QStringList &recipients, const QStringList &more)
{
    QStringList arguments {u"send"_s, u"--no-store"_s, u"--json"_s, u"--server"_s,
        u"127.0.0.1:%1"_s.arg(port), u"--from"_s, u"ann@example.org"_s, u"--subject"_s, u"x"_s};
    for (const QString &recipient : recipients)
        arguments += {u"--to"_s, recipient};
    QProcess process;
    process.start(QStringLiteral(MAILGAUGE_BIN "/mailgauge-cli"), arguments + more);
    if (!QTest::qWaitFor([&process] { return process.state() == QProcess::NotRunning; }, 60'000)) {
        process.kill();
        process.waitForFinished();
        return {};
    }
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

QStringList outcomesOf(const QJsonObject &answer)
{
    QStringList result;
    for (const QJsonValue &recipient : answer[u"recipients"_s].toArray()) {
        result.append(recipient[u"outcome"_s].toString() + u' '
            + QString::number(recipient[u"reply"_s][u"code"_s].toInt()));
    }
    return result;
}

} // namespace

/// Protocols and extensions against servers that other people wrote.
class TestRealExtensions final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = Test::whyNoRealServers(); !why.isEmpty())
            QSKIP(qPrintable(why));
    }

    void dovecotTakesLmtp()
    {
        Test::LmtpServer server;
        const QString error = server.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + server.log()));
        const CliRun run = send(Test::LmtpServer::Port,
            {u"bob@example.net"_s, u"nobody@example.net"_s, u"broken@example.net"_s,
                u"ann@example.net"_s},
            {u"--protocol"_s, u"lmtp"_s, u"--tls"_s, u"none"_s, u"--text"_s,
                u".dot\nand text\n"_s});
        QVERIFY2(run.exit == 79, (run.all() + server.log().toUtf8()).constData());
        const QJsonObject answer = run.json();
        const QStringList outcomes = outcomesOf(answer);
        QCOMPARE(outcomes.size(), 4);
        QVERIFY2(outcomes[0] == u"accepted 250"_s, run.out.constData());
        QVERIFY2(outcomes[1] == u"rejected 550"_s, run.out.constData());
        QVERIFY2(outcomes[2].startsWith(u"deferred 4"_s), run.out.constData());
        QVERIFY2(outcomes[3] == u"accepted 250"_s, run.out.constData());
        for (const QString &user : {u"bob"_s, u"ann"_s}) {
            const QList<QByteArray> delivered = server.deliveries(user);
            QCOMPARE(delivered.size(), 1);
            QVERIFY(Test::withoutTrace(delivered.first()).contains("\r\n.dot\r\nand text\r\n"));
        }
    }

    void dovecotTakesChunks()
    {
        Test::LmtpServer server;
        const QString error = server.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + server.log()));
        const CliRun run = send(Test::LmtpServer::Port,
            {u"bob@example.net"_s, u"ann@example.net"_s},
            {u"--protocol"_s, u"lmtp"_s, u"--tls"_s, u"none"_s, u"--chunking"_s, u"auto"_s,
                u"--chunk-size"_s, u"100"_s, u"--text"_s, u".dot\nand text\n"_s});
        QVERIFY2(run.exit == 0, (run.all() + server.log().toUtf8()).constData());
        QCOMPARE(outcomesOf(run.json()), QStringList(2, u"accepted 250"_s));
        const QList<QByteArray> delivered = server.deliveries(u"bob"_s);
        QCOMPARE(delivered.size(), 1);
        QVERIFY(Test::withoutTrace(delivered.first()).contains("\r\n.dot\r\nand text\r\n"));
    }

    void postfixTakesChunks_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::newRow("one chunk") << QStringList {};
        QTest::newRow("chunks of 50 octets") << QStringList {u"--chunk-size"_s, u"50"_s};
        QTest::newRow("chunk by chunk")
            << QStringList {u"--chunk-size"_s, u"100"_s, u"--pipelining"_s, u"off"_s};
        QTest::newRow("an empty last one") << QStringList {u"--drop-after"_s, u"dot"_s};
    }
    void postfixTakesChunks()
    {
        QFETCH(QStringList, options);
        Test::PostfixServer postfix;
        const QString error = postfix.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + postfix.log()));
        QTemporaryDir dir;
        const QString password = dir.filePath(u"password"_s);
        QFile file(password);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("s3cret-canary\n") > 0);
        file.close();
        const CliRun run = send(Test::PostfixServer::Port, {u"bob@example.net"_s},
            QStringList {u"--tls-ca"_s, postfix.caFile(), u"--user"_s, u"ann"_s,
                u"--password-file"_s, password, u"--chunking"_s, u"auto"_s, u"--text"_s,
                u".dot\n..two\nend\n"_s, u"--transcript"_s, dir.filePath(u"t.txt"_s)}
                + options);
        QVERIFY2(run.exit == 0, (run.all() + postfix.log().toUtf8()).constData());
        QFile transcript(dir.filePath(u"t.txt"_s));
        QVERIFY(transcript.open(QIODevice::ReadOnly));
        const QByteArray lines = transcript.readAll();
        QVERIFY(lines.contains("BDAT ") && lines.contains(" LAST") && !lines.contains("DATA\n"));
        const QList<QByteArray> delivered = postfix.deliveries(1);
        QCOMPARE(delivered.size(), 1);
        QVERIFY(Test::withoutTrace(delivered.first()).endsWith("\r\n.dot\r\n..two\r\nend\r\n"));
    }

    void eximGivesVerdicts()
    {
        if (!Test::EximServer::isAvailable())
            QSKIP("Exim is not unpacked: run ./dev test");
        Test::EximServer exim;
        const QString error = exim.start(uR"(prdr_enable = true
acl_smtp_data_prdr = check_prdr
)"_s,
            uR"(check_prdr:
  deny local_parts = eve
       message = not eve
  accept
)"_s);
        QVERIFY2(error.isEmpty(), qPrintable(error));
        const CliRun run = send(Test::EximServer::Port,
            {u"bob@example.net"_s, u"eve@example.net"_s, u"ann@example.net"_s},
            {u"--prdr"_s, u"--tls"_s, u"none"_s, u"--text"_s, u"hello"_s});
        QVERIFY2(run.exit == 79, (run.all() + exim.log().toUtf8()).constData());
        QCOMPARE(outcomesOf(run.json()),
            (QStringList {u"accepted 250"_s, u"rejected 550"_s, u"accepted 250"_s}));
        QVERIFY(!run.json()[u"queueId"_s].toString().isEmpty());
        QCOMPARE(exim.deliveries(2).size(), 2);
    }
};

QTEST_GUILESS_MAIN(TestRealExtensions)
#include "tst_realextensions.moc"
