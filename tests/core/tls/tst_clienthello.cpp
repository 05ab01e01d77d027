// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "tls/certificatefacts.h"
#include "tls/certificatemaker.h"
#include "tls/ciphersuites.h"
#include "tls/clienthello.h"
#include "tls/serverflight.h"
#include "tls/tlscodes.h"
#include "tls/tlsstream.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Tls;

namespace {

const QByteArray thirtyTwo(32, 'r');

ClientHello helloOf(quint16 version)
{
    ClientHello hello = ClientHello::create(version);
    for (const CipherSuite &suite : cipherSuites()) {
        const KeyExchange exchange = suite.keyExchange();
        if (suite.isUsableIn(version) && exchange != KeyExchange::Fixed)
            hello.suites.append(suite.code);
    }
    for (const NamedCode &group : version == Tls13 ? tls13Groups() : curves())
        hello.groups.append(group.code);
    for (const NamedCode &scheme : signatureSchemes())
        hello.signatureSchemes.append(scheme.code);
    hello.serverName = "mx.example.org";
    return hello;
}

} // namespace

/// What the builder writes is read by OpenSSL as a server; what that answers is read by us.
class TestClientHello : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void wireBytes_data();
    void wireBytes();
    void padded_data();
    void padded();
    void refused_data();
    void refused();
    void opensslAnswers_data();
    void opensslAnswers();
    void opensslRefuses();
    void retry();
    void keyShares_data();
    void keyShares();
    void farewell();

private:
    TlsStream server(const QByteArray &min, const QByteArray &max) const;

    Identity m_identity;
};

void TestClientHello::initTestCase()
{
    const auto made = CertificateMaker::selfSigned({.commonName = "mx.example.org"});
    QVERIFY(made);
    m_identity = *made;
}

TlsStream TestClientHello::server(const QByteArray &min, const QByteArray &max) const
{
    ServerOptions options {m_identity.certificatePem, m_identity.keyPem, min, max, {}};
    return std::move(*TlsStream::server(options));
}

void TestClientHello::wireBytes_data()
{
    QTest::addColumn<quint16>("version");
    QTest::addColumn<QByteArray>("wire");
    const QByteArray random = thirtyTwo.toHex();
    QTest::newRow("rfc6101 5.6.1.2 without extensions") << Ssl30
                                                        << "16 0300 002f"_ba // handshake, 47 octets
            + "01 00002b 0300"_ba + random
            + "00"_ba // no session
              "0004 002f 00ff"_ba // the suite and the signal of RFC 5746
              "01 00"_ba; // null compression
    QTest::newRow("rfc5246 7.4.1.2") << Tls12
                                     << "16 0301 006c"_ba + "01 000068 0303"_ba + random
            + "00"_ba
              "0004 002f 00ff"_ba
              "01 00"_ba
              "003b"_ba
              "0000 0010 000e 00 000b"_ba
            + "mx1.example"_ba.toHex()
            + "0017 0000"_ba // extended_master_secret
              "000a 0006 0004 001d 0017"_ba
              "000b 0002 01 00"_ba
              "000d 0006 0004 0804 0403"_ba
              "0005 0005 01 0000 0000"_ba; // status_request
    QTest::newRow("rfc5246: no signature_algorithms before 1.2")
        << Tls11
        << "16 0301 0062"_ba + "01 00005e 0302"_ba + random
            + "00"_ba
              "0004 002f 00ff"_ba
              "01 00"_ba
              "0031"_ba
              "0000 0010 000e 00 000b"_ba
            + "mx1.example"_ba.toHex()
            + "0017 0000"_ba
              "000a 0006 0004 001d 0017"_ba
              "000b 0002 01 00"_ba
              "0005 0005 01 0000 0000"_ba;
    QTest::newRow("rfc8446 4.1.2") << Tls13
                                   << "16 0301 007c"_ba + "01 000078 0303"_ba + random
            + "00"_ba
              "0002 002f"_ba // no signal
              "01 00"_ba
              "004d"_ba
              "0000 0010 000e 00 000b"_ba
            + "mx1.example"_ba.toHex()
            + "000a 0006 0004 001d 0017"_ba
              "000d 0006 0004 0804 0403"_ba
              "0005 0005 01 0000 0000"_ba
              "002b 0003 02 0304"_ba // TLS 1.3 alone
              "002c 0004 0002 cafe"_ba
              "0033 0009 0007 001d 0003 010203"_ba;
}

