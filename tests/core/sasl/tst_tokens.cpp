// SPDX-License-Identifier: GPL-3.0-or-later
// OAUTHBEARER, XOAUTH2, EXTERNAL, ANONYMOUS, and which mechanism is chosen.
#include "base/literals.h"
#include "sasl/choice.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Sasl;
using Base::Error;
using Base::Secret;

namespace {

const QByteArray token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="_ba;

Credentials withToken(const QByteArray &value = token)
{
    Credentials who {"user@example.com"_ba, {}, {}, Secret(value)};
    who.host = "server.example.com";
    who.port = 143;
    return who;
}

} // namespace

class TestTokens : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rfc7628Message();
    void xoauth2Message();
    void rfc7628Error_data();
    void rfc7628Error();
    void badTokens_data();
    void badTokens();
    void external();
    void anonymous();
    void choice_data();
    void choice();
    void passwordServesAsNamedToken();
    void strength();
};

void TestTokens::rfc7628Message()
{
    const auto mechanism = createMechanism("OAUTHBEARER", withToken());
    QVERIFY(mechanism->isClientFirst());
    const auto response = mechanism->respond({});
    QVERIFY(response);
    QVERIFY(response->sensitive);
    // RFC 7628 4.1, as it stands there in base64.
    QCOMPARE(response->bytes.reveal().toBase64(),
        "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyI"
        "HZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB"_ba);
    QVERIFY(mechanism->finish());

    Credentials who = withToken();
    who.user = "a=b,c"_ba;
    who.host.clear();
    who.port = 0;
    QCOMPARE(createMechanism("OAUTHBEARER", who)->respond({})->bytes.reveal(),
        "n,a=a=3Db=2Cc,\x01"
        "auth=Bearer "
            + token + "\x01\x01");
}

void TestTokens::xoauth2Message()
{
    Credentials who = withToken("ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg"_ba);
    who.user = "someuser@example.com"_ba;
    const auto mechanism = createMechanism("XOAUTH2", who);
    // The example of Google's description of the mechanism.
    QCOMPARE(mechanism->respond({})->bytes.reveal().toBase64(),
        "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSF"
        "J"
        "oZG1semRHRXVZMjl0Q2cBAQ=="_ba);
    QVERIFY(mechanism->finish());
    who.user.clear();
    QCOMPARE(createMechanism("XOAUTH2", who)->respond({}).error().kind, Error::Kind::InvalidInput);
}

void TestTokens::rfc7628Error_data()
{
    QTest::addColumn<QByteArray>("mechanism");
    QTest::addColumn<QByteArray>("challenge");
    QTest::addColumn<QByteArray>("acknowledgement");
    QTest::addColumn<QString>("reason");
    QTest::newRow("rfc7628 4.3")
        << "OAUTHBEARER"_ba
        << "{\"status\":\"invalid_token\",\"scope\":\"example_scope\",\"openid-configuration\":\"https://example.com/.well-known/openid-configuration\"}"_ba
        << "\x01"_ba
        << u"status: invalid_token, openid-configuration: https://example.com/.well-known/openid-configuration, scope: example_scope"_s;
    QTest::newRow("XOAUTH2")
        << "XOAUTH2"_ba
        << "{\"status\":\"401\",\"schemes\":\"bearer\",\"scope\":\"https://mail.google.com/\"}"_ba
        << ""_ba << u"status: 401, schemes: bearer, scope: https://mail.google.com/"_s;
    QTest::newRow("a number") << "XOAUTH2"_ba << "{\"status\":400}"_ba << ""_ba << u"status: 400"_s;
    QTest::newRow("no JSON") << "XOAUTH2"_ba << "token expired"_ba << ""_ba << u"token expired"_s;
    QTest::newRow("nothing") << "OAUTHBEARER"_ba << ""_ba << "\x01"_ba << QString();
    QTest::newRow("B32 deep") << "OAUTHBEARER"_ba << QByteArray(9000, '[') << "\x01"_ba
                              << QString(9000, u'[');
}

void TestTokens::rfc7628Error()
{
    QFETCH(const QByteArray, mechanism);
    QFETCH(const QByteArray, challenge);
    QFETCH(const QByteArray, acknowledgement);
    QFETCH(const QString, reason);
    const auto tried = createMechanism(mechanism, withToken());
    QVERIFY(tried->respond({}));
    QVERIFY(tried->refusalReason().isEmpty());
    const auto response = tried->respond(challenge);
    QVERIFY(response);
    QCOMPARE(response->bytes.reveal(), acknowledgement);
    QCOMPARE(tried->refusalReason(), reason);
    // A success would contradict it, a second reason is one too many.
    QCOMPARE(tried->finish().error().kind, Error::Kind::MalformedReply);
    QCOMPARE(tried->respond(challenge).error().kind, Error::Kind::MalformedReply);
}

