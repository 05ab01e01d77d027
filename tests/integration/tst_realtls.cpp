// SPDX-License-Identifier: GPL-3.0-or-later
#include "inspectionrun.h"
#include "mailservers.h"

#include "base/literals.h"
#include "tls/certificatefacts.h"
#include "tls/ciphersuites.h"
#include "tls/tlscodes.h"

#include <QFile>
#include <QProcess>
#include <QTcpSocket>

#include <openssl/ct.h>
#include <openssl/ocsp.h>

#include <algorithm>

using namespace Mailgauge;
using namespace Mailgauge::Diagnose;
using Test::codesOf;
using Test::findingsOf;
using Test::inspect;
using Tls::OcspStaple;
using Tls::Tls10;
using Tls::Tls11;
using Tls::Tls12;
using Tls::Tls13;

namespace {

constexpr quint16 ServerPort = 4433;
const QString authority = u"basicConstraints=critical,CA:TRUE"_s;

QByteArray openssl(const QStringList &arguments, bool mustWork = true)
{
    QProcess process;
    process.setStandardInputFile(QProcess::nullDevice());
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(u"openssl"_s, arguments);
    process.waitForFinished(60'000);
    const QByteArray out = process.readAll();
    if (mustWork && process.exitCode() != 0)
        qFatal("openssl %s: %s", qPrintable(arguments.join(u' ')), out.constData());
    return out;
}

/// What `openssl s_client` gets of a server when it offers one suite of TLS 1.2 at a time.
QList<quint16> acceptedFromClient(const QStringList &where)
{
    QList<quint16> accepted;
    const QList<QByteArray> names = openssl(
        {u"ciphers"_s, u"-s"_s, u"-tls1_2"_s, u"ALL:COMPLEMENTOFALL:!PSK:!SRP:@SECLEVEL=0"_s})
                                        .trimmed()
                                        .split(':');
    if (names.size() < 50)
        qFatal("openssl knows %lld ciphers only", static_cast<long long>(names.size()));
    for (const QByteArray &name : names) {
        const QByteArray out = openssl(QStringList {u"s_client"_s} + where
                + QStringList {u"-tls1_2"_s, u"-cipher"_s,
                    QString::fromLatin1(name) + u":@SECLEVEL=0"_s},
            false);
        if (!out.contains("Cipher is " + name + '\n'))
            continue;
        const auto at = std::ranges::find(
            Tls::cipherSuites(), name, &Tls::CipherSuite::openSslName);
        accepted.append(at->code);
    }
    std::ranges::sort(accepted);
    return accepted;
}

QList<quint16> sorted(QList<quint16> codes)
{
    std::ranges::sort(codes);
    return codes;
}

QList<quint16> acceptedGroups(const TlsInspection &inspection)
{
    QList<quint16> codes;
    for (const ProbedGroup &group : inspection.groups) {
        if (group.judged.acceptance == Acceptance::Accepted)
            codes.append(group.code);
    }
    return codes;
}

} // namespace

/// TLS of servers whose settings are known, inspected from outside.
class TestRealTls : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void opensslServer_data();
    void opensslServer();
    void retryForTheGroup();
    void groupsOfTls12();
    void weakDiffieHellman();
    void keysOfTwoKinds();
    void staples_data();
    void staples();
    void stapleThatIsDemanded();
    void timestamps();
    void alertOfTheServer();
    void resumption_data();
    void resumption();
    void ticketOfAnotherServer();
    void chainShapes_data();
    void chainShapes();
    void postfix();
    void postfixTakesSessionsUpAgain_data();
    void postfixTakesSessionsUpAgain();
    void postfixThatLimits();
    void exim();

private:
    [[nodiscard]] QString path(const QString &name) const { return m_dir.filePath(name); }
    void makeAuthority(const QString &name);
    void makeLeaf(
        const QString &name, const QStringList &more = {}, const QString &issuer = u"ca"_s);
    [[nodiscard]] QString startServer(const QStringList &more);
    void makeStaple(const QString &leaf, const QString &signer, const QString &index);
    [[nodiscard]] QString indexLine(const QString &leaf, bool revoked) const;
    [[nodiscard]] TlsProbeOptions options() const;

    QTemporaryDir m_dir;
    Test::ServerProcess m_server;
};

void TestRealTls::initTestCase()
{
    if (const QString why = Test::whyNoRealServers(); !why.isEmpty())
        MAILGAUGE_MISSING(qPrintable(why));
    QFile::setPermissions(m_dir.path(),
        QFile::Permissions(0x7055)); // Exim reads its key as its own user
    makeAuthority(u"ca"_s);
    makeLeaf(u"rsa"_s, {u"-newkey"_s, u"rsa:2048"_s});
    makeLeaf(u"ec"_s);
    makeLeaf(u"staple"_s, {u"-addext"_s, u"tlsfeature=status_request"_s});
}

void TestRealTls::makeAuthority(const QString &name)
{
    openssl({u"req"_s, u"-x509"_s, u"-newkey"_s, u"ec"_s, u"-pkeyopt"_s,
        u"ec_paramgen_curve:P-256"_s, u"-nodes"_s, u"-days"_s, u"30"_s, u"-subj"_s,
        u"/CN="_s + name, u"-out"_s, path(name + u".pem"_s), u"-keyout"_s, path(name + u".key"_s)});
}

