// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/route.h"

#include "base/literals.h"

#include <QTest>

#include <algorithm>

using namespace Mailgauge;
using Dns::Mx;
using Dns::Srv;
using Dns::Status;
using Dns::Type;

namespace {

Dns::Answer answerOf(const QByteArray &name, Type type, const QList<Dns::RecordData> &data,
    Status status = Status::Found)
{
    Dns::Answer answer {.question = {name, type}, .status = status};
    for (const Dns::RecordData &one : data)
        answer.records.append({name, type, 300, one});
    return answer;
}

QStringList hosts(const Net::Route &route)
{
    QStringList list;
    for (const Net::Hop &hop : route.hops)
        list.append(hop.host);
    return list;
}

QByteArrayList ids(const Net::Route &route)
{
    QByteArrayList list;
    for (const Net::RouteFinding &finding : route.findings)
        list.append(finding.id);
    return list;
}

} // namespace

class RouteTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void mx_data()
    {
        QTest::addColumn<Dns::Answer>("answer");
        QTest::addColumn<QStringList>("expected");
        QTest::addColumn<QByteArrayList>("findings");
        const auto row = [](const char *name, const Dns::Answer &answer,
                             const QStringList &expected, const QByteArrayList &findings) {
            QTest::newRow(name) << answer << expected << findings;
        };
        const QByteArray domain = "example.org"_ba;
        row("by preference",
            answerOf(domain, Type::Mx, {Mx {20, "b.mx"}, Mx {10, "a.mx"}, Mx {30, "c.mx"}}),
            {u"a.mx"_s, u"b.mx"_s, u"c.mx"_s}, {});
        row("implicit MX", answerOf(domain, Type::Mx, {}, Status::NoData), {u"example.org"_s},
            {"route.implicitMx"});
        row("A6 null MX among others", answerOf(domain, Type::Mx, {Mx {0, "."}, Mx {10, "a.mx"}}),
            {u"a.mx"_s}, {"route.nullMxAmongOthers"});
        row("MX is an address", answerOf(domain, Type::Mx, {Mx {10, "192.0.2.1"}}),
            {u"192.0.2.1"_s}, {"route.mxIsAddress"});
        row("A6 MX to ourselves",
            answerOf(domain, Type::Mx,
                {Mx {10, "a.mx"}, Mx {20, "Me.example"}, Mx {20, "b.mx"}, Mx {30, "c.mx"}}),
            {u"a.mx"_s}, {"route.mxLoop"});
    }

    void mx()
    {
        QFETCH(Dns::Answer, answer);
        QFETCH(QStringList, expected);
        QFETCH(QByteArrayList, findings);
        QRandomGenerator random(1);
        const auto route = Net::routeByMx(answer, 25, "me.example", random);
        QVERIFY(route);
        QCOMPARE(hosts(*route), expected);
        QCOMPARE(ids(*route), findings);
        for (const Net::Hop &hop : route->hops)
            QCOMPARE(hop.port, quint16(25));
    }

    void mxErrors_data()
    {
        QTest::addColumn<Dns::Answer>("answer");
        QTest::addColumn<bool>("temporary");
        QTest::addColumn<QString>("words");
        const QByteArray domain = "example.org"_ba;
        QTest::newRow("RFC 7505 null MX")
            << answerOf(domain, Type::Mx, {Mx {0, "."}}) << false << u"null MX"_s;
        QTest::newRow("A6 the best MX is ourselves")
            << answerOf(domain, Type::Mx, {Mx {10, "me.example"}, Mx {20, "b.mx"}}) << false
            << u"would loop"_s;
        QTest::newRow("A3 NXDOMAIN")
            << answerOf(domain, Type::Mx, {}, Status::NxDomain) << false << u"no such domain"_s;
        QTest::newRow("A3 SERVFAIL")
            << answerOf(domain, Type::Mx, {}, Status::ServerFailure) << true << u"failed"_s;
        QTest::newRow("A3 time-out")
            << answerOf(domain, Type::Mx, {}, Status::Timeout) << true << u"in time"_s;
        Dns::Answer unreadable = answerOf(domain, Type::Mx, {}, Status::NoData);
        unreadable.malformed = 1;
        QTest::newRow("A5, rfc5321 5.1 MX that nobody can read")
            << unreadable << false << u"cannot be read"_s;
        QTest::newRow("bogus") << answerOf(domain, Type::Mx, {}, Status::Bogus) << true
                               << u"DNSSEC"_s;
    }

    void mxErrors()
    {
        QFETCH(Dns::Answer, answer);
        QFETCH(bool, temporary);
        QFETCH(QString, words);
        QRandomGenerator random(1);
        const auto route = Net::routeByMx(answer, 25, "me.example", random);
        QVERIFY(!route);
        QCOMPARE(route.error().kind, Base::Error::Kind::Resolve);
        QCOMPARE(Base::isTemporary(route.error()), temporary);
        QVERIFY2(route.error().detail.contains(words), qPrintable(route.error().detail));
    }

    void equalsAreShuffledBySeed()
    {
        const Dns::Answer answer = answerOf("example.org", Type::Mx,
            {Mx {10, "a"}, Mx {10, "b"}, Mx {10, "c"}, Mx {5, "first"}, Mx {20, "last"}});
        QMap<QString, int> seen;
        for (quint32 seed = 0; seed < 600; ++seed) {
            QRandomGenerator one(seed);
            QRandomGenerator same(seed);
            const auto route = Net::routeByMx(answer, 25, {}, one);
            QCOMPARE(hosts(*route), hosts(*Net::routeByMx(answer, 25, {}, same)));
            QCOMPARE(hosts(*route).first(), u"first"_s);
            QCOMPARE(hosts(*route).last(), u"last"_s);
            ++seen[hosts(*route).mid(1, 3).join(QString())];
        }
        QCOMPARE(seen.size(), 6);
        for (const int count : std::as_const(seen)) // 100 each, if chance is fair
            QVERIFY2(count > 60 && count < 140, QByteArray::number(count).constData());
    }

    void tooManyHosts() // A5
    {
        QList<Dns::RecordData> data;
        for (quint16 i = 0; i < 100; ++i)
            data.append(Mx {i, "mx" + QByteArray::number(i)});
        QRandomGenerator random(1);
        const auto route = Net::routeByMx(answerOf("x", Type::Mx, data), 25, {}, random);
        QCOMPARE(route->hops.size(), Net::Route::MaxHops);
        QCOMPARE(ids(*route), QByteArrayList {"route.tooManyHosts"});
    }

    void srv()
    {
        const Dns::Answer tls = answerOf("_submissions._tcp.x", Type::Srv,
            {Srv {10, 0, 465, "late.x"}, Srv {0, 1, 465, "tls.x"}});
        const Dns::Answer clear = answerOf(
            "_submission._tcp.x", Type::Srv, {Srv {0, 1, 587, "clear.x"}});
        QRandomGenerator random(1);
        const auto route = Net::routeBySrv(&tls, &clear, random);
        QVERIFY(route);
        QCOMPARE(hosts(*route), (QStringList {u"tls.x"_s, u"clear.x"_s, u"late.x"_s}));
        QVERIFY(route->hops[0].implicitTls);
        QVERIFY(!route->hops[1].implicitTls);
        QCOMPARE(route->hops[1].port, quint16(587));
        QCOMPARE(route->hops[2].preference, std::optional<quint16>(10));
    }

    void srvWeights() // RFC 2782
    {
        const Dns::Answer answer = answerOf("_submission._tcp.x", Type::Srv,
            {Srv {0, 0, 587, "none"}, Srv {0, 30, 587, "light"}, Srv {0, 70, 587, "heavy"}});
        QMap<QString, int> first;
        for (quint32 seed = 0; seed < 2000; ++seed) {
            QRandomGenerator random(seed);
            const auto route = Net::routeBySrv(nullptr, &answer, random);
            QCOMPARE(route->hops.size(), 3);
            ++first[hosts(*route).first()];
        }
        QVERIFY2(first[u"heavy"_s] > 1250 && first[u"heavy"_s] < 1500,
            QByteArray::number(first[u"heavy"_s]).constData());
        QVERIFY(first[u"light"_s] > 480 && first[u"light"_s] < 720);
        QVERIFY(first[u"none"_s] > 0 && first[u"none"_s] < 60);
    }

    void srvErrors_data()
    {
        QTest::addColumn<Dns::Answer>("submissions");
        QTest::addColumn<Dns::Answer>("submission");
        QTest::addColumn<bool>("temporary");
        QTest::addColumn<QString>("words");
        const auto absent = answerOf("_submissions._tcp.x", Type::Srv, {}, Status::NxDomain);
        const auto denied = answerOf("_submission._tcp.x", Type::Srv, {Srv {0, 0, 0, "."}});
        const auto failing = answerOf("_submission._tcp.x", Type::Srv, {}, Status::ServerFailure);
        QTest::newRow("none") << absent << absent << false << u"no such domain"_s;
        QTest::newRow("RFC 2782 no such service") << absent << denied << false << u"offers no"_s;
        QTest::newRow("A3 SERVFAIL") << absent << failing << true << u"failed"_s;
    }

    void srvErrors()
    {
        QFETCH(Dns::Answer, submissions);
        QFETCH(Dns::Answer, submission);
        QFETCH(bool, temporary);
        QFETCH(QString, words);
        QRandomGenerator random(1);
        const auto route = Net::routeBySrv(&submissions, &submission, random);
        QVERIFY(!route);
        QCOMPARE(Base::isTemporary(route.error()), temporary);
        QVERIFY2(route.error().detail.contains(words), qPrintable(route.error().detail));
    }

    void oddAddresses_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QByteArray>("id");
        QTest::newRow("A6 loopback") << u"127.0.0.5"_s << "route.loopbackAddress"_ba;
        QTest::newRow("A6 IPv6 loopback") << u"::1"_s << "route.loopbackAddress"_ba;
        QTest::newRow("A6 RFC 1918") << u"192.168.3.4"_s << "route.privateAddress"_ba;
        QTest::newRow("A6 172.31") << u"172.31.255.255"_s << "route.privateAddress"_ba;
        QTest::newRow("A6 link-local") << u"169.254.1.1"_s << "route.privateAddress"_ba;
        QTest::newRow("A6 0.0.0.0") << u"0.0.0.0"_s << "route.privateAddress"_ba;
        QTest::newRow("A6 ULA") << u"fd00::1"_s << "route.privateAddress"_ba;
        QTest::newRow("A6 our own") << u"198.51.100.7"_s << "route.ownAddress"_ba;
        QTest::newRow("172.32") << u"172.32.0.1"_s << QByteArray();
        QTest::newRow("public") << u"192.0.2.1"_s << QByteArray();
        QTest::newRow("public IPv6") << u"2001:db8::1"_s << QByteArray();
    }

    void oddAddresses()
    {
        QFETCH(QString, address);
        QFETCH(QByteArray, id);
        const auto odd = Net::oddAddress(
            u"mx"_s, QHostAddress(address), {QHostAddress(u"198.51.100.7"_s)});
        QCOMPARE(odd ? odd->id : QByteArray(), id);
    }

    void families() // RFC 8305 4
    {
        const auto list = [](const QStringList &texts) {
            QList<QHostAddress> addresses;
            for (const QString &text : texts)
                addresses.append(QHostAddress(text));
            return addresses;
        };
        QCOMPARE(Net::interleaved(list({u"::1"_s, u"::2"_s, u"::3"_s, u"1.1.1.1"_s, u"1.1.1.2"_s})),
            list({u"::1"_s, u"1.1.1.1"_s, u"::2"_s, u"1.1.1.2"_s, u"::3"_s}));
        QCOMPARE(Net::interleaved(list({u"1.1.1.1"_s, u"::1"_s})), list({u"1.1.1.1"_s, u"::1"_s}));
        QCOMPARE(Net::interleaved({}), QList<QHostAddress>());
    }
};

QTEST_GUILESS_MAIN(RouteTest)
#include "tst_route.moc"
