// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "net/policyverdict.h"
#include "tls/certificatefacts.h"
#include "tls/certificatemaker.h"

#include <QTest>

using namespace Mailgauge;

using Net::DaneFacts;
using Net::HostSecurity;
using Mode = Net::MtaStsPolicy::Mode;
using StartTls = HostSecurity::StartTls;

namespace {

Dns::Answer answer(const QByteArray &name, Dns::Type type, Dns::Status status, bool authenticated,
    const QByteArrayList &aliases = {}, const QList<Dns::RecordData> &data = {})
{
    Dns::Answer result {.question = {name, type},
        .status = status,
        .aliases = aliases,
        .authenticated = authenticated};
    for (const Dns::RecordData &one : data)
        result.records.append({result.canonicalName(), type, 300, one});
    return result;
}

const Dns::RecordData address = QHostAddress(u"192.0.2.1"_s);

} // namespace

class PolicyVerdictTest final : public QObject {
    Q_OBJECT

private:
    QByteArray m_keyDigest;
    Tls::TlsFacts m_tls;

    HostSecurity host(StartTls startTls) const
    {
        HostSecurity made;
        made.host = u"mx.example.org"_s;
        made.domain = "example.org"_ba;
        made.dane = {.state = DaneFacts::State::None, .reason = "dane.noRecords"_ba};
        made.startTls = startTls;
        if (startTls == StartTls::Established)
            made.tls = m_tls;
        return made;
    }
    /// "opportunistic encrypted policy.anyCertificate", … without the evidence.
    static QByteArrayList table(const HostSecurity &host)
    {
        QByteArrayList rows;
        for (const Net::PolicyVerdict &one : Net::policyVerdicts(host)) {
            rows.append(Net::senderName(one.sender).toByteArray() + ' '
                + Net::conductName(one.conduct).toByteArray() + ' ' + one.reason);
        }
        return rows;
    }
    static void enforce(HostSecurity &host, const QString &pattern)
    {
        host.mtaSts.policy = Net::MtaStsPolicy {Mode::Enforce, {pattern}, 86400};
    }
    static void publish(HostSecurity &host, const QByteArray &digest, quint8 usage = 3)
    {
        host.dane = Net::daneFactsOf("mx.example.org"_ba,
            answer("_25._tcp.mx.example.org"_ba, Dns::Type::Tlsa, Dns::Status::Found, true, {},
                {Dns::Tlsa {usage, 1, 1, digest}}));
    }

private Q_SLOTS:
    void initTestCase()
    {
        const auto made = Tls::CertificateMaker::selfSigned(
            {.commonName = "x"_ba, .names = {"mx.example.org"_ba}});
        QVERIFY(made);
        m_tls.chain = *Tls::certificatesFromPem(made->certificatePem);
        m_tls.nameMatches = true;
        m_tls.reasons = {{Tls::VerifyReason::Kind::SelfSigned, 0, u"CN=x"_s}};
        m_keyDigest = QByteArray::fromHex(m_tls.chain.first().keySha256);
    }

    void nothingPublished()
    {
        QCOMPARE(table(host(StartTls::Established)),
            (QByteArrayList {"opportunistic encrypted policy.anyCertificate"_ba,
                "mta-sts encrypted mtaSts.noPolicy"_ba, "dane encrypted dane.noRecords"_ba}));
        QCOMPARE(table(host(StartTls::NotOffered)),
            (QByteArrayList {"opportunistic clear policy.noTls"_ba,
                "mta-sts clear mtaSts.noPolicy"_ba, "dane clear dane.noRecords"_ba}));
        QCOMPARE(table(host(StartTls::HandshakeFailed)),
            (QByteArrayList {"opportunistic clear policy.handshakeFailed"_ba,
                "mta-sts clear mtaSts.noPolicy"_ba, "dane clear dane.noRecords"_ba}));
        QCOMPARE(table(host(StartTls::Unknown)),
            (QByteArrayList {"opportunistic none policy.notReached"_ba,
                "mta-sts none policy.notReached"_ba, "dane none policy.notReached"_ba}));
    }

