// SPDX-License-Identifier: GPL-3.0-or-later
#include "tlspair.h"

#include "base/literals.h"
#include "tls/certificatefacts.h"
#include "tls/certificatemaker.h"
#include "tls/tlsstream.h"
#include "tls/tlsverifier.h"

#include <QTemporaryFile>
#include <QTest>
#include <QTimeZone>

using namespace Mailgauge;

using Tls::TlsStream;
using Kind = Tls::VerifyReason::Kind;
using Tls::VerifyMode;

namespace {

const QDateTime now = QDateTime::currentDateTimeUtc();

QString textOf(const QList<Tls::VerifyReason> &reasons)
{
    QStringList lines;
    for (const Tls::VerifyReason &reason : reasons) {
        lines.append(QLatin1StringView(Tls::reasonName(reason.kind)) + u'@'
            + QString::number(reason.depth) + u' ' + reason.detail);
    }
    return lines.join(u'\n');
}

QList<Kind> kindsOf(const Tls::TlsFacts &facts)
{
    QList<Kind> kinds;
    for (const Tls::VerifyReason &reason : facts.reasons)
        kinds.append(reason.kind);
    return kinds;
}

} // namespace

class TlsVerifierTest final : public QObject {
    Q_OBJECT

private:
    /// The facts of a handshake with such a server.
    Tls::TlsFacts facts(const Tls::Identity &identity, const Tls::ClientOptions &options,
        bool *established = nullptr)
    {
        auto client = TlsStream::client(options);
        auto peer = TlsStream::server({.certificatePem = identity.certificatePem,
            .keyPem = identity.keyPem,
            .minVersion = {},
            .maxVersion = {},
            .clientCaPem = {}});
        if (!client || !peer)
            return {};
        Test::shuttle(*client, *peer);
        const bool done = client->state() == TlsStream::State::Established;
        if (established)
            *established = done;
        if (!done && !client->error()->detail.startsWith("certificate not accepted: "_L1))
            qFatal("%s", qPrintable(client->error()->detail));
        return client->facts();
    }

    std::optional<Tls::CertificateMaker> m_maker;
    std::optional<Tls::CertificateMaker> m_other;

private Q_SLOTS:
    void initTestCase()
    {
        auto maker = Tls::CertificateMaker::create({.commonName = "Test Root"_ba});
        auto other = Tls::CertificateMaker::create({.commonName = "Other Root"_ba});
        QVERIFY(maker && other);
        m_maker = std::move(*maker);
        m_other = std::move(*other);
    }

    // Which of the names it is: IDNs as A-labels, wildcards as they stand there.
    void matchedName()
    {
        const auto identity = m_maker->issue({.commonName = "x"_ba,
            .names = {"*.Example.org"_ba, "xn--bcher-kva.example"_ba, "127.0.0.1"_ba}});
        const auto leaf = Tls::certificateFromDer(
            (*Tls::certificatesFromPem(identity->certificatePem))[0].der);
        const auto matched = [&leaf](const QString &name) {
            return Tls::TlsVerifier(VerifyMode::Name, name, {}).matchedName(leaf.get());
        };
        QCOMPARE(matched(u"mx.example.org"_s), u"*.Example.org"_s);
        QCOMPARE(matched(u"bücher.example"_s), u"xn--bcher-kva.example"_s);
        QCOMPARE(matched(u"127.0.0.1"_s), u"127.0.0.1"_s);
        QCOMPARE(matched(u"example.org"_s), std::nullopt);
        QCOMPARE(matched(u".example.org"_s), std::nullopt);
        QCOMPARE(matched({}), std::nullopt);
    }

