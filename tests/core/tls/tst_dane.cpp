// SPDX-License-Identifier: GPL-3.0-or-later
#include "tlspair.h"

#include "base/literals.h"
#include "tls/certificatefacts.h"
#include "tls/certificatemaker.h"
#include "tls/dane.h"
#include "tls/opensslptr.h"

#include <QCryptographicHash>
#include <QTest>

#include <openssl/err.h>
#include <openssl/x509v3.h>

using namespace Mailgauge;

using Tls::CertificateFacts;
using Tls::DaneAnchors;
using Tls::TlsaRecord;
using Kind = Tls::TlsaResult::Kind;

namespace {

QByteArray keyOf(const CertificateFacts &facts)
{
    const auto *at = reinterpret_cast<const unsigned char *>(facts.der.constData());
    const Tls::CertificatePtr certificate(d2i_X509(nullptr, &at, facts.der.size()));
    return Tls::publicKeyOf(certificate.get());
}

TlsaRecord record(int usage, int selector, int matchingType, const CertificateFacts &facts)
{
    QByteArray data = selector == 0 ? facts.der : keyOf(facts);
    if (matchingType == 1)
        data = QCryptographicHash::hash(data, QCryptographicHash::Sha256);
    else if (matchingType == 2)
        data = QCryptographicHash::hash(data, QCryptographicHash::Sha512);
    return {quint8(usage), quint8(selector), quint8(matchingType), data};
}

bool isAccepted(const DaneAnchors &anchors, const QList<CertificateFacts> &chain)
{
    return Tls::isAnyMatching(Tls::judgeTlsa(anchors, chain));
}

/// The same question to OpenSSL's own DANE, which knows nothing of the reasons.
bool opensslAccepts(const DaneAnchors &anchors, const QList<CertificateFacts> &chain)
{
    const Tls::ContextPtr context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_dane_enable(context.get());
    const Tls::SslPtr ssl(SSL_new(context.get()));
    SSL_dane_enable(ssl.get(), anchors.names.first().toLatin1().constData());
    SSL_dane_set_flags(ssl.get(), DANE_FLAG_NO_DANE_EE_NAMECHECKS);
    SSL_set_hostflags(ssl.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    for (const QString &name : anchors.names.sliced(1))
        SSL_add1_host(ssl.get(), name.toLatin1().constData());
    for (const TlsaRecord &one : anchors.records) {
        if (one.usage >= 2)
            SSL_dane_tlsa_add(ssl.get(), one.usage, one.selector, one.matchingType,
                reinterpret_cast<const unsigned char *>(one.association.constData()),
                static_cast<std::size_t>(one.association.size()));
    }
    std::vector<Tls::CertificatePtr> certificates;
    STACK_OF(X509) *sent = sk_X509_new_null();
    for (const CertificateFacts &one : chain) {
        const auto *at = reinterpret_cast<const unsigned char *>(one.der.constData());
        certificates.emplace_back(d2i_X509(nullptr, &at, one.der.size()));
        sk_X509_push(sent, certificates.back().get());
    }
    const Tls::StorePtr store(X509_STORE_new());
    const Tls::VerificationPtr verification(X509_STORE_CTX_new());
    X509_STORE_CTX_init(verification.get(), store.get(), certificates.front().get(), sent);
    X509_STORE_CTX_set_default(verification.get(), "ssl_server");
    X509_VERIFY_PARAM_set1(
        X509_STORE_CTX_get0_param(verification.get()), SSL_get0_param(ssl.get()));
    X509_STORE_CTX_set0_dane(verification.get(), SSL_get0_dane(ssl.get()));
    // Without a record that it can use it would go by its roots.
    const bool any = Tls::isAnyUsable(anchors.records);
    const bool accepted = any && X509_verify_cert(verification.get()) == 1;
    sk_X509_free(sent);
    ERR_clear_error();
    return accepted;
}

} // namespace

class DaneTest final : public QObject {
    Q_OBJECT

private:
    QList<CertificateFacts> chainOf(const Tls::Identity &identity, bool withRoot = true) const
    {
        QByteArray pem = identity.certificatePem;
        if (withRoot)
            pem += m_maker->caPem();
        return *Tls::certificatesFromPem(pem);
    }
    DaneAnchors anchors(const QList<TlsaRecord> &records) const
    {
        return {records, {u"mx.example.org"_s, u"example.org"_s}};
    }