    void dane()
    {
        HostSecurity one = host(StartTls::Established);
        publish(one, m_keyDigest);
        QCOMPARE(table(one).last(), "dane authenticated policy.daneMatch"_ba);
        publish(one, QByteArray(32, 'x'));
        QCOMPARE(table(one).last(), "dane none policy.daneMismatch"_ba);
        QVERIFY(Net::policyVerdicts(one).last().evidence.contains("3 1 1 7878"));
        QVERIFY(Net::policyVerdicts(one).last().evidence.endsWith("differs"));
        publish(one, m_keyDigest, 1); // for public authorities
        QCOMPARE(table(one).last(), "dane encrypted dane.unusable"_ba);
        for (const auto &[startTls, reason] :
            {std::pair {StartTls::NotOffered, "policy.tlsMissing"_ba},
                std::pair {StartTls::HandshakeFailed, "policy.tlsFailed"_ba}}) {
            HostSecurity bare = host(startTls);
            publish(bare, m_keyDigest);
            QCOMPARE(table(bare).last(), "dane none " + reason);
            publish(bare, m_keyDigest, 1);
            QCOMPARE(table(bare).last(), "dane none " + reason);
            QVERIFY(table(bare).first().startsWith("opportunistic clear"));
        }
        one.dane = {.state = DaneFacts::State::Failed, .reason = "dane.bogus"_ba};
        QCOMPARE(table(one).last(), "dane none dane.bogus"_ba);
    }

    void mtaSts()
    {
        HostSecurity one = host(StartTls::Established);
        enforce(one, u"*.example.org"_s);
        QCOMPARE(table(one).at(1), "mta-sts none policy.mtaStsCertificate"_ba);
        QCOMPARE(Net::policyVerdicts(one).at(1).evidence, "selfSigned: CN=x"_ba);
        one.tls.chainTrusted = true;
        one.tls.reasons.clear();
        QCOMPARE(table(one).at(1), "mta-sts authenticated policy.mtaStsMatch"_ba);
        one.tls.nameMatches = false;
        QCOMPARE(table(one).at(1), "mta-sts none policy.mtaStsCertificate"_ba);
        enforce(one, u"mx.example.net"_s);
        QCOMPARE(table(one).at(1), "mta-sts none mtaSts.hostNotNamed"_ba);
        one.mtaSts.policy->mode = Mode::Testing;
        QCOMPARE(table(one).at(1), "mta-sts encrypted mtaSts.testing"_ba);
        one.mtaSts.policy->mode = Mode::None;
        QCOMPARE(table(one).at(1), "mta-sts encrypted mtaSts.modeNone"_ba);
        HostSecurity bare = host(StartTls::NotOffered);
        enforce(bare, u"mx.example.org"_s);
        QCOMPARE(table(bare).at(1), "mta-sts none policy.tlsMissing"_ba);
        bare.mtaSts.policy->mode = Mode::Testing;
        QCOMPARE(table(bare).at(1), "mta-sts clear mtaSts.testing"_ba);
    }

    void recordsOfAHost_data()
    {
        QTest::addColumn<Dns::Answer>("answer");
        QTest::addColumn<QByteArray>("state");
        QTest::addColumn<QByteArray>("reason");
        using Dns::Status;
        const Dns::RecordData good = Dns::Tlsa {3, 1, 1, QByteArray(32, 'x')};
        const Dns::RecordData useless = Dns::Tlsa {1, 1, 1, QByteArray(32, 'x')};
        const Dns::RecordData shortened = Dns::Tlsa {3, 1, 1, "x"_ba};
        const auto row = [](const char *name, Status status, bool authenticated,
                             const QList<Dns::RecordData> &data, const QByteArray &state,
                             const QByteArray &reason) {
            QTest::newRow(name) << answer(
                "_25._tcp.mx.example.org"_ba, Dns::Type::Tlsa, status, authenticated, {}, data)
                                << state << reason;
        };
        row("usable", Status::Found, true, {good}, "usable"_ba, "dane.usable"_ba);
        row("rollover", Status::Found, true, {useless, good}, "usable"_ba, "dane.usable"_ba);
        row("insecure", Status::Found, false, {good}, "none"_ba, "dane.recordsInsecure"_ba);
        row("unusable", Status::Found, true, {useless}, "unusable"_ba, "dane.unusable"_ba);
        row("A5 too short", Status::Found, true, {shortened}, "unusable"_ba, "dane.unusable"_ba);
        row("no data", Status::NoData, true, {}, "none"_ba, "dane.noRecords"_ba);
        row("no such name", Status::NxDomain, false, {}, "none"_ba, "dane.noRecords"_ba);
        row("bogus", Status::Bogus, false, {}, "failed"_ba, "dane.bogus"_ba);
        row("SERVFAIL", Status::ServerFailure, false, {}, "failed"_ba, "dane.failed"_ba);
        row("time-out", Status::Timeout, false, {}, "failed"_ba, "dane.failed"_ba);
    }
    void recordsOfAHost()
    {
        QFETCH(Dns::Answer, answer);
        QFETCH(QByteArray, state);
        QFETCH(QByteArray, reason);
        const DaneFacts facts = Net::daneFactsOf("mx.example.org"_ba, answer);
        QCOMPARE(Net::daneStateName(facts.state).toByteArray(), state);
        QCOMPARE(facts.reason, reason);
    }