void TestRealTls::makeLeaf(const QString &name, const QStringList &more, const QString &issuer)
{
    QStringList arguments {u"req"_s, u"-x509"_s, u"-CA"_s, path(issuer + u".pem"_s), u"-CAkey"_s,
        path(issuer + u".key"_s), u"-nodes"_s, u"-days"_s, u"30"_s, u"-subj"_s, u"/CN="_s + name,
        u"-addext"_s, u"subjectAltName=DNS:localhost"_s, u"-out"_s, path(name + u".pem"_s),
        u"-keyout"_s, path(name + u".key"_s)};
    if (!more.contains(u"-newkey"_s))
        arguments += {u"-newkey"_s, u"ec"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:P-256"_s};
    if (!more.contains(authority))
        arguments += {u"-addext"_s, u"basicConstraints=critical,CA:FALSE"_s};
    openssl(arguments + more);
}

QString TestRealTls::startServer(const QStringList &more)
{
    // -www never reads from the terminal, and takes one connection behind the other.
    return m_server.start(u"openssl"_s,
        QStringList {u"s_server"_s, u"-accept"_s, u"127.0.0.1:%1"_s.arg(ServerPort), u"-www"_s}
            + more,
        ServerPort, path(u"server.log"_s));
}

TlsProbeOptions TestRealTls::options() const
{
    TlsProbeOptions options = Test::inspectionOf(ServerPort);
    options.implicitTls = true;
    options.caFile = path(u"ca.pem"_s);
    return options;
}

void TestRealTls::opensslServer_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<quint16>("version"); // the only one
    QTest::addColumn<QList<quint16>>("suites"); // in this order
    QTest::addColumn<SuiteChoice>("choice");
    QTest::addColumn<QByteArray>("finding");
    QTest::newRow("TLS 1.0 alone, one suite")
        << QStringList {u"-tls1"_s, u"-cipher"_s, u"AES128-SHA:@SECLEVEL=0"_s} << Tls10
        << QList<quint16> {0x002f} << SuiteChoice::Unknown << "tls.version.noneGood"_ba;
    QTest::newRow("TLS 1.1 alone")
        << QStringList {u"-tls1_1"_s, u"-serverpref"_s, u"-cipher"_s,
               u"AES256-SHA:ECDHE-RSA-AES128-SHA:@SECLEVEL=0"_s}
        << Tls11 << QList<quint16> {0x0035, 0xc013} << SuiteChoice::Server << "tls.version.old"_ba;
    QTest::newRow("TLS 1.2, the server's order")
        << QStringList {u"-tls1_2"_s, u"-serverpref"_s, u"-cipher"_s,
               u"AES256-SHA:ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-SHA256:@SECLEVEL=0"_s}
        << Tls12 << QList<quint16> {0x0035, 0xc02f, 0x0067} << SuiteChoice::Server
        << "tls.suite.someWithoutForwardSecrecy"_ba;
    QTest::newRow("TLS 1.2, the client's order")
        << QStringList {u"-tls1_2"_s, u"-cipher"_s,
               u"AES256-SHA:ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES128-SHA256:@SECLEVEL=0"_s}
        << Tls12 << QList<quint16> {0x0035, 0x0067, 0xc02f} << SuiteChoice::Client
        << "tls.suite.clientChooses"_ba;
    QTest::newRow("no key, no encryption") << QStringList {u"-tls1_2"_s, u"-serverpref"_s,
        u"-cipher"_s, u"ADH-AES128-SHA:NULL-SHA256:AES128-SHA:@SECLEVEL=0"_s}
                                           << Tls12 << QList<quint16> {0x0034, 0x003b, 0x002f}
                                           << SuiteChoice::Server << "tls.suite.noEncryption"_ba;
    QTest::newRow("TLS 1.3 alone")
        << QStringList {u"-tls1_3"_s, u"-serverpref"_s, u"-ciphersuites"_s,
               u"TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_256_GCM_SHA384"_s}
        << Tls13 << QList<quint16> {0x1303, 0x1304, 0x1302} << SuiteChoice::Server << ""_ba;
}

void TestRealTls::opensslServer()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const quint16, version);
    QFETCH(const QList<quint16>, suites);
    QFETCH(const SuiteChoice, choice);
    QFETCH(const QByteArray, finding);
    QCOMPARE(startServer(QStringList {u"-cert"_s, path(u"rsa.pem"_s), u"-key"_s, path(u"rsa.key"_s)}
                 + arguments),
        QString());
    const TlsInspection found = inspect(options());
    m_server.stop();
    QVERIFY(!found.failure);
    for (const ProbedVersion &one : found.versions) {
        QCOMPARE(one.judged.acceptance,
            one.code == version ? Acceptance::Accepted : Acceptance::Refused);
        QCOMPARE(codesOf(one.accepted), one.code == version ? suites : QList<quint16>());
    }
    QCOMPARE(found.version(version)->choice, choice);
    const bool anyGroup = version == Tls13 || std::ranges::any_of(suites, [](quint16 code) {
        return Tls::cipherSuite(code)->keyExchange() == Tls::KeyExchange::Ecdhe;
    });
    QCOMPARE(!acceptedGroups(found).isEmpty(), anyGroup);
    QVERIFY(finding.isEmpty() || findingsOf(found).contains(finding));
    // The anonymous suite is the server's first choice where our library offers it; it does not.
    QCOMPARE(found.chains.size(), 1);
    QCOMPARE(found.chains[0].facts.version, Tls::versionName(version));
    QVERIFY(found.chains[0].facts.chainTrusted);
    QCOMPARE(found.chains[0].sent[0].facts.keyType, u"RSA 2048"_s);
}