    void names_data()
    {
        QTest::addColumn<QByteArrayList>("names");
        QTest::addColumn<QByteArray>("commonName");
        QTest::addColumn<QString>("asked");
        QTest::addColumn<bool>("matches");
        using List = QByteArrayList;
        const auto row = [](const char *name, const List &names, const QByteArray &cn,
                             const QString &asked, bool matches) {
            QTest::newRow(name) << names << cn << asked << matches;
        };
        row("same", {"a.example"_ba}, "x"_ba, u"a.example"_s, true);
        row("any case", {"A.Example"_ba}, "x"_ba, u"a.eXample"_s, true);
        row("trailing dot", {"a.example"_ba}, "x"_ba, u"a.example."_s, true);
        row("second name", {"b.example"_ba, "a.example"_ba}, "x"_ba, u"a.example"_s, true);
        row("C8 wrong name", {"b.example"_ba}, "a.example"_ba, u"a.example"_s, false);
        row("C8 CN-only", {}, "a.example"_ba, u"a.example"_s, false);
        row("C8 NUL in name", {QByteArray("a.example\0.evil.example", 23)}, "x"_ba, u"a.example"_s,
            false);
        row("wildcard", {"*.example.org"_ba}, "x"_ba, u"mx.example.org"_s, true);
        row("C8 wildcard, two labels", {"*.example.org"_ba}, "x"_ba, u"a.mx.example.org"_s, false);
        row("C8 wildcard, no label", {"*.example.org"_ba}, "x"_ba, u"example.org"_s, false);
        row("C8 wildcard over a top domain", {"*.org"_ba}, "x"_ba, u"example.org"_s, false);
        row("C8 wildcard alone", {"*"_ba}, "x"_ba, u"localhost"_s, false);
        row("C8 partial wildcard", {"m*.example.org"_ba}, "x"_ba, u"mx.example.org"_s, false);
        row("C8 wildcard inside", {"mx.*.org"_ba}, "x"_ba, u"mx.example.org"_s, false);
        row("C8 leading dot asked", {"mx.example.org"_ba}, "x"_ba, u".example.org"_s, false);
        row("IDN", {"xn--bcher-kva.example"_ba}, "x"_ba, u"bücher.example"_s, true);
        row("address", {"127.0.0.1"_ba}, "x"_ba, u"127.0.0.1"_s, true);
        row("IPv6 address", {"::1"_ba}, "x"_ba, u"::1"_s, true);
        row("other address", {"127.0.0.2"_ba}, "x"_ba, u"127.0.0.1"_s, false);
        row("C8 address as a name", {"*.0.0.1"_ba}, "127.0.0.1"_ba, u"127.0.0.1"_s, false);
        row("C8 nothing to check", {"a.example"_ba}, "x"_ba, QString(), false);
    }
    void names()
    {
        QFETCH(QByteArrayList, names);
        QFETCH(QByteArray, commonName);
        QFETCH(QString, asked);
        QFETCH(bool, matches);
        const auto identity = m_maker->issue({.commonName = commonName, .names = names});
        QVERIFY(identity);
        for (const VerifyMode mode :
            {VerifyMode::Full, VerifyMode::Chain, VerifyMode::Name, VerifyMode::None}) {
            Tls::ClientOptions options;
            options.serverName = asked;
            options.verify = mode;
            options.caPem = m_maker->caPem();
            bool established = false;
            const auto found = facts(*identity, options, &established);
            QVERIFY(found.chainTrusted);
            QCOMPARE(found.nameMatches, matches);
            QCOMPARE(kindsOf(found), matches ? QList<Kind>() : QList {Kind::NameMismatch});
            const bool looksAtName = mode == VerifyMode::Full || mode == VerifyMode::Name;
            QCOMPARE(found.accepted, matches || !looksAtName);
            QCOMPARE(established, found.accepted);
        }
    }

