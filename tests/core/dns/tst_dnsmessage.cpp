// SPDX-License-Identifier: GPL-3.0-or-later
#include "dns/answer.h"
#include "dns/name.h"

#include "base/literals.h"

#include <QTest>
#include <QtEndian>

using namespace Mailgauge;
using namespace Mailgauge::Dns;

namespace {

QByteArray number16(quint16 value)
{
    QByteArray bytes(2, '\0');
    qToBigEndian(value, bytes.data());
    return bytes;
}

QByteArray wireName(const QByteArray &text)
{
    QByteArray wire;
    for (const QByteArray &label : text.split('.')) {
        if (!label.isEmpty())
            wire += static_cast<char>(label.size()) + label;
    }
    return wire + '\0';
}

QByteArray record(const QByteArray &owner, quint16 type, const QByteArray &data, quint16 ttl = 300)
{
    return owner + number16(type) + number16(1) + number16(0) + number16(ttl)
        + number16(static_cast<quint16>(data.size())) + data;
}

QByteArray packet(
    const QByteArray &question, quint16 type, const QByteArrayList &answers, quint16 flags = 0x8180)
{
    return number16(7) + number16(flags) + number16(1)
        + number16(static_cast<quint16>(answers.size())) + number16(0) + number16(0)
        + wireName(question) + number16(type) + number16(1) + answers.join();
}

Answer ask(const QByteArray &name, Type type, const QByteArray &message)
{
    const auto read = readMessage(message);
    return read ? answerFrom({name, type}, *read) : Answer {};
}

// Points at the question's name.
const QByteArray asked = "\xc0\x0c"_ba;

} // namespace