void TestRealTls::retryForTheGroup()
{
    QCOMPARE(startServer({u"-cert"_s, path(u"ec.pem"_s), u"-key"_s, path(u"ec.key"_s), u"-tls1_3"_s,
                 u"-serverpref"_s, u"-groups"_s, u"P-521:X25519MLKEM768:P-384"_s}),
        QString());
    const TlsInspection found = inspect(options());
    m_server.stop();
    QCOMPARE(codesOf(found.version(Tls13)->accepted), (QList<quint16> {0x1302, 0x1303, 0x1301}));
    QCOMPARE(acceptedGroups(found), (QList<quint16> {0x0019, 0x11ec, 0x0018}));
    QCOMPARE(found.groupChoice, SuiteChoice::Server);
    for (const ProbedGroup &group : found.groups.first(3))
        QCOMPARE(group.judged.evidence, "ServerHello TLSv1.3"_ba);
    for (const ProbedGroup &group : found.groups.sliced(3))
        QCOMPARE(group.judged, (Judged {Acceptance::Refused, "alert 40 handshake_failure"}));
}

void TestRealTls::groupsOfTls12()
{
    QCOMPARE(startServer({u"-cert"_s, path(u"rsa.pem"_s), u"-key"_s, path(u"rsa.key"_s),
                 u"-tls1_2"_s, u"-serverpref"_s, u"-groups"_s, u"P-384:X25519"_s}),
        QString());
    const TlsInspection found = inspect(options());
    m_server.stop();
    QCOMPARE(acceptedGroups(found), (QList<quint16> {0x0018, 0x001d}));
    for (const ProbedGroup &group : found.groups.sliced(2))
        QCOMPARE(group.judged, (Judged {Acceptance::Refused, "alert 40 handshake_failure"}));
}

void TestRealTls::weakDiffieHellman()
{
    openssl({u"dhparam"_s, u"-out"_s, path(u"dh.pem"_s), u"1024"_s});
    QCOMPARE(
        startServer({u"-cert"_s, path(u"rsa.pem"_s), u"-key"_s, path(u"rsa.key"_s), u"-tls1_2"_s,
            u"-dhparam"_s, path(u"dh.pem"_s), u"-cipher"_s, u"DHE-RSA-AES128-SHA:@SECLEVEL=0"_s}),
        QString());
    const TlsInspection found = inspect(options());
    m_server.stop();
    QCOMPARE(codesOf(found.version(Tls12)->accepted), QList<quint16> {0x0033});
    QCOMPARE(found.version(Tls12)->accepted[0].group, quint16(0));
    QCOMPARE(found.version(Tls12)->accepted[0].dhBits, 1024);
    const auto weak = std::ranges::find(found.findings, "tls.dh.weak"_ba, &Finding::id);
    QVERIFY(weak != found.findings.end());
    QCOMPARE(weak->subject, "1024"_ba);
    QCOMPARE(weak->severity, Base::Severity::Warning);
}

void TestRealTls::keysOfTwoKinds()
{
    QCOMPARE(startServer({u"-cert"_s, path(u"rsa.pem"_s), u"-key"_s, path(u"rsa.key"_s),
                 u"-dcert"_s, path(u"ec.pem"_s), u"-dkey"_s, path(u"ec.key"_s)}),
        QString());
    TlsProbeOptions only = options();
    only.enumerate = false;
    only.names = {{"domain", u"example.net"_s}};
    QFile rsa(path(u"rsa.pem"_s));
    QVERIFY(rsa.open(QIODevice::ReadOnly));
    const auto facts = Tls::certificatesFromPem(rsa.readAll());
    // Of the RSA key alone: whoever gets the other one finds no record for it.
    only.dane = Tls::DaneAnchors {
        {{3, 1, 1, QByteArray::fromHex((*facts)[0].keySha256)}}, {u"localhost"_s}};
    const TlsInspection found = inspect(only);
    m_server.stop();
    QCOMPARE(found.connections, 2);
    QCOMPARE(findingsOf(found), QByteArrayList {"certificate.tlsaMismatch"});
    QVERIFY(found.versions.isEmpty());
    QCOMPARE(found.chains.size(), 2);
    QSet<QString> keys;
    QSet<QByteArray> records;
    for (const InspectedChain &chain : found.chains) {
        keys.insert(chain.sent[0].facts.keyType);
        QCOMPARE(
            Tls::isAnyMatching(chain.facts.tlsa), chain.sent[0].facts.sha256 == (*facts)[0].sha256);
        records.insert(chain.tlsa[0]);
        QVERIFY(chain.names[0].matches);
        QVERIFY(!chain.names[1].matches);
        // What `openssl` makes of the key.
        const QString name = chain.sent[0].details.commonName;
        openssl({u"x509"_s, u"-in"_s, path(name + u".pem"_s), u"-pubkey"_s, u"-noout"_s, u"-out"_s,
            path(u"public.pem"_s)});
        openssl({u"pkey"_s, u"-pubin"_s, u"-in"_s, path(u"public.pem"_s), u"-outform"_s, u"DER"_s,
            u"-out"_s, path(u"public.der"_s)});
        const QByteArray digest = openssl(
            {u"dgst"_s, u"-sha256"_s, u"-r"_s, path(u"public.der"_s)});
        QCOMPARE(chain.tlsa[0], "3 1 1 " + digest.first(64));
    }
    QCOMPARE(keys, (QSet<QString> {u"RSA 2048"_s, u"EC P-256"_s}));
    QCOMPARE(records.size(), 2);
}

