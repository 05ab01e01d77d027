// SPDX-License-Identifier: GPL-3.0-or-later
#include "tlspair.h"

#include "base/literals.h"
#include "tls/certificatemaker.h"
#include "tls/tlsstream.h"

#include <QTest>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

using namespace Mailgauge;
using Tls::TlsStream;

namespace {

/// A key and a certificate of its own, signed with `hash` (null: the algorithm's own).
Tls::Identity identityWith(EVP_PKEY *key, const EVP_MD *hash)
{
    X509 *certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, hash);
    const auto pem = [](auto write) {
        BIO *bio = BIO_new(BIO_s_mem());
        write(bio);
        char *data = nullptr;
        const long size = BIO_get_mem_data(bio, &data);
        const QByteArray text(data, size);
        BIO_free(bio);
        return text;
    };
    Tls::Identity identity {pem([certificate](BIO *bio) { PEM_write_bio_X509(bio, certificate); }),
        pem([key](BIO *bio) {
            PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
        })};
    X509_free(certificate);
    EVP_PKEY_free(key);
    return identity;
}

QList<QByteArray> typesOf(const QList<Base::ChannelBinding> &bindings)
{
    QList<QByteArray> types;
    for (const Base::ChannelBinding &binding : bindings)
        types.append(binding.type);
    return types;
}

struct Pair {
    std::optional<TlsStream> client;
    std::optional<TlsStream> server;
};

Pair connected(const Tls::Identity &identity, const QByteArray &version)
{
    Tls::ClientOptions asked;
    asked.verify = Tls::VerifyMode::None;
    asked.minVersion = asked.maxVersion = version;
    Tls::ServerOptions offered;
    offered.certificatePem = identity.certificatePem;
    offered.keyPem = identity.keyPem;
    Pair pair;
    pair.client = *TlsStream::client(asked);
    pair.server = *TlsStream::server(offered);
    if (!pair.client->channelBindings().isEmpty())
        qFatal("a binding before the handshake");
    Test::shuttle(*pair.client, *pair.server);
    return pair;
}

} // namespace

class TestChannelBinding final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bothSidesHaveTheSame_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<QByteArrayList>("types");
        QTest::newRow("rfc9266 3 TLS 1.3")
            << "1.3"_ba << QByteArrayList {"tls-exporter", "tls-server-end-point"};
        QTest::newRow("rfc5929 3 TLS 1.2")
            << "1.2"_ba << QByteArrayList {"tls-unique", "tls-exporter", "tls-server-end-point"};
    }
    void bothSidesHaveTheSame()
    {
        QFETCH(const QByteArray, version);
        QFETCH(const QByteArrayList, types);
        const auto identity = Tls::CertificateMaker::selfSigned({.commonName = "relay.example"_ba});
        QVERIFY(identity);
        const Pair pair = connected(*identity, version);
        const QList<Base::ChannelBinding> bindings = pair.client->channelBindings();
        QCOMPARE(typesOf(bindings), types);
        QCOMPARE(pair.server->channelBindings(), bindings);
        for (const Base::ChannelBinding &binding : bindings)
            QCOMPARE(binding.data.size(), binding.type == "tls-unique" ? 12 : 32);
        // The certificate's binding stays, the connection's own are new.
        const QList<Base::ChannelBinding> others
            = connected(*identity, version).client->channelBindings();
        QCOMPARE(typesOf(others), types);
        for (qsizetype i = 0; i < bindings.size(); ++i)
            QCOMPARE(
                bindings[i].data == others[i].data, bindings[i].type == "tls-server-end-point");
    }

    void endPoint_data()
    {
        QTest::addColumn<int>("nid");
        QTest::addColumn<int>("length"); // 0: none
        QTest::newRow("rfc5929 4.1 SHA-256") << NID_sha256 << 32;
        QTest::newRow("rfc5929 4.1 SHA-1 becomes SHA-256") << NID_sha1 << 32;
        QTest::newRow("rfc5929 4.1 SHA-384") << NID_sha384 << 48;
        QTest::newRow("rfc5929 4.1 SHA-512") << NID_sha512 << 64;
        QTest::newRow("Ed25519 has none") << NID_undef << 0;
    }
    void endPoint()
    {
        QFETCH(const int, nid);
        QFETCH(const int, length);
        const EVP_MD *hash = EVP_get_digestbynid(nid);
        const auto identity = identityWith(
            length == 0 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519") : EVP_EC_gen("P-256"),
            hash);
        const Pair pair = connected(identity, "1.3"_ba);
        const QList<Base::ChannelBinding> bindings = pair.client->channelBindings();
        QCOMPARE(pair.server->channelBindings(), bindings);
        if (length == 0) {
            QCOMPARE(typesOf(bindings), (QList {"tls-exporter"_ba}));
            return;
        }
        QCOMPARE(bindings.last().type, "tls-server-end-point"_ba);
        const QByteArray der = pair.client->facts().chain.first().der;
        const auto algorithm = length == 32 ? QCryptographicHash::Sha256
            : length == 48                  ? QCryptographicHash::Sha384
                                            : QCryptographicHash::Sha512;
        QCOMPARE(bindings.last().data, QCryptographicHash::hash(der, algorithm));
    }
};

QTEST_GUILESS_MAIN(TestChannelBinding)
#include "tst_channelbinding.moc"