    void chains_data()
    {
        QTest::addColumn<QByteArray>("what");
        QTest::addColumn<QList<Kind>>("kinds");
        QTest::newRow("good") << "good"_ba << QList<Kind>();
        QTest::newRow("C8 unknown root") << "unknown"_ba << QList {Kind::Untrusted};
        QTest::newRow("C8 unknown root sent along") << "unknown-sent"_ba << QList {Kind::Untrusted};
        QTest::newRow("C8 self-signed") << "self"_ba << QList {Kind::SelfSigned};
        QTest::newRow("C8 expired") << "expired"_ba << QList {Kind::Expired};
        QTest::newRow("C8 not yet valid") << "future"_ba << QList {Kind::NotYetValid};
        QTest::newRow("C8 weak key") << "weak"_ba << QList {Kind::WeakKey};
        QTest::newRow("C8 weak key beside the path") << "beside"_ba << QList<Kind>();
        QTest::newRow("all at once")
            << "all"_ba << QList {Kind::Untrusted, Kind::Expired, Kind::WeakKey};
    }
    void chains()
    {
        QFETCH(QByteArray, what);
        QFETCH(QList<Kind>, kinds);
        Tls::CertificateOptions leaf {.commonName = "relay"_ba, .names = {"relay.example"_ba}};
        if (what == "expired" || what == "all") {
            leaf.notBefore = now.addDays(-10);
            leaf.notAfter = now.addDays(-3);
        }
        if (what == "future") {
            leaf.notBefore = now.addDays(3);
            leaf.notAfter = now.addDays(10);
        }
        if (what == "weak" || what == "all")
            leaf.rsaBits = 1024;
        const bool unknown = what.startsWith("unknown") || what == "all";
        auto identity = what == "self" ? Tls::CertificateMaker::selfSigned(leaf)
            : unknown                  ? m_other->issue(leaf)
                                       : m_maker->issue(leaf);
        QVERIFY(identity);
        if (what == "unknown-sent")
            identity->certificatePem += m_other->caPem();
        if (what == "beside") { // an old root that the server forgot to take away
            const auto old = Tls::CertificateMaker::selfSigned(
                {.commonName = "old"_ba, .names = {"old.example"_ba}, .rsaBits = 1024});
            QVERIFY(old);
            identity->certificatePem += old->certificatePem;
        }
        for (const VerifyMode mode :
            {VerifyMode::Full, VerifyMode::Chain, VerifyMode::Name, VerifyMode::None}) {
            Tls::ClientOptions options;
            options.serverName = u"relay.example"_s;
            options.verify = mode;
            options.caPem = m_maker->caPem();
            bool established = false;
            const auto found = facts(*identity, options, &established);
            auto sorted = kindsOf(found);
            std::ranges::sort(sorted);
            QVERIFY2(sorted == kinds, qPrintable(textOf(found.reasons)));
            QCOMPARE(found.chainTrusted, kinds.isEmpty());
            QVERIFY(found.nameMatches);
            const bool looksAtChain = mode == VerifyMode::Full || mode == VerifyMode::Chain;
            QCOMPARE(found.accepted, kinds.isEmpty() || !looksAtChain);
            QCOMPARE(established, found.accepted);
            QCOMPARE(found.chain.size(), what == "unknown-sent" || what == "beside" ? 2 : 1);
        }
    }

    void reasonsTellTheFacts()
    {
        const auto identity = m_maker->issue({.commonName = "relay"_ba,
            .names = {"b.example"_ba, "10.0.0.1"_ba, QByteArray("c\0d", 3)},
            .notBefore = QDateTime(QDate(2020, 1, 1), QTime(0, 0), QTimeZone::UTC),
            .notAfter = QDateTime(QDate(2021, 2, 3), QTime(4, 5, 6), QTimeZone::UTC)});
        QVERIFY(identity);
        Tls::ClientOptions options;
        options.serverName = u"a.example"_s;
        options.caPem = m_maker->caPem();
        options.pin = "00"_ba;
        const auto found = facts(*identity, options);
        QCOMPARE(textOf(found.reasons),
            u"expired@0 2021-02-03T04:05:06Z\n"
            "nameMismatch@0 b.example, 10.0.0.1, c\\x00d\n"
            "pinMismatch@0 %1"_s.arg(QLatin1StringView(found.chain.value(0).keySha256)));
        const Tls::CertificateFacts leaf = found.chain.value(0);
        QCOMPARE(leaf.subject, u"CN=relay"_s);
        QCOMPARE(leaf.issuer, u"CN=Test Root"_s);
        QCOMPARE(leaf.notAfter, QDateTime(QDate(2021, 2, 3), QTime(4, 5, 6), QTimeZone::UTC));
        QCOMPARE(leaf.keyType, u"EC P-256"_s);
        QCOMPARE(leaf.sha256.size(), 64);
        const auto again = Tls::certificatesFromPem(Tls::toPem(found.chain));
        QVERIFY(again);
        QCOMPARE(*again, found.chain);
    }

