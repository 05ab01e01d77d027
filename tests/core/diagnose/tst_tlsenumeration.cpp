// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/tlsenumeration.h"

#include "base/literals.h"
#include "tls/ciphersuites.h"
#include "tls/tlscodes.h"

#include <QTest>

#include <algorithm>

using namespace Mailgauge;
using namespace Mailgauge::Diagnose;
using Tls::Ssl30;
using Tls::Tls10;
using Tls::Tls11;
using Tls::Tls12;
using Tls::Tls13;

namespace {

/// What a server would say to a hello.
struct Model {
    QMap<quint16, QList<quint16>> suites; ///< By version, in the server's order.
    bool serverChooses = true;
    QList<quint16> groups {0x001d, 0x0017};
    bool serverChoosesGroup = true;
    bool fallsBack = false; ///< To an older version instead of an alert.
    quint8 noVersion = 70;
    quint8 noSuite = 40;
    bool mendsEmptyShares = true; ///< Takes a hello without key shares.

    static quint16 choose(const QList<quint16> &own, const QList<quint16> &offered, bool byServer)
    {
        const QList<quint16> &first = byServer ? own : offered;
        const QList<quint16> &second = byServer ? offered : own;
        for (const quint16 code : first) {
            if (second.contains(code))
                return code;
        }
        return 0;
    }

    Tls::ServerFlight answer(const Tls::ClientHello &hello) const
    {
        Tls::ServerFlight flight;
        quint16 version = hello.version;
        while (!suites.contains(version) && fallsBack && version > Ssl30 && version < Tls13)
            --version;
        if (!suites.contains(version)) {
            flight.alert = Tls::Alert {2, noVersion};
            return flight;
        }
        const quint16 suite = choose(suites[version], hello.suites, serverChooses);
        if (suite == 0) {
            flight.alert = Tls::Alert {2, noSuite};
            return flight;
        }
        Tls::ServerHello said;
        said.version = version;
        said.suite = suite;
        if (version == Tls13) {
            said.group = choose(groups, hello.groups, serverChoosesGroup);
            if (said.group == 0 || (hello.keyShares.isEmpty() && !mendsEmptyShares)) {
                flight.alert = Tls::Alert {2, 40};
                return flight;
            }
            said.isRetry = !std::ranges::contains(
                hello.keyShares, said.group, &Tls::KeyShare::group);
        } else {
            if (Tls::cipherSuite(suite)->keyExchange() == Tls::KeyExchange::Ecdhe) {
                flight.group = choose(groups, hello.groups, serverChoosesGroup);
                if (flight.group == 0) {
                    flight.alert = Tls::Alert {2, 40};
                    return flight;
                }
            }
        }
        flight.hello = said;
        return flight;
    }
};

void drive(TlsEnumeration &questions, const Model &model)
{
    while (const auto hello = questions.next()) {
        QVERIFY(questions.asked() < 1000);
        QVERIFY(questions.asked() <= questions.expected());
        QVERIFY(hello->suites.size() <= TlsEnumeration::MaxSuites);
        QVERIFY(hello->encode());
        QCOMPARE(hello->serverName, "mx.example.org"_ba);
        Tls::ServerFlight flight = model.answer(*hello);
        if (const auto second = questions.retry(flight)) {
            QVERIFY(second->isSecond);
            QCOMPARE(second->random, hello->random);
            flight = model.answer(*second);
        }
        questions.answered(flight);
    }
    QCOMPARE(questions.asked(), questions.expected());
}

const ProbedVersion &of(const QList<ProbedVersion> &versions, quint16 code)
{
    return *std::ranges::find(versions, code, &ProbedVersion::code);
}

QList<quint16> codes(const QList<AcceptedSuite> &accepted)
{
    QList<quint16> result;
    for (const AcceptedSuite &one : accepted)
        result.append(one.code);
    return result;
}

QList<quint16> usableIn(quint16 version)
{
    QList<quint16> result;
    for (const Tls::CipherSuite &suite : Tls::cipherSuites()) {
        if (suite.isUsableIn(version))
            result.append(suite.code);
    }
    return result;
}

} // namespace

