// SPDX-License-Identifier: GPL-3.0-or-later
// --tls dane and --tls mta-sts against zones that Knot DNS really signs, Postfix and Exim, and an
// HTTPS server for policies.
#include "clirunner.h"
#include "fakerelay.h"
#include "knotserver.h"
#include "mailservers.h"

#include "base/literals.h"
#include "diagnose/reportjson.h"
#include "tls/certificatefacts.h"
#include "tls/tlscodes.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTest>

using namespace Mailgauge;
using Test::CliResult;
using Test::CliRunner;
using Test::EximServer;
using Test::FakeRelay;
using Test::KnotServer;
using Test::PostfixServer;
using Test::Script;

namespace {

constexpr quint16 MailPort = 2525; // of Postfix
constexpr quint16 RelayPort = 2530; // of what the test itself plays
constexpr quint16 HttpsPort = 443;

QStringList findingIds(const QJsonObject &answer)
{
    QStringList ids;
    const QJsonArray findings = answer[u"findings"_s].toArray();
    for (const QJsonValue &finding : findings)
        ids.append(finding[u"id"_s].toString());
    return ids;
}

QByteArray keyRecord(int usage, const Tls::CertificateFacts &certificate)
{
    return QByteArray::number(usage) + " 1 1 " + certificate.keySha256;
}

Script encrypted()
{
    return Script::hello({"STARTTLS"_ba}).upgrade().transaction().quit();
}

Script policy(const QByteArray &text)
{
    return Script()
        .startTls()
        .expect("GET /.well-known/mta-sts.txt"_ba)
        .send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
            + QByteArray::number(text.size()) + "\r\nConnection: close\r\n\r\n" + text)
        .close();
}

} // namespace

class CliPoliciesTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const QString why = KnotServer::whyNot(); !why.isEmpty())
            MAILGAUGE_MISSING(qPrintable(why));
        if (const QString why = Test::whyNoRealServers(); !why.isEmpty())
            MAILGAUGE_MISSING(qPrintable(why));
        QString error = m_postfix.start(uR"(smtpd_tls_protocols = >=TLSv1.2
tls_preempt_cipherlist = yes
smtpd_tls_exclude_ciphers = aNULL
smtpd_tls_ciphers = medium
tls_medium_cipherlist = ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256
)"_s);
        QVERIFY2(error.isEmpty(), qPrintable(error));
        QFile file(m_postfix.chainFile());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto chain = Tls::certificatesFromPem(file.readAll());
        QVERIFY(chain && chain->size() == 2);

        auto maker = Tls::CertificateMaker::create({.commonName = "Test Root"_ba});
        QVERIFY(maker);
        m_maker = std::move(*maker);
        const QDateTime now = QDateTime::currentDateTimeUtc();
        m_expired = *m_maker->issue({.commonName = "x"_ba,
            .names = {"elsewhere.example"_ba},
            .notBefore = now.addDays(-9),
            .notAfter = now.addDays(-2)});
        const auto expired = Tls::certificatesFromPem(m_expired.certificatePem)->first();

        const QByteArray other = QByteArray(64, '0');
        const auto host = [](const QByteArray &name, const QByteArrayList &records,
                              const QByteArray &port = "2525") {
            QByteArray text = name + "-d MX 10 " + name + '\n' + name + " A 127.0.0.1\n";
            for (const QByteArray &one : records)
                text += '_' + port + "._tcp." + name + " TLSA " + one + '\n';
            return text;
        };
        QByteArray zone = "mx CAA 0 issue \";\"\nmx CAA 0 iodef \"mailto:a@example.org\"\n"_ba
            + host("mx", {keyRecord(3, chain->first())})
            + host("rollover", {"3 1 1 " + other, keyRecord(3, chain->first())})
            + host("wrong", {"3 1 1 " + other}) + host("issuer", {keyRecord(2, chain->last())})
            + host("othername", {keyRecord(2, chain->last())})
            + host("unusable", {keyRecord(1, chain->first())}) + host("none", {})
            + host("expired", {keyRecord(3, expired)}, "2526") + "alias-d MX 10 alias\n"
            + "alias CNAME mx\n" + "tobogus-d MX 10 mx.bogus.example.\n"
            + "second-d MX 10 wrong\nsecond-d MX 20 mx\n" + "clear-d MX 10 clear\n"
            + "clear A 127.0.0.4\n";
        const QByteArray insecure = "@ MX 10 mx\nmx A 127.0.0.1\n_2525._tcp.mx TLSA 3 1 1 " + other
            + "\nmixed MX 10 mx.example.org.\n";
        const QByteArray sts = "@ MX 10 mx\nmx A 127.0.0.4\nmta-sts A 127.0.0.5\n"
                               "_mta-sts TXT \"v=STSv1; id=1;\"\n";
        error = m_dns.start({{u"example.org"_s, zone, true}, {u"plain.example"_s, insecure, false},
            {u"bogus.example"_s, "@ MX 10 mx\nmx A 127.0.0.1\n"_ba, true},
            {u"sts.example"_s, sts, false}});
        QVERIFY2(error.isEmpty(), qPrintable(error));
        // The one zone by its own key, the other by a key that is not its own.
        QByteArray anchors = m_dns.anchors(u"example.org"_s).join('\n') + '\n';
        for (QByteArray line : m_dns.anchors(u"bogus.example"_s)) {
            line.replace(line.size() - 8, 8, line.endsWith("00000000") ? "11111111" : "00000000");
            anchors += line + '\n';
        }
        QFile trust(m_dir.filePath(u"anchors"_s));
        QVERIFY(trust.open(QIODevice::WriteOnly));
        trust.write(anchors);
    }

    void dane_data()
    {
        QTest::addColumn<QString>("domain");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("result"); // of the last record; empty: DANE did not judge
        QTest::addColumn<QString>("finding");
        const auto row = [](const char *name, const QString &domain, int exitCode,
                             const QString &result, const QString &finding) {
            QTest::newRow(name) << domain << exitCode << result << finding;
        };
        const QString usable = u"dane.usable"_s;
        row("right record", u"mx-d.example.org"_s, 0, u"matches"_s, usable);
        row("rollover", u"rollover-d.example.org"_s, 0, u"matches"_s, usable);
        row("wrong record", u"wrong-d.example.org"_s, 78, u"differs"_s, usable);
        row("issuer", u"issuer-d.example.org"_s, 0, u"matches"_s, usable);
        row("issuer, another name", u"othername-d.example.org"_s, 78, u"notValid"_s, usable);
        row("unusable only", u"unusable-d.example.org"_s, 0, u"usageNotForSmtp"_s,
            u"dane.unusable"_s);
        row("no record", u"none-d.example.org"_s, 0, {}, u"dane.noRecords"_s);
        row("rfc7672 2.2.2 alias", u"alias-d.example.org"_s, 0, u"matches"_s, usable);
        row("second exchanger", u"second-d.example.org"_s, 0, u"matches"_s, u"route.hostRefused"_s);
        row("insecure zone, wrong record", u"plain.example"_s, 0, {}, u"dane.addressInsecure"_s);
        row("insecure MX, signed host", u"mixed.plain.example"_s, 0, u"matches"_s,
            u"dane.mxInsecure"_s);
    }
    void dane()
    {
        QFETCH(QString, domain);
        QFETCH(int, exitCode);
        QFETCH(QString, result);
        QFETCH(QString, finding);
        CliRunner cli;
        const CliResult ran = cli.runJson(
            mail(u"dane"_s, domain + u":2525"_s) + QStringList {u"--quit-after"_s, u"tls"_s});
        const QJsonObject answer = ran.json();
        QVERIFY2(ran.exitCode == exitCode, (ran.output + ran.diagnostics).constData());
        QVERIFY2(findingIds(answer).contains(finding), ran.output.constData());
        const QJsonObject dane = answer[u"tls"_s][u"dane"_s].toObject();
        const QJsonArray records = dane[u"records"_s].toArray();
        QStringList results;
        for (const QJsonValue &one : records)
            results.append(one[u"result"_s].toString());
        QCOMPARE(results.isEmpty(), result.isEmpty());
        QVERIFY2(result.isEmpty() || results.contains(result), ran.output.constData());
        QCOMPARE(dane[u"matched"_s].toBool(), result == u"matches");
        QCOMPARE(answer[u"tls"_s][u"verified"_s].toBool(), result == u"matches");
        QCOMPARE(answer[u"error"_s][u"kind"_s].toString(), exitCode == 78 ? u"tls"_s : QString());
        QStringList reasons;
        const QJsonArray told = answer[u"tls"_s][u"reasons"_s].toArray();
        for (const QJsonValue &one : told)
            reasons.append(one[u"kind"_s].toString());
        QCOMPARE(reasons.contains(u"tlsaMismatch"_s), exitCode == 78);
    }

    void bogus_data()
    {
        QTest::addColumn<QString>("domain");
        QTest::newRow("MX") << u"bogus.example"_s;
        QTest::newRow("address of the exchanger") << u"tobogus-d.example.org"_s;
    }
    void bogus()
    {
        QFETCH(QString, domain);
        CliRunner cli;
        const CliResult ran = cli.runJson(mail(u"dane"_s, domain + u":2525"_s));
        const QJsonObject answer = ran.json();
        QVERIFY2(ran.exitCode == 75, (ran.output + ran.diagnostics).constData());
        QCOMPARE(answer[u"error"_s][u"kind"_s].toString(), u"dns"_s);
        QCOMPARE(answer[u"outcome"_s].toString(), u"deferred"_s);
        QVERIFY(answer[u"server"_s][u"address"_s].isNull());
    }

    void expiredCertificateThatTheDnsNames() // RFC 7671 5.1
    {
        if (!EximServer::isAvailable())
            MAILGAUGE_MISSING("Exim is not installed: run ./dev test");
        const QString pem = m_dir.filePath(u"exim.pem"_s);
        QFile file(pem);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(m_expired.certificatePem + m_expired.keyPem);
        file.close();
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::ReadGroup | QFile::ReadOther));
        QVERIFY(QFile::setPermissions(m_dir.path(),
            QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner | QFile::ReadOther
                | QFile::ExeOther));
        EximServer exim;
        const QString error = exim.start(
            u"tls_advertise_hosts = *\ntls_certificate = %1\ntls_privatekey = %1\n"_s.arg(pem));
        QVERIFY2(error.isEmpty(), qPrintable(error));
        CliRunner cli;
        const CliResult ran = cli.runJson(mail(u"dane"_s, u"expired-d.example.org:2526"_s));
        QVERIFY2(ran.exitCode == 0, (ran.output + ran.diagnostics).constData());
        const QJsonObject answer = ran.json();
        QCOMPARE(answer[u"outcome"_s].toString(), u"accepted"_s);
        QVERIFY(answer[u"tls"_s][u"dane"_s][u"matched"_s].toBool());
        QVERIFY(findingIds(answer).contains(u"certificate.expired"_s));
        QCOMPARE(exim.deliveries(1).size(), 1);
    }

    void inClearAfterAFailedHandshake()
    {
        FakeRelay relay({Script::hello({"STARTTLS"_ba})
                                .answer("STARTTLS"_ba, "220 go\r\n"_ba)
                                .expectBytes(20)
                                .send("no TLS here\r\n"_ba)
                                .close(),
                            Script::hello({"STARTTLS"_ba}).transaction().quit()},
            {}, u"127.0.0.4"_s, RelayPort);
        CliRunner cli;
        const CliResult ran = cli.runJson(mail(u"dane"_s, u"clear-d.example.org:2530"_s));
        QVERIFY2(ran.exitCode == 0, (ran.output + ran.diagnostics).constData());
        const QStringList ids = findingIds(ran.json());
        QVERIFY(ids.contains(u"tls.fallback"_s));
        QVERIFY(ids.contains(u"dane.noRecords"_s));
        QVERIFY(relay.receivedInClear(1).startsWith("EHLO client.example\r\nMAIL FROM:"));
    }

    void mtaSts_data()
    {
        QTest::addColumn<QByteArray>("hosts");
        QTest::addColumn<bool>("rightName");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("stage");
        QTest::newRow("enforced") << "mx.sts.example"_ba << true << 0 << QString();
        QTest::newRow("certificate of another name")
            << "mx.sts.example"_ba << false << 78 << u"tls"_s;
        QTest::newRow("host not named") << "mx2.sts.example"_ba << true << 78 << u"resolve"_s;
    }
    void mtaSts()
    {
        QFETCH(QByteArray, hosts);
        QFETCH(bool, rightName);
        QFETCH(int, exitCode);
        QFETCH(QString, stage);
        const auto issue = [this](const QByteArray &name) {
            return *m_maker->issue({.commonName = "x"_ba, .names = {name}});
        };
        FakeRelay relay({encrypted()}, issue(rightName ? "mx.sts.example"_ba : "other.example"_ba),
            u"127.0.0.4"_s, RelayPort);
        FakeRelay web({policy("version: STSv1\nmode: enforce\nmx: " + hosts + "\nmax_age: 600\n")},
            issue("mta-sts.sts.example"_ba), u"127.0.0.5"_s, HttpsPort);
        CliRunner cli;
        const QStringList arguments = mail(u"mta-sts"_s, u"sts.example:2530"_s)
            + QStringList {u"--tls-ca"_s, cli.file(u"ca.pem"_s, m_maker->caPem())};
        const CliResult ran = cli.runJson(arguments);
        QVERIFY2(ran.exitCode == exitCode, (ran.output + ran.diagnostics).constData());
        const QJsonObject answer = ran.json();
        QCOMPARE(answer[u"error"_s][u"stage"_s].toString(), stage);
        QCOMPARE(answer[u"error"_s][u"kind"_s].toString(), exitCode == 0 ? QString() : u"tls"_s);
        QCOMPARE(web.connections(), 1);
        // Kept in the data directory: the next run does not fetch it.
        QCOMPARE(cli.runJson(arguments).exitCode, exitCode);
        QCOMPARE(web.connections(), 1);
    }

    /// What Postfix was told to take, by hellos of our own; what is published, against its chain.
    void tlsInspected()
    {
        using namespace Diagnose;
        CliRunner cli;
        const QString file = cli.path(u"report.txt"_s);
        const CliResult ran = cli.runJson(checkRelay(u"mx-d.example.org:2525"_s)
            + QStringList {u"--tls-inspection"_s, u"--output"_s, file});
        const auto report = reportFromJson(ran.json());
        QVERIFY2(report, (ran.output + ran.diagnostics).constData());
        QVERIFY2(ran.exitCode == 0, ran.output.constData());
        QCOMPARE(report->inspections.size(), 1);
        const TlsInspection &found = report->inspections.first();
        QVERIFY(!found.failure && !found.cancelled && !found.implicitTls);
        QCOMPARE(found.host, u"mx.example.org"_s);
        QCOMPARE(found.address, u"127.0.0.1"_s);
        QVERIFY(found.caa);
        QCOMPARE(found.caa->state, Net::CaaFacts::State::Found);
        QCOMPARE(found.caa->owner, "mx.example.org"_ba);
        QCOMPARE(found.caa->records.size(), 2);
        QVERIFY(found.caa->authenticated);
        QVERIFY(findingIds(ran.json()).contains(u"tls.caa.forbidden"_s));
        QCOMPARE(found.resumptions.size(), 3);
        QCOMPARE(found.resumptions.last().outcome, Resumption::Resumed);
        for (const quint16 old : {Tls::Ssl30, Tls::Tls10, Tls::Tls11})
            QCOMPARE(found.version(old)->judged.acceptance, Acceptance::Refused);
        QCOMPARE(found.version(Tls::Tls13)->judged.acceptance, Acceptance::Accepted);
        const ProbedVersion *probed = found.version(Tls::Tls12);
        QCOMPARE(probed->judged.acceptance, Acceptance::Accepted);
        QList<quint16> accepted;
        for (const AcceptedSuite &suite : probed->accepted)
            accepted.append(suite.code);
        QCOMPARE(accepted, (QList<quint16> {0xc02c, 0xc02b})); // In Postfix's order.
        QCOMPARE(probed->choice, SuiteChoice::Server);
        QVERIFY(probed->refused.contains(0xc030) && probed->refused.size() > 100);
        // A user's name would be needed to be told.
        QCOMPARE(probed->notTestedWhy, "credentials"_ba);
        QVERIFY(probed->notTested.contains(0xc01d) && !probed->refused.contains(0xc01d));

        const InspectedChain &chain = found.chains.first();
        QVERIFY(chain.facts.chainTrusted && chain.facts.nameMatches && !chain.staple);
        QCOMPARE(chain.names,
            (QList<NameCheck> {{u"mx.example.org"_s, "host", true, u"mx.example.org"_s},
                {u"mx-d.example.org"_s, "domain", false, {}}}));
        QCOMPARE(chain.facts.tlsa.size(), 1);
        QCOMPARE(chain.facts.tlsa.first().kind, Tls::TlsaResult::Kind::Matches);
        QCOMPARE(chain.tlsa.first(), Tls::toText(chain.facts.tlsa.first().record));

        QCOMPARE(report->policies.size(), 1);
        const QList<Net::PolicyVerdict> &table = report->policies.first().verdicts;
        QCOMPARE(table.at(0).conduct, Net::Conduct::SendsEncrypted);
        QCOMPARE(table.at(1).reason, "mtaSts.noPolicy"_ba);
        QCOMPARE(table.at(2).conduct, Net::Conduct::SendsAuthenticated);
        QCOMPARE(table.at(2).reason, "policy.daneMatch"_ba);

        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        const QByteArray text = written.readAll();
        for (const QByteArray &part : {"TLS of 127.0.0.1:2525 STARTTLS (mx.example.org)\n"_ba,
                 "TLSv1.1               refused "_ba, "TLSv1.3               accepted"_ba,
                 "TLSv1.2               accepted       TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "
                 "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256; chosen by the server; "_ba,
                 "not tested: credentials\n"_ba, "Policies at mx.example.org, 127.0.0.1:2525\n"_ba,
                 "dane sender           authenticated  "_ba,
                 "TLSA                  matches        "_ba + chain.tlsa.first() + '\n'})
            QVERIFY2(text.contains(part), (part + '\n' + text).constData());
    }

    /// Each exchanger by its own records: mail passes the first one by.
    void exchangersDiagnosed()
    {
        using namespace Diagnose;
        CliRunner cli;
        const CliResult ran = cli.runJson(checkRelay(u"second-d.example.org:2525"_s));
        const auto report = reportFromJson(ran.json());
        QVERIFY2(report, (ran.output + ran.diagnostics).constData());
        const QString wrong = u"wrong.example.org"_s;
        const QString right = u"mx.example.org"_s;
        QCOMPARE(report->exchangers, (QStringList {wrong, right}));
        QCOMPARE(report->cells.size(), 6);
        for (const QString &host : {wrong, right})
            QCOMPARE(report->cell({2525, Family::IPv4, TlsMode::StartTls, host})->state,
                CellState::Works);
        QCOMPARE(report->policies.size(), 2);
        QCOMPARE(report->policies.at(0).host, wrong);
        QCOMPARE(report->policies.at(0).verdicts.at(2).reason, "policy.daneMismatch"_ba);
        QCOMPARE(report->policies.at(1).host, right);
        QCOMPARE(report->policies.at(1).verdicts.at(2).reason, "policy.daneMatch"_ba);
        QCOMPARE(ran.exitCode, 1);
        const CliResult text = cli.run(checkRelay(u"second-d.example.org:2525"_s));
        QVERIFY2(
            text.output.contains("wrong.example.org 2525 IPv4 STARTTLS"), text.output.constData());
        QVERIFY(text.output.contains("(in order: wrong.example.org, mx.example.org)"));
    }