    void baseDomains()
    {
        using Dns::Status;
        using Dns::Type;
        const QByteArray mx = "mx.example.org"_ba;
        const QByteArrayList behind {"host.example.net"_ba};
        const auto found = [&mx](
                               Type type, bool authenticated, const QByteArrayList &aliases = {}) {
            return answer(mx, type, Status::Found, authenticated, aliases, {address});
        };
        const auto noData = answer(mx, Type::Aaaa, Status::NoData, true);
        // Authenticated: the host; of an alias what it leads to first (RFC 7672 2.2.2).
        QCOMPARE(Net::daneBasesOf(mx, {noData, found(Type::A, true)}, {}).names, QList {mx});
        QCOMPARE(Net::daneBasesOf(mx, {noData, found(Type::A, true, behind)}, {}).names,
            (QByteArrayList {behind.first(), mx}));
        // Insecure: none, unless the alias itself stands in a signed zone.
        const auto insecure = found(Type::A, false);
        QVERIFY(!Net::needsAlias({noData, insecure}));
        const auto plain = Net::daneBasesOf(mx, {noData, insecure}, {});
        QVERIFY(plain.names.isEmpty());
        QCOMPARE(plain.facts.state, DaneFacts::State::None);
        QCOMPARE(plain.facts.reason, "dane.addressInsecure"_ba);
        const auto led = found(Type::A, false, behind);
        QVERIFY(Net::needsAlias({noData, led}));
        const auto cname = [&mx, &behind](Status status, bool authenticated) {
            return answer(mx, Type::Cname, status, authenticated, {},
                status == Status::Found ? QList<Dns::RecordData> {Dns::NameData {behind.first()}}
                                        : QList<Dns::RecordData>());
        };
        QCOMPARE(Net::daneBasesOf(mx, {led}, cname(Status::Found, true)).names, QList {mx});
        QVERIFY(Net::daneBasesOf(mx, {led}, cname(Status::Found, false)).names.isEmpty());
        QCOMPARE(Net::daneBasesOf(mx, {led}, cname(Status::Bogus, false)).facts.state,
            DaneFacts::State::Failed);
        // One family out of order is not tried; both are a failure.
        const auto bogus = answer(mx, Type::Aaaa, Status::Bogus, false);
        QCOMPARE(Net::daneBasesOf(mx, {bogus, found(Type::A, true)}, {}).names, QList {mx});
        const auto broken = Net::daneBasesOf(mx, {bogus}, {});
        QVERIFY(broken.names.isEmpty());
        QCOMPARE(broken.facts.state, DaneFacts::State::Failed);
        QCOMPARE(broken.facts.reason, "dane.bogus"_ba);
    }

    void namesUnderAnIssuer()
    {
        DaneFacts facts {.baseDomain = "host.example.net"_ba};
        QCOMPARE(Net::anchorsOf(facts, "example.org"_ba).names,
            (QStringList {u"host.example.net"_s, u"example.org"_s}));
        QCOMPARE(Net::anchorsOf(facts, {}).names, QStringList {u"host.example.net"_s});
        facts.isMxAuthenticated = false; // whoever forged the MX has a certificate of that name
        QCOMPARE(
            Net::anchorsOf(facts, "example.org"_ba).names, QStringList {u"host.example.net"_s});
    }
};

QTEST_GUILESS_MAIN(PolicyVerdictTest)

#include "tst_policyverdict.moc"