class TestTlsEnumeration : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void acceptance_data();
    void acceptance();
    void everySuiteIsTold();
    void groups();
    void groupsOfTls12();
    void groupsOfTls12AreNotAskedByEcdsa();
    void groupsByTheClient();
    void groupsThatCannotBeAsked();
    void noAnswer();
    void stopped();
    void otherAlertsProveNothing();
    void whatWasNotOffered();
    void chosenAndThenFailed();
    void retryThatIsRefused();
    void askedAgain();
};

void TestTlsEnumeration::acceptance_data()
{
    QTest::addColumn<Model>("model");
    QTest::addColumn<quint16>("version");
    QTest::addColumn<Judged>("judged");
    QTest::addColumn<QList<quint16>>("accepted"); // in this order
    QTest::addColumn<SuiteChoice>("choice");

    const Judged yes12 {Acceptance::Accepted, "ServerHello TLSv1.2"};
    Model model;
    model.suites[Tls12] = {0xc030, 0xc02f, 0x009c};
    QTest::newRow("the server's order")
        << model << Tls12 << yes12 << QList<quint16> {0xc030, 0xc02f, 0x009c}
        << SuiteChoice::Server;
    QTest::newRow("refused by protocol_version")
        << model << Tls11 << Judged {Acceptance::Refused, "alert 70 protocol_version"}
        << QList<quint16> {} << SuiteChoice::Unknown;
    model.serverChooses = false;
    QTest::newRow("the client's order")
        << model << Tls12 << yes12 << QList<quint16> {0x009c, 0xc02f, 0xc030}
        << SuiteChoice::Client;
    model.suites[Tls12] = {0xc02f};
    QTest::newRow("one suite says nothing about order")
        << model << Tls12 << yes12 << QList<quint16> {0xc02f} << SuiteChoice::Unknown;

    Model rare;
    rare.suites[Tls12] = {0x00a7, 0xc030, 0x0034, 0xc02f}; // anonymous ones between
    QTest::newRow("the server's order across what is asked for apart")
        << rare << Tls12 << yes12 << QList<quint16> {0x00a7, 0xc030, 0x0034, 0xc02f}
        << SuiteChoice::Server;
    rare.serverChooses = false;
    QTest::newRow("the client's order across what is asked for apart")
        << rare << Tls12 << yes12 << QList<quint16> {0xc02f, 0xc030, 0x0034, 0x00a7}
        << SuiteChoice::Client;
    Model only;
    only.suites[Tls10] = {0x0003};
    QTest::newRow("an export suite alone")
        << only << Tls10 << Judged {Acceptance::Accepted, "ServerHello TLSv1"}
        << QList<quint16> {0x0003} << SuiteChoice::Unknown;

    Model old;
    old.suites[Tls10] = {0x0035, 0x002f};
    old.fallsBack = true;
    QTest::newRow("an older version is a refusal")
        << old << Tls12 << Judged {Acceptance::Refused, "ServerHello TLSv1"} << QList<quint16> {}
        << SuiteChoice::Unknown;
    QTest::newRow("and that version is accepted")
        << old << Tls10 << Judged {Acceptance::Accepted, "ServerHello TLSv1"}
        << QList<quint16> {0x0035, 0x002f} << SuiteChoice::Server;
    old.noVersion = 40;
    QTest::newRow("rfc6101 5.4.2: SSL 3.0 has no protocol_version")
        << old << Ssl30 << Judged {Acceptance::Refused, "alert 40 handshake_failure"}
        << QList<quint16> {} << SuiteChoice::Unknown;
    QTest::newRow("TLS 1.3 that the server does not know")
        << old << Tls13 << Judged {Acceptance::Refused, "alert 40 handshake_failure"}
        << QList<quint16> {} << SuiteChoice::Unknown;

    Model new13;
    new13.suites[Tls13] = {0x1302, 0x1303, 0x1301};
    QTest::newRow("TLS 1.3") << new13 << Tls13
                             << Judged {Acceptance::Accepted, "ServerHello TLSv1.3"}
                             << QList<quint16> {0x1302, 0x1303, 0x1301} << SuiteChoice::Server;
    new13.groups = {0x0019};
    QTest::newRow("rfc8446 4.1.4: TLS 1.3 behind a retry")
        << new13 << Tls13 << Judged {Acceptance::Accepted, "ServerHello TLSv1.3"}
        << QList<quint16> {0x1302, 0x1303, 0x1301} << SuiteChoice::Server;
    new13.groups = {0x0022};
    QTest::newRow("TLS 1.3 with a group that OpenSSL has not")
        << new13 << Tls13 << Judged {Acceptance::Accepted, "HelloRetryRequest TLSv1.3"}
        << QList<quint16> {0x1302, 0x1303, 0x1301} << SuiteChoice::Server;
}