    std::optional<Tls::CertificateMaker> m_maker;
    Tls::Identity m_identity;
    Tls::Identity m_expired;
    Tls::Identity m_otherName;
    QList<CertificateFacts> m_chain; ///< Leaf, root.
    CertificateFacts m_stranger;

private Q_SLOTS:
    void initTestCase()
    {
        auto maker = Tls::CertificateMaker::create({.commonName = "Test Root"_ba});
        QVERIFY(maker);
        m_maker = std::move(*maker);
        const auto issue = [this](const QByteArrayList &names, const QDateTime &until = {}) {
            return m_maker->issue({.commonName = "x"_ba, .names = names, .notAfter = until})
                .value_or(Tls::Identity());
        };
        m_identity = issue({"mx.example.org"_ba});
        m_otherName = issue({"mx.example.net"_ba});
        m_expired = m_maker
                        ->issue({.commonName = "x"_ba,
                            .names = {"mx.example.org"_ba},
                            .notBefore = QDateTime::currentDateTimeUtc().addDays(-9),
                            .notAfter = QDateTime::currentDateTimeUtc().addDays(-2)})
                        .value_or(Tls::Identity());
        m_chain = chainOf(m_identity);
        QCOMPARE(m_chain.size(), 2);
        const auto stranger = Tls::CertificateMaker::selfSigned({.commonName = "Nobody"_ba});
        QVERIFY(stranger);
        m_stranger = Tls::certificatesFromPem(stranger->certificatePem)->first();
    }

    void unusable_data()
    {
        QTest::addColumn<TlsaRecord>("record");
        QTest::addColumn<QByteArray>("why");
        const QByteArray digest(32, 'x');
        const auto row = [](const char *name, int u, int s, int m, const QByteArray &data,
                             const QByteArray &why) {
            QTest::newRow(name) << TlsaRecord {quint8(u), quint8(s), quint8(m), data} << why;
        };
        row("rfc7672 3.1.3 PKIX-TA", 0, 0, 1, digest, "usageNotForSmtp"_ba);
        row("rfc7672 3.1.3 PKIX-EE", 1, 1, 1, digest, "usageNotForSmtp"_ba);
        row("unknown usage", 4, 1, 1, digest, "usageUnknown"_ba);
        row("private usage", 255, 1, 1, digest, "usageUnknown"_ba);
        row("unknown selector", 3, 2, 1, digest, "selectorUnknown"_ba);
        row("unknown matching type", 3, 1, 3, digest, "matchingTypeUnknown"_ba);
        row("A5 digest of no octets", 3, 1, 1, {}, "associationMalformed"_ba);
        row("A5 SHA-256 cut short", 3, 1, 1, digest.first(31), "associationMalformed"_ba);
        row("SHA-256 with more", 3, 1, 1, digest + 'x', "associationMalformed"_ba);
        row("SHA-512 of 32 octets", 3, 1, 2, digest, "associationMalformed"_ba);
        row("full, no certificate", 3, 0, 0, digest, "associationMalformed"_ba);
        row("full, no key", 3, 1, 0, digest, "associationMalformed"_ba);
        row("full, a certificate for a key", 3, 1, 0, m_chain.first().der,
            "associationMalformed"_ba);
        row("full, bytes behind the certificate", 3, 0, 0, m_chain.first().der + 'x',
            "associationMalformed"_ba);
    }
    void unusable()
    {
        QFETCH(TlsaRecord, record);
        QFETCH(QByteArray, why);
        const auto kind = Tls::whyUnusable(record);
        QVERIFY(kind);
        QCOMPARE(Tls::tlsaResultName(*kind).toByteArray(), why);
        QCOMPARE(Tls::tlsaResultFromName(why), *kind);
        QVERIFY(!Tls::isAnyUsable({record}));
        const auto results = Tls::judgeTlsa(anchors({record}), m_chain);
        QCOMPARE(results, (QList {Tls::TlsaResult {record, *kind}}));
    }