    // C9: what was accepted once is accepted by its key, and a changed key blocks again.
    void pins_data()
    {
        QTest::addColumn<VerifyMode>("mode");
        QTest::addColumn<bool>("trusted");
        QTest::addColumn<bool>("rightPin");
        QTest::addColumn<bool>("accepted");
        QTest::newRow("C9 exception") << VerifyMode::None << false << true << true;
        QTest::newRow("C9 changed key") << VerifyMode::None << false << false << false;
        QTest::newRow("pin on top of the chain") << VerifyMode::Full << true << true << true;
        QTest::newRow("pin does not replace the chain")
            << VerifyMode::Full << false << true << false;
        QTest::newRow("chain does not replace the pin")
            << VerifyMode::Full << true << false << false;
    }
    void pins()
    {
        QFETCH(VerifyMode, mode);
        QFETCH(bool, trusted);
        QFETCH(bool, rightPin);
        QFETCH(bool, accepted);
        const Tls::CertificateOptions leaf {.commonName = "r"_ba, .names = {"r.example"_ba}};
        const auto identity = trusted ? m_maker->issue(leaf)
                                      : Tls::CertificateMaker::selfSigned(leaf);
        QVERIFY(identity);
        const auto pem = Tls::certificatesFromPem(identity->certificatePem);
        QVERIFY(pem);
        Tls::ClientOptions options;
        options.serverName = u"r.example"_s;
        options.verify = mode;
        options.caPem = m_maker->caPem();
        options.pin = rightPin ? pem->constFirst().keySha256.toUpper() : QByteArray(64, '0');
        bool established = false;
        const auto found = facts(*identity, options, &established);
        QCOMPARE(found.accepted, accepted);
        QCOMPARE(established, accepted);
        QCOMPARE(kindsOf(found).contains(Kind::PinMismatch), !rightPin);
    }

    void caFileReplacesTheSystemsRoots()
    {
        QTemporaryFile file;
        QVERIFY(file.open());
        QVERIFY(file.write(m_maker->caPem()) > 0);
        QVERIFY(file.flush());
        const auto identity = m_maker->issue({.commonName = "r"_ba, .names = {"r.example"_ba}});
        QVERIFY(identity);
        Tls::ClientOptions options;
        options.serverName = u"r.example"_s;
        options.caFile = file.fileName();
        QVERIFY(facts(*identity, options).accepted);
    }

    /// Whoever made the certificate chose its name; it is shown on terminals and in lists.
    void nameOfSubjectIsHarmless_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QString>("shown");
        QTest::newRow("B6 C1 control") << "a\xc2\x9b"
                                          "b"_ba
                                       << u"CN=a\\u009bb"_s;
        QTest::newRow("B6 mark of direction") << "a\xe2\x80\xae"
                                                 "b"_ba
                                              << u"CN=a\\u202eb"_s;
        QTest::newRow("B6 line separator") << "a\xe2\x80\xa8"
                                              "b"_ba
                                           << u"CN=a\\u2028b"_s;
        QTest::newRow("letters") << "Gr\xc3\xb6\xc3\x9f"
                                    "e"_ba
                                 << u"CN=Größe"_s;
    }
    void nameOfSubjectIsHarmless()
    {
        QFETCH(QByteArray, name);
        QFETCH(QString, shown);
        const auto maker = Tls::CertificateMaker::create({.commonName = name});
        QVERIFY(maker);
        const auto chain = Tls::certificatesFromPem(maker->caPem());
        QVERIFY(chain);
        QCOMPARE(chain->first().subject, shown);
    }

    void reasonNames()
    {
        QCOMPARE(Tls::reasonName(Kind::Untrusted), "untrusted"_ba);
        QCOMPARE(Tls::reasonName(Kind::NameMismatch), "nameMismatch"_ba);
        QCOMPARE(Tls::reasonName(Kind::Other), "other"_ba);
    }
};

QTEST_GUILESS_MAIN(TlsVerifierTest)
#include "tst_tlsverifier.moc"