void TestTokens::badTokens_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("none") << ""_ba;
    QTest::newRow("D2 line end") << "abc\r\nRSET"_ba;
    QTest::newRow("separator") << "abc\x01user=root"_ba;
    QTest::newRow("space") << "abc def"_ba;
    QTest::newRow("beyond ASCII") << "\xc3\xa4"_ba;
}

void TestTokens::badTokens()
{
    QFETCH(const QByteArray, value);
    for (const char *name : {"OAUTHBEARER", "XOAUTH2"})
        QCOMPARE(createMechanism(name, withToken(value))->respond({}).error().kind,
            Error::Kind::InvalidInput);
}

void TestTokens::external()
{
    Credentials who {"ann"_ba, "boss"_ba, Secret("p"_ba)};
    const auto mechanism = createMechanism("EXTERNAL", who);
    QVERIFY(mechanism->isClientFirst());
    QCOMPARE(mechanism->respond({})->bytes.reveal(), "boss"_ba); // RFC 4422 A.4
    QCOMPARE(mechanism->respond(""_ba).error().kind, Error::Kind::MalformedReply);
    who.authorizationId.clear();
    QVERIFY(createMechanism("EXTERNAL", who)->respond({})->bytes.isEmpty());
    QVERIFY(!createMechanism("EXTERNAL", who)->respond("hm"_ba));
    who.authorizationId = QByteArray("a\0b", 3);
    QCOMPARE(createMechanism("EXTERNAL", who)->respond({}).error().kind, Error::Kind::InvalidInput);
}

void TestTokens::anonymous()
{
    const auto mechanism = createMechanism("ANONYMOUS", {"sirhc"_ba, {}, {}});
    const auto response = mechanism->respond({});
    QCOMPARE(response->bytes.reveal().toBase64(), "c2lyaGM="_ba); // RFC 4505 4
    QVERIFY(!response->sensitive);
    QVERIFY(mechanism->finish());
    QVERIFY(createMechanism("ANONYMOUS", {})->respond({})->bytes.isEmpty());
}

void TestTokens::choice_data()
{
    QTest::addColumn<QByteArray>("offered");
    QTest::addColumn<QByteArray>("named");
    QTest::addColumn<QByteArray>("have"); // p password, t token, b binding, T TLS, z authzid
    QTest::addColumn<QByteArray>("tried"); // or "! " and what is in the reason
    const auto row = [](const char *name, const char *offered, const char *named, const char *have,
                         const char *tried) {
        QTest::newRow(name) << QByteArray(offered) << QByteArray(named) << QByteArray(have)
                            << QByteArray(tried);
    };
    row("strongest first", "LOGIN PLAIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-512", "", "pT",
        "SCRAM-SHA-512 SCRAM-SHA-1 CRAM-MD5 PLAIN LOGIN");
    row("bound before unbound", "SCRAM-SHA-512 SCRAM-SHA-1-PLUS", "", "pbT",
        "SCRAM-SHA-1-PLUS SCRAM-SHA-512");
    row("nothing to bind to", "SCRAM-SHA-256 SCRAM-SHA-256-PLUS", "", "p", "SCRAM-SHA-256");
    row("only bound", "SCRAM-SHA-256-PLUS", "", "p", "! needs TLS to bind to");
    row("token alone", "PLAIN XOAUTH2 OAUTHBEARER SCRAM-SHA-256", "", "tT", "OAUTHBEARER XOAUTH2");
    row("token and password", "PLAIN XOAUTH2 SCRAM-SHA-256", "", "ptT",
        "SCRAM-SHA-256 XOAUTH2 PLAIN");
    row("password is no token by itself", "XOAUTH2", "", "pT", "! needs a token");
    row("a named one takes it", "XOAUTH2 PLAIN", "XOAUTH2", "pT", "XOAUTH2");
    row("token where a password is needed", "PLAIN", "", "tT", "! needs a password");
    row("C16 not without TLS", "PLAIN LOGIN", "", "p", "! would show the password");
    row("C16 token not without TLS", "XOAUTH2 OAUTHBEARER", "", "t", "! would show the token");
    row("C16 what shows nothing", "PLAIN NTLM DIGEST-MD5", "", "p", "DIGEST-MD5 NTLM");
    row("C16 ANONYMOUS is never taken by itself", "ANONYMOUS EXTERNAL", "", "pT",
        "! no mechanism in common");
    row("but when named", "ANONYMOUS PLAIN", "ANONYMOUS", "", "ANONYMOUS");
    row("in the user's order", "SCRAM-SHA-256 PLAIN LOGIN", "LOGIN SCRAM-SHA-256", "pT",
        "LOGIN SCRAM-SHA-256");
    row("to act as another", "LOGIN CRAM-MD5 PLAIN NTLM", "", "pTz", "PLAIN");
    row("nothing announced", "", "", "pT", "! AUTH is not announced");
    if (isLeftOut("GSSAPI")) {
        row("not in this build", "GSSAPI", "GSSAPI", "", "! GSSAPI is not in this build");
    } else {
        row("a ticket before anything else", "PLAIN GSSAPI", "", "T", "GSSAPI PLAIN");
        row("but not where another proof is given", "PLAIN GSSAPI", "", "pT", "PLAIN");
        row("nor a token", "XOAUTH2 GSSAPI", "", "tT", "XOAUTH2");
        row("unless it is named", "PLAIN GSSAPI", "GSSAPI", "p", "GSSAPI");
        row("a ticket needs no TLS", "PLAIN GSSAPI", "", "", "GSSAPI");
        row("a ticket acts as another", "GSSAPI LOGIN", "", "z", "GSSAPI");
    }
    row("not known", "GS2-KRB5 KERBEROS_V4", "", "pT", "! the server offers GS2-KRB5 KERBEROS_V4");
}