    void everyCombination()
    {
        // Usage, selector, matching type, of leaf, root and a stranger.
        for (const int usage : {2, 3}) {
            for (const int selector : {0, 1}) {
                for (const int matchingType : {0, 1, 2}) {
                    const auto judged = [&](const CertificateFacts &of) {
                        const auto one = record(usage, selector, matchingType, of);
                        return Tls::judgeTlsa(anchors({one}), m_chain).first();
                    };
                    const auto leaf = judged(m_chain.first());
                    const auto root = judged(m_chain.last());
                    QCOMPARE(leaf.kind, usage == 3 ? Kind::Matches : Kind::Differs);
                    QCOMPARE(leaf.depth, usage == 3 ? 0 : -1);
                    QCOMPARE(root.kind, usage == 2 ? Kind::Matches : Kind::Differs);
                    QCOMPARE(root.depth, usage == 2 ? 1 : -1);
                    QCOMPARE(judged(m_stranger).kind, Kind::Differs);
                }
            }
        }
    }

    void namesAndDates()
    {
        const auto kindOf = [this](int usage, const Tls::Identity &identity,
                                const QStringList &names) {
            const auto chain = chainOf(identity);
            const auto one = record(usage, 1, 1, chain.at(usage == 3 ? 0 : 1));
            return Tls::judgeTlsa({{one}, names}, chain).first();
        };
        const QStringList host {u"mx.example.org"_s};
        // RFC 7671 5.1: a leaf that the DNS names needs neither a name nor a date.
        QCOMPARE(kindOf(3, m_expired, host).kind, Kind::Matches);
        QCOMPARE(kindOf(3, m_otherName, host).kind, Kind::Matches);
        // Under an issuer both must be right.
        QCOMPARE(kindOf(2, m_identity, host).kind, Kind::Matches);
        const auto expired = kindOf(2, m_expired, host);
        QCOMPARE(expired.kind, Kind::NotValid);
        QCOMPARE(expired.depth, 1);
        QVERIFY2(expired.detail.contains("expired"_L1), qPrintable(expired.detail));
        const auto other = kindOf(2, m_otherName, host);
        QCOMPARE(other.kind, Kind::NotValid);
        QVERIFY2(other.detail.contains("mismatch"_L1), qPrintable(other.detail));
        // RFC 7672 3.2.2: any of the names.
        QCOMPARE(
            kindOf(2, m_otherName, {u"mx.example.org"_s, u"mx.example.net"_s}).kind, Kind::Matches);
        QCOMPARE(kindOf(2, m_otherName, {u"MX.Example.NET."_s}).kind, Kind::Matches);
        QCOMPARE(kindOf(2, m_identity, {}).kind, Kind::NotValid);
        // RFC 7672 3.2.3: the common name, where there is no other.
        const auto onlyCommon = m_maker->issue({.commonName = "mx.example.org"_ba});
        QVERIFY(onlyCommon);
        QCOMPARE(kindOf(2, *onlyCommon, host).kind, Kind::Matches);
        const auto both = m_maker->issue(
            {.commonName = "mx.example.org"_ba, .names = {"mx.example.net"_ba}});
        QVERIFY(both);
        QCOMPARE(kindOf(2, *both, host).kind, Kind::NotValid);
    }

    void issuerMustBeSentAndMustHaveSigned()
    {
        const auto root = record(2, 0, 1, m_chain.last());
        // RFC 7672 3.1.2: the server has to send what the record names.
        QVERIFY(!isAccepted(anchors({root}), chainOf(m_identity, false)));
        // A root that stands behind a leaf which it did not sign vouches for nothing.
        const auto forged = QList {m_stranger, m_chain.last()};
        const auto result = Tls::judgeTlsa(anchors({root}), forged).first();
        QCOMPARE(result.kind, Kind::NotValid);
        QVERIFY(Tls::judgeTlsa(anchors({root}), {}).first().kind == Kind::Differs);
    }

    void digestAgility()
    {
        // RFC 7671 9: per usage and selector the strongest digest decides.
        const auto weakRight = record(3, 1, 1, m_chain.first());
        const auto strongWrong = record(3, 1, 2, m_stranger);
        auto results = Tls::judgeTlsa(anchors({weakRight, strongWrong}), m_chain);
        QCOMPARE(results.at(0).kind, Kind::Superseded);
        QCOMPARE(results.at(1).kind, Kind::Differs);
        // One that cannot be used does not supersede; nor does another selector, usage, or a full
        // value.
        TlsaRecord broken = strongWrong;
        broken.association.chop(1);
        QVERIFY(isAccepted(anchors({weakRight, broken}), m_chain));
        QVERIFY(isAccepted(anchors({weakRight, record(3, 0, 2, m_stranger)}), m_chain));
        QVERIFY(isAccepted(anchors({weakRight, record(2, 1, 2, m_stranger)}), m_chain));
        QVERIFY(isAccepted(anchors({strongWrong, record(3, 1, 0, m_chain.first())}), m_chain));
    }

