// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sessionplayer.h"
#include "smtp/xclient.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Smtp::SessionOptions;

namespace {

SessionOptions speakingFor(QByteArrayView text)
{
    SessionOptions options = plainOptions();
    options.xclient = Smtp::parseXclient(text).value_or(QList<QByteArray>());
    return options;
}

} // namespace

class TestXclient : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void attributes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArrayList>("attributes"); // empty: refused
        QTest::newRow("address and name") << "ADDR=192.0.2.1 name=a.example"_ba
                                          << QByteArrayList {"ADDR=192.0.2.1", "NAME=a.example"};
        QTest::newRow("IPv6") << "ADDR=2001:db8::1"_ba << QByteArrayList {"ADDR=IPV6:2001:db8::1"};
        QTest::newRow("IPv6 with its prefix")
            << "ADDR=IPV6:2001:db8::1"_ba << QByteArrayList {"ADDR=IPV6:2001:db8::1"};
        QTest::newRow("no name") << "NAME=[UNAVAILABLE]"_ba
                                 << QByteArrayList {"NAME=[UNAVAILABLE]"};
        QTest::newRow("RFC 3461 4 xtext")
            << "LOGIN=a+b=c\x01\xff"_ba << QByteArrayList {"LOGIN=a+2Bb+3Dc+01+FF"};
        QTest::newRow("D2 line end") << "NAME=a\r\nRSET"_ba << QByteArrayList {"NAME=a+0D+0ARSET"};
        QTest::newRow("of another server")
            << "Session=x REVERSE_NAME=a.example"_ba
            << QByteArrayList {"SESSION=x", "REVERSE_NAME=a.example"};
        QTest::newRow("D2 name with a line end") << "A\nRSET=red"_ba << QByteArrayList {};
        QTest::newRow("no value") << "NAME="_ba << QByteArrayList {};
        QTest::newRow("no name at all") << "a.example"_ba << QByteArrayList {};
        QTest::newRow("nothing") << " "_ba << QByteArrayList {};
    }

    void attributes()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArrayList, attributes);
        const auto parsed = Smtp::parseXclient(text);
        QCOMPARE(parsed.has_value(), !attributes.isEmpty());
        QCOMPARE(QByteArrayList(parsed.value_or(QList<QByteArray>())), attributes);
    }

    void session_data()
    {
        QTest::addColumn<SessionOptions>("options");
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QByteArrayList>("facts");
        const QByteArray hello
            = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250 XCLIENT NAME ADDR\n"_ba;
        const SessionOptions one = speakingFor("ADDR=192.0.2.1");
        QTest::newRow("220 is a new greeting") << one
                                               << hello
                + "C: XCLIENT ADDR=192.0.2.1\nS: 220 mx again\nC: EHLO me.example\nS: 250 mx\n"
                  "C: QUIT\nS: 221 bye\n" << QByteArrayList {"closed"};
        QTest::newRow("refused") << one
                                 << hello
                + "C: XCLIENT ADDR=192.0.2.1\nS: 550 no\nC: QUIT\nS: 221 bye\n"
                                 << QByteArrayList {"failed denied helo 550", "closed"};
        QTest::newRow("250 instead of 220")
            << one << hello + "C: XCLIENT ADDR=192.0.2.1\nS: 250 ok\n"
            << QByteArrayList {"failed malformedReply helo", "closed abort"};
        QTest::newRow("attribute not announced")
            << speakingFor("LOGIN=ann") << hello + "C: QUIT\nS: 221 bye\n"
            << QByteArrayList {"failed unsupported helo", "closed"};
        QTest::newRow("not announced")
            << one << "S: 220 mx\nC: EHLO me.example\nS: 250 mx\nC: QUIT\nS: 221 bye\n"_ba
            << QByteArrayList {"failed unsupported helo", "closed"};
        SessionOptions secure = one;
        secure.tls = Smtp::TlsPolicy::RequireStartTls;
        QTest::newRow("behind TLS")
            << secure
            << "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250-XCLIENT ADDR\nS: 250 STARTTLS\n"
               "C: STARTTLS\nS: 220 go\nTLS\nC: EHLO me.example\nS: 250-mx\nS: 250 XCLIENT ADDR\n"
               "C: XCLIENT ADDR=192.0.2.1\nS: 220 mx\nC: EHLO me.example\nS: 250 mx\n"
               "C: QUIT\nS: 221 bye\n"_ba
            << QByteArrayList {"tls", "closed"};
        secure.xclientBeforeTls = true;
        QTest::newRow("before STARTTLS, and not again")
            << secure
            << "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250-XCLIENT ADDR\nS: 250 STARTTLS\n"
               "C: XCLIENT ADDR=192.0.2.1\nS: 220 mx\nC: EHLO me.example\nS: 250-mx\n"
               "S: 250-XCLIENT ADDR\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\n"
               "C: EHLO me.example\nS: 250-mx\nS: 250 XCLIENT ADDR\nC: QUIT\nS: 221 bye\n"_ba
            << QByteArrayList {"tls", "closed"};
    }

    void session()
    {
        QFETCH(SessionOptions, options);
        QFETCH(QByteArray, script);
        QFETCH(QByteArrayList, facts);
        SessionPlayer player;
        player.options = options;
        player.script = script;
        playEveryWay(player, facts);
    }

    void whatCannotBeSentIsRefusedBefore()
    {
        SessionOptions options = plainOptions();
        options.xclient = {"ADDR=a b"_ba};
        QVERIFY(!Smtp::Session::check(options));
        options.xclient = {"ADDR=192.0.2.1"_ba};
        QVERIFY(Smtp::Session::check(options));
    }
};

QTEST_GUILESS_MAIN(TestXclient)
#include "tst_xclient.moc"
