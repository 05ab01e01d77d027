// SPDX-License-Identifier: GPL-3.0-or-later
#include "tlspair.h"

#include "base/literals.h"
#include "tls/certificatemaker.h"
#include "tls/tlsstream.h"

#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

using namespace Mailgauge;
using Tls::TlsStream;
using State = Tls::TlsStream::State;

class TlsStreamTest final : public QObject {
    Q_OBJECT

private:
    Tls::ClientOptions trusting() const
    {
        Tls::ClientOptions options;
        options.serverName = u"relay.example"_s;
        options.caPem = m_caPem;
        return options;
    }
    Tls::ServerOptions server() const
    {
        Tls::ServerOptions options;
        options.certificatePem = m_identity.certificatePem;
        options.keyPem = m_identity.keyPem;
        return options;
    }
    QString write(const QString &name, const QByteArray &bytes) const
    {
        QFile file(m_directory.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write %s", qPrintable(name));
        return file.fileName();
    }

    QTemporaryDir m_directory;
    std::optional<Tls::CertificateMaker> m_maker;
    QByteArray m_caPem;
    Tls::Identity m_identity;

private Q_SLOTS:
    void initTestCase()
    {
        auto maker = Tls::CertificateMaker::create({.commonName = "Test Root"_ba});
        QVERIFY(maker);
        m_maker = std::move(*maker);
        m_caPem = m_maker->caPem();
        auto identity = m_maker->issue(
            {.commonName = "relay.example"_ba, .names = {"relay.example"_ba}});
        QVERIFY(identity);
        m_identity = *identity;
    }

    void builtPath()
    {
        auto options = trusting();
        options.requestStaple = true;
        auto client = TlsStream::client(options);
        auto peer = TlsStream::server(server());
        QVERIFY(client && peer);
        QVERIFY(client->builtPath().isEmpty());
        Test::shuttle(*client, *peer);
        // The root was not sent: it is that of the trust store.
        QCOMPARE(client->facts().chain.size(), 1);
        QCOMPARE(client->builtPath().size(), 2);
        QCOMPARE(client->builtPath()[0], client->facts().chain[0]);
        QCOMPARE(client->builtPath()[1].subject, u"CN=Test Root"_s);
        QVERIFY(client->stapledResponse().isEmpty());
    }
    // The server has an EC key: who takes RSA alone cannot be served.
    void signatureAlgorithms()
    {
        auto options = trusting();
        options.signatureAlgorithms = "rsa_pss_rsae_sha256:RSA+SHA256";
        auto client = TlsStream::client(options);
        auto peer = TlsStream::server(server());
        QVERIFY(client && peer);
        Test::shuttle(*client, *peer);
        QCOMPARE(client->state(), State::Failed);
        QVERIFY(client->facts().chain.isEmpty());
        options.signatureAlgorithms = "nonsense";
        QCOMPARE(TlsStream::client(options).error().kind, Base::Error::Kind::InvalidInput);
    }

    void everyChunkSize_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::newRow("TLS 1.2") << "1.2"_ba;
        QTest::newRow("TLS 1.3") << "1.3"_ba;
    }
    void everyChunkSize()
    {
        QFETCH(QByteArray, version);
        const QByteArray there = "EHLO me\r\n" + QByteArray(40'000, 'x');
        const QByteArray back = "250 hello\r\n"_ba;
        for (const qsizetype chunk : {1, 2, 3, 5, 7, 16, 100, 1000, 4096, 70'000}) {
            auto options = trusting();
            options.minVersion = options.maxVersion = version;
            auto client = TlsStream::client(options);
            auto peer = TlsStream::server(server());
            QVERIFY(client && peer);
            QVERIFY(!client->write("early"));
            Test::shuttle(*client, *peer, chunk);
            QCOMPARE(client->state(), State::Established);
            QCOMPARE(peer->state(), State::Established);
            QCOMPARE(client->facts().version, "TLSv" + version);
            QVERIFY(!client->facts().cipher.isEmpty());
            QVERIFY(client->facts().accepted);
            QVERIFY(client->facts().reasons.isEmpty());
            QCOMPARE(peer->requestedName(), "relay.example"_ba);

            QVERIFY(client->write(there));
            QVERIFY(peer->write(back));
            Test::shuttle(*client, *peer, chunk);
            QByteArray got;
            for (QByteArray part = peer->readPlain(); !part.isEmpty(); part = peer->readPlain())
                got += part;
            QCOMPARE(got, there);
            QCOMPARE(client->readPlain(), back);
        }
    }

    void readsNoMoreThanAsked()
    {
        auto client = TlsStream::client(trusting());
        auto peer = TlsStream::server(server());
        QVERIFY(client && peer);
        Test::shuttle(*client, *peer);
        QVERIFY(peer->write(QByteArray(50'000, 'y')));
        Test::shuttle(*client, *peer);
        QCOMPARE(client->readPlain(10).size(), 10);
        qsizetype rest = 0;
        for (QByteArray part = client->readPlain(999); !part.isEmpty();
            part = client->readPlain(999)) {
            QVERIFY(part.size() <= 999);
            rest += part.size();
        }
        QCOMPARE(rest, 50'000 - 10);
    }

    // C13: the driver tells an orderly end from a cut by close_notify alone.
    void closeNotify()
    {
        auto client = TlsStream::client(trusting());
        auto peer = TlsStream::server(server());
        QVERIFY(client && peer);
        Test::shuttle(*client, *peer);
        QVERIFY(!client->closeNotifyReceived());
        QVERIFY(peer->write("221 bye\r\n"));
        peer->shutDown();
        QVERIFY(peer->closeNotifySent());
        QVERIFY(!peer->write("late"));
        Test::shuttle(*client, *peer);
        QCOMPARE(client->readPlain(), "221 bye\r\n"_ba);
        QVERIFY(client->readPlain().isEmpty());
        QCOMPARE(client->state(), State::PeerClosed);
        QVERIFY(client->closeNotifyReceived());
        QVERIFY(!client->error());
    }

    void clearTextPeer_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        QTest::newRow("A7 TLS spoken to a plain port")
            << "220 mx.example ESMTP\r\n"_ba << u"\"220 mx.example ESMTP\""_s;
        QTest::newRow("A7 HTTP") << "HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n"_ba
                                 << u"\"HTTP/1.1 400 Bad Request\""_s;
        QTest::newRow("A7 SSH") << "SSH-2.0-OpenSSH_9.9\r\n"_ba << u"\"SSH-2.0-OpenSSH_9.9\""_s;
        QTest::newRow("C5 injected between 220 and ServerHello")
            << "250-INJECTED\r\n250 AUTH PLAIN\r\n"_ba << u"\"250-INJECTED\""_s;
        QTest::newRow("controls") << "2\x1b[31m0 x\r\n"_ba << u"\"2?[31m0 x\""_s;
    }
    void clearTextPeer()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        auto client = TlsStream::client(trusting());
        QVERIFY(client);
        client->receiveEncrypted(bytes);
        QCOMPARE(client->state(), State::Failed);
        QCOMPARE(client->error()->kind, Base::Error::Kind::TlsHandshake);
        QCOMPARE(client->error()->detail, u"peer answered in clear text: "_s + words);
        QCOMPARE(client->error()->evidence, bytes);
        QVERIFY(client->readPlain().isEmpty());
        QVERIFY(!client->write("x"));
    }

    void garbageHandshake()
    {
        auto client = TlsStream::client(trusting());
        QVERIFY(client);
        client->receiveEncrypted("\x16\x03\x03\xff\xff garbage garbage"_ba);
        QCOMPARE(client->state(), State::Failed);
        QCOMPARE(client->error()->kind, Base::Error::Kind::TlsHandshake);
        QVERIFY(client->error()->detail.startsWith("handshake: "_L1));
    }

    void brokenRecordAfterHandshake()
    {
        auto client = TlsStream::client(trusting());
        auto peer = TlsStream::server(server());
        QVERIFY(client && peer);
        Test::shuttle(*client, *peer);
        QVERIFY(peer->write("250 ok\r\n"));
        QByteArray record = peer->takeEncrypted();
        record.back() = static_cast<char>(record.back() ^ 1);
        client->receiveEncrypted(record);
        QVERIFY(client->readPlain().isEmpty());
        QCOMPARE(client->state(), State::Failed);
        QCOMPARE(client->error()->kind, Base::Error::Kind::ConnectionClosed);
    }

    // TLS 1.0 is refused unless allowed.
    void oldVersionC14()
    {
        auto old = server();
        old.minVersion = old.maxVersion = "1.0"_ba;
        for (const bool allowed : {false, true}) {
            auto options = trusting();
            if (allowed)
                options.minVersion = "1.0"_ba;
            auto client = TlsStream::client(options);
            auto peer = TlsStream::server(old);
            QVERIFY(client && peer);
            Test::shuttle(*client, *peer);
            QCOMPARE(client->state(), allowed ? State::Established : State::Failed);
            if (allowed)
                QCOMPARE(client->facts().version, "TLSv1"_ba);
            else
                QVERIFY2(client->error()->detail.contains("version"_L1),
                    qPrintable(client->error()->detail));
        }
    }

    void ciphers()
    {
        auto options = trusting();
        options.maxVersion = "1.2"_ba;
        options.ciphers = "ECDHE-ECDSA-CHACHA20-POLY1305"_ba;
        auto client = TlsStream::client(options);
        auto peer = TlsStream::server(server());
        QVERIFY(client && peer);
        Test::shuttle(*client, *peer);
        QCOMPARE(client->facts().cipher, options.ciphers);
    }

    void suitesAndGroupsOfTls13()
    {
        auto options = trusting();
        options.minVersion = "1.3"_ba;
        options.cipherSuites = "TLS_CHACHA20_POLY1305_SHA256"_ba;
        options.groups = "P-384"_ba;
        options.trace = true;
        auto client = TlsStream::client(options);
        auto peer = TlsStream::server(server());
        QVERIFY(client && peer);
        Test::shuttle(*client, *peer);
        QCOMPARE(client->facts().cipher, options.cipherSuites);
        const QString hello = client->takeNotes().first();
        QVERIFY2(hello.contains(u"key shares secp384r1"_s), qPrintable(hello));
    }

    /// As others name it: every certificate in it counts, whatever else lies there.
    void rootsOfADirectory()
    {
        const QTemporaryDir folder;
        const auto put = [&folder](const QString &name, const QByteArray &bytes) {
            QFile file(folder.filePath(name));
            return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
        };
        QVERIFY(put(u"readme.txt"_s, "not a certificate"_ba));
        auto options = trusting();
        options.caPem.clear();
        options.caFile = folder.path();
        const auto none = TlsStream::client(options);
        QVERIFY(!none);
        QCOMPARE(none.error().detail, folder.path() + u": no certificate in PEM form"_s);
        // A torn one before it, and words that quote one, keep nothing out.
        QVERIFY(put(u"a.pem"_s, "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"));
        QVERIFY(put(u"b.txt"_s, "begins with -----BEGIN CERTIFICATE----- as ever"));
        QVERIFY(put(u"root.pem"_s, "its name\n" + m_caPem));
        auto client = TlsStream::client(options);
        auto peer = TlsStream::server(server());
        QVERIFY(client && peer);
        Test::shuttle(*client, *peer);
        QCOMPARE(client->state(), State::Established);
        QVERIFY(client->facts().chainTrusted);
    }

    void clientCertificate()
    {
        auto mine = m_maker->issue({.commonName = "client"_ba});
        QVERIFY(mine);
        auto demanding = server();
        demanding.clientCaPem = m_caPem;
        auto options = trusting();
        options.certificateFile = write(u"client.pem"_s, mine->certificatePem + mine->keyPem);
        auto client = TlsStream::client(options);
        auto peer = TlsStream::server(demanding);
        QVERIFY(client && peer);
        Test::shuttle(*client, *peer);
        QCOMPARE(peer->state(), State::Established);

        auto without = TlsStream::client(trusting());
        auto refusing = TlsStream::server(demanding);
        QVERIFY(without && refusing);
        Test::shuttle(*without, *refusing);
        QCOMPARE(refusing->state(), State::Failed);
        // In TLS 1.3 the client is done by then and learns it from the alert.
        QVERIFY(without->readPlain().isEmpty());
        QCOMPARE(without->state(), State::Failed);
        QVERIFY(without->error()->detail.contains("certificate required"_L1));
    }

    void badOptions_data()
    {
        QTest::addColumn<QString>("option");
        QTest::addColumn<QString>("words");
        for (const auto &[option, words] : {std::pair(u"minVersion"_s, u"no TLS version: 7"_s),
                 std::pair(u"versions"_s, u"TLS versions leave none to use"_s),
                 std::pair(u"ciphers"_s, u"no such ciphers: NONSENSE"_s),
                 std::pair(u"cipherSuites"_s, u"no such cipher suites of TLS 1.3: NONSENSE"_s),
                 std::pair(u"groups"_s, u"no such groups: NONSENSE"_s),
                 std::pair(u"caFile"_s, u"No such file"_s),
                 std::pair(u"caPem"_s, u"no certificate in PEM form"_s),
                 std::pair(u"certificate"_s, u"client certificate"_s),
                 std::pair(u"key"_s, u"client key"_s)})
            QTest::newRow(qPrintable(option)) << option << words;
    }
    void badOptions()
    {
        QFETCH(QString, option);
        QFETCH(QString, words);
        auto options = trusting();
        if (option == "minVersion"_L1)
            options.minVersion = "7"_ba;
        else if (option == "versions"_L1)
            options.maxVersion = "1.1"_ba;
        else if (option == "ciphers"_L1)
            options.ciphers = "NONSENSE"_ba;
        else if (option == "cipherSuites"_L1)
            options.cipherSuites = "NONSENSE"_ba;
        else if (option == "groups"_L1)
            options.groups = "NONSENSE"_ba;
        else if (option == "caFile"_L1)
            options.caFile = m_directory.filePath(u"missing"_s);
        else if (option == "caPem"_L1)
            options.caPem = "nonsense"_ba;
        else if (option == "certificate"_L1)
            options.certificateFile = write(u"bad.pem"_s, "nonsense"_ba);
        else
            options.certificateFile = write(u"nokey.pem"_s, m_identity.certificatePem);
        auto client = TlsStream::client(options);
        QVERIFY(!client);
        QVERIFY2(client.error().detail.contains(words), qPrintable(client.error().detail));
    }

    void nothingIsResumed_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::newRow("C17 TLS 1.2") << "1.2"_ba;
        QTest::newRow("C17 TLS 1.3") << "1.3"_ba;
    }
    /// A second session with the same relay knows nothing of the first: no session, no ticket and
    /// no key of it is offered.
    void nothingIsResumed()
    {
        QFETCH(QByteArray, version);
        auto options = trusting();
        options.minVersion = options.maxVersion = version;
        for (int i = 0; i < 2; ++i) {
            auto client = TlsStream::client(options);
            auto peer = TlsStream::server(server());
            QVERIFY(client && peer);
            const QByteArray hello = client->takeEncrypted();
            // RFC 8446 4.1.2: behind record and handshake header, version and random.
            const qsizetype sessionAt = 5 + 4 + 2 + 32;
            const int sessionSize = uchar(hello.at(sessionAt));
            // In TLS 1.3 it is random, for middleboxes (appendix D.4).
            QCOMPARE(sessionSize, version == "1.2" ? 0 : 32);
            qsizetype at = sessionAt + 1 + sessionSize;
            const auto number = [&hello](qsizetype where) {
                return qFromBigEndian<quint16>(hello.data() + where);
            };
            at += 2 + number(at); // cipher suites
            at += 1 + uchar(hello.at(at)); // compression
            QCOMPARE(at + 2 + number(at), hello.size());
            for (at += 2; at < hello.size(); at += 4 + number(at + 2)) {
                QVERIFY(number(at) != 35); // session_ticket
                QVERIFY(number(at) != 41); // pre_shared_key
            }
            peer->receiveEncrypted(hello);
            Test::shuttle(*client, *peer);
            QCOMPARE(client->state(), State::Established);
            QCOMPARE(client->facts().chain.size(), 1); // it was shown again
        }
    }

    // C18
    void keyLogIsNeverWrittenC18()
    {
        const QString path = m_directory.filePath(u"keys.log"_s);
        qputenv("SSLKEYLOGFILE", QFile::encodeName(path));
        auto client = TlsStream::client(trusting());
        auto peer = TlsStream::server(server());
        QVERIFY(client && peer);
        Test::shuttle(*client, *peer);
        qunsetenv("SSLKEYLOGFILE");
        QCOMPARE(client->state(), State::Established);
        QVERIFY(!QFile::exists(path));
    }
};

QTEST_GUILESS_MAIN(TlsStreamTest)
#include "tst_tlsstream.moc"