QString TestRealTls::indexLine(const QString &leaf, bool revoked) const
{
    const QByteArray serial = openssl(
        {u"x509"_s, u"-in"_s, path(leaf + u".pem"_s), u"-serial"_s, u"-noout"_s})
                                  .trimmed()
                                  .split('=')
                                  .last();
    return u"%1\t350101000000Z\t%2\t%3\tunknown\t/CN=%4\n"_s.arg(revoked ? u"R"_s : u"V"_s)
        .arg(revoked ? u"260102030405Z,keyCompromise"_s : QString())
        .arg(QString::fromLatin1(serial), leaf);
}

void TestRealTls::makeStaple(const QString &leaf, const QString &signer, const QString &index)
{
    QFile file(path(u"index.txt"_s));
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    file.write(index.toLatin1());
    file.close();
    openssl({u"ocsp"_s, u"-issuer"_s, path(u"ca.pem"_s), u"-cert"_s, path(leaf + u".pem"_s),
        u"-reqout"_s, path(u"request.der"_s)});
    openssl({u"ocsp"_s, u"-index"_s, file.fileName(), u"-CA"_s, path(u"ca.pem"_s), u"-rsigner"_s,
        path(signer + u".pem"_s), u"-rkey"_s, path(signer + u".key"_s), u"-reqin"_s,
        path(u"request.der"_s), u"-respout"_s, path(u"response.der"_s), u"-ndays"_s, u"7"_s});
}

void TestRealTls::staples_data()
{
    QTest::addColumn<QString>("about");
    QTest::addColumn<QString>("signer");
    QTest::addColumn<bool>("revoked");
    QTest::addColumn<OcspStaple::State>("state");
    QTest::addColumn<bool>("verified");
    QTest::addColumn<QByteArray>("finding");
    QTest::newRow("good") << u"staple"_s << u"ca"_s << false << OcspStaple::State::Good << true
                          << ""_ba;
    QTest::newRow("revoked") << u"staple"_s << u"ca"_s << true << OcspStaple::State::Revoked << true
                             << "tls.staple.revoked"_ba;
    QTest::newRow("signed by a stranger")
        << u"staple"_s << u"stranger"_s << false << OcspStaple::State::Good << false
        << "tls.staple.notVerified"_ba;
    QTest::newRow("about another certificate")
        << u"ec"_s << u"ca"_s << false << OcspStaple::State::OtherCertificate << true
        << "tls.staple.useless"_ba;
}

void TestRealTls::staples()
{
    QFETCH(const QString, about);
    QFETCH(const QString, signer);
    QFETCH(const bool, revoked);
    QFETCH(const OcspStaple::State, state);
    QFETCH(const bool, verified);
    QFETCH(const QByteArray, finding);
    makeAuthority(u"stranger"_s);
    makeStaple(about, signer, indexLine(about, revoked));
    QCOMPARE(startServer({u"-cert"_s, path(u"staple.pem"_s), u"-key"_s, path(u"staple.key"_s),
                 u"-status_file"_s, path(u"response.der"_s)}),
        QString());
    TlsProbeOptions only = options();
    only.enumerate = false;
    const TlsInspection found = inspect(only);
    m_server.stop();
    QCOMPARE(found.chains.size(), 1);
    const auto &staple = found.chains[0].staple;
    QVERIFY(staple);
    QCOMPARE(staple->state, state);
    QCOMPARE(staple->responseStatus, "successful"_ba);
    QVERIFY2(staple->verified == verified, qPrintable(staple->verifyError));
    QCOMPARE(staple->verifyError.isEmpty(), verified);
    QCOMPARE(staple->size, QFile(path(u"response.der"_s)).size());
    if (state != OcspStaple::State::OtherCertificate)
        QCOMPARE(staple->thisUpdate.daysTo(staple->nextUpdate), 7);
    if (revoked) {
        QCOMPARE(staple->revocationReason, "keyCompromise"_ba);
        QCOMPARE(staple->revokedAt, QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5), QTimeZone::UTC));
    }
    QVERIFY(finding.isEmpty() || findingsOf(found).contains(finding));
    QVERIFY(!findingsOf(found).contains("tls.staple.missing"));
}