void TestTokens::choice()
{
    QFETCH(const QByteArray, offered);
    QFETCH(const QByteArray, named);
    QFETCH(const QByteArray, have);
    QFETCH(const QByteArray, tried);
    const auto words = [](const QByteArray &text) {
        return text.isEmpty() ? QList<QByteArray>() : text.split(' ');
    };
    Credentials who {"u"_ba, have.contains('z') ? "z"_ba : ""_ba,
        Secret(have.contains('p') ? "p"_ba : ""_ba), Secret(have.contains('t') ? "t"_ba : ""_ba)};
    if (have.contains('b'))
        who.binding = {"tls-exporter"_ba, "x"_ba};
    const auto chosen = mechanismsToTry(
        words(offered), {.named = words(named), .tls = have.contains('T')}, who);
    if (tried.startsWith("! ")) {
        QVERIFY(!chosen);
        QCOMPARE(chosen.error().kind, Error::Kind::Unsupported);
        QVERIFY2(chosen.error().detail.contains(QString::fromLatin1(tried.sliced(2))),
            qPrintable(chosen.error().detail));
        return;
    }
    QVERIFY2(chosen, chosen ? "" : qPrintable(chosen.error().detail));
    QCOMPARE(*chosen, words(tried));
}

void TestTokens::passwordServesAsNamedToken()
{
    const Credentials who {"u"_ba, {}, Secret("kept"_ba)};
    const Choice named {.named = {"XOAUTH2"_ba}};
    QCOMPARE(credentialsFor("XOAUTH2", {"XOAUTH2"_ba}, named, who).token, Secret("kept"_ba));
    QVERIFY(credentialsFor("XOAUTH2", {"XOAUTH2"_ba}, {}, who).token.isEmpty());
    QVERIFY(credentialsFor("PLAIN", {"PLAIN"_ba}, {.named = {"PLAIN"_ba}}, who).token.isEmpty());

    Credentials bound = who;
    bound.binding = {"tls-exporter"_ba, "x"_ba};
    const QList plain {"SCRAM-SHA-256"_ba};
    QVERIFY(credentialsFor("SCRAM-SHA-256", plain, {}, bound).bindingNotOffered);
    QVERIFY(!credentialsFor("SCRAM-SHA-256", plain, {}, who).bindingNotOffered);
    QVERIFY(!credentialsFor("SCRAM-SHA-256", plain + QList {"SCRAM-SHA-1-PLUS"_ba}, {}, bound)
            .bindingNotOffered);
}

void TestTokens::strength()
{
    QCOMPARE(strongestOf({"PLAIN"_ba, "GSSAPI"_ba, "CRAM-MD5"_ba}), "CRAM-MD5"_ba);
    QCOMPARE(strongestOf({"ANONYMOUS"_ba, "GSSAPI"_ba}), ""_ba);
    QVERIFY(isStronger("SCRAM-SHA-1", "PLAIN"));
    QVERIFY(!isStronger("PLAIN", "SCRAM-SHA-1"));
    QVERIFY(!isStronger("PLAIN", "PLAIN"));
    QVERIFY(isStronger("PLAIN", ""));
    QCOMPARE(isStronger("GSSAPI", "PLAIN"), !isLeftOut("GSSAPI"));
    QVERIFY(!isStronger("KERBEROS_V4", "PLAIN"));
}

QTEST_GUILESS_MAIN(TestTokens)
#include "tst_tokens.moc"