void TestTlsEnumeration::acceptance()
{
    QFETCH(const Model, model);
    QFETCH(const quint16, version);
    QFETCH(const Judged, judged);
    QFETCH(const QList<quint16>, accepted);
    QFETCH(const SuiteChoice, choice);
    TlsEnumeration questions("mx.example.org");
    drive(questions, model);
    const QList<ProbedVersion> versions = questions.versions();
    const ProbedVersion &probed = of(versions, version);
    QCOMPARE(probed.judged.acceptance, judged.acceptance);
    QCOMPARE(probed.judged.evidence, judged.evidence);
    QCOMPARE(codes(probed.accepted), accepted);
    QCOMPARE(probed.choice, choice);
}

// Every suite of the table is accepted, refused or not tested, and is so once.
void TestTlsEnumeration::everySuiteIsTold()
{
    Model model;
    model.suites[Tls12] = {0xc030, 0xc02f, 0x00a7};
    model.suites[Tls10] = {0x002f};
    TlsEnumeration questions("mx.example.org");
    drive(questions, model);
    const QList<ProbedVersion> versions = questions.versions();
    QList<quint16> order;
    for (const ProbedVersion &version : versions) {
        order.append(version.code);
        QList<quint16> told = codes(version.accepted) + version.refused + version.notTested;
        std::ranges::sort(told);
        QCOMPARE(told, usableIn(version.code));
        // SRP and ECCPWD need a user's name in the hello.
        for (const quint16 code : version.notTested)
            QVERIFY(Tls::cipherSuite(code)->needsCredentials);
        QCOMPARE(version.notTested.size(),
            qsizetype(version.code == Tls13 ? 0
                    : version.code == Tls12 ? 13
                                            : 9));
        QCOMPARE(version.notTestedWhy, version.code == Tls13 ? ""_ba : "credentials"_ba);
    }
    QCOMPARE(order, (QList<quint16> {Ssl30, Tls10, Tls11, Tls12, Tls13}));
    QCOMPARE(of(versions, Tls12).refusedBy, "alert 40 handshake_failure"_ba);
    QCOMPARE(of(versions, Tls12).accepted[0].group, quint16(0x001d));
}

void TestTlsEnumeration::groups()
{
    Model model;
    model.suites[Tls13] = {0x1301};
    model.groups = {0x0018, 0x001d, 0x0022, 0x0017};
    TlsEnumeration questions("mx.example.org");
    drive(questions, model);
    QList<quint16> accepted;
    for (const ProbedGroup &group : questions.groups()) {
        if (group.judged.acceptance == Acceptance::Accepted)
            accepted.append(group.code);
        else
            QCOMPARE(group.judged, (Judged {Acceptance::Refused, "alert 40 handshake_failure"}));
    }
    QCOMPARE(accepted, model.groups);
    QCOMPARE(questions.groups()[0].judged.evidence, "ServerHello TLSv1.3"_ba);
    QCOMPARE(questions.groups()[2].judged.evidence, "HelloRetryRequest TLSv1.3"_ba); // GC256A
    QCOMPARE(questions.groups().size(), qsizetype(Tls::tls13Groups().size()));
    QCOMPARE(questions.groupChoice(), SuiteChoice::Server);
    // Of 1.3 one suite and the rest, four groups and the rest, and the choice; each refused version
    // by one alert 70.
    QCOMPARE(questions.asked(), 2 + 5 + 1 + 4);
}

