// SPDX-License-Identifier: GPL-3.0-or-later
#include "clirun.h"
#include "lmtpserver.h"
#include "serverfiles.h"

#include "base/literals.h"
#include "tls/certificatemaker.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace Mailgauge;
using Test::CliRun;

namespace {

CliRun send(quint16 port, const QStringList &recipients, const QStringList &more,
    const QString &from = u"ann@example.org"_s)
{
    QStringList arguments {u"send"_s, u"--no-store"_s, u"--json"_s, u"--server"_s,
        u"127.0.0.1:%1"_s.arg(port), u"--from"_s, from, u"--subject"_s, u"x"_s};
    for (const QString &recipient : recipients)
        arguments += {u"--to"_s, recipient};
    return Test::runCli(arguments + more, 60'000);
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
            MAILGAUGE_MISSING(qPrintable(why));
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

    /// RFC 9422: Exim says how many recipients it takes at once; the rest goes in further
    /// transactions, none is refused.
    void eximAnnouncesLimits()
    {
        if (!Test::EximServer::isAvailable())
            MAILGAUGE_MISSING("Exim is not unpacked: run ./dev test");
        Test::EximServer exim;
        const QString error = exim.start(uR"(limits_advertise_hosts = *
recipients_max = 2
recipients_max_reject = true
)"_s);
        QVERIFY2(error.isEmpty(), qPrintable(error));
        QStringList recipients;
        for (int i = 0; i < 5; ++i)
            recipients.append(u"user%1@example.net"_s.arg(i));
        const CliRun run = send(Test::EximServer::Port, recipients,
            {u"--tls"_s, u"none"_s, u"--text"_s, u"hello"_s, u"--transcript"_s, u"-"_s});
        QVERIFY2(run.exit == 0, (run.all() + exim.log().toUtf8()).constData());
        QVERIFY(run.all().contains("LIMITS") && run.all().contains("RCPTMAX=2"));
        QCOMPARE(run.all().count(" C: MAIL FROM:"), 3);
        QVERIFY2(!run.all().contains(" S: 452"), run.all().constData());
        QCOMPARE(exim.deliveries(5).size(), 5);
    }

    void smtpUtf8_data()
    {
        QTest::addColumn<bool>("exim");
        QTest::newRow("Postfix") << false;
        QTest::newRow("Exim") << true;
    }
    /// RFC 6531: addresses and fields beyond ASCII arrive as they were sent.
    void smtpUtf8()
    {
        QFETCH(bool, exim);
        if (exim && !Test::EximServer::isAvailable())
            MAILGAUGE_MISSING("Exim is not unpacked: run ./dev test");
        Test::PostfixServer postfix;
        Test::EximServer other;
        const QString error = exim ? other.start() : postfix.start();
        QVERIFY2(error.isEmpty(), qPrintable(error));
        const CliRun run = send(exim ? Test::EximServer::Port : Test::PostfixServer::OpenPort,
            {u"b\u00f6b@example.net"_s},
            {u"--tls"_s, u"none"_s, u"--text"_s, u"gr\u00fc\u00df dich\n"_s, u"--header"_s,
                u"Reply-To: \u00e4nn@example.org"_s});
        const QString log = exim ? other.log() : postfix.log();
        QVERIFY2(run.exit == 0, (run.all() + log.toUtf8()).constData());
        const QList<QByteArray> delivered = exim ? other.deliveries(1) : postfix.deliveries(1);
        QCOMPARE(delivered.size(), 1);
        QVERIFY2(delivered.first().contains("Reply-To: \xc3\xa4nn@example.org"),
            delivered.first().constData());
    }

    /// RFC 3461: Postfix reports the delivery that was asked to be reported, with ENVID and ORCPT.
    void postfixReportsDelivery()
    {
        Test::PostfixServer postfix;
        const QString error = postfix.start();
        QVERIFY2(error.isEmpty(), qPrintable(error + postfix.log()));
        const CliRun run = send(Test::PostfixServer::OpenPort, {u"bob@example.net"_s},
            {u"--tls"_s, u"none"_s, u"--text"_s, u"hello"_s, u"--dsn-notify"_s, u"success"_s,
                u"--dsn-ret"_s, u"hdrs"_s, u"--dsn-envid"_s, u"envelope+1"_s, u"--dsn-orcpt"_s},
            u"ann@example.net"_s);
        QVERIFY2(run.exit == 0, (run.all() + postfix.log().toUtf8()).constData());
        const QList<QByteArray> delivered = postfix.deliveries(2);
        QCOMPARE(delivered.size(), 2);
        const auto report = std::ranges::find_if(delivered,
            [](const QByteArray &mail) { return mail.contains("report-type=delivery-status"); });
        QVERIFY(report != delivered.end());
        for (const char *line : {"Original-Envelope-Id: envelope+1",
                 "Original-Recipient: rfc822;bob@example.net", "Action: delivered"})
            QVERIFY2(report->contains(line), report->constData());
        QVERIFY(!report->contains("\nhello"));
    }

    /// A server that lets nobody in without a certificate of its authority.
    void postfixAsksForACertificate()
    {
        Test::PostfixServer postfix;
        QTemporaryDir dir;
        const auto authority = Tls::CertificateMaker::create({.commonName = "Client root"});
        QVERIFY(authority);
        const auto client = authority->issue({.commonName = "ann", .names = {"ann.example"}});
        QVERIFY(client);
        Test::letAllIn(dir.path());
        const QString ca = dir.filePath(u"ca.pem"_s);
        const QString certificate = dir.filePath(u"cert.pem"_s);
        const QString key = dir.filePath(u"key.pem"_s);
        for (const auto &[path, pem] : {std::pair {ca, authority->caPem()},
                 std::pair {certificate, client->certificatePem}, std::pair {key, client->keyPem}})
            QVERIFY(Test::writeText(path, QString::fromLatin1(pem)));
        const QString error = postfix.start(uR"(smtpd_tls_CAfile = %1
smtpd_tls_req_ccert = yes
smtpd_tls_received_header = yes
)"_s.arg(ca));
        QVERIFY2(error.isEmpty(), qPrintable(error + postfix.log()));
        const QStringList implicit {u"--tls"_s, u"implicit"_s, u"--tls-ca"_s, postfix.caFile(),
            u"--text"_s, u"hello"_s, u"--quit-after"_s, u"helo"_s};
        const CliRun stranger = send(
            Test::PostfixServer::ImplicitPort, {u"bob@example.net"_s}, implicit);
        QVERIFY2(stranger.exit != 0, stranger.all().constData());
        const CliRun known = send(Test::PostfixServer::ImplicitPort, {u"bob@example.net"_s},
            implicit + QStringList {u"--tls-cert"_s, certificate, u"--tls-key"_s, key});
        QVERIFY2(known.exit == 0, (known.all() + postfix.log().toUtf8()).constData());
    }

    void eximGivesVerdicts()
    {
        if (!Test::EximServer::isAvailable())
            MAILGAUGE_MISSING("Exim is not unpacked: run ./dev test");
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