// RFC 7633
void TestRealTls::stapleThatIsDemanded()
{
    QCOMPARE(startServer({u"-cert"_s, path(u"staple.pem"_s), u"-key"_s, path(u"staple.key"_s)}),
        QString());
    TlsProbeOptions only = options();
    only.enumerate = false;
    const TlsInspection found = inspect(only);
    m_server.stop();
    QVERIFY(!found.chains[0].staple);
    QVERIFY(found.chains[0].sent[0].details.mustStaple);
    QVERIFY(findingsOf(found).contains("tls.staple.missing"));
}

namespace {

/// RFC 6962 3.2 and 3.3, by hand: a list of SCTs, each with a signature that nobody made.
QByteArray timestampList(const QList<std::pair<char, qint64>> &logs)
{
    QByteArray list;
    for (const auto &[id, at] : logs) {
        QByteArray sct("\0", 1); // version 1
        sct += QByteArray(32, id);
        for (int shift = 56; shift >= 0; shift -= 8)
            sct.append(static_cast<char>(at >> shift & 0xff));
        sct += QByteArray::fromHex("0000"
                                   "0403"
                                   "0008"
                                   "3006020101020101"); // ecdsa, sha256
        list += QByteArray::fromHex("00") + static_cast<char>(sct.size()) + sct;
    }
    return QByteArray::fromHex("00") + static_cast<char>(list.size()) + list;
}

QString write(const QString &name, const QByteArray &bytes)
{
    QFile file(name);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", qPrintable(name));
    return name;
}

/// The same OCSP response with a list of SCTs about its certificate (RFC 6962 3.3); what it was
/// signed for is another thing.
QByteArray withTimestamps(const QByteArray &response, QByteArray list)
{
    const auto *from = reinterpret_cast<const unsigned char *>(response.constData());
    OCSP_RESPONSE *parsed = d2i_OCSP_RESPONSE(nullptr, &from, static_cast<long>(response.size()));
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(parsed);
    const auto *data = reinterpret_cast<const unsigned char *>(list.constData());
    STACK_OF(SCT) *scts = o2i_SCT_LIST(nullptr, &data, static_cast<std::size_t>(list.size()));
    OCSP_SINGLERESP_add1_ext_i2d(OCSP_resp_get0(basic, 0), NID_ct_cert_scts, scts, 0, 0);
    OCSP_RESPONSE *changed = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    unsigned char *out = nullptr;
    const int size = i2d_OCSP_RESPONSE(changed, &out);
    const QByteArray bytes(reinterpret_cast<const char *>(out), size);
    OPENSSL_free(out);
    SCT_LIST_free(scts);
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(parsed);
    OCSP_RESPONSE_free(changed);
    return bytes;
}

} // namespace

// From the certificate, the handshake and the staple; OpenSSL's own reading of the certificate
// agrees.
void TestRealTls::timestamps()
{
    const qint64 at = 1'767'323'045'678; // 2026-01-02T03:04:05.678Z
    const QByteArray embedded = timestampList({{'A', at}, {'B', at + 1}});
    const QByteArray octets = "04" + QByteArray(1, char(embedded.size())).toHex()
        + embedded.toHex();
    makeLeaf(
        u"ct"_s, {u"-addext"_s, u"1.3.6.1.4.1.11129.2.4.2=DER:"_s + QString::fromLatin1(octets)});
    const QByteArray own = openssl(
        {u"x509"_s, u"-in"_s, path(u"ct.pem"_s), u"-noout"_s, u"-text"_s});
    QVERIFY2(own.contains("Timestamp : Jan  2 03:04:05.678 2026 GMT"), own.constData());
    // Extension 18, as `openssl s_server -serverinfo` wants it.
    const QByteArray handed = timestampList({{'C', at + 2}});
    const QByteArray info = QByteArray::fromHex("0012") + QByteArray::fromHex("00")
        + static_cast<char>(handed.size()) + handed;
    const QString infoFile = write(path(u"info.pem"_s),
        "-----BEGIN SERVERINFO FOR CT-----\n" + info.toBase64()
            + "\n-----END SERVERINFO FOR CT-----\n");
    makeStaple(u"ct"_s, u"ca"_s, indexLine(u"ct"_s, false));
    QFile response(path(u"response.der"_s));
    QVERIFY(response.open(QIODevice::ReadOnly));
    const QString staple = write(
        path(u"ct.der"_s), withTimestamps(response.readAll(), timestampList({{'D', at + 3}})));
    // An extension of the first version of that file goes with TLS 1.2's ServerHello.
    QCOMPARE(startServer({u"-cert"_s, path(u"ct.pem"_s), u"-key"_s, path(u"ct.key"_s),
                 u"-serverinfo"_s, infoFile, u"-status_file"_s, staple, u"-tls1_2"_s}),
        QString());
    TlsProbeOptions only = options();
    only.enumerate = false;
    const TlsInspection found = inspect(only);
    m_server.stop();
    QCOMPARE(found.chains.size(), 1);
    QVERIFY(found.chains[0].timestamps);
    QList<Tls::SignedTimestamp> timestamps = *found.chains[0].timestamps;
    std::ranges::sort(timestamps, {}, &Tls::SignedTimestamp::at);
    QCOMPARE(timestamps.size(), 4);
    using Source = Tls::SignedTimestamp::Source;
    QCOMPARE(timestamps[0].source, Source::Certificate);
    QCOMPARE(timestamps[0].logId, QByteArray(32, 'A'));
    QCOMPARE(timestamps[0].at.toMSecsSinceEpoch(), at);
    QCOMPARE(timestamps[0].signatureAlgorithm, u"ecdsa-with-SHA256"_s);
    QCOMPARE(timestamps[1].source, Source::Certificate);
    QCOMPARE(timestamps[1].logId, QByteArray(32, 'B'));
    QCOMPARE(timestamps[2].source, Source::Handshake);
    QCOMPARE(timestamps[2].logId, QByteArray(32, 'C'));
    QCOMPARE(timestamps[3].source, Source::OcspStaple);
    QCOMPARE(timestamps[3].logId, QByteArray(32, 'D'));
    // A trusted chain, where OpenSSL looks at them, does not fail by logs that it does not know.
    QVERIFY(found.chains[0].facts.chainTrusted);
}

