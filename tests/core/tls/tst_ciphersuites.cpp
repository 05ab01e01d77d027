// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "tls/ciphersuites.h"
#include "tls/opensslptr.h"
#include "tls/tlscodes.h"

#include <QSet>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Tls;

class TestCipherSuites : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void table();
    void agreesWithOpenSsl();
    void versions_data();
    void versions();
    void unknownCodes();
};

void TestCipherSuites::table()
{
    QSet<quint16> codes;
    for (const CipherSuite &suite : cipherSuites()) {
        QVERIFY2(!codes.contains(suite.code), suite.name.constData());
        codes.insert(suite.code);
        QVERIFY2(suite.name.startsWith("TLS_") || !suite.registered, suite.name.constData());
        QCOMPARE(cipherSuite(suite.code)->code, suite.code);
        // What is no suite but a signal (RFC 5746, RFC 7507) is never to be offered as one.
        QVERIFY(suite.code != 0x00ff && suite.code != 0x5600);
    }
    QCOMPARE(cipherSuites().size(), 382);
}

// Code point, both names and the first version, as the library that is linked knows them.
void TestCipherSuites::agreesWithOpenSsl()
{
    const ContextPtr context(SSL_CTX_new(TLS_method()));
    SSL_CTX_set_security_level(context.get(), 0);
    QCOMPARE(SSL_CTX_set_cipher_list(context.get(), "ALL:COMPLEMENTOFALL"), 1);
    const STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(context.get());
    QVERIFY(sk_SSL_CIPHER_num(ciphers) > 100);
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
        const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(ciphers, i);
        const CipherSuite *suite = cipherSuite(SSL_CIPHER_get_protocol_id(cipher));
        QVERIFY2(suite, SSL_CIPHER_get_name(cipher));
        QCOMPARE(suite->openSslName, QByteArray(SSL_CIPHER_get_name(cipher)));
        const QByteArray since = SSL_CIPHER_get_version(cipher);
        QCOMPARE(versionName(suite->since), since == "TLSv1.0" ? "TLSv1"_ba : since);
        QByteArray standard = SSL_CIPHER_standard_name(cipher);
        if (standard.startsWith("SSL_")) // OpenSSL's word for what is IANA's TLS_ as well
            standard.replace(0, 4, "TLS_");
        QVERIFY2(suite->name == standard || !suite->registered,
            (suite->name + " " + standard).constData());
        const bool ecdhe = SSL_CIPHER_get_kx_nid(cipher) == NID_kx_ecdhe
            || SSL_CIPHER_get_kx_nid(cipher) == NID_kx_ecdhe_psk;
        const bool dhe = SSL_CIPHER_get_kx_nid(cipher) == NID_kx_dhe
            || SSL_CIPHER_get_kx_nid(cipher) == NID_kx_dhe_psk;
        QCOMPARE(suite->keyExchange() == KeyExchange::Ecdhe, ecdhe);
        QCOMPARE(suite->keyExchange() == KeyExchange::Dhe, dhe);
    }
}

void TestCipherSuites::versions_data()
{
    QTest::addColumn<quint16>("code");
    QTest::addColumn<QList<quint16>>("versions");
    QTest::newRow("RSA with AES-128-CBC: all up to 1.2")
        << quint16(0x002f) << QList<quint16> {Ssl30, Tls10, Tls11, Tls12};
    QTest::newRow("ECDHE: from 1.0 on") << quint16(0xc013) << QList<quint16> {Tls10, Tls11, Tls12};
    QTest::newRow("GCM: 1.2") << quint16(0xc02f) << QList<quint16> {Tls12};
    QTest::newRow("rfc8446 b.4: 1.3 alone") << quint16(0x1301) << QList<quint16> {Tls13};
}

void TestCipherSuites::versions()
{
    QFETCH(const quint16, code);
    QFETCH(const QList<quint16>, versions);
    const CipherSuite *suite = cipherSuite(code);
    QVERIFY(suite);
    QList<quint16> usable;
    for (const quint16 version : {Ssl30, Tls10, Tls11, Tls12, Tls13}) {
        if (suite->isUsableIn(version))
            usable.append(version);
    }
    QCOMPARE(usable, versions);
}

void TestCipherSuites::unknownCodes()
{
    QCOMPARE(cipherSuite(0x0a0a), nullptr);
    QCOMPARE(suiteName(0x0a0a), "0x0a0a"_ba);
    QCOMPARE(suiteName(0xc02f), "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"_ba);
    QCOMPARE(groupName(0x11ec), "X25519MLKEM768"_ba);
    QCOMPARE(groupName(0x0a0a), "0x0a0a"_ba);
    QCOMPARE(alertName(70), "protocol_version"_ba);
    QCOMPARE(alertName(255), "unknown"_ba);
    QCOMPARE(versionName(0x7f1c), "0x7f1c"_ba);
}

QTEST_GUILESS_MAIN(TestCipherSuites)
#include "tst_ciphersuites.moc"