void TestClientHello::wireBytes()
{
    QFETCH(const quint16, version);
    QFETCH(const QByteArray, wire);
    ClientHello hello;
    hello.version = version;
    hello.random = thirtyTwo;
    hello.suites = {0x002f};
    hello.serverName = "mx1.example";
    hello.groups = {0x001d, 0x0017};
    hello.signatureSchemes = {0x0804, 0x0403};
    hello.keyShares = {{0x001d, "\1\2\3"_ba}};
    hello.cookie = "\xca\xfe"_ba;
    const auto bytes = hello.encode();
    QVERIFY(bytes);
    QCOMPARE(bytes->toHex(), QByteArray::fromHex(wire).toHex());
    if (version == Tls13) { // RFC 8446 5.1: the first hello may say 0x0301, the second may not
        hello.isSecond = true;
        QCOMPARE(hello.encode()->mid(1, 2), "\x03\x03"_ba);
    }
}

void TestClientHello::padded_data()
{
    QTest::addColumn<int>("suites");
    QTest::addColumn<qsizetype>("message"); // without the record's five octets
    // Without padding: 4 + 2 + 32 + 1 + 2 + 2 * (suites + 1) + 2 + 2 + 4 + 9 octets.
    QTest::newRow("rfc7685 4: 254 stays") << 97 << qsizetype(254);
    QTest::newRow("rfc7685 4: 256 is filled") << 98 << qsizetype(512);
    QTest::newRow("rfc7685 4: 506 is filled") << 223 << qsizetype(512);
    QTest::newRow("rfc7685 4: 510 has no room for less") << 225 << qsizetype(515);
    QTest::newRow("rfc7685 4: 512 stays") << 226 << qsizetype(512);
}

void TestClientHello::padded()
{
    QFETCH(const int, suites);
    QFETCH(const qsizetype, message);
    ClientHello hello = ClientHello::create(Tls12);
    hello.suites = QList<quint16>(suites, 0x002f);
    const auto bytes = hello.encode();
    QVERIFY(bytes);
    QCOMPARE(bytes->size() - 5, message);
}