void TestTlsEnumeration::groupsOfTls12()
{
    Model model;
    model.suites[Tls12] = {0xc02b, 0xc02f, 0x009c}; // ECDHE with ECDSA, with RSA, and RSA alone
    model.suites[Tls::Tls11] = {0xc013};
    model.groups = {0x0018, 0x001d};
    TlsEnumeration questions("mx.example.org");
    drive(questions, model);
    QCOMPARE(questions.groups().size(), qsizetype(Tls::curves().size()));
    QCOMPARE(questions.groups()[0],
        (ProbedGroup {0x0018, {Acceptance::Accepted, "ServerHello TLSv1.2"}}));
    QCOMPARE(questions.groups()[1].code, quint16(0x001d));
    for (const ProbedGroup &group : questions.groups().sliced(2))
        QCOMPARE(group.judged, (Judged {Acceptance::Refused, "alert 40 handshake_failure"}));
    QCOMPARE(questions.groupChoice(), SuiteChoice::Server);
}

// The list of groups would keep the server from showing its certificate.
void TestTlsEnumeration::groupsOfTls12AreNotAskedByEcdsa()
{
    Model model;
    model.suites[Tls12] = {0xc02b, 0x009c};
    TlsEnumeration questions("mx.example.org");
    drive(questions, model);
    QVERIFY(questions.groups().isEmpty());
}

void TestTlsEnumeration::groupsByTheClient()
{
    Model model;
    model.suites[Tls13] = {0x1301, 0x1302};
    model.groups = {0x0018, 0x001d};
    model.serverChoosesGroup = false;
    TlsEnumeration questions("mx.example.org");
    drive(questions, model);
    QCOMPARE(questions.groupChoice(), SuiteChoice::Client);
    QCOMPARE(questions.groups()[0].code, quint16(0x001d));
    QCOMPARE(questions.groups()[1].code, quint16(0x0018));
}

// What was seen in the handshakes before stays true, the rest is not known.
void TestTlsEnumeration::groupsThatCannotBeAsked()
{
    Model model;
    model.suites[Tls13] = {0x1301};
    model.mendsEmptyShares = false;
    TlsEnumeration questions("mx.example.org");
    drive(questions, model);
    QCOMPARE(questions.groups()[0].code, quint16(0x001d));
    QCOMPARE(questions.groups()[0].judged.acceptance, Acceptance::Accepted);
    for (const ProbedGroup &group : questions.groups().sliced(1))
        QCOMPARE(group.judged, (Judged {Acceptance::NotTested, "alert 40 handshake_failure"}));
}

void TestTlsEnumeration::noAnswer()
{
    Model model;
    model.suites[Tls12] = {0xc030, 0xc02f};
    TlsEnumeration questions("mx.example.org");
    int silent = 0;
    while (const auto hello = questions.next()) {
        // Silence once it was offered less than all of TLS 1.2, and at TLS 1.0 from the beginning.
        if ((hello->version == Tls12 && !hello->suites.contains(0xc030))
            || hello->version == Tls10) {
            ++silent;
            questions.notAnswered("connection reset");
        } else {
            questions.answered(model.answer(*hello));
        }
    }
    QCOMPARE(silent, 2);
    const QList<ProbedVersion> versions = questions.versions();
    const ProbedVersion &cut = of(versions, Tls12);
    QCOMPARE(cut.judged.acceptance, Acceptance::Accepted);
    QCOMPARE(codes(cut.accepted), QList<quint16> {0xc030});
    QCOMPARE(cut.notTestedWhy, "connection reset"_ba);
    QCOMPARE(cut.refused, QList<quint16>());
    QCOMPARE(cut.notTested.size(), usableIn(Tls12).size() - 1);
    QCOMPARE(of(versions, Tls10).judged, (Judged {Acceptance::NotTested, "connection reset"}));
    QCOMPARE(of(versions, Tls11).judged.acceptance, Acceptance::Refused);
}

