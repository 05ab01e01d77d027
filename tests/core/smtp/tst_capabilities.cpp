// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "smtp/capabilities.h"

#include <QTest>

using namespace Mailgauge;
using Smtp::Capabilities;
using Smtp::Quirk;
using Smtp::Reply;

class TestCapabilities : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ordinaryReply();
    void sizeLimit_data();
    void sizeLimit();
    void authMechanisms_data();
    void authMechanisms();
    void bounded();
    void contradictions();
};

void TestCapabilities::ordinaryReply()
{
    QList<Quirk> quirks;
    const auto caps = Capabilities::fromEhlo(
        {250,
            {"mx.example.org greets you"_ba, "PIPELINING"_ba, "size 35882577"_ba, "8BITMIME"_ba,
                "X-Odd\ta  B"_ba}},
        &quirks);
    QCOMPARE(caps.domain(), "mx.example.org"_ba);
    QVERIFY(caps.has("PIPELINING"));
    QVERIFY(caps.has("SIZE"));
    QVERIFY(!caps.has("STARTTLS"));
    QCOMPARE(caps.sizeLimit(), 35882577);
    QVERIFY(caps.find("X-ODD"));
    QCOMPARE(caps.find("X-ODD")->parameters, (QList {"a"_ba, "B"_ba}));
    QCOMPARE(quirks, QList<Quirk>());
    QCOMPARE(caps.all().size(), 4);
}

void TestCapabilities::sizeLimit_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<std::optional<qint64>>("limit");
    QTest::addColumn<bool>("malformed");
    using Limit = std::optional<qint64>;
    QTest::newRow("rfc1870 with limit") << "SIZE 1000"_ba << Limit(1000) << false;
    QTest::newRow("rfc1870 without limit") << "SIZE"_ba << Limit(0) << false;
    QTest::newRow("zero") << "SIZE 0"_ba << Limit(0) << false;
    QTest::newRow("largest") << "SIZE 9223372036854775807"_ba << Limit(9223372036854775807LL)
                             << false;
    QTest::newRow("B17 SIZE 2^63") << "SIZE 9223372036854775808"_ba << Limit() << true;
    QTest::newRow("B17 SIZE 10^40") << "SIZE 1" + QByteArray(40, '0') << Limit() << true;
    QTest::newRow("B17 SIZE -1") << "SIZE -1"_ba << Limit() << true;
    QTest::newRow("B17 SIZE +1") << "SIZE +1"_ba << Limit() << true;
    QTest::newRow("hexadecimal") << "SIZE 0x10"_ba << Limit() << true;
    QTest::newRow("not announced") << "HELP"_ba << Limit() << false;
}

void TestCapabilities::sizeLimit()
{
    QFETCH(QByteArray, line);
    QFETCH(std::optional<qint64>, limit);
    QFETCH(bool, malformed);
    QList<Quirk> quirks;
    const auto caps = Capabilities::fromEhlo({250, {"x"_ba, line}}, &quirks);
    QCOMPARE(caps.sizeLimit(), limit);
    QCOMPARE(quirks.contains(Quirk::MalformedCapability), malformed);
}

void TestCapabilities::authMechanisms_data()
{
    QTest::addColumn<QList<QByteArray>>("lines");
    QTest::addColumn<QList<QByteArray>>("mechanisms");
    QTest::newRow("rfc4954") << QList {"AUTH PLAIN LOGIN"_ba} << QList {"PLAIN"_ba, "LOGIN"_ba};
    QTest::newRow("B17 lower case, tabs")
        << QList {"auth\tplain \t login"_ba} << QList {"PLAIN"_ba, "LOGIN"_ba};
    QTest::newRow("old form") << QList {"AUTH=LOGIN PLAIN"_ba} << QList {"LOGIN"_ba, "PLAIN"_ba};
    QTest::newRow("both forms") << QList {"AUTH CRAM-MD5"_ba, "AUTH=CRAM-MD5 LOGIN"_ba}
                                << QList {"CRAM-MD5"_ba, "LOGIN"_ba};
    QTest::newRow("B17 twice") << QList {"AUTH PLAIN PLAIN"_ba, "AUTH PLAIN"_ba}
                               << QList {"PLAIN"_ba};
    QTest::newRow("none") << QList {"AUTH"_ba} << QList<QByteArray>();
    QTest::newRow("another keyword") << QList {"AUTHX PLAIN"_ba} << QList<QByteArray>();
}

void TestCapabilities::authMechanisms()
{
    QFETCH(QList<QByteArray>, lines);
    QFETCH(QList<QByteArray>, mechanisms);
    const auto caps = Capabilities::fromEhlo({250, QList {"x"_ba} + lines});
    QCOMPARE(caps.authMechanisms(), mechanisms);
}

void TestCapabilities::bounded()
{
    QByteArray mechanisms = "AUTH";
    for (int i = 0; i < 10'000; ++i)
        mechanisms += " M" + QByteArray::number(i);
    Reply reply {250, {"x"_ba, mechanisms}};
    for (int i = 0; i < 10'000; ++i)
        reply.lines.append("X" + QByteArray::number(i));
    const auto caps = Capabilities::fromEhlo(reply);
    QCOMPARE(caps.all().size(), Capabilities::MaxCapabilities);
    QCOMPARE_LE(caps.authMechanisms().size(), 256);

    QByteArray sixtyThree = "AUTH";
    for (int i = 0; i < 63; ++i)
        sixtyThree += " M" + QByteArray::number(i);
    QCOMPARE(Capabilities::fromEhlo({250, {"x"_ba, sixtyThree}}).authMechanisms().size(), 63);
}

void TestCapabilities::contradictions()
{
    QList<Quirk> quirks;
    const auto caps = Capabilities::fromEhlo(
        {250, {""_ba, "SIZE 10"_ba, "SIZE 20"_ba, ""_ba, "8BIT MIME\x80"_ba, "B\xc3\xa4r"_ba}},
        &quirks);
    QCOMPARE(caps.sizeLimit(), 10);
    QVERIFY(quirks.contains(Quirk::DuplicateCapability));
    QVERIFY(quirks.contains(Quirk::HelloDomainMissing));
    QVERIFY(quirks.contains(Quirk::MalformedCapability));
    QCOMPARE(quirks.size(), 3); // each told once
    QCOMPARE(Capabilities::fromEhlo({250, {}}).all().size(), 0);
}

QTEST_GUILESS_MAIN(TestCapabilities)
#include "tst_capabilities.moc"