void TestClientHello::refused_data()
{
    QTest::addColumn<ClientHello>("hello");
    ClientHello good = ClientHello::create(Tls12);
    good.suites = {0x002f};
    ClientHello hello = good;
    hello.suites.clear();
    QTest::newRow("no suite") << hello;
    hello = good;
    hello.serverName = QByteArray(256, 'a');
    QTest::newRow("name too long") << hello;
    hello = good;
    hello.random.chop(1);
    QTest::newRow("random too short") << hello;
    hello = good;
    hello.sessionId = QByteArray(33, 's');
    QTest::newRow("session id too long") << hello;
    hello = good;
    hello.suites = QList<quint16>(9000, 0x002f);
    QTest::newRow("longer than a record") << hello;
    hello = good;
    hello.version = Tls13;
    hello.keyShares = {{0x001d, QByteArray(70'000, 'k')}};
    QTest::newRow("key too long") << hello;
}

void TestClientHello::refused()
{
    QFETCH(const ClientHello, hello);
    const auto bytes = hello.encode();
    QVERIFY(!bytes);
    QCOMPARE(bytes.error().kind, Base::Error::Kind::InvalidInput);
}

void TestClientHello::opensslAnswers_data()
{
    QTest::addColumn<quint16>("version");
    QTest::addColumn<QByteArray>("option");
    QTest::newRow("1.0") << Tls10 << "1.0"_ba;
    QTest::newRow("1.1") << Tls11 << "1.1"_ba;
    QTest::newRow("1.2") << Tls12 << "1.2"_ba;
    QTest::newRow("1.3") << Tls13 << "1.3"_ba;
}

void TestClientHello::opensslAnswers()
{
    QFETCH(const quint16, version);
    QFETCH(const QByteArray, option);
    ClientHello hello = helloOf(version);
    if (version == Tls13) {
        hello.groups = {0x001d};
        hello.keyShares = {*makeKeyShare(0x001d)};
    }
    TlsStream stream = server(option, option);
    stream.receiveEncrypted(*hello.encode());
    QCOMPARE(stream.requestedName(), "mx.example.org"_ba);
    QVERIFY(!stream.error());
    const QByteArray answer = stream.takeEncrypted();

    // At every split, all that is behind the flight left alone.
    ServerFlightReader whole;
    whole.feed(answer);
    for (qsizetype split = 0; split <= answer.size(); ++split) {
        ServerFlightReader reader;
        reader.feed(QByteArrayView(answer).first(split));
        reader.feed(QByteArrayView(answer).sliced(split));
        QCOMPARE(reader.state(), ServerFlightReader::State::Complete);
        QCOMPARE(reader.flight(), whole.flight());
    }
    ServerFlightReader bytewise;
    for (const char &c : answer)
        bytewise.feed(QByteArrayView(&c, 1));
    QCOMPARE(bytewise.flight(), whole.flight());

    const ServerFlight &flight = whole.flight();
    QCOMPARE(flight.hello->version, version);
    QVERIFY(hello.suites.contains(flight.hello->suite));
    QVERIFY(!flight.hello->isRetry);
    QVERIFY(!flight.alert);
    if (version == Tls13) {
        QCOMPARE(flight.hello->group, quint16(0x001d));
        return;
    }
    QVERIFY(flight.hello->extendedMasterSecret);
    QVERIFY(flight.hello->secureRenegotiation);
    QCOMPARE(cipherSuite(flight.hello->suite)->keyExchange(), KeyExchange::Ecdhe);
    QCOMPARE(flight.group, quint16(0x001d));
    QCOMPARE(flight.certificates, QList {(*certificatesFromPem(m_identity.certificatePem))[0].der});
}

void TestClientHello::opensslRefuses()
{
    for (const quint16 version : {Ssl30, Tls10, Tls11}) {
        TlsStream stream = server("1.2", {});
        stream.receiveEncrypted(*helloOf(version).encode());
        ServerFlightReader reader;
        reader.feed(stream.takeEncrypted());
        QCOMPARE(reader.state(), ServerFlightReader::State::Alerted);
        // SSL 3.0 has no such alert (RFC 6101 5.4.2).
        QCOMPARE(alertText(*reader.flight().alert),
            version == Ssl30 ? "alert 40 handshake_failure"_ba : "alert 70 protocol_version"_ba);
    }
    ClientHello hello = helloOf(Tls12);
    hello.suites = {0x009c}; // RSA; the server's key is an EC key
    TlsStream stream = server("1.2", {});
    stream.receiveEncrypted(*hello.encode());
    ServerFlightReader reader;
    reader.feed(stream.takeEncrypted());
    QCOMPARE(reader.state(), ServerFlightReader::State::Alerted);
    QCOMPARE(alertText(*reader.flight().alert), "alert 40 handshake_failure"_ba);
}

// RFC 8446 4.1.4: without a share that the server wants it names the group, and takes the next.
void TestClientHello::retry()
{
    ClientHello hello = helloOf(Tls13);
    hello.groups = {0x0018};
    TlsStream stream = server("1.3", "1.3");
    stream.receiveEncrypted(*hello.encode());
    ServerFlightReader reader;
    reader.feed(stream.takeEncrypted());
    QCOMPARE(reader.state(), ServerFlightReader::State::Complete);
    const ServerHello retry = *reader.flight().hello;
    QVERIFY(retry.isRetry);
    QCOMPARE(retry.version, Tls13);
    QCOMPARE(retry.group, quint16(0x0018));

    hello.isSecond = true;
    hello.cookie = retry.cookie;
    hello.keyShares = {*makeKeyShare(retry.group)};
    stream.receiveEncrypted(*hello.encode());
    ServerFlightReader second;
    second.feed(stream.takeEncrypted());
    QCOMPARE(second.state(), ServerFlightReader::State::Complete);
    QVERIFY(!second.flight().hello->isRetry);
    QCOMPARE(second.flight().hello->group, quint16(0x0018));
    QCOMPARE(second.flight().hello->suite, retry.suite);
}

void TestClientHello::keyShares_data()
{
    QTest::addColumn<quint16>("group");
    QTest::addColumn<qsizetype>("size");
    QTest::newRow("x25519") << quint16(0x001d) << qsizetype(32);
    QTest::newRow("x448") << quint16(0x001e) << qsizetype(56);
    QTest::newRow("secp256r1") << quint16(0x0017) << qsizetype(65);
    QTest::newRow("secp384r1") << quint16(0x0018) << qsizetype(97);
    QTest::newRow("secp521r1") << quint16(0x0019) << qsizetype(133);
    QTest::newRow("brainpoolP256r1tls13") << quint16(0x001f) << qsizetype(65);
    QTest::newRow("ffdhe2048") << quint16(0x0100) << qsizetype(256);
    QTest::newRow("ffdhe8192") << quint16(0x0104) << qsizetype(1024);
    QTest::newRow("X25519MLKEM768") << quint16(0x11ec) << qsizetype(1216);
    QTest::newRow("SecP256r1MLKEM768") << quint16(0x11eb) << qsizetype(1249);
    QTest::newRow("gost is not in OpenSSL") << quint16(0x0022) << qsizetype(0);
    QTest::newRow("no group") << quint16(0x0a0a) << qsizetype(0);
}

void TestClientHello::keyShares()
{
    QFETCH(const quint16, group);
    QFETCH(const qsizetype, size);
    const auto share = makeKeyShare(group);
    QCOMPARE(share.has_value(), size > 0);
    if (!share) {
        QCOMPARE(share.error().kind, Base::Error::Kind::Unsupported);
        return;
    }
    QCOMPARE(share->publicKey.size(), size);
    QVERIFY(share->publicKey != makeKeyShare(group)->publicKey);
}

void TestClientHello::farewell()
{
    QCOMPARE(farewellAlerts(Tls13).toHex(), "1503030002015a15030300020100"_ba);
    QCOMPARE(farewellAlerts(Ssl30).toHex(), "1503000002015a15030000020100"_ba);
}

QTEST_GUILESS_MAIN(TestClientHello)
#include "tst_clienthello.moc"