class TestDnsMessage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void data_data()
    {
        QTest::addColumn<int>("type");
        QTest::addColumn<QByteArray>("data");
        QTest::addColumn<QByteArray>("text"); // empty: malformed
        const auto row = [](const char *name, int type, const QByteArray &data,
                             const QByteArray &text) {
            QTest::newRow(name) << type << data << text;
        };
        row("A", 1, "\xc0\x00\x02\x01"_ba, "192.0.2.1");
        row("A5 A of three octets", 1, "\xc0\x00\x02"_ba, {});
        row("A5 A of five octets", 1, "\xc0\x00\x02\x01\x01"_ba, {});
        row("A5 A of none", 1, {}, {});
        row("AAAA", 28, QByteArray::fromHex("20010db8000000000000000000000001"), "2001:db8::1");
        row("A5 AAAA of four octets", 28, "\xc0\x00\x02\x01"_ba, {});
        row("MX", 15, number16(10) + wireName("mx.example.org"), "10 mx.example.org");
        row("MX compressed", 15, number16(10) + "\x02mx\xc0\x0c"_ba, "10 mx.example.org");
        row("RFC 7505 null MX", 15, number16(0) + wireName({}), "0 .");
        row("A5 MX without a name", 15, number16(10), {});
        row("A5 MX with more behind the name", 15, number16(10) + wireName("mx") + "x", {});
        row("A5 MX name leaves the record", 15, number16(10) + "\x09mx"_ba, {});
        row("SRV", 33, number16(1) + number16(2) + number16(587) + wireName("s.example.org"),
            "1 2 587 s.example.org");
        row("A5 SRV too short", 33, number16(1) + number16(2) + number16(587), {});
        row("TLSA", 52, QByteArray::fromHex("030101abcd"), "3 1 1 abcd");
        row("A5 TLSA of three octets", 52, QByteArray::fromHex("030101"), {});
        row("A5 TLSA of one octet", 52, QByteArray::fromHex("03"), {});
        row("TXT", 16, "\x03one\x04 two"_ba, "\"one\" \" two\"");
        row("TXT of an empty string", 16, QByteArray(1, '\0'), "\"\"");
        row("TXT with control characters", 16, "\x05\r\n\"\\\x7f"_ba,
            "\"\\013\\010\\\"\\\\\\127\"");
        row("A5 TXT string beyond the record", 16, "\x04one"_ba, {});
        row("A5 TXT of none", 16, {}, {});
        row("PTR", 12, wireName("host.example.org"), "host.example.org");
        row("PTR with a dot and a line end in a label", 12,
            "\x05"_ba
            "a.b\r\n"_ba
                + '\0',
            "a\\.b\\013\\010");
        row("CNAME to itself by pointer", 5, asked, "example.org");
        row("A5 pointer forwards", 5, "\xc0\xff"_ba, {});
        row("A5 pointer at itself", 5, "\xc0\x29"_ba, {});
        row("A5 label type 01", 5, "\x41x"_ba + '\0', {});
        row("A5 name of 256 octets", 5,
            (QByteArray("\x3f") + QByteArray(63, 'x')).repeated(4) + '\0', {});
    }

    void data()
    {
        QFETCH(int, type);
        QFETCH(QByteArray, data);
        QFETCH(QByteArray, text);
        const QByteArray bytes = packet("example.org", static_cast<quint16>(type),
            {record(asked, static_cast<quint16>(type), data)});
        const auto message = readMessage(bytes);
        QVERIFY(message);
        QCOMPARE(message->malformed, text.isEmpty() ? 1 : 0);
        QCOMPARE(message->answers.size(), text.isEmpty() ? 0 : 1);
        if (!text.isEmpty())
            QCOMPARE(toText(message->answers.first().data), text);
        // Cut anywhere, it is never read beyond its end and never taken for the whole.
        for (qsizetype size = 0; size < bytes.size(); ++size)
            QVERIFY2(
                !readMessage(QByteArray(bytes.first(size))), QByteArray::number(size).constData());
    }

    void aliases()
    {
        const QByteArray bytes = packet("www.example.org", 1,
            {record(asked, 5, wireName("a.example.org"), 60),
                record(wireName("B.example.org"), 1, "\xc0\x00\x02\x02"_ba, 200),
                record(wireName("a.example.org"), 5, wireName("b.example.org"), 60),
                record(wireName("b.example.org"), 1, "\xc0\x00\x02\x01"_ba, 100),
                record(wireName("other.example.org"), 1, "\xc0\x00\x02\x09"_ba)});
        const Answer answer = ask("www.example.org", Type::A, bytes);
        QCOMPARE(answer.status, Status::Found);
        QCOMPARE(answer.aliases, (QByteArrayList {"a.example.org", "b.example.org"}));
        QCOMPARE(answer.canonicalName(), "b.example.org"_ba);
        QCOMPARE(answer.ttl, 100u);
        QCOMPARE(answer.all<QHostAddress>(),
            (QList<QHostAddress> {QHostAddress(u"192.0.2.2"_s), QHostAddress(u"192.0.2.1"_s)}));
        QCOMPARE(describe(answer),
            u"A www.example.org: 192.0.2.2, 192.0.2.1; alias of a.example.org; alias of "
            "b.example.org; TTL 100 s"_s);
    }

    void aliasLoop()
    {
        const QByteArray bytes = packet("a.example.org", 1,
            {record(asked, 5, wireName("b.example.org")),
                record(wireName("b.example.org"), 5, wireName("a.example.org"))});
        const Answer answer = ask("a.example.org", Type::A, bytes);
        QCOMPARE(answer.status, Status::ServerFailure);
        QVERIFY(answer.isTemporary());
        QVERIFY(answer.aliases.isEmpty());
    }

    void absence_data()
    {
        QTest::addColumn<quint16>("flags");
        QTest::addColumn<Status>("status");
        QTest::addColumn<bool>("temporary");
        QTest::newRow("A3 NXDOMAIN") << quint16(0x8183) << Status::NxDomain << false;
        QTest::newRow("A3 empty answer") << quint16(0x8180) << Status::NoData << false;
        QTest::newRow("A3 SERVFAIL") << quint16(0x8182) << Status::ServerFailure << true;
        QTest::newRow("A3 REFUSED") << quint16(0x8185) << Status::ServerFailure << true;
    }

    void absence()
    {
        QFETCH(quint16, flags);
        QFETCH(Status, status);
        QFETCH(bool, temporary);
        const Answer answer = ask(
            "x.example.org", Type::Mx, packet("x.example.org", 15, {}, flags));
        QCOMPARE(answer.status, status);
        QCOMPARE(answer.isTemporary(), temporary);
        QCOMPARE(Mailgauge::Base::isTemporary(errorOf(answer)), temporary);
    }

    void manyRecordsAreCut() // A5
    {
        QByteArrayList records;
        for (quint16 i = 0; i < 2048; ++i)
            records.append(record(asked, 1, "\xc0\x00"_ba + number16(i)));
        const Answer answer = ask("example.org", Type::A, packet("example.org", 1, records));
        QCOMPARE(answer.records.size(), Message::MaxRecords);
        QVERIFY(answer.cut);
    }

    void names_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("name"); // empty: none
        QTest::newRow("plain") << u"Example.ORG"_s << "example.org"_ba;
        QTest::newRow("final dot") << u"example.org."_s << "example.org"_ba;
        QTest::newRow("RFC 5891 U-label") << u"bücher.example"_s << "xn--bcher-kva.example"_ba;
        QTest::newRow("underscore") << u"_25._tcp.mx.example"_s << "_25._tcp.mx.example"_ba;
        QTest::newRow("empty") << QString() << QByteArray();
        QTest::newRow("dot alone") << u"."_s << QByteArray();
        QTest::newRow("empty label") << u"a..b"_s << QByteArray();
        QTest::newRow("label of 64") << QString(64, u'x') + u".org"_s << QByteArray();
        QTest::newRow("A9 line end") << u"a\r\nb.org"_s << QByteArray();
        QTest::newRow("space") << u"a b.org"_s << QByteArray();
        QTest::newRow("address") << u"ann@example.org"_s << QByteArray();
    }

    void names()
    {
        QFETCH(QString, text);
        QFETCH(QByteArray, name);
        QCOMPARE(nameFrom(text).value_or(QByteArray()), name);
    }

    void reverse()
    {
        QCOMPARE(reverseName(QHostAddress(u"192.0.2.1"_s)), "1.2.0.192.in-addr.arpa"_ba);
        QCOMPARE(reverseName(QHostAddress(u"2001:db8::567:89ab"_s)),
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"_ba);
    }

    void below()
    {
        QVERIFY(isBelow("mx.Example.org", "example.org"));
        QVERIFY(isBelow("example.org", "example.org"));
        QVERIFY(!isBelow("notexample.org", "example.org"));
        QVERIFY(!isBelow("org", "example.org"));
    }
};

QTEST_GUILESS_MAIN(TestDnsMessage)
#include "tst_dnsmessage.moc"
