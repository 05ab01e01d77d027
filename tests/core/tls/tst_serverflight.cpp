// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "tls/serverflight.h"
#include "tls/tlscodes.h"
#include "tls/wire.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Tls;
using State = ServerFlightReader::State;

namespace {

QByteArray record(int type, const QByteArray &content)
{
    return QByteArray(1, static_cast<char>(type)) + "\x03\x03"_ba + vectorOf(content, 2);
}

QByteArray message(int type, const QByteArray &body)
{
    return QByteArray(1, static_cast<char>(type)) + vectorOf(body, 3);
}

QByteArray helloBody(const QByteArray &suite = "c02f"_ba, const QByteArray &extensions = {})
{
    return "\x03\x03"_ba + QByteArray(32, 'r') + "\0"_ba + QByteArray::fromHex(suite) + "\0"_ba
        + extensions;
}

QByteArray hello(const QByteArray &suite = "c02f"_ba, const QByteArray &extensions = {})
{
    return message(2, helloBody(suite, extensions));
}

const QByteArray done = message(14, {});

} // namespace

class TestServerFlight : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void states_data();
    void states();
    void keyExchange_data();
    void keyExchange();
    void messagesAcrossRecords();
    void warningBeforeTheHello();
    void alertBehindTheHello();
    void endlessRecords();
    void nothingBehindTheEnd();
};

void TestServerFlight::states_data()
{
    QTest::addColumn<QByteArray>("wire");
    QTest::addColumn<State>("state");
    QTest::addColumn<QByteArray>("problem");
    QTest::newRow("a reply in clear")
        << "454 4.7.0 TLS not available\r\n"_ba << State::NotTls << ""_ba;
    QTest::newRow("sslv2") << QByteArray::fromHex("8003000001") << State::NotTls << ""_ba;
    QTest::newRow("fatal alert") << record(21, "\x02\x28"_ba) << State::Alerted << ""_ba;
    QTest::newRow("close_notify is an end")
        << record(21, QByteArray("\1\0", 2)) << State::Alerted << ""_ba;
    QTest::newRow("a warning is none") << record(21, "\x01\x70"_ba) << State::NeedMore << ""_ba;
    QTest::newRow("hello and done") << record(22, hello() + done) << State::Complete << ""_ba;
    QTest::newRow("hello alone") << record(22, hello()) << State::NeedMore << ""_ba;
    QTest::newRow("tls 1.3 hello")
        << record(22, hello("1301", vectorOf(QByteArray::fromHex("002b00020304"), 2)))
        << State::Complete << ""_ba;
    QTest::newRow("alert of three octets")
        << record(21, "\x02\x28\x00"_ba) << State::Malformed << "alert of 3 octets"_ba;
    QTest::newRow("record too long") << QByteArray::fromHex("160303ffff") << State::Malformed
                                     << "record of version 0x0303, 65535 octets"_ba;
    QTest::newRow("empty record") << QByteArray::fromHex("1603030000") << State::Malformed
                                  << "record of version 0x0303, 0 octets"_ba;
    QTest::newRow("record of no version") << QByteArray::fromHex("1605000001") << State::Malformed
                                          << "record of version 0x0500, 1 octets"_ba;
    QTest::newRow("message too long") << record(22, QByteArray::fromHex("02ffffff"))
                                      << State::Malformed << "message of 16777215 octets"_ba;
    QTest::newRow("rfc8446 5 change_cipher_spec in front is dropped")
        << record(20, "\1"_ba) + record(21, "\x02\x28"_ba) << State::Alerted << ""_ba;
    QTest::newRow("change_cipher_spec of two octets") << record(
        20, "\1\1"_ba) << State::Malformed << "record of type 20 in the middle of the handshake"_ba;
    QTest::newRow("change_cipher_spec behind the hello")
        << record(22, hello()) + record(20, "\1"_ba) << State::Malformed
        << "record of type 20 in the middle of the handshake"_ba;
    QTest::newRow("data before the handshake") << record(
        23, "x"_ba) << State::Malformed << "record of type 23 in the middle of the handshake"_ba;
    QTest::newRow("clear text behind the hello")
        << record(22, hello()) + "250 ok\r\n"_ba << State::Malformed << "record of type 50"_ba;
    QTest::newRow("certificate before the hello") << record(22, message(11, {})) << State::Malformed
                                                  << "message 11 before the ServerHello"_ba;
    QTest::newRow("two hellos") << record(22, hello() + hello()) << State::Malformed
                                << "message 2 behind the ServerHello"_ba;
    QTest::newRow("finished out of order")
        << record(22, hello() + message(20, {})) << State::Malformed
        << "message 20 behind the ServerHello"_ba;
    QTest::newRow("hello cut") << record(22, message(2, helloBody().chopped(1))) << State::Malformed
                               << "message 2 cannot be read"_ba;
    QTest::newRow("hello with compression")
        << record(22, message(2, helloBody().chopped(1) + "\x01"_ba)) << State::Malformed
        << "message 2 cannot be read"_ba;
    QTest::newRow("extension longer than the list")
        << record(22, hello("c02f", vectorOf(QByteArray::fromHex("00170001"), 2)))
        << State::Malformed << "message 2 cannot be read"_ba;
    QTest::newRow("extensions and more") << record(22, hello("c02f", vectorOf({}, 2) + "x"_ba))
                                         << State::Malformed << "message 2 cannot be read"_ba;
    QTest::newRow("supported_versions of three octets")
        << record(22, hello("1301", vectorOf(QByteArray::fromHex("002b0003030400"), 2)))
        << State::Malformed << "message 2 cannot be read"_ba;
    QTest::newRow("certificate of no length")
        << record(22, hello() + message(11, QByteArray::fromHex("000003000000")))
        << State::Malformed << "message 11 cannot be read"_ba;
    QTest::newRow("certificates longer than said")
        << record(22, hello() + message(11, QByteArray::fromHex("000000ff"))) << State::Malformed
        << "message 11 cannot be read"_ba;
    QTest::newRow("key exchange without a curve")
        << record(22, hello() + message(12, "\x03"_ba)) << State::Malformed
        << "message 12 cannot be read"_ba;
}