void TestTlsEnumeration::stopped()
{
    TlsEnumeration questions("mx.example.org");
    QVERIFY(questions.next());
    questions.stop("421 4.7.0 too many");
    QVERIFY(!questions.next());
    QCOMPARE(questions.asked(), 1);
    QCOMPARE(questions.versions().size(), 5);
    for (const ProbedVersion &version : questions.versions()) {
        QCOMPARE(version.judged, (Judged {Acceptance::NotTested, "421 4.7.0 too many"}));
        QCOMPARE(version.refused, QList<quint16>());
        QCOMPARE(version.notTested.size(), usableIn(version.code).size());
    }
}

void TestTlsEnumeration::otherAlertsProveNothing()
{
    Model model;
    model.noVersion = 80;
    TlsEnumeration questions("mx.example.org");
    drive(questions, model);
    QCOMPARE(questions.asked(), 5);
    for (const ProbedVersion &version : questions.versions())
        QCOMPARE(version.judged, (Judged {Acceptance::NotTested, "alert 80 internal_error"}));
}

void TestTlsEnumeration::whatWasNotOffered()
{
    TlsEnumeration questions("mx.example.org");
    QVERIFY(questions.next());
    Tls::ServerFlight flight;
    flight.hello.emplace();
    flight.hello->version = Tls13;
    flight.hello->suite = 0x002f;
    questions.answered(flight);
    QCOMPARE(of(questions.versions(), Tls13).judged,
        (Judged {Acceptance::NotTested,
            "ServerHello TLSv1.3 TLS_RSA_WITH_AES_128_CBC_SHA, which was not offered"}));
    QCOMPARE(questions.next()->version, Tls12);
    flight.hello->suite = 0x1301;
    questions.answered(flight);
    QCOMPARE(of(questions.versions(), Tls12).judged.acceptance, Acceptance::NotTested);
}

// A suite is accepted when the server can go through with it.
void TestTlsEnumeration::chosenAndThenFailed()
{
    Model model;
    model.suites[Tls12] = {0xc030, 0xc02f, 0x009c};
    TlsEnumeration questions("mx.example.org");
    while (const auto hello = questions.next()) {
        Tls::ServerFlight flight = model.answer(*hello);
        if (flight.hello && flight.hello->suite == 0xc02f)
            flight.alert = Tls::Alert {2, 80};
        questions.answered(flight);
    }
    const QList<ProbedVersion> versions = questions.versions();
    QCOMPARE(codes(of(versions, Tls12).accepted), (QList<quint16> {0xc030, 0x009c}));
    QVERIFY(of(versions, Tls12).refused.contains(0xc02f));
}

// It refuses what it had chosen, and has said nothing about the others.
void TestTlsEnumeration::retryThatIsRefused()
{
    Model model;
    model.suites[Tls13] = {0x1302, 0x1301};
    model.groups = {0x0019};
    TlsEnumeration questions("mx.example.org");
    while (const auto hello = questions.next()) {
        Tls::ServerFlight flight = model.answer(*hello);
        if (questions.retry(flight) && flight.hello->suite == 0x1302) {
            flight = {};
            flight.alert = Tls::Alert {2, 40};
        }
        questions.answered(flight);
    }
    const QList<ProbedVersion> versions = questions.versions();
    QCOMPARE(codes(of(versions, Tls13).accepted), QList<quint16> {0x1301});
    QVERIFY(of(versions, Tls13).refused.contains(0x1302));
}

void TestTlsEnumeration::askedAgain()
{
    Model model;
    model.suites[Tls13] = {0x1301};
    model.groups = {0x0019};
    TlsEnumeration questions("mx.example.org");
    const auto hello = questions.next();
    const Tls::ServerFlight flight = model.answer(*hello);
    QVERIFY(questions.retry(flight));
    QVERIFY(!questions.retry(flight)); // RFC 8446 4.1.4: never twice on one connection
    questions.askedAgain();
    const auto second = questions.retry(flight);
    QVERIFY(second);
    QCOMPARE(second->keyShares.size(), 1);
    QCOMPARE(second->keyShares[0].group, quint16(0x0019));
    QCOMPARE(questions.asked(), 1);
}

QTEST_GUILESS_MAIN(TestTlsEnumeration)
#include "tst_tlsenumeration.moc"