// A server that says why it does not go on.
void TestRealTls::alertOfTheServer()
{
    QCOMPARE(
        startServer({u"-cert"_s, path(u"ec.pem"_s), u"-key"_s, path(u"ec.key"_s), u"-tls1_3"_s}),
        QString());
    Tls::ClientOptions client;
    client.verify = Tls::VerifyMode::None;
    client.maxVersion = "1.2";
    auto stream = Tls::TlsStream::client(client);
    QTcpSocket socket;
    socket.connectToHost(QHostAddress(QHostAddress::LocalHost), ServerPort);
    while (stream->state() == Tls::TlsStream::State::Handshaking) {
        socket.write(stream->takeEncrypted());
        if (!socket.waitForReadyRead(10'000))
            break;
        stream->receiveEncrypted(socket.readAll());
    }
    m_server.stop();
    QCOMPARE(stream->state(), Tls::TlsStream::State::Failed);
    QCOMPARE(
        stream->takeNotes(), QStringList {u"TLS received alert: fatal protocol_version (70)"_s});
}

void TestRealTls::resumption_data()
{
    using enum Resumption;
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QList<Resumption>>("outcomes"); // session id, ticket, TLS 1.3
    QTest::addColumn<quint32>("earlyData");
    QTest::addColumn<int>("masterSecret"); // -1: not tested
    QTest::newRow("everything") << QStringList() << QList {Resumed, Resumed, Resumed} << 0U << 1;
    QTest::newRow("no ticket up to TLS 1.2")
        << QStringList {u"-no_ticket"_s} << QList {Resumed, NothingGiven, Resumed} << 0U << 1;
    QTest::newRow("nothing is kept") << QStringList {u"-no_cache"_s, u"-no_ticket"_s}
                                     << QList {NothingGiven, NothingGiven, NotResumed} << 0U << 1;
    QTest::newRow("rfc8446 4.2.10 early data")
        << QStringList {u"-early_data"_s, u"-max_early_data"_s, u"16384"_s, u"-no_anti_replay"_s}
        << QList {Resumed, Resumed, Resumed} << 16384U << 1;
    QTest::newRow("TLS 1.2 alone")
        << QStringList {u"-tls1_2"_s} << QList {Resumed, Resumed, NotTested} << 0U << 1;
    QTest::newRow("TLS 1.3 alone")
        << QStringList {u"-tls1_3"_s} << QList {NotTested, NotTested, Resumed} << 0U << -1;
}

void TestRealTls::resumption()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QList<Resumption>, outcomes);
    QFETCH(const quint32, earlyData);
    QFETCH(const int, masterSecret);
    QCOMPARE(startServer(QStringList {u"-cert"_s, path(u"ec.pem"_s), u"-key"_s, path(u"ec.key"_s)}
                 + arguments),
        QString());
    const TlsInspection found = inspect(options());
    m_server.stop();
    QList<Resumption> seen;
    for (const ProbedResumption &one : found.resumptions)
        seen.append(one.outcome);
    QCOMPARE(seen, outcomes);
    QCOMPARE(found.resumptions[2].maxEarlyData, earlyData);
    QCOMPARE(findingsOf(found).contains("tls.earlyData"), earlyData > 0);
    if (outcomes[2] == Resumption::Resumed)
        QCOMPARE(found.resumptions[2].lifetime, qint64(7200));
    else if (outcomes[2] == Resumption::NotTested)
        QCOMPARE(found.resumptions[2].evidence, "TLSv1.3 is refused"_ba);
    QCOMPARE(found.extendedMasterSecret.has_value(), masterSecret >= 0);
    if (masterSecret >= 0)
        QCOMPARE(*found.extendedMasterSecret, masterSecret == 1);
}

