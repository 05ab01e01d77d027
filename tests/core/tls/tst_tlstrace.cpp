// SPDX-License-Identifier: GPL-3.0-or-later
#include "tlspair.h"

#include "base/literals.h"
#include "tls/certificatemaker.h"
#include "tls/tlstrace.h"

#include <QRegularExpression>
#include <QTest>

using namespace Mailgauge;
using Tls::TlsStream;
using Tls::TlsTrace;
using Direction = TlsTrace::Direction;
using State = Tls::TlsStream::State;

namespace {

/// Who, and which message or alert: "sent ClientHello", "received alert".
QStringList heads(const QStringList &notes)
{
    QStringList heads;
    for (const QString &note : notes) {
        const QString head = note.sliced(4); // behind "TLS "
        heads.append(head.first(head.indexOf(QRegularExpression(u"[,:]|$"_s))));
    }
    return heads;
}

QString noteOf(const QStringList &notes, const QString &head)
{
    for (const QString &note : notes) {
        if (note.startsWith(u"TLS "_s + head))
            return note;
    }
    return {};
}

} // namespace

class TestTlsTrace : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void handshake_data();
    void handshake();
    void clientCertificate();
    void alerts_data();
    void alerts();
    void onDemand();
    void closeNotify();
    void unreadable_data();
    void unreadable();
    void foreignText();
    void endlessList();

private:
    struct Pair {
        TlsStream client;
        TlsStream server;
    };
    [[nodiscard]] Pair play(
        const Tls::ClientOptions &client, const Tls::ServerOptions &server) const
    {
        Pair pair {*TlsStream::client(client), *TlsStream::server(server)};
        Test::shuttle(pair.client, pair.server);
        return pair;
    }
    [[nodiscard]] Tls::ClientOptions trusting() const
    {
        Tls::ClientOptions options;
        options.serverName = u"relay.example"_s;
        options.caPem = m_caPem;
        options.trace = true;
        return options;
    }
    [[nodiscard]] Tls::ServerOptions server() const
    {
        Tls::ServerOptions options;
        options.certificatePem = m_identity.certificatePem;
        options.keyPem = m_identity.keyPem;
        return options;
    }

    QByteArray m_caPem;
    Tls::Identity m_identity;
};

void TestTlsTrace::initTestCase()
{
    auto maker = Tls::CertificateMaker::create({.commonName = "Test Root"_ba});
    QVERIFY(maker);
    m_caPem = maker->caPem();
    const auto identity = maker->issue(
        {.commonName = "relay.example"_ba, .names = {"relay.example"_ba}});
    QVERIFY(identity);
    m_identity = *identity;
}

void TestTlsTrace::handshake_data()
{
    QTest::addColumn<QByteArray>("version");
    QTest::addColumn<QStringList>("messages");
    QTest::addColumn<QString>("offers");
    QTest::addColumn<QString>("chosen");
    QTest::newRow("TLS 1.3")
        << "1.3"_ba
        << QStringList {u"sent ClientHello"_s, u"received ServerHello"_s,
               u"received ChangeCipherSpec"_s, u"received EncryptedExtensions"_s,
               u"received Certificate"_s, u"received CertificateVerify"_s, u"received Finished"_s,
               u"sent ChangeCipherSpec"_s, u"sent Finished"_s}
        << u"offers TLSv1.3; SNI relay.example; cipher suites TLS_AES_256_GCM_SHA384, "
           "TLS_CHACHA20_POLY1305_SHA256, TLS_AES_128_GCM_SHA256"_s
        << u"TLSv1.3; TLS_AES_256_GCM_SHA384; group "_s;
    QTest::newRow("TLS 1.2")
        << "1.2"_ba
        << QStringList {u"sent ClientHello"_s, u"received ServerHello"_s, u"received Certificate"_s,
               u"received ServerKeyExchange"_s, u"received ServerHelloDone"_s,
               u"sent ClientKeyExchange"_s, u"sent ChangeCipherSpec"_s, u"sent Finished"_s,
               u"received Finished"_s} // OpenSSL does not tell of theirs up to TLS 1.2.
        << u"offers TLSv1.2; SNI relay.example; cipher suites TLS_ECDHE_ECDSA_WITH_"_s
        << u"TLSv1.2; TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"_s;
}

void TestTlsTrace::handshake()
{
    QFETCH(const QByteArray, version);
    QFETCH(const QStringList, messages);
    QFETCH(const QString, offers);
    QFETCH(const QString, chosen);
    auto options = trusting();
    options.minVersion = options.maxVersion = version;
    Pair pair = play(options, server());
    QCOMPARE(pair.client.state(), State::Established);
    const QStringList notes = pair.client.takeNotes();
    QCOMPARE(heads(notes).join(u'\n'), messages.join(u'\n'));
    QVERIFY2(notes[0].contains(offers), qPrintable(notes[0]));
    QVERIFY2(notes[1].contains(chosen), qPrintable(notes[1]));
    QVERIFY(noteOf(notes, u"received Certificate,"_s).endsWith(u": 1 certificate"_s));
    if (version == "1.3") {
        QVERIFY2(notes[0].contains(u"; key shares "_s), qPrintable(notes[0]));
        QVERIFY(
            noteOf(notes, u"received CertificateVerify"_s).endsWith(u": ecdsa_secp256r1_sha256"_s));
    } else {
        QVERIFY(noteOf(notes, u"received ServerKeyExchange"_s).contains(u": group "_s));
    }
    // They are told once.
    QCOMPARE(pair.client.takeNotes(), QStringList());
}