void TestServerFlight::states()
{
    QFETCH(const QByteArray, wire);
    QFETCH(const State, state);
    QFETCH(const QByteArray, problem);
    for (qsizetype split = 0; split <= wire.size(); ++split) {
        ServerFlightReader reader;
        reader.feed(QByteArrayView(wire).first(split));
        reader.feed(QByteArrayView(wire).sliced(split));
        QCOMPARE(reader.state(), state);
        QCOMPARE(reader.problem(), problem);
    }
}

void TestServerFlight::keyExchange_data()
{
    QTest::addColumn<QByteArray>("suite");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<quint16>("group");
    QTest::addColumn<int>("bits");
    const QByteArray prime = vectorOf(QByteArray(128, '\xff'), 2);
    QTest::newRow("rfc8422 named curve")
        << "c02f"_ba << QByteArray::fromHex("03001704") << quint16(0x17) << 0;
    QTest::newRow("rfc4492 explicit prime")
        << "c02f"_ba << QByteArray::fromHex("0101") << quint16(0xff01) << 0;
    QTest::newRow("rfc5246 prime of 1024 bits") << "009e"_ba << prime << quint16(0) << 1024;
    QTest::newRow("leading zeroes are not counted")
        << "009e"_ba << vectorOf(QByteArray(2, '\0') + "\x01\xff"_ba, 2) << quint16(0) << 9;
    QTest::newRow("anonymous") << "00a6"_ba << prime << quint16(0) << 1024;
    QTest::newRow("rfc5489 behind the hint")
        << "c035"_ba << vectorOf("hint"_ba, 2) + QByteArray::fromHex("03001d") << quint16(0x1d)
        << 0;
    QTest::newRow("rfc4279 the hint alone")
        << "008c"_ba << vectorOf("hint"_ba, 2) << quint16(0) << 0;
    QTest::newRow("a suite that is not in the table")
        << "0a0a"_ba << "whatever"_ba << quint16(0) << 0;
}

void TestServerFlight::keyExchange()
{
    QFETCH(const QByteArray, suite);
    QFETCH(const QByteArray, body);
    QFETCH(const quint16, group);
    QFETCH(const int, bits);
    ServerFlightReader reader;
    reader.feed(record(22, hello(suite) + message(12, body) + done));
    QCOMPARE(reader.state(), State::Complete);
    QCOMPARE(reader.flight().group, group);
    QCOMPARE(reader.flight().dhBits, bits);
}

// RFC 8446 5.1: messages may share records and go over several.
void TestServerFlight::messagesAcrossRecords()
{
    const QByteArray certificate = message(
        11, vectorOf(vectorOf("DER"_ba, 3) + vectorOf("next"_ba, 3), 3));
    const QByteArray messages = hello() + certificate + message(22, "status"_ba) + done;
    for (qsizetype size = 1; size <= messages.size(); ++size) {
        ServerFlightReader reader;
        for (qsizetype at = 0; at < messages.size(); at += size)
            reader.feed(record(22, messages.mid(at, size)));
        QCOMPARE(reader.state(), State::Complete);
        QCOMPARE(reader.flight().certificates, (QList {"DER"_ba, "next"_ba}));
        QVERIFY(reader.flight().stapled);
    }
}

// RFC 6066 3: unrecognized_name may be no more than a warning.
void TestServerFlight::warningBeforeTheHello()
{
    ServerFlightReader reader;
    reader.feed(record(21, "\x01\x70"_ba) + record(22, hello() + done));
    QCOMPARE(reader.state(), State::Complete);
    QCOMPARE(alertText(*reader.flight().warning), "alert 112 unrecognized_name"_ba);
    QVERIFY(!reader.flight().alert);
}

// A server may choose a suite and then find that it has no key for it.
void TestServerFlight::alertBehindTheHello()
{
    ServerFlightReader reader;
    reader.feed(record(22, hello()) + record(21, "\x02\x50"_ba));
    QCOMPARE(reader.state(), State::Alerted);
    QCOMPARE(reader.flight().hello->suite, quint16(0xc02f));
    QCOMPARE(alertText(*reader.flight().alert), "alert 80 internal_error"_ba);
}

void TestServerFlight::endlessRecords()
{
    ServerFlightReader reader;
    const QByteArray warning = record(21, "\x01\x70"_ba);
    qsizetype fed = 0;
    while (reader.state() == State::NeedMore) {
        reader.feed(warning);
        fed += warning.size();
        QVERIFY(fed <= ServerFlightReader::MaxFlight + warning.size());
    }
    QCOMPARE(reader.state(), State::Malformed);
    QCOMPARE(reader.problem(), "more than 262144 octets"_ba);
}

void TestServerFlight::nothingBehindTheEnd()
{
    ServerFlightReader reader;
    reader.feed(record(22, hello() + done));
    const ServerFlight flight = reader.flight();
    reader.feed(record(21, "\x02\x28"_ba));
    QCOMPARE(reader.state(), State::Complete);
    QCOMPARE(reader.flight(), flight);
}

QTEST_GUILESS_MAIN(TestServerFlight)
#include "tst_serverflight.moc"
