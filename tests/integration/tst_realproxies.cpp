// SPDX-License-Identifier: GPL-3.0-or-later
// Sessions through real proxies, and to a Postfix that believes what PROXY and XCLIENT say.
#include "delivery/sendservice.h"
#include "fakerelay.h"
#include "mailservers.h"
#include "smtp/xclient.h"

#include "base/literals.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using Net::Proxy;
using Test::FakeRelay;
using Test::PostfixServer;
using Test::Script;
using Test::ServerProcess;
using Transcript::WholeOutcome;

namespace {

constexpr quint16 SocksPort = 1080;
constexpr quint16 HttpPort = 8888;

Delivery::SendRequest requestTo(const QString &host, quint16 port)
{
    Delivery::SendRequest request;
    request.target.host = host;
    request.target.port = port;
    request.session.ehloName = "tester.example"_ba;
    request.session.tls = Smtp::TlsPolicy::None;
    request.envelope.reversePath = *Smtp::Mailbox::parse("ann@x.example");
    request.envelope.forwardPaths = {*Smtp::Mailbox::parse("bob@example.net")};
    request.content = Base::Content();
    request.content->bytes = "Subject: x\r\n\r\nHello\r\n"_ba;
    return request;
}

Transcript::SessionRecord send(const Delivery::SendRequest &request, QByteArray *text = nullptr)
{
    Base::SystemClock clock;
    Delivery::SendService service(nullptr, clock);
    std::optional<Transcript::SessionRecord> record;
    QObject::connect(&service, &Delivery::SendService::finished, &service,
        [&](const Transcript::SessionRecord &done) { record = done; });
    QObject::connect(&service, &Delivery::SendService::entriesRecorded, &service,
        [&](const QUuid &, const QList<Transcript::Entry> &entries) {
            for (const Transcript::Entry &entry : entries) {
                if (text)
                    *text += entry.text + '\n';
            }
        });
    service.send(request);
    if (!Test::waitFor([&] { return record.has_value(); }, 30'000))
        return {};
    return *record;
}

Proxy proxyOf(Proxy::Kind kind, const QByteArray &password)
{
    return {.kind = kind,
        .host = u"127.0.0.1"_s,
        .port = kind == Proxy::Kind::Socks5 ? SocksPort : HttpPort,
        .user = "ann"_ba,
        .password = Base::Secret(password)};
}

} // namespace

class RealProxiesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = Test::whyNoRealServers(); !why.isEmpty())
            MAILGAUGE_MISSING(qPrintable(why));
        if (!QFile::exists(u"/usr/bin/microsocks"_s) || !QFile::exists(u"/usr/bin/tinyproxy"_s))
            MAILGAUGE_MISSING("microsocks and tinyproxy are not installed: run ./dev test");
        QString error = m_socks.start(u"/usr/bin/microsocks"_s,
            {u"-q"_s, u"-i"_s, u"127.0.0.1"_s, u"-p"_s, QString::number(SocksPort), u"-u"_s,
                u"ann"_s, u"-P"_s, u"s3cret-canary"_s},
            SocksPort, m_dir.filePath(u"socks.out"_s));
        QVERIFY2(error.isEmpty(), qPrintable(error));
        QFile config(m_dir.filePath(u"tinyproxy.conf"_s));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write("Port 8888\nListen 127.0.0.1\nTimeout 60\nMaxClients 10\nLogLevel Error\n"
                     "BasicAuth ann s3cret-canary\n");
        config.close();
        error = m_http.start(u"/usr/bin/tinyproxy"_s, {u"-d"_s, u"-c"_s, config.fileName()},
            HttpPort, m_dir.filePath(u"http.out"_s));
        QVERIFY2(error.isEmpty(), qPrintable(error));
        error = m_postfix.start();
        QVERIFY2(error.isEmpty(), qPrintable(error));
    }

    void throughProxy_data()
    {
        QTest::addColumn<Proxy::Kind>("kind");
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("remoteNames");
        QTest::newRow("microsocks, name") << Proxy::Kind::Socks5 << u"localhost"_s << true;
        QTest::newRow("microsocks, address") << Proxy::Kind::Socks5 << u"127.0.0.1"_s << false;
        QTest::newRow("tinyproxy, name") << Proxy::Kind::HttpConnect << u"localhost"_s << true;
        QTest::newRow("tinyproxy, address") << Proxy::Kind::HttpConnect << u"127.0.0.1"_s << true;
    }

    void throughProxy()
    {
        QFETCH(Proxy::Kind, kind);
        QFETCH(QString, host);
        QFETCH(bool, remoteNames);
        FakeRelay relay({Script::hello({"PIPELINING"_ba}).transaction().quit()});
        Delivery::SendRequest request = requestTo(host, relay.port());
        request.target.proxy = proxyOf(kind, "s3cret-canary"_ba);
        request.target.proxy->remoteNames = remoteNames;
        QByteArray text;
        const Transcript::SessionRecord record = send(request, &text);
        QVERIFY2(record.outcome == WholeOutcome::Accepted, text.constData());
        QVERIFY(record.timings.contains(Smtp::Stage::Proxy));
        QVERIFY(!text.contains("canary"));
        QCOMPARE(relay.problems(), QStringList());
    }

    void wrongPassword_data() { kinds(); }

    void wrongPassword()
    {
        QFETCH(Proxy::Kind, kind);
        FakeRelay relay({Script()});
        Delivery::SendRequest request = requestTo(u"127.0.0.1"_s, relay.port());
        request.target.proxy = proxyOf(kind, "wrong-canary"_ba);
        QByteArray text;
        const Transcript::SessionRecord record = send(request, &text);
        QCOMPARE(record.outcome, WholeOutcome::Failed);
        QVERIFY(record.failure);
        QCOMPARE(record.failure->error.kind, Base::Error::Kind::Denied);
        QCOMPARE(record.failure->stage, Smtp::Stage::Proxy);
        QVERIFY(!text.contains("canary"));
        QCOMPARE(relay.connections(), 0);
    }

    void closedPort_data() { kinds(); }

    void closedPort()
    {
        QFETCH(Proxy::Kind, kind);
        Delivery::SendRequest request = requestTo(u"127.0.0.1"_s, 9);
        request.target.proxy = proxyOf(kind, "s3cret-canary"_ba);
        const Transcript::SessionRecord record = send(request);
        QCOMPARE(record.outcome, WholeOutcome::Deferred);
        QVERIFY(record.failure);
        QCOMPARE(record.failure->error.kind, Base::Error::Kind::Connect);
        QCOMPARE(record.failure->stage, Smtp::Stage::Proxy);
    }

    void postfixReadsTheProxyHeader_data()
    {
        QTest::addColumn<Net::ProxyHeader>("version");
        QTest::newRow("v1") << Net::ProxyHeader::V1;
        QTest::newRow("v2") << Net::ProxyHeader::V2;
    }

    void postfixReadsTheProxyHeader()
    {
        QFETCH(Net::ProxyHeader, version);
        Delivery::SendRequest request = requestTo(u"127.0.0.1"_s, PostfixServer::ProxiedPort);
        request.content.reset();
        request.envelope.forwardPaths.clear();
        request.target.proxyHeader = version;
        QByteArray text;
        const Transcript::SessionRecord record = send(request, &text);
        QVERIFY2(record.outcome == WholeOutcome::Accepted, text.constData());
        QVERIFY(record.greeting.startsWith("mx.example.org"));
    }

    void postfixWantsTheProxyHeader() // else the row above proves nothing
    {
        Delivery::SendRequest request = requestTo(u"127.0.0.1"_s, PostfixServer::ProxiedPort);
        const Transcript::SessionRecord record = send(request);
        QCOMPARE(record.outcome, WholeOutcome::Deferred);
        QVERIFY(record.greeting.isEmpty() || record.greeting.contains("4.3"));
    }

    void postfixTakesXclient()
    {
        Delivery::SendRequest request = requestTo(u"127.0.0.1"_s, PostfixServer::XclientPort);
        request.session.xclient = *Smtp::parseXclient(
            "ADDR=192.0.2.9 NAME=client.example HELO=said.example LOGIN=ann");
        QByteArray text;
        const Transcript::SessionRecord record = send(request, &text);
        QVERIFY2(record.outcome == WholeOutcome::Accepted, text.constData());
        const QList<QByteArray> delivered = m_postfix.deliveries(1);
        QCOMPARE(delivered.size(), 1);
        QVERIFY2(delivered.first().contains("(client.example [192.0.2.9])"),
            delivered.first().constData());
        QCOMPARE(text.count("\nEHLO tester.example\n"), 2);
    }

    void postfixDoesNotTakeXclientFromAnybody()
    {
        Delivery::SendRequest request = requestTo(u"127.0.0.1"_s, PostfixServer::Port);
        request.session.xclient = *Smtp::parseXclient("ADDR=192.0.2.9");
        const Transcript::SessionRecord record = send(request);
        QVERIFY(record.failure);
        QCOMPARE(record.failure->error.kind, Base::Error::Kind::Unsupported);
        QCOMPARE(record.failure->stage, Smtp::Stage::Helo);
    }

private:
    static void kinds()
    {
        QTest::addColumn<Proxy::Kind>("kind");
        QTest::newRow("microsocks") << Proxy::Kind::Socks5;
        QTest::newRow("tinyproxy") << Proxy::Kind::HttpConnect;
    }

    QTemporaryDir m_dir;
    ServerProcess m_socks;
    ServerProcess m_http;
    PostfixServer m_postfix;
};

QTEST_GUILESS_MAIN(RealProxiesTest)
#include "tst_realproxies.moc"
