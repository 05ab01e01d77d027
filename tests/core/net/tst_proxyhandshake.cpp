// SPDX-License-Identifier: GPL-3.0-or-later
// The handshakes with proxies, byte by byte: honest and hostile ones.
#include "net/proxy.h"
#include "net/proxyheader.h"

#include "base/literals.h"

#include <QTest>

using namespace Mailgauge;
using Base::Error;
using Net::Proxy;
using Net::ProxyHandshake;

namespace {

Proxy socks(const QByteArray &user = {}, const QByteArray &password = {})
{
    return {.kind = Proxy::Kind::Socks5, .user = user, .password = Base::Secret(password)};
}

Proxy http(const QByteArray &user = {}, const QByteArray &password = {})
{
    return {.kind = Proxy::Kind::HttpConnect, .user = user, .password = Base::Secret(password)};
}

Proxy socks4(const QByteArray &user = {})
{
    return {.kind = Proxy::Kind::Socks4, .user = user};
}

QByteArray hex(const char *text)
{
    return QByteArray::fromHex(text);
}

struct Played {
    QByteArray sent;
    QByteArray rest;
    bool done = false;
    bool aboutDestination = false;
    std::optional<Error> error;

    bool operator==(const Played &) const = default;
};

/// Feeds the peer's bytes in two pieces; the first of `split`.
Played play(const Proxy &proxy, const QString &host, const QByteArray &peer, qsizetype split)
{
    Played played;
    const auto handshake = ProxyHandshake::create(proxy, host, 25);
    if (!handshake) {
        played.error = handshake.error();
        return played;
    }
    played.sent = (*handshake)->start();
    for (const QByteArray &piece : {peer.first(split), peer.sliced(split)}) {
        if (piece.isEmpty())
            continue;
        if ((*handshake)->isDone()) {
            played.rest += piece;
            continue;
        }
        const auto more = (*handshake)->receive(piece);
        if (!more) {
            played.error = more.error();
            break;
        }
        played.sent += *more;
        if ((*handshake)->isDone())
            played.rest = (*handshake)->rest();
    }
    played.done = (*handshake)->isDone();
    played.aboutDestination = (*handshake)->isAboutDestination();
    return played;
}

} // namespace

class ProxyHandshakeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goodWays_data()
    {
        QTest::addColumn<Proxy>("proxy");
        QTest::addColumn<QString>("host");
        QTest::addColumn<QByteArray>("peer");
        QTest::addColumn<QByteArray>("sent");
        QTest::addColumn<QByteArray>("rest");
        const QByteArray named = hex("05010003") + char(10) + "mx.example" + hex("0019");
        QTest::newRow("RFC 1928 name")
            << socks() << u"mx.example"_s << hex("0500 05000001 7f000001 1234")
            << hex("050100") + named << QByteArray();
        QTest::newRow("RFC 1928 IPv4")
            << socks() << u"192.0.2.1"_s << hex("0500 05000001 7f000001 1234")
            << hex("050100 05010001 c0000201 0019") << QByteArray();
        QTest::newRow("RFC 1928 IPv6")
            << socks() << u"2001:db8::1"_s << hex("0500 05000001 7f000001 1234")
            << hex("050100 05010004 20010db8000000000000000000000001 0019") << QByteArray();
        QTest::newRow("bound to a name")
            << socks() << u"mx.example"_s << hex("0500 05000003 03") + "abc" + hex("1234")
            << hex("050100") + named << QByteArray();
        QTest::newRow("bound to IPv6, greeting behind")
            << socks() << u"mx.example"_s
            << hex("0500 05000004 00000000000000000000000000000001 1234") + "220 hi\r\n"
            << hex("050100") + named << "220 hi\r\n"_ba;
        QTest::newRow("RFC 1929") << socks("ann", "s3cret") << u"mx.example"_s
                                  << hex("0502 0100 05000001 7f000001 1234")
                                  << hex("05020002 0103") + "ann" + char(6) + "s3cret" + named
                                  << QByteArray();
        QTest::newRow("credentials not wanted")
            << socks("ann", "s3cret") << u"mx.example"_s << hex("0500 05000001 7f000001 1234")
            << hex("05020002") + named << QByteArray();
        QTest::newRow("SOCKS 4") << socks4() << u"192.0.2.1"_s << hex("005a 1234 7f000001")
                                 << hex("0401 0019 c0000201 00") << QByteArray();
        QTest::newRow("SOCKS 4 with a user id, greeting behind")
            << socks4("ann") << u"192.0.2.1"_s << hex("005a 0000 00000000") + "220 hi\r\n"
            << hex("0401 0019 c0000201") + "ann" + '\0' << "220 hi\r\n"_ba;
        QTest::newRow("SOCKS 4A") << socks4("ann") << u"mx.example"_s << hex("005a 0000 00000000")
                                  << hex("0401 0019 00000001") + "ann" + '\0' + "mx.example" + '\0'
                                  << QByteArray();
        const QByteArray connect = "CONNECT mx.example:25 HTTP/1.1\r\nHost: mx.example:25\r\n"_ba;
        QTest::newRow("RFC 9110 CONNECT")
            << http() << u"mx.example"_s << "HTTP/1.1 200 OK\r\n\r\n"_ba << connect + "\r\n"
            << QByteArray();
        QTest::newRow("HTTP/1.0, header, greeting behind")
            << http() << u"mx.example"_s
            << "HTTP/1.0 200 Connection established\r\nProxy-Agent: x\r\nContent-Length: 5\r\n\r\n"
               "220 hi\r\n"_ba
            << connect + "\r\n"
            << "220 hi\r\n"_ba;
        QTest::newRow("bare LF, no reason")
            << http() << u"mx.example"_s << "HTTP/1.1 204\nA: b\n\n220 hi\r\n"_ba
            << connect + "\r\n"
            << "220 hi\r\n"_ba;
        QTest::newRow("interim answers")
            << http() << u"mx.example"_s
            << "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"_ba
            << connect + "\r\n"
            << QByteArray();
        QTest::newRow("IPv6 in brackets")
            << http() << u"2001:db8::1"_s << "HTTP/1.1 200 OK\r\n\r\n"_ba
            << "CONNECT [2001:db8::1]:25 HTTP/1.1\r\nHost: [2001:db8::1]:25\r\n\r\n"_ba
            << QByteArray();
        QTest::newRow("RFC 7617 Basic")
            << http("ann", "s3cret") << u"mx.example"_s << "HTTP/1.1 200 OK\r\n\r\n"_ba
            << connect + "Proxy-Authorization: Basic YW5uOnMzY3JldA==\r\n\r\n"
            << QByteArray();
        QTest::newRow("RFC 5891 A-label")
            << http() << u"bücher.example"_s << "HTTP/1.1 200 OK\r\n\r\n"_ba
            << "CONNECT xn--bcher-kva.example:25 HTTP/1.1\r\nHost: xn--bcher-kva.example:25\r\n\r\n"_ba
            << QByteArray();
    }

    void goodWays()
    {
        QFETCH(Proxy, proxy);
        QFETCH(QString, host);
        QFETCH(QByteArray, peer);
        QFETCH(QByteArray, sent);
        QFETCH(QByteArray, rest);
        for (qsizetype split = 0; split <= peer.size(); ++split) {
            const Played played = play(proxy, host, peer, split);
            QVERIFY2(!played.error, QByteArray::number(split).constData());
            QVERIFY(played.done);
            QCOMPARE(played.sent, sent);
            QCOMPARE(played.rest, rest);
        }
        // Nothing less is enough.
        for (qsizetype size = 0; size < peer.size() - rest.size(); ++size)
            QVERIFY(!play(proxy, host, peer.first(size), size).done);
    }

    void hostilePeers_data()
    {
        QTest::addColumn<Proxy>("proxy");
        QTest::addColumn<QByteArray>("peer");
        QTest::addColumn<Error::Kind>("kind");
        QTest::addColumn<bool>("aboutDestination");
        QTest::addColumn<QString>("words");
        using Kind = Error::Kind;
        const auto row = [](const char *name, const Proxy &proxy, const QByteArray &peer, Kind kind,
                             bool aboutDestination, const QString &words) {
            QTest::newRow(name) << proxy << peer << kind << aboutDestination << words;
        };
        row("A9 SOCKS 4", socks(), hex("0400"), Kind::MalformedReply, false, u"version 5"_s);
        row("A9 SMTP instead of SOCKS", socks(), "220 mx\r\n", Kind::MalformedReply, false,
            u"version 5"_s);
        row("A9 no method", socks(), hex("05ff"), Kind::Denied, false, u"accepts none"_s);
        row("A9 method not offered", socks(), hex("0502"), Kind::MalformedReply, false,
            u"not offered"_s);
        row("A9 GSSAPI not offered", socks("a", "b"), hex("0501"), Kind::MalformedReply, false,
            u"not offered"_s);
        row("A9 wrong password", socks("a", "b"), hex("0502 0101"), Kind::Denied, false,
            u"refused"_s);
        row("A9 other answer to the password", socks("a", "b"), hex("0502 0500"),
            Kind::MalformedReply, false, u"not an answer"_s);
        row("A9 general failure", socks(), hex("0500 0501"), Kind::Connect, true,
            u"general failure for mx.example:25"_s);
        row("A9 host unreachable", socks(), hex("0500 05040001 00000000 0000"), Kind::Connect, true,
            u"host unreachable"_s);
        row("A9 refused", socks(), hex("0500 05050001 00000000 0000"), Kind::Connect, true,
            u"connection refused"_s);
        row("A9 no such command", socks(), hex("0500 0507"), Kind::Connect, false,
            u"command not supported"_s);
        row("A9 unknown code", socks(), hex("0500 0563"), Kind::Connect, false, u"code 99"_s);
        row("A9 unknown address type", socks(), hex("0500 05000002 0000"), Kind::MalformedReply,
            false, u"type of address"_s);
        row("A9 no version in the answer", socks(), hex("0500 00"), Kind::MalformedReply, false,
            u"connect request"_s);
        row("A9 SOCKS 4 rejects", socks4(), hex("005b"), Kind::Connect, true,
            u"rejected or failed for mx.example:25"_s);
        row("A9 SOCKS 4 without identd", socks4(), hex("005c 0000 00000000"), Kind::Denied, false,
            u"identd"_s);
        row("A9 SOCKS 4, another user", socks4(), hex("005d 0000 00000000"), Kind::Denied, false,
            u"another user"_s);
        row("A9 SOCKS 4, unknown code", socks4(), hex("0001"), Kind::MalformedReply, false,
            u"code 1"_s);
        row("A9 SOCKS 5 instead of 4", socks4(), hex("0500"), Kind::MalformedReply, false,
            u"version 4"_s);
        row("A9 SMTP instead of SOCKS 4", socks4(), "220 mx\r\n", Kind::MalformedReply, false,
            u"version 4"_s);
        row("A9 not HTTP", http(), "220 mx\r\n", Kind::MalformedReply, false, u"not HTTP/1"_s);
        row("A9 HTTP/2", http(), "HTTP/2 200\r\n\r\n", Kind::MalformedReply, false,
            u"not HTTP/1"_s);
        row("A9 no code", http(), "HTTP/1.1 OK\r\n\r\n", Kind::MalformedReply, false,
            u"status line"_s);
        row("A9 code of four digits", http(), "HTTP/1.1 2000 OK\r\n\r\n", Kind::MalformedReply,
            false, u"status line"_s);
        row("A9 407", http("a", "b"), "HTTP/1.1 407 Who are you?\r\n\r\n", Kind::Denied, false,
            u"407 Who are you?"_s);
        row("A9 401, as tinyproxy says it", http("a", "b"), "HTTP/1.1 401 Unauthorized\r\n\r\n",
            Kind::Denied, false, u"401 Unauthorized"_s);
        row("A9 502", http(), "HTTP/1.1 502 Bad gateway\r\n\r\n<html>", Kind::Connect, true,
            u"502 Bad gateway for mx.example:25"_s);
        row("A9 403", http(), "HTTP/1.1 403\r\n\r\n", Kind::Connect, true, u"403"_s);
        row("A9 redirection", http(), "HTTP/1.1 302 Elsewhere\r\nLocation: x\r\n\r\n",
            Kind::Connect, false, u"302"_s);
        row("A9 switching protocols", http(), "HTTP/1.1 101 x\r\n\r\n", Kind::MalformedReply, false,
            u"out of place"_s);
        row("A9 endless interim answers", http(), "HTTP/1.1 100 x\r\n\r\n"_ba.repeated(9),
            Kind::MalformedReply, false, u"out of place"_s);
        row("A9 endless head", http(), "HTTP/1.1 200 OK\r\n" + "A: b\r\n"_ba.repeated(4000),
            Kind::ReplyTooLong, false, u"longer than"_s);
        row("A9 endless head, then its end", http(),
            "HTTP/1.1 200 OK\r\n" + "A: b\r\n"_ba.repeated(4000) + "\r\n", Kind::ReplyTooLong,
            false, u"longer than"_s);
    }

    void hostilePeers()
    {
        QFETCH(Proxy, proxy);
        QFETCH(QByteArray, peer);
        QFETCH(Error::Kind, kind);
        QFETCH(bool, aboutDestination);
        QFETCH(QString, words);
        const qsizetype step = peer.size() > 1000 ? 997 : 1;
        for (qsizetype split = 0; split <= peer.size(); split += step) {
            const Played played = play(proxy, u"mx.example"_s, peer, split);
            QVERIFY2(played.error, QByteArray::number(split).constData());
            QVERIFY(!played.done);
            QCOMPARE(played.error->kind, kind);
            QCOMPARE(played.aboutDestination, aboutDestination);
            QVERIFY2(
                played.error->detail.startsWith(u"proxy: "_s), qPrintable(played.error->detail));
            QVERIFY2(played.error->detail.contains(words), qPrintable(played.error->detail));
            QVERIFY(played.error->evidence.size() <= Error::MaxEvidence);
        }
    }

    void passwordIsNotRepeated()
    {
        const Proxy proxy = http("ann", "s3cret-canary");
        for (const QByteArray &echo : {"s3cret-canary"_ba, "ann:s3cret-canary"_ba.toBase64()}) {
            const Played played = play(
                proxy, u"mx.example"_s, "HTTP/1.1 407 not " + echo + "\r\n\r\n", 0);
            QVERIFY(played.error);
            QVERIFY(!played.error->detail.contains(QString::fromLatin1(echo)));
            QVERIFY(!played.error->evidence.contains(echo));
            // Where the evidence is cut, half of it is as bad.
            const QByteArray pad(Error::MaxEvidence - 17 - echo.size() / 2, 'x');
            const Played cut = play(
                proxy, u"mx.example"_s, "HTTP/1.1 407 not " + pad + echo + "\r\n\r\n", 0);
            QVERIFY(!cut.error->evidence.contains(echo.first(echo.size() / 2)));
        }
        const Played said = play(
            socks("ann", "s3cret-canary"), u"mx.example"_s, hex("0502") + "s3cret-canary", 0);
        QVERIFY(said.error);
        QVERIFY(!said.error->evidence.contains("s3cret"));
    }

    void notToBeSent_data()
    {
        QTest::addColumn<Proxy>("proxy");
        QTest::addColumn<QString>("host");
        for (const auto &[name, proxy] : {std::pair {"SOCKS", socks()},
                 std::pair {"SOCKS 4", socks4()}, std::pair {"HTTP", http()}}) {
            const auto row = [&](const char *what, const QString &host) {
                QTest::addRow("A9 D2 %s: %s", name, what) << proxy << host;
            };
            row("line end", u"mx.example\r\nX: y"_s);
            row("LF", u"mx\n.example"_s);
            row("NUL", u"mx\0.example"_s);
            row("space", u"mx example"_s);
            row("empty", QString());
            row("256 octets", QString(256, u'x'));
        }
        QTest::newRow("SOCKS: user of 256 octets")
            << socks(QByteArray(256, 'u'), "p") << u"mx.example"_s;
        QTest::newRow("SOCKS: password of 256 octets")
            << socks("u", QByteArray(256, 'p')) << u"mx.example"_s;
        QTest::newRow("SOCKS 4: IPv6") << socks4() << u"2001:db8::1"_s;
        QTest::newRow("SOCKS 4: NUL in the user id")
            << socks4(QByteArray("a\0b", 3)) << u"mx.example"_s;
        QTest::newRow("SOCKS 4: user id of 256 octets")
            << socks4(QByteArray(256, 'u')) << u"mx.example"_s;
        QTest::newRow("SOCKS: no password") << socks("u") << u"mx.example"_s;
        QTest::newRow("RFC 7617 2 colon in the user name") << http("a:b", "p") << u"mx.example"_s;
    }

    void notToBeSent()
    {
        QFETCH(Proxy, proxy);
        QFETCH(QString, host);
        const auto handshake = ProxyHandshake::create(proxy, host, 25);
        QVERIFY(!handshake);
        QCOMPARE(handshake.error().kind, Error::Kind::InvalidInput);
    }

    void proxyHeaders_data() // HAProxy's proxy-protocol.txt, 2.1 and 2.2
    {
        QTest::addColumn<Net::Endpoint>("from");
        QTest::addColumn<Net::Endpoint>("to");
        QTest::addColumn<QByteArray>("v1");
        QTest::addColumn<QByteArray>("v2");
        const auto at = [](const QString &address, quint16 port) {
            return Net::Endpoint {QHostAddress(address), port};
        };
        const QByteArray signature = hex("0d0a0d0a000d0a515549540a");
        QTest::newRow("IPv4") << at(u"192.0.2.1"_s, 56324) << at(u"192.0.2.2"_s, 25)
                              << "PROXY TCP4 192.0.2.1 192.0.2.2 56324 25\r\n"_ba
                              << signature + hex("2111000c c0000201 c0000202 dc04 0019");
        QTest::newRow("IPv6") << at(u"2001:db8::1"_s, 1) << at(u"2001:db8::2"_s, 25)
                              << "PROXY TCP6 2001:db8::1 2001:db8::2 1 25\r\n"_ba
                              << signature
                + hex("21210024 20010db8000000000000000000000001 20010db8000000000000000000000002 "
                      "0001 0019");
        QTest::newRow("zone of a link-local address")
            << at(u"fe80::1%eth0"_s, 1) << at(u"fe80::2"_s, 25)
            << "PROXY TCP6 fe80::1 fe80::2 1 25\r\n"_ba
            << signature
                + hex("21210024 fe800000000000000000000000000001 fe800000000000000000000000000002 "
                      "0001 0019");
        QTest::newRow("UNIX socket") << Net::Endpoint() << Net::Endpoint() << "PROXY UNKNOWN\r\n"_ba
                                     << signature + hex("20000000");
        QTest::newRow("two families") << at(u"192.0.2.1"_s, 1) << at(u"::1"_s, 25)
                                      << "PROXY UNKNOWN\r\n"_ba << signature + hex("20000000");
    }

    void proxyHeaders()
    {
        QFETCH(Net::Endpoint, from);
        QFETCH(Net::Endpoint, to);
        QFETCH(QByteArray, v1);
        QFETCH(QByteArray, v2);
        QCOMPARE(Net::proxyHeader(Net::ProxyHeader::V1, from, to), v1);
        QCOMPARE(Net::proxyHeader(Net::ProxyHeader::V2, from, to), v2);
        QVERIFY(v1.size() <= 107);
    }
};

QTEST_GUILESS_MAIN(ProxyHandshakeTest)
#include "tst_proxyhandshake.moc"