void TestTlsTrace::clientCertificate()
{
    for (const QByteArray &version : {"1.2"_ba, "1.3"_ba}) {
        auto options = trusting();
        options.maxVersion = version;
        auto demanding = server();
        demanding.clientCaPem = m_caPem;
        Pair pair = play(options, demanding);
        static_cast<void>(pair.client.readPlain());
        const QStringList notes = pair.client.takeNotes();
        QVERIFY2(noteOf(notes, u"received CertificateRequest"_s).contains(u"of any authority"_s),
            qPrintable(notes.join(u'\n')));
        QVERIFY(noteOf(notes, u"sent Certificate,"_s).endsWith(u": 0 certificates"_s));
        // TLS 1.3's refusal comes behind the handshake.
        QCOMPARE(notes.last(),
            version == "1.3" ? u"TLS received alert: fatal certificate_required (116)"_s
                             : u"TLS received alert: fatal handshake_failure (40)"_s);
    }
}

void TestTlsTrace::alerts_data()
{
    QTest::addColumn<QByteArray>("clientMax");
    QTest::addColumn<QByteArray>("serverMin");
    QTest::addColumn<QString>("name"); // the one that is checked
    QTest::addColumn<QString>("alert");
    QTest::newRow("rfc8446 6.2 no version in common")
        << "1.2"_ba << "1.3"_ba << u"relay.example"_s
        << u"TLS received alert: fatal protocol_version (70)"_s;
    QTest::newRow("rfc8446 6.2 the certificate is another's")
        << ""_ba << ""_ba << u"other.example"_s << u"TLS sent alert: fatal bad_certificate (42)"_s;
}

// Whether the rest is told or not.
void TestTlsTrace::alerts()
{
    QFETCH(const QByteArray, clientMax);
    QFETCH(const QByteArray, serverMin);
    QFETCH(const QString, name);
    QFETCH(const QString, alert);
    for (const bool everything : {false, true}) {
        auto options = trusting();
        options.trace = everything;
        options.maxVersion = clientMax;
        options.serverName = name;
        auto picky = server();
        picky.minVersion = serverMin;
        Pair pair = play(options, picky);
        QCOMPARE(pair.client.state(), State::Failed);
        const QStringList notes = pair.client.takeNotes();
        QCOMPARE(notes.last(), alert);
        QCOMPARE(notes.size() > 1, everything);
    }
}

void TestTlsTrace::onDemand()
{
    auto options = trusting();
    options.trace = false;
    Pair pair = play(options, server());
    QCOMPARE(pair.client.state(), State::Established);
    pair.client.shutDown();
    QCOMPARE(pair.client.takeNotes(), QStringList());
}

// The good end of every session: told where everything is.
void TestTlsTrace::closeNotify()
{
    Pair pair = play(trusting(), server());
    static_cast<void>(pair.client.takeNotes());
    pair.client.shutDown();
    QCOMPARE(pair.client.takeNotes(), QStringList {u"TLS sent alert: warning close_notify (0)"_s});
}

void TestTlsTrace::unreadable_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QString>("note");
    QTest::newRow("cut short") << QByteArray::fromHex("020000020303")
                               << u"TLS received ServerHello, 2 octets"_s;
    QTest::newRow("nothing in it")
        << QByteArray::fromHex("01000000") << u"TLS received ClientHello, 0 octets"_s;
    QTest::newRow("in no registry")
        << QByteArray::fromHex("6300000100") << u"TLS received message 99, 1 octets"_s;
    QTest::newRow("rfc5077 3.3 ticket") << QByteArray::fromHex("0400000a00001c200004deadbeef")
                                        << u"TLS received NewSessionTicket, 10 octets: ticket of 4 "
                                           "octets, good for 7200 s"_s;
}

void TestTlsTrace::unreadable()
{
    QFETCH(const QByteArray, message);
    QFETCH(const QString, note);
    TlsTrace trace;
    trace.setEverything(true);
    trace.message(Direction::Received, message);
    QCOMPARE(trace.take(), QStringList {note});
    // However it is cut, nothing is read beyond it.
    for (qsizetype size = 0; size < message.size(); ++size)
        trace.message(Direction::Received, message.first(size));
    trace.alert(Direction::Received, QByteArrayView("\2"));
    QVERIFY(trace.take().size() <= message.size());
}

// A protocol name is whatever the server likes.
void TestTlsTrace::foreignText()
{
    TlsTrace trace;
    trace.setEverything(true);
    trace.message(Direction::Received,
        QByteArray::fromHex("0800000d000b") + QByteArray::fromHex("00100007000504") + "\x1b[0m");
    QCOMPARE(trace.take().first(), u"TLS received EncryptedExtensions, 13 octets: ALPN ?[0m"_s);
}

// A request for a client's certificate with more algorithms than there are.
void TestTlsTrace::endlessList()
{
    TlsTrace trace;
    trace.setEverything(true);
    trace.message(Direction::Received,
        QByteArray::fromHex("020000260303") + QByteArray(32, 'r')
            + QByteArray::fromHex("00c02f00"));
    const QByteArray algorithms = QByteArray("\x04\x03").repeated(20'000);
    trace.message(Direction::Received,
        QByteArray::fromHex("0d009c4601019c40") + algorithms + QByteArray(2, '\0'));
    const QString note = trace.take().last();
    QCOMPARE(note.size(), TlsTrace::LongestNote);
    QVERIFY(note.startsWith(u"TLS received CertificateRequest, 40006 octets: "_s));
    QVERIFY(note.endsWith(u" ..."_s));
}

QTEST_GUILESS_MAIN(TestTlsTrace)
#include "tst_tlstrace.moc"
