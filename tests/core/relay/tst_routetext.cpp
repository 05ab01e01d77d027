// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/route.h"

#include "base/literals.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Relay;

class TestRouteText final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void server_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("port");
        QTest::newRow("host") << "mx.example"_ba << u"mx.example"_s << 0;
        QTest::newRow("host and port") << "mx.example:25"_ba << u"mx.example"_s << 25;
        QTest::newRow("IPv4") << "127.0.0.1:2525"_ba << u"127.0.0.1"_s << 2525;
        QTest::newRow("IPv6") << "[::1]:2525"_ba << u"::1"_s << 2525;
        QTest::newRow("IPv6 without port") << "[::1]"_ba << u"::1"_s << 0;
        QTest::newRow("IPv6 bare") << "2001:db8::1"_ba << u"2001:db8::1"_s << 0;
        QTest::newRow("highest port") << "h:65535"_ba << u"h"_s << 65535;
        for (const char *wrong : {"", "h:", "h:0", "h:65536", "h:-1", "h:+5", "h:25x", "[::1",
                 "::1]", "[::1]x", "[h]:25", "a b", "h\r\nx", "a/b", "[::1]:"})
            QTest::newRow(QByteArray("wrong " + QByteArray(wrong).toPercentEncoding()).constData())
                << QByteArray(wrong) << QString() << -1;
    }
    void server()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, host);
        QFETCH(int, port);
        const auto server = parseServer(text);
        QCOMPARE(server.has_value(), port >= 0);
        if (!server) {
            QVERIFY2(server.error().detail.contains(u"expected HOST"),
                qPrintable(server.error().detail));
            return;
        }
        QCOMPARE(server->host, host);
        QCOMPARE(server->port.value_or(0), static_cast<quint16>(port));
    }

    void proxies_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("shown"); // empty: refused
        QTest::newRow("SOCKS") << "socks5://p.example"_ba << "socks p.example:1080 here "_ba;
        QTest::newRow("SOCKS, names there")
            << "SOCKS5H://p.example:99/"_ba << "socks p.example:99 there "_ba;
        QTest::newRow("HTTP with a user")
            << "http://ann%40x@[::1]:3128"_ba << "http ::1:3128 there ann@x"_ba;
        QTest::newRow("password") << "http://ann:secret@p.example"_ba << QByteArray();
        QTest::newRow("no scheme") << "p.example:1080"_ba << QByteArray();
        QTest::newRow("SOCKS 4") << "socks4://ann@p.example"_ba
                                 << "socks4 p.example:1080 here ann"_ba;
        QTest::newRow("SOCKS 4A") << "Socks4A://p.example:99"_ba << "socks4 p.example:99 there "_ba;
        QTest::newRow("HTTPS") << "https://p.example"_ba << "https p.example:443 there "_ba;
        QTest::newRow("HTTPS with a user")
            << "https://ann@p.example:8443"_ba << "https p.example:8443 there ann"_ba;
        QTest::newRow("HTTP as curl has it") << "http://p.example"_ba
                                             << "http p.example:1080 there "_ba;
        QTest::newRow("unknown scheme") << "socks://p.example"_ba << QByteArray();
        QTest::newRow("path") << "http://p.example/x"_ba << QByteArray();
        QTest::newRow("port") << "http://p.example:0"_ba << QByteArray();
        QTest::newRow("no host") << "http://"_ba << QByteArray();
        QTest::newRow("A9 line end") << "http://p\r\n.example"_ba << QByteArray();
    }
    void proxies()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, shown);
        const auto proxy = parseProxy(text);
        QCOMPARE(proxy.has_value(), !shown.isEmpty());
        if (!proxy)
            return;
        const QMap<ProxyServer::Kind, QByteArray> kinds {{ProxyServer::Kind::Socks5, "socks "_ba},
            {ProxyServer::Kind::Socks4, "socks4 "_ba}, {ProxyServer::Kind::HttpConnect, "http "_ba},
            {ProxyServer::Kind::HttpsConnect, "https "_ba}};
        const QByteArray kind = kinds.value(proxy->kind);
        QCOMPARE(kind + proxy->host.toUtf8() + ':' + QByteArray::number(proxy->port)
                + (proxy->remoteNames ? " there " : " here ") + proxy->user,
            shown);
        // What is written is read as the same.
        QCOMPARE(parseProxy(proxyText(*proxy)), *proxy);
    }
    void passwordOfAProxyIsNotRepeated()
    {
        for (const char *text : {"http://ann:canary@p.example", "ann:canary@p.example:1080",
                 "ftp://ann:canary@p.example"}) {
            const auto proxy = parseProxy(text);
            QVERIFY(!proxy);
            QVERIFY2(!proxy.error().detail.contains(u"canary"), qPrintable(proxy.error().detail));
        }
    }

    void pins_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("written"); // empty: refused
        QTest::newRow("IPv4") << "mx.example:25:192.0.2.1"_ba << "mx.example:25:192.0.2.1"_ba;
        QTest::newRow("IPv6") << "mx.example:25:2001:db8::1"_ba
                              << "mx.example:25:[2001:db8::1]"_ba;
        QTest::newRow("IPv6 in brackets")
            << "[::1]:2525:[2001:db8::1]"_ba << "[::1]:2525:[2001:db8::1]"_ba;
        for (const char *wrong : {"", "h:25", "h:x:127.0.0.1", "h:25:localhost", ":25:127.0.0.1",
                 "h:0:127.0.0.1", "a b:25:127.0.0.1", "h\r\n:25:127.0.0.1"})
            QTest::newRow(QByteArray("wrong " + QByteArray(wrong).toPercentEncoding()).constData())
                << QByteArray(wrong) << QByteArray();
    }
    void pins()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, written);
        const auto pin = parsePin(text);
        QCOMPARE(pin.has_value(), !written.isEmpty());
        if (!pin)
            return;
        QCOMPARE(pinText(*pin), written);
        QCOMPARE(parsePin(written), *pin);
    }

    void resolvers_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("resolver");
        QTest::newRow("address") << "192.0.2.53"_ba << u"192.0.2.53:53"_s;
        QTest::newRow("with port") << "192.0.2.53:5353"_ba << u"192.0.2.53:5353"_s;
        QTest::newRow("IPv6") << "::1"_ba << u"[::1]:53"_s;
        QTest::newRow("IPv6 with port") << "[::1]:5353"_ba << u"[::1]:5353"_s;
        QTest::newRow("a name needs a resolver itself") << "dns.example"_ba << QString();
        QTest::newRow("port") << "192.0.2.53:0"_ba << QString();
        QTest::newRow("empty") << ""_ba << QString();
    }
    void resolvers()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, resolver);
        QCOMPARE(parseResolver(text).value_or(QString()), resolver);
    }
};

QTEST_APPLESS_MAIN(TestRouteText)
#include "tst_routetext.moc"