    void rollover()
    {
        const auto next = record(3, 1, 1, m_stranger);
        const auto now = record(3, 1, 1, m_chain.first());
        const auto results = Tls::judgeTlsa(anchors({next, now}), m_chain);
        QCOMPARE(results.at(0).kind, Kind::Differs);
        QCOMPARE(results.at(1).kind, Kind::Matches);
        QVERIFY(!isAccepted(anchors({next}), m_chain));
    }

    void sameAsOpenSsl()
    {
        QList<TlsaRecord> all;
        for (const int usage : {2, 3}) {
            for (const int selector : {0, 1}) {
                for (const int matchingType : {0, 1, 2}) {
                    for (const auto &of : {m_chain.first(), m_chain.last(), m_stranger})
                        all.append(record(usage, selector, matchingType, of));
                }
            }
        }
        const auto compare = [this](const QList<TlsaRecord> &records,
                                 const QList<CertificateFacts> &chain) {
            const auto asked = anchors(records);
            if (isAccepted(asked, chain) == opensslAccepts(asked, chain))
                return true;
            for (const TlsaRecord &one : records)
                qWarning() << Tls::toText(one).left(80);
            return false;
        };
        int accepted = 0;
        for (const auto *identity : {&m_identity, &m_expired, &m_otherName}) {
            const auto chain = chainOf(*identity);
            for (const TlsaRecord &one : std::as_const(all)) {
                QVERIFY(compare({one}, chain));
                accepted += isAccepted(anchors({one}), chain);
            }
        }
        QVERIFY(accepted > 6);
        for (const TlsaRecord &one : std::as_const(all)) {
            for (const TlsaRecord &other : std::as_const(all))
                QVERIFY(compare({one, other}, m_chain));
        }
    }

    void handshake_data()
    {
        QTest::addColumn<QList<TlsaRecord>>("records");
        QTest::addColumn<bool>("established");
        QTest::addColumn<bool>("authenticated");
        const auto leaf = m_chain.first();
        QTest::newRow("right record") << QList {record(3, 1, 1, leaf)} << true << true;
        QTest::newRow("right issuer") << QList {record(2, 0, 1, m_chain.last())} << true << true;
        QTest::newRow("wrong record") << QList {record(3, 1, 1, m_stranger)} << false << false;
        // RFC 7672 2.2: TLS, without a judge.
        QTest::newRow("unusable only") << QList {record(1, 1, 1, leaf)} << true << false;
        QTest::newRow("unusable and wrong")
            << QList {record(1, 1, 1, leaf), record(3, 1, 1, m_stranger)} << false << false;
    }
    void handshake()
    {
        QFETCH(QList<TlsaRecord>, records);
        QFETCH(bool, established);
        QFETCH(bool, authenticated);
        for (const bool pinned : {false, true}) {
            Tls::ClientOptions options;
            options.serverName = u"mx.example.org"_s;
            options.dane = anchors(records);
            options.verify = Tls::VerifyMode::None; // where no record judges
            if (pinned) // of another key
                options.pin = QByteArray(64, 'a');
            auto client = Tls::TlsStream::client(options);
            auto server = Tls::TlsStream::server(
                {.certificatePem = m_identity.certificatePem + m_maker->caPem(),
                    .keyPem = m_identity.keyPem,
                    .minVersion = {},
                    .maxVersion = {},
                    .clientCaPem = {}});
            QVERIFY(client && server);
            Test::shuttle(*client, *server);
            const Tls::TlsFacts &facts = client->facts();
            QCOMPARE(client->state() == Tls::TlsStream::State::Established, established && !pinned);
            QCOMPARE(facts.accepted, established && !pinned);
            QCOMPARE(facts.isAuthenticated(), authenticated);
            QVERIFY(!facts.chainTrusted); // no root of the system has a say
            QCOMPARE(facts.tlsa.size(), records.size());
            const bool told = std::ranges::any_of(facts.reasons, [](const Tls::VerifyReason &one) {
                return one.kind == Tls::VerifyReason::Kind::TlsaMismatch;
            });
            QCOMPARE(told, !established);
        }
    }
};

QTEST_GUILESS_MAIN(DaneTest)

#include "tst_dane.moc"
