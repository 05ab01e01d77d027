// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sasl/scram.h"
#include "sasl/serverscram.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Sasl;

class TestServerExchange : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rfc7677();
    void scramRefusals_data();
    void scramRefusals();
    void scramPrepares_data();
    void scramPrepares();
    void others_data();
    void others();
    void bearerBothSides_data();
    void bearerBothSides();
};

namespace {
const QByteArray serverNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"_ba;
const QByteArray salt = QByteArray::fromBase64("W22ZaJ0SNY7soEsUEjb6gQ=="_ba);
ServerAccount pencil()
{
    return {"user"_ba, Base::Secret("pencil"_ba), Base::Secret("t0ken"_ba)};
}
} // namespace

void TestServerExchange::rfc7677()
{
    ScramServer server(pencil(), serverNonce, salt);
    const ServerStep first = server.start("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"_ba);
    QCOMPARE(first.kind, ServerStep::Kind::Challenge);
    QCOMPARE(first.challenge,
        "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"_ba);
    const ServerStep final = server.step(
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="_ba);
    QCOMPARE(final.kind, ServerStep::Kind::Challenge);
    QCOMPARE(final.challenge, "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="_ba);
    QCOMPARE(server.step({}).kind, ServerStep::Kind::Success);
    QCOMPARE(server.user(), "user"_ba);
    QCOMPARE(server.step({}).kind, ServerStep::Kind::Malformed);
}

void TestServerExchange::scramRefusals_data()
{
    QTest::addColumn<QByteArray>("first");
    QTest::addColumn<QByteArray>("final");
    QTest::addColumn<ServerStep::Kind>("kind");
    const QByteArray good = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"_ba;
    const QByteArray nonce = "rOprNGfwEbeRWgbNEkqO"_ba + serverNonce;
    const QByteArray proof = ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="_ba;
    QTest::newRow("empty") << ""_ba << ""_ba << ServerStep::Kind::Malformed;
    QTest::newRow("channel binding not announced")
        << "p=tls-exporter,,n=user,r=x"_ba << ""_ba << ServerStep::Kind::Malformed;
    QTest::newRow("no nonce") << "n,,n=user,r="_ba << ""_ba << ServerStep::Kind::Malformed;
    QTest::newRow("bad escape") << "n,,n=us=2Der,r=x"_ba << ""_ba << ServerStep::Kind::Malformed;
    QTest::newRow("as another") << "n,a=joe,n=user,r=x"_ba << ""_ba << ServerStep::Kind::Denied;
    QTest::newRow("wrong proof") << good
                                 << "c=biws,r=" + nonce + ",p=" + QByteArray(32, 'x').toBase64()
                                 << ServerStep::Kind::Denied;
    QTest::newRow("proof cut short")
        << good << "c=biws,r=" + nonce + ",p=eHg=" << ServerStep::Kind::Malformed;
    QTest::newRow("other nonce") << good << "c=biws,r=rOprNGfwEbeRWgbNEkqO" + proof
                                 << ServerStep::Kind::Denied;
    QTest::newRow("other binding")
        << good << "c=eSws,r=" + nonce + proof << ServerStep::Kind::Denied;
    QTest::newRow("unknown user") << "n,,n=usex,r=rOprNGfwEbeRWgbNEkqO"_ba
                                  << "c=biws,r=" + nonce + proof << ServerStep::Kind::Denied;
    QTest::newRow("no attributes") << good << "x"_ba << ServerStep::Kind::Malformed;
}

void TestServerExchange::scramRefusals()
{
    QFETCH(const QByteArray, first);
    QFETCH(const QByteArray, final);
    QFETCH(const ServerStep::Kind, kind);
    ScramServer server(pencil(), serverNonce, salt);
    ServerStep step = server.start(first);
    if (!final.isEmpty()) {
        QCOMPARE(step.kind, ServerStep::Kind::Challenge);
        step = server.step(final);
    }
    QCOMPARE(step.kind, kind);
    QVERIFY(step.challenge.isEmpty());
    // Whatever follows a refusal cannot succeed.
    QCOMPARE(server.step({}).kind, ServerStep::Kind::Malformed);
}

void TestServerExchange::scramPrepares_data()
{
    QTest::addColumn<QByteArray>("account");
    QTest::addColumn<QByteArray>("typed");
    QTest::newRow("ASCII") << "pencil"_ba << "pencil"_ba;
    QTest::newRow("rfc4013 soft hyphen") << "I\u00adX"_ba << "I\u00adX"_ba;
    QTest::newRow("rfc4013 roman numeral") << "\u2168"_ba << "IX"_ba;
    QTest::newRow("composed and decomposed") << "p\u00e4ss"_ba << "pa\u0308ss"_ba;
}

// Client and server of ours, user and password the same text in two spellings.
void TestServerExchange::scramPrepares()
{
    QFETCH(const QByteArray, account);
    QFETCH(const QByteArray, typed);
    Scram client(QCryptographicHash::Sha256, Scram::Binding::Unbound,
        {typed, {}, Base::Secret(typed)}, "c"_ba);
    ScramServer server({account, Base::Secret(account)}, serverNonce, salt);
    auto response = client.respond({});
    ServerStep step = server.start(response->bytes.reveal());
    while (step.kind == ServerStep::Kind::Challenge) {
        response = client.respond(step.challenge);
        QVERIFY(response);
        step = server.step(response->bytes.reveal());
    }
    QCOMPARE(step.kind, ServerStep::Kind::Success);
    QVERIFY(client.finish());
}

void TestServerExchange::others_data()
{
    QTest::addColumn<QByteArray>("mechanism");
    QTest::addColumn<QList<QByteArray>>(
        "responses"); // the first is the initial response, if not null
    QTest::addColumn<ServerStep::Kind>("kind");
    const auto rows = [](const char *name, const char *mechanism,
                          const QList<QByteArray> &responses, ServerStep::Kind kind) {
        QTest::newRow(name) << QByteArray(mechanism) << responses << kind;
    };
    using enum ServerStep::Kind;
    rows("rfc4616 plain", "PLAIN", {"\0user\0pencil"_ba}, Success);
    rows("plain, no initial response", "PLAIN", {QByteArray(), "\0user\0pencil"_ba}, Success);
    rows("plain, wrong password", "PLAIN", {"\0user\0pencil "_ba}, Denied);
    rows("plain, two parts", "PLAIN", {"user\0pencil"_ba}, Malformed);
    rows("plain, four parts", "PLAIN", {"\0user\0pencil\0"_ba}, Malformed);
    rows("plain, nobody", "PLAIN", {"\0\0pencil"_ba}, Malformed);
    rows("login", "LOGIN", {QByteArray(), "user"_ba, "pencil"_ba}, Success);
    rows("login, user at once", "LOGIN", {"user"_ba, "pencil"_ba}, Success);
    rows("login, wrong user", "LOGIN", {"usex"_ba, "pencil"_ba}, Denied);
    rows("cram, initial response", "CRAM-MD5", {"user x"_ba}, Malformed);
    rows("cram, no space", "CRAM-MD5", {QByteArray(), "user"_ba}, Malformed);
    rows("cram, wrong digest", "CRAM-MD5", {QByteArray(), "user 00"_ba}, Denied);
    const QByteArray xoauth2 = "user=user\x01"
                               "auth=Bearer t0ken\x01\x01"_ba;
    const QByteArray bearer = "n,a=user,\x01"
                              "host=h\x01port=25\x01"
                              "auth=Bearer t0ken\x01\x01"_ba;
    const auto with = [](QByteArray message, const char *before, const char *after) {
        return message.replace(before, after);
    };
    const QByteArray control(1, '\x01');
    rows("xoauth2", "XOAUTH2", {xoauth2}, Success);
    rows("xoauth2, no initial response", "XOAUTH2", {QByteArray(), xoauth2}, Success);
    rows("rfc6750 2.1 scheme in any case", "XOAUTH2", {with(xoauth2, "Bearer", "bEARER")}, Success);
    rows("xoauth2, wrong token", "XOAUTH2", {with(xoauth2, "t0ken", "token"), ""_ba}, Denied);
    rows("xoauth2, no token", "XOAUTH2", {with(xoauth2, "t0ken", ""), ""_ba}, Denied);
    rows("xoauth2, wrong user", "XOAUTH2", {with(xoauth2, "=user", "=joe"), ""_ba}, Denied);
    rows("xoauth2, words behind the reason", "XOAUTH2", {with(xoauth2, "t0ken", "token"), xoauth2},
        Malformed);
    rows("xoauth2, not ended", "XOAUTH2", {xoauth2.chopped(1)}, Malformed);
    rows("xoauth2, nobody", "XOAUTH2", {with(xoauth2, "user=user\x01", "")}, Malformed);
    rows("xoauth2, another scheme", "XOAUTH2", {with(xoauth2, "Bearer", "Basic")}, Malformed);
    rows("xoauth2, empty", "XOAUTH2", {""_ba}, Malformed);
    rows("rfc7628 4.1", "OAUTHBEARER", {bearer}, Success);
    rows("rfc7628 3.1 the token says who", "OAUTHBEARER", {with(bearer, "a=user", "")}, Success);
    rows("rfc7628 3.2.3", "OAUTHBEARER", {with(bearer, "t0ken", "token"), control}, Denied);
    rows("rfc7628 3.2.3 nothing behind the reason", "OAUTHBEARER",
        {with(bearer, "t0ken", "token"), ""_ba}, Malformed);
    rows("oauthbearer, wrong user", "OAUTHBEARER", {with(bearer, "a=user", "a=joe"), control},
        Denied);
    rows("rfc5801 4 escaped name", "OAUTHBEARER", {with(bearer, "a=user", "a=us=2Cer"), control},
        Denied);
    rows("rfc5801 4 bad escape", "OAUTHBEARER", {with(bearer, "a=user", "a=us=2der")}, Malformed);
    rows("oauthbearer, bound", "OAUTHBEARER", {with(bearer, "n,", "p=tls-exporter,")}, Malformed);
    rows("oauthbearer, no header", "OAUTHBEARER", {xoauth2}, Malformed);
    rows("oauthbearer, a pair without a key", "OAUTHBEARER", {with(bearer, "host=", "=")},
        Malformed);
    // RFC 2195 2 with the challenge built from this nonce and host.
    rows("rfc2195 digest of another challenge", "CRAM-MD5",
        {QByteArray(), "user b913a602c7eda7a495b4e6e7334d3890"_ba}, Denied);
}

void TestServerExchange::others()
{
    QFETCH(const QByteArray, mechanism);
    QFETCH(const QList<QByteArray>, responses);
    QFETCH(const ServerStep::Kind, kind);
    const auto server = makeServerExchange(mechanism, pencil(), "n0"_ba, "relay.example"_ba);
    QVERIFY(server);
    ServerStep step = server->start(
        responses[0].isNull() ? std::nullopt : std::optional<QByteArray>(responses[0]));
    for (qsizetype i = 1; i < responses.size(); ++i) {
        QCOMPARE(step.kind, ServerStep::Kind::Challenge);
        step = server->step(responses[i]);
    }
    QCOMPARE(step.kind, kind);
    // Whatever follows the end cannot succeed.
    if (kind != ServerStep::Kind::Success && mechanism.contains("AUTH"))
        QCOMPARE(server->step(responses.last()).kind, ServerStep::Kind::Malformed);
    QVERIFY(!makeServerExchange("NTLM", pencil(), "n0"_ba, "relay.example"_ba));
}

void TestServerExchange::bearerBothSides_data()
{
    QTest::addColumn<QByteArray>("mechanism");
    QTest::addColumn<QString>("reason");
    QTest::newRow("XOAUTH2") << "XOAUTH2"_ba << u"status: 400, schemes: Bearer, scope: mail.send"_s;
    QTest::newRow("OAUTHBEARER") << "OAUTHBEARER"_ba
                                 << u"status: invalid_token, scope: mail.send"_s;
}

void TestServerExchange::bearerBothSides()
{
    QFETCH(const QByteArray, mechanism);
    QFETCH(const QString, reason);
    for (const auto &token : {"t0ken"_ba, "expired"_ba}) {
        Credentials who {"us,er=1"_ba, {}, {}};
        who.token = Base::Secret(token);
        const auto client = createMechanism(mechanism, who);
        const auto server = makeServerExchange(
            mechanism, {"us,er=1"_ba, {}, Base::Secret("t0ken"_ba)}, "n0"_ba, "relay.example"_ba);
        ServerStep step = server->start(client->respond({})->bytes.reveal());
        if (token == "expired") {
            QCOMPARE(step.kind, ServerStep::Kind::Challenge);
            step = server->step(client->respond(step.challenge)->bytes.reveal());
            QCOMPARE(step.kind, ServerStep::Kind::Denied);
            QCOMPARE(client->refusalReason(), reason);
        } else {
            QCOMPARE(step.kind, ServerStep::Kind::Success);
            QVERIFY(client->finish());
        }
        QCOMPARE(server->user(), "us,er=1"_ba);
    }
    // Where no token is set none is good.
    const auto server = makeServerExchange(mechanism, {"user"_ba, {}}, "n0"_ba, "relay.example"_ba);
    Credentials who {"user"_ba, {}, {}};
    who.token = Base::Secret("x"_ba);
    QCOMPARE(server->start(createMechanism(mechanism, who)->respond({})->bytes.reveal()).kind,
        ServerStep::Kind::Challenge);
}

QTEST_GUILESS_MAIN(TestServerExchange)
#include "tst_serverexchange.moc"