// Several servers behind one address that share no keys: what one gave, the other does not know.
void TestRealTls::ticketOfAnotherServer()
{
    const QStringList identity {u"-cert"_s, path(u"ec.pem"_s), u"-key"_s, path(u"ec.key"_s)};
    const auto handshake = [this](const Tls::ResumableSession *former)
        -> std::pair<std::optional<Tls::ResumableSession>, bool> {
        Tls::ClientOptions client;
        client.verify = Tls::VerifyMode::None;
        client.requestTicket = true;
        client.serverName = u"localhost"_s;
        auto stream = Tls::TlsStream::client(client, former);
        QTcpSocket socket;
        socket.connectToHost(QHostAddress(QHostAddress::LocalHost), ServerPort);
        for (;;) {
            socket.write(stream->takeEncrypted());
            const bool isOver = stream->state() == Tls::TlsStream::State::Established;
            if ((isOver && (former || stream->resumable())) || !socket.waitForReadyRead(10'000))
                break;
            stream->receiveEncrypted(socket.readAll());
            static_cast<void>(stream->readPlain());
        }
        auto session = stream->resumable();
        const bool resumed = stream->isResumed();
        stream->shutDown();
        socket.write(stream->takeEncrypted());
        socket.waitForBytesWritten(10'000);
        return {std::move(session), resumed};
    };
    QCOMPARE(startServer(identity), QString());
    const auto [session, fresh] = handshake(nullptr);
    QVERIFY(session);
    QVERIFY(!fresh);
    QVERIFY(handshake(&*session).second);
    m_server.stop();
    QCOMPARE(startServer(identity), QString());
    QVERIFY(!handshake(&*session).second);
    m_server.stop();
}

void TestRealTls::chainShapes_data()
{
    QTest::addColumn<QStringList>("behind"); // the leaf, which "between" issued, which "ca" issued
    QTest::addColumn<QByteArrayList>("findings");
    QTest::addColumn<bool>("trusted");
    QTest::newRow("in order") << QStringList {u"between"_s} << QByteArrayList {} << true;
    QTest::newRow("with the root")
        << QStringList {u"between"_s, u"ca"_s} << QByteArrayList {"tls.chain.rootSent"} << true;
    QTest::newRow("out of order") << QStringList {u"ca"_s, u"between"_s}
                                  << QByteArrayList {"tls.chain.outOfOrder", "tls.chain.rootSent"}
                                  << true;
    QTest::newRow("one too many") << QStringList {u"between"_s, u"outsider"_s}
                                  << QByteArrayList {"tls.chain.superfluous"} << true;
    QTest::newRow("one too few") << QStringList {}
                                 << QByteArrayList {"certificate.untrusted", "tls.chain.incomplete"}
                                 << false;
}

void TestRealTls::chainShapes()
{
    QFETCH(const QStringList, behind);
    QFETCH(const QByteArrayList, findings);
    QFETCH(const bool, trusted);
    makeAuthority(u"outsider"_s);
    makeLeaf(u"between"_s, {u"-addext"_s, authority});
    makeLeaf(u"below"_s, {}, u"between"_s);
    QFile chain(path(u"chain.pem"_s));
    QVERIFY(chain.open(QIODevice::WriteOnly | QIODevice::Truncate));
    for (const QString &name : behind) {
        QFile one(path(name + u".pem"_s));
        QVERIFY(one.open(QIODevice::ReadOnly));
        chain.write(one.readAll());
    }
    chain.close();
    QStringList arguments {
        u"-cert"_s, path(u"below.pem"_s), u"-key"_s, path(u"below.key"_s), u"-no-CAfile"_s};
    if (!behind.isEmpty())
        arguments += {u"-cert_chain"_s, chain.fileName()};
    QCOMPARE(startServer(arguments), QString());
    TlsProbeOptions only = options();
    only.enumerate = false;
    const TlsInspection found = inspect(only);
    m_server.stop();
    QCOMPARE(found.chains.size(), 1);
    QStringList sent;
    for (const InspectedCertificate &one : found.chains[0].sent.sliced(1))
        sent.append(one.details.commonName);
    QCOMPARE(sent, behind);
    QCOMPARE(found.chains[0].facts.chainTrusted, trusted);
    QCOMPARE(found.chains[0].path.size(), trusted ? 3 : 1);
    QByteArrayList ids = findingsOf(found);
    std::ranges::sort(ids);
    QCOMPARE(ids, findings);
    // RFC 7672 3.1.2: of issuers that are sent, and only of those.
    QCOMPARE(found.chains[0].tlsa.size(), behind.size() + 1);
    for (qsizetype at = 0; at < behind.size(); ++at)
        QCOMPARE(
            found.chains[0].tlsa[at + 1], "2 1 1 " + found.chains[0].sent[at + 1].facts.keySha256);
}

void TestRealTls::postfix()
{
    Test::PostfixServer server;
    QCOMPARE(server.start(uR"(smtpd_tls_protocols = >=TLSv1.2, <=TLSv1.2
tls_preempt_cipherlist = yes
smtpd_tls_exclude_ciphers = aNULL
smtpd_tls_ciphers = medium
tls_medium_cipherlist = ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-SHA256
)"_s),
        QString());
    TlsProbeOptions options = Test::inspectionOf(Test::PostfixServer::Port);
    options.caFile = server.caFile();
    const TlsInspection found = inspect(options);
    QVERIFY(!found.failure);
    for (const ProbedVersion &version : found.versions) {
        QCOMPARE(version.judged.acceptance,
            version.code == Tls12 ? Acceptance::Accepted : Acceptance::Refused);
    }
    const ProbedVersion *probed = found.version(Tls12);
    QCOMPARE(codesOf(probed->accepted), (QList<quint16> {0xcca9, 0xc02c, 0xc023}));
    QCOMPARE(probed->choice, SuiteChoice::Server);
    QCOMPARE(acceptedFromClient({u"-connect"_s, u"127.0.0.1:%1"_s.arg(Test::PostfixServer::Port),
                 u"-starttls"_s, u"smtp"_s}),
        sorted(codesOf(probed->accepted)));
    QCOMPARE(found.chains.size(), 1);
    QVERIFY(found.chains[0].facts.accepted);
    QVERIFY(found.chains[0].facts.chainTrusted);
    // TLS_README: tickets by default, a cache on the server's side only where it is configured.
    QCOMPARE(found.resumptions.size(), 3);
    QCOMPARE(found.resumptions[0].outcome, Resumption::NotResumed);
    QCOMPARE(found.resumptions[1].outcome, Resumption::Resumed);
    QCOMPARE(found.resumptions[1].maxEarlyData, 0U);
    QCOMPARE(found.resumptions[2].evidence, "TLSv1.3 is refused"_ba);
    QCOMPARE(found.extendedMasterSecret, std::optional(true));
}

// STARTTLS with TLS 1.3: the ticket comes in front of the reply to EHLO.
void TestRealTls::postfixTakesSessionsUpAgain_data()
{
    QTest::addColumn<QString>("main");
    QTest::addColumn<Resumption>("outcome");
    QTest::newRow("by its ticket") << QString() << Resumption::Resumed;
    // OpenSSL gives tickets that stand for an entry of the cache, which Postfix is without.
    QTest::newRow("it keeps none") << u"tls_ssl_options = NO_TICKET\n"_s << Resumption::NotResumed;
}

void TestRealTls::postfixTakesSessionsUpAgain()
{
    QFETCH(const QString, main);
    QFETCH(const Resumption, outcome);
    Test::PostfixServer server;
    QCOMPARE(server.start(u"smtpd_tls_protocols = >=TLSv1.3\n"_s + main), QString());
    TlsProbeOptions options = Test::inspectionOf(Test::PostfixServer::Port);
    options.caFile = server.caFile();
    const TlsInspection found = inspect(options);
    QVERIFY(!found.failure);
    QCOMPARE(found.resumptions.size(), 3);
    QCOMPARE(found.resumptions[2].evidence, ""_ba);
    QCOMPARE(found.resumptions[2].outcome, outcome);
    QCOMPARE(found.resumptions[1].outcome, Resumption::NotTested);
}

// The limit of anvil(8): what was asked before it is known, all else is not.
void TestRealTls::postfixThatLimits()
{
    Test::PostfixServer server;
    QCOMPARE(server.start(u"smtpd_client_connection_rate_limit = 8\n"_s), QString());
    TlsProbeOptions options = Test::inspectionOf(Test::PostfixServer::Port);
    options.caFile = server.caFile();
    options.tries = 3;
    const TlsInspection found = inspect(options);
    QVERIFY(!found.failure);
    QVERIFY(found.pauses > 0);
    QVERIFY(found.connections < 15);
    QVERIFY(!found.chains.isEmpty());
    QVERIFY(!found.version(Tls13)->accepted.isEmpty());
    for (const quint16 code : {Tls::Ssl30, Tls10, Tls11}) {
        const ProbedVersion *version = found.version(code);
        QCOMPARE(version->judged.acceptance, Acceptance::NotTested);
        QVERIFY2(version->judged.evidence.startsWith("421 4.7.0 "),
            version->judged.evidence.constData());
        QVERIFY(version->refused.isEmpty());
    }
    QVERIFY(findingsOf(found).contains("tls.slowedDown"));
}

// A server with GnuTLS.
void TestRealTls::exim()
{
    if (!Test::EximServer::isAvailable())
        MAILGAUGE_MISSING("exim is not installed: run ./dev test");
    for (const QString &name : {u"ec.pem"_s, u"ec.key"_s})
        QFile::setPermissions(path(name), QFile::Permissions(0x6444));
    Test::EximServer server;
    QCOMPARE(server.start(uR"(tls_on_connect_ports = %1
tls_certificate = %2
tls_privatekey = %3
tls_require_ciphers = NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-256-GCM:+CHACHA20-POLY1305:%SERVER_PRECEDENCE
)"_s.arg(Test::EximServer::Port)
                     .arg(path(u"ec.pem"_s), path(u"ec.key"_s))),
        QString());
    TlsProbeOptions options = this->options();
    options.target.port = Test::EximServer::Port;
    const TlsInspection found = inspect(options);
    QVERIFY2(!found.failure, qPrintable(server.log()));
    for (const ProbedVersion &version : found.versions) {
        QCOMPARE(version.judged.acceptance,
            version.code == Tls12 ? Acceptance::Accepted : Acceptance::Refused);
    }
    const ProbedVersion *probed = found.version(Tls12);
    QCOMPARE(codesOf(probed->accepted), (QList<quint16> {0xc02c, 0xcca9}));
    QCOMPARE(acceptedFromClient({u"-connect"_s, u"127.0.0.1:%1"_s.arg(Test::EximServer::Port)}),
        sorted(codesOf(probed->accepted)));
    QCOMPARE(found.chains.size(), 1);
    QVERIFY(found.chains[0].facts.chainTrusted);
}

QTEST_GUILESS_MAIN(TestRealTls)
#include "tst_realtls.moc"