private:
    [[nodiscard]] QStringList checkRelay(const QString &route) const
    {
        return {u"check"_s, u"relay"_s, u"--mx"_s, route, u"-4"_s, u"--checks"_s, u"none"_s,
            u"--tls-ca"_s, m_postfix.caFile(), u"--resolver"_s, m_dns.address(),
            u"--trust-anchor"_s, m_dir.filePath(u"anchors"_s)};
    }
    [[nodiscard]] QStringList mail(const QString &policyName, const QString &route) const
    {
        return {u"send"_s, u"--from"_s, u"a@x.example"_s, u"--to"_s, u"b@example.net"_s, u"--tls"_s,
            policyName, u"--helo"_s, u"client.example"_s, u"--text"_s, u"hello"_s, u"--resolver"_s,
            m_dns.address(), u"--trust-anchor"_s, m_dir.filePath(u"anchors"_s), u"--mx"_s, route};
    }

    QTemporaryDir m_dir {u"/tmp/mailgauge-policies-XXXXXX"_s};
    KnotServer m_dns;
    PostfixServer m_postfix;
    std::optional<Tls::CertificateMaker> m_maker;
    Tls::Identity m_expired;
};

QTEST_GUILESS_MAIN(CliPoliciesTest)
#include "tst_clipolicies.moc"
