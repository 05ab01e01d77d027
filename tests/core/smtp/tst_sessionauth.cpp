// SPDX-License-Identifier: GPL-3.0-or-later
// AUTH inside a session: which mechanism, what becomes of a refusal, what a downgrade looks like.
#include "missing.h"
#include "sessionplayer.h"

#include "base/literals.h"
#include "sasl/scramkeys.h"

#include <QTest>

using namespace Mailgauge;
using Smtp::AuthOptions;
using Smtp::TlsPolicy;
using Test::SessionPlayer;

namespace {

const QByteArray User = "tim"_ba;
const QByteArray Password = "tanstaaftanstaaf"_ba;
const QByteArray Token = "ya29.c4n4ry-t0ken"_ba;
const QByteArray Ehlo = "C: EHLO me.example\n"_ba;
const QByteArray Quit = "C: QUIT\nS: 221 bye\n"_ba;

QByteArray hello(const QByteArray &mechanisms)
{
    return Ehlo + "S: 250-mx\nS: 250 AUTH " + mechanisms + '\n';
}

/// Implicit TLS.
QByteArray greetedWith(const QByteArray &mechanisms)
{
    return "TLS\nS: 220 mx\n" + hello(mechanisms);
}

SessionPlayer player(const QByteArray &script)
{
    SessionPlayer player;
    player.options = Test::plainOptions();
    player.options.tls = TlsPolicy::ImplicitTls;
    player.options.auth.need = AuthOptions::Need::Required;
    player.options.auth.user = User;
    player.options.auth.password = Base::Secret(Password);
    player.script = script;
    return player;
}

SessionPlayer playerWithToken(const QByteArray &script)
{
    SessionPlayer one = player(script);
    one.options.auth.password = {};
    one.options.auth.token = Base::Secret(Token);
    one.options.auth.host = "mx.example";
    one.options.auth.port = 465;
    return one;
}

QByteArray plainLine()
{
    return "C: AUTH PLAIN " + ('\0' + User + '\0' + Password).toBase64() + '\n';
}

QByteArray loginLines()
{
    return "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: " + User.toBase64()
        + "\nS: 334 UGFzc3dvcmQ6\nC: " + Password.toBase64() + '\n';
}

QByteArray bearerLine()
{
    return "C: AUTH OAUTHBEARER "
        + ("n,a=tim,\x01host=mx.example\x01port=465\x01"
           "auth=Bearer "
            + Token + "\x01\x01")
              .toBase64()
        + '\n';
}

} // namespace

class TestSessionAuth : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void inTurn_data();
    void inTurn();
    void initialResponse_data();
    void initialResponse();
    void optional_data();
    void optional();
    void tokens_data();
    void tokens();
    void reasonIsDecodedAndMasked();
    void noProof_data();
    void noProof();
    void digestMd5ThatProvesNothing();
    void downgrade_data();
    void downgrade();
    void inClearOnly();
    void askedElsewhere_data();
    void askedElsewhere();
    void noTicketIsNoRefusal();
    void boundToTls();
    void anotherBindingIsTried();
    void everySecretIsCutOut_data();
    void everySecretIsCutOut();
};

void TestSessionAuth::inTurn_data()
{
    QTest::addColumn<QByteArrayList>("named");
    QTest::addColumn<bool>("asked");
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArray start = greetedWith("PLAIN LOGIN"_ba);
    QTest::newRow("each refusal is told")
        << QByteArrayList {} << true
        << start + plainLine() + "S: 535 5.7.8 not so\n" + loginLines() + "S: 235 ok\n" + Quit
        << QByteArrayList {"tls", "quirk authMechanismRefused", "auth LOGIN", "closed"};
    QTest::newRow("the last one decides")
        << QByteArrayList {"LOGIN", "PLAIN"} << true
        << start + loginLines() + "S: 535 5.7.8 not so\n" + plainLine() + "S: 535 5.7.8 no\n" + Quit
        << QByteArrayList {"tls", "quirk authMechanismRefused", "failed denied auth 535", "closed"};
    QTest::newRow("B33 not without being asked")
        << QByteArrayList {"LOGIN", "PLAIN"} << false
        << start + loginLines() + "S: 535 5.7.8 not so\n" + Quit
        << QByteArrayList {"tls", "failed denied auth 535", "closed"};
    QTest::newRow("B33 a temporary refusal is no reason")
        << QByteArrayList {} << true << start + plainLine() + "S: 454 4.7.0 later\n" + Quit
        << QByteArrayList {"tls", "failed denied auth 454", "closed"};
    QTest::newRow("421 ends it") << QByteArrayList {} << true
                                 << start + plainLine() + "S: 421 4.7.0 too many\n"
                                 << QByteArrayList {"tls", "failed denied auth 421", "closed"};
}

void TestSessionAuth::inTurn()
{
    QFETCH(QByteArrayList, named);
    QFETCH(bool, asked);
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer one = player(script);
    one.options.auth.mechanisms = named;
    one.options.auth.inTurn = asked;
    playEveryWay(one, facts);
    if (facts.contains("quirk authMechanismRefused")) {
        one.play();
        QCOMPARE(one.evidence.first(),
            (named.isEmpty() ? "PLAIN"_ba : named.first()) + ": 535 5.7.8 not so");
    }
}

/// RFC 4954 4: who sends the first message of a mechanism, and when.
void TestSessionAuth::initialResponse_data()
{
    QTest::addColumn<AuthOptions::Initial>("initial");
    QTest::addColumn<QByteArray>("mechanism");
    QTest::addColumn<QByteArray>("dialogue");
    using enum AuthOptions::Initial;
    const QByteArray plain = ('\0' + User + '\0' + Password).toBase64();
    const QByteArray late = "C: AUTH PLAIN\nS: 334 \nC: " + plain + '\n';
    const QByteArray early = "C: AUTH LOGIN " + User.toBase64()
        + "\nS: 334 UGFzc3dvcmQ6\nC: " + Password.toBase64() + '\n';
    QTest::newRow("PLAIN as usual") << AsUsual << "PLAIN"_ba << plainLine();
    QTest::newRow("PLAIN always") << Always << "PLAIN"_ba << plainLine();
    QTest::newRow("PLAIN never") << Never << "PLAIN"_ba << late;
    QTest::newRow("LOGIN as usual") << AsUsual << "LOGIN"_ba << loginLines();
    QTest::newRow("LOGIN always") << Always << "LOGIN"_ba << early;
    QTest::newRow("LOGIN never") << Never << "LOGIN"_ba << loginLines();
}

void TestSessionAuth::initialResponse()
{
    QFETCH(AuthOptions::Initial, initial);
    QFETCH(QByteArray, mechanism);
    QFETCH(QByteArray, dialogue);
    SessionPlayer one = player(greetedWith("PLAIN LOGIN"_ba) + dialogue + "S: 235 ok\n" + Quit);
    one.options.auth.mechanisms = {mechanism};
    one.options.auth.initial = initial;
    playEveryWay(one, {"tls", "auth " + mechanism, "closed"});
}

void TestSessionAuth::optional_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    QTest::newRow("accepted") << greetedWith("PLAIN"_ba) + plainLine() + "S: 235 ok\n" + Quit
                              << QByteArrayList {"tls", "auth PLAIN", "closed"};
    QTest::newRow("refused") << greetedWith("PLAIN"_ba) + plainLine() + "S: 535 no\n" + Quit
                             << QByteArrayList {"tls", "quirk authGivenUp", "closed"};
    QTest::newRow("not now") << greetedWith("PLAIN"_ba) + plainLine() + "S: 454 later\n" + Quit
                             << QByteArrayList {"tls", "quirk authGivenUp", "closed"};
    QTest::newRow("421") << greetedWith("PLAIN"_ba) + plainLine() + "S: 421 bye\n"
                         << QByteArrayList {"tls", "failed denied auth 421", "closed"};
    QTest::newRow("none in common") << greetedWith("X-OTHER"_ba) + Quit
                                    << QByteArrayList {"tls", "quirk authGivenUp", "closed"};
    QTest::newRow("not offered") << "TLS\nS: 220 mx\n" + Ehlo + "S: 250 mx\n" + Quit
                                 << QByteArrayList {"tls", "closed"};
}

void TestSessionAuth::optional()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer one = player(script);
    one.options.auth.need = AuthOptions::Need::Optional;
    playEveryWay(one, facts);
}

void TestSessionAuth::tokens_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArray xoauth2 = "C: AUTH XOAUTH2 "
        + ("user=tim\x01"
           "auth=Bearer "
            + Token + "\x01\x01")
              .toBase64()
        + '\n';
    const QByteArray json = "S: 334 " + R"({"status":"invalid_token","scope":"mail"})"_ba.toBase64()
        + '\n';
    QTest::newRow("rfc7628 4.1") << greetedWith("PLAIN XOAUTH2 OAUTHBEARER"_ba) + bearerLine()
            + "S: 235 ok\n"
            + Quit << QByteArrayList {"tls", "auth OAUTHBEARER", "closed"};
    QTest::newRow("XOAUTH2") << greetedWith("PLAIN XOAUTH2"_ba) + xoauth2 + "S: 235 ok\n" + Quit
                             << QByteArrayList {"tls", "auth XOAUTH2", "closed"};
    QTest::newRow("rfc7628 3.2.3 refused")
        << greetedWith("OAUTHBEARER"_ba) + bearerLine() + json + "C: AQ==\nS: 535 5.7.8 no\n" + Quit
        << QByteArrayList {"tls", "failed denied auth 535", "closed"};
    QTest::newRow("XOAUTH2 refused")
        << greetedWith("XOAUTH2"_ba) + xoauth2 + json + "C: \nS: 535 5.7.8 no\n" + Quit
        << QByteArrayList {"tls", "failed denied auth 535", "closed"};
    QTest::newRow("success behind a reason is none")
        << greetedWith("OAUTHBEARER"_ba) + bearerLine() + json + "C: AQ==\nS: 235 ok\n"
        << QByteArrayList {"tls", "failed malformedReply auth", "closed abort"};
    QTest::newRow("B32 a reason too many")
        << greetedWith("OAUTHBEARER"_ba) + bearerLine() + json + "C: AQ==\n" + json
        << QByteArrayList {"tls", "failed malformedReply auth", "closed abort"};
    QTest::newRow("C16 not without TLS") << "S: 220 mx\n" + hello("XOAUTH2 OAUTHBEARER"_ba) + Quit
                                         << QByteArrayList {"failed unsupported auth", "closed"};
}

void TestSessionAuth::tokens()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer one = playerWithToken(script);
    if (!script.startsWith("TLS"))
        one.options.tls = TlsPolicy::None;
    playEveryWay(one, facts);
    QVERIFY(script.contains("AUTH XOAUTH2 ") || script.contains("AUTH OAUTHBEARER ")
        || !one.client.contains("AUTH"));
}

void TestSessionAuth::reasonIsDecodedAndMasked()
{
    // The server repeats the token inside its JSON, far enough back to be cut in the middle.
    const QByteArray json = R"({"status":"invalid_token","seen":")" + QByteArray(960, 'x') + ' '
        + Token + R"(","scope":"mail"})";
    SessionPlayer one = playerWithToken(greetedWith("OAUTHBEARER"_ba) + bearerLine() + "S: 334 "
        + json.toBase64() + "\nC: AQ==\nS: 535 5.7.8 no\n" + Quit);
    one.play();
    QVERIFY(one.failed);
    const QString detail = one.failed->failure.error.detail;
    QVERIFY2(detail.startsWith(u"AUTH OAUTHBEARER refused: status: invalid_token, "_s),
        qPrintable(detail));
    QVERIFY(!detail.contains(u"c4n4ry"_s));
    QVERIFY(!detail.contains(u"ya29"_s));
    QVERIFY(!one.lines.join().contains(Token.toBase64().left(12)));
}

void TestSessionAuth::noProof_data()
{
    QTest::addColumn<QByteArrayList>("named");
    QTest::addColumn<QByteArray>("authorizationId");
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArray start = greetedWith("EXTERNAL ANONYMOUS"_ba);
    QTest::newRow("rfc4422 A.4 EXTERNAL as oneself")
        << QByteArrayList {"EXTERNAL"} << ""_ba << start + "C: AUTH EXTERNAL =\nS: 235 ok\n" + Quit
        << QByteArrayList {"tls", "auth EXTERNAL", "closed"};
    QTest::newRow("rfc4422 A.4 EXTERNAL as another")
        << QByteArrayList {"EXTERNAL"} << "fred@example.com"_ba
        << start + "C: AUTH EXTERNAL ZnJlZEBleGFtcGxlLmNvbQ==\nS: 235 ok\n" + Quit
        << QByteArrayList {"tls", "auth EXTERNAL", "closed"};
    QTest::newRow("rfc4505 4 ANONYMOUS") << QByteArrayList {"ANONYMOUS"} << ""_ba
                                         << start + "C: AUTH ANONYMOUS dGlt\nS: 235 ok\n" + Quit
                                         << QByteArrayList {"tls", "auth ANONYMOUS", "closed"};
    QTest::newRow("never by themselves")
        << QByteArrayList {} << ""_ba << start + Quit
        << QByteArrayList {"tls", "failed unsupported auth", "closed"};
}

void TestSessionAuth::noProof()
{
    QFETCH(QByteArrayList, named);
    QFETCH(QByteArray, authorizationId);
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer one = player(script);
    one.options.auth.mechanisms = named;
    one.options.auth.authorizationId = authorizationId;
    playEveryWay(one, facts);
}

void TestSessionAuth::digestMd5ThatProvesNothing()
{
    const QByteArray challenge = "S: 334 "
        + R"(realm="r",nonce="n",qop="auth",algorithm=md5-sess,charset=utf-8)"_ba.toBase64() + '\n';
    const QByteArray start = greetedWith("DIGEST-MD5 PLAIN"_ba) + "C: AUTH DIGEST-MD5\n" + challenge
        + "C:\n"; // whatever it answers with its own nonce
    for (const QByteArray &end :
        {"S: 235 ok\n"_ba, "S: 334 " + "rspauth=00000000000000000000000000000000"_ba.toBase64()}) {
        SessionPlayer one = player(start + end);
        one.play();
        QCOMPARE(one.facts.value(0), "tls"_ba);
        QVERIFY2(one.facts.contains("failed denied auth"), one.facts.join('\n').constData());
        QVERIFY(!one.client.contains("PLAIN"));
    }
}

void TestSessionAuth::downgrade_data()
{
    QTest::addColumn<QByteArray>("expected");
    QTest::addColumn<QByteArray>("offered");
    QTest::addColumn<bool>("told");
    QTest::newRow("C16 only PLAIN is left") << "SCRAM-SHA-256"_ba << "PLAIN"_ba << true;
    QTest::newRow("C16 binding is gone")
        << "SCRAM-SHA-256-PLUS"_ba << "PLAIN SCRAM-SHA-256"_ba << true;
    QTest::newRow("still there") << "SCRAM-SHA-256"_ba << "PLAIN SCRAM-SHA-256"_ba << false;
    QTest::newRow("a stronger one instead") << "CRAM-MD5"_ba << "PLAIN SCRAM-SHA-1"_ba << false;
    QTest::newRow("not known yet") << ""_ba << "PLAIN"_ba << false;
    QTest::newRow("C16 nothing is left") << "PLAIN"_ba << ""_ba << true;
}

void TestSessionAuth::downgrade()
{
    QFETCH(QByteArray, expected);
    QFETCH(QByteArray, offered);
    QFETCH(bool, told);
    SessionPlayer one = player(
        offered.isEmpty() ? "TLS\nS: 220 mx\n" + Ehlo + "S: 250 mx\n" : greetedWith(offered));
    one.options.auth.need = AuthOptions::Need::IfOffered;
    one.options.auth.expected = expected;
    one.play();
    QCOMPARE(one.facts.contains("quirk authDowngrade"), told);
    if (told)
        QCOMPARE(one.evidence.first(),
            expected + " in an earlier session; offered now: "
                + (offered.isEmpty() ? "none"_ba : offered));
}

void TestSessionAuth::inClearOnly()
{
    SessionPlayer one = player("S: 220 mx\n" + Ehlo
        + "S: 250-mx\nS: 250-AUTH CRAM-MD5 KERBEROS_V4 PLAIN\nS: 250 STARTTLS\n"
        + "C: STARTTLS\nS: 220 go\nTLS\n" + hello("PLAIN"_ba) + plainLine() + "S: 235 ok\n" + Quit);
    one.options.tls = TlsPolicy::RequireStartTls;
    playEveryWay(one, {"tls", "quirk authInClearOnly", "auth PLAIN", "closed"});
    one.play();
    QCOMPARE(one.evidence.first(), "CRAM-MD5 before TLS; offered now: PLAIN"_ba);
    // The usual case: in clear there is less.
    one.script = "S: 220 mx\n" + Ehlo + "S: 250-mx\nS: 250-AUTH CRAM-MD5\nS: 250 STARTTLS\n"
        + "C: STARTTLS\nS: 220 go\nTLS\n" + hello("CRAM-MD5 PLAIN"_ba)
        + "C: AUTH CRAM-MD5\nCLOSE\n";
    playEveryWay(one, {"tls", "failed connectionClosed auth", "closed abort"});
}

void TestSessionAuth::askedElsewhere_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const auto row = [](const char *name, const QByteArray &script, const QByteArrayList &facts) {
        QTest::newRow(name) << script << QByteArrayList {"ask GSSAPI"_ba} + facts;
    };
    const QByteArray first = "ANSWER token\nC: AUTH GSSAPI " + "token"_ba.toBase64() + '\n';
    const QByteArray challenge = "S: 334 " + "more"_ba.toBase64() + '\n';
    row("rfc4752 3.1, refused",
        first + challenge + "ANSWER layer\nC: " + "layer"_ba.toBase64() + "\nS: 535 5.7.8 no\n"
            + Quit,
        {"ask GSSAPI more", "failed denied auth 535", "closed"});
    row("an empty answer", first + challenge + "ANSWER \nC:\nS: 535 no\n" + Quit,
        {"ask GSSAPI more", "failed denied auth 535", "closed"});
    row("success without the exchange", first + "S: 235 welcome\n",
        {"failed denied auth", "closed abort"});
    row("no ticket: nothing is said about it", "NOANSWER\n" + Quit,
        {"failed denied auth", "closed"});
    row("no answer to a challenge", first + challenge + "NOANSWER\n",
        {"ask GSSAPI more", "failed denied auth", "closed abort"});
    row("B10 the server speaks meanwhile", "S: 250 early\n",
        {"failed malformedReply auth", "closed abort"});
    row("B10 half a reply meanwhile", "S\\ 250 ear\nANSWER token\n",
        {"failed malformedReply auth", "closed abort"});
    row("421 meanwhile", "S: 421 bye\n", {"failed denied auth 421", "closed"});
    row("loss meanwhile", "CLOSE\n", {"failed connectionClosed auth", "closed abort"});
    row("the KDC is slow", "TIMEOUT\n", {"failed timeout auth", "closed abort"});
    row("too late", "TIMEOUT\nANSWER token\n", {"failed timeout auth", "closed abort"});
    row("cancelled", "CANCEL\nANSWER token\n", {"failed cancelled auth", "closed abort"});
}

void TestSessionAuth::askedElsewhere()
{
    QFETCH(const QByteArray, script);
    QFETCH(const QByteArrayList, facts);
    if (Sasl::isLeftOut("GSSAPI"))
        MAILGAUGE_MISSING("this build has no Kerberos");
    SessionPlayer one = player(greetedWith("GSSAPI"_ba) + script);
    one.options.auth.mechanisms = {"GSSAPI"_ba};
    playEveryWay(one, QByteArrayList {"tls"_ba} + facts);
}

/// Where there is no ticket the next one is tried, and nothing was said about the first.
void TestSessionAuth::noTicketIsNoRefusal()
{
    if (Sasl::isLeftOut("GSSAPI"))
        MAILGAUGE_MISSING("this build has no Kerberos");
    SessionPlayer one = player(
        greetedWith("GSSAPI PLAIN"_ba) + "NOANSWER\n" + plainLine() + "S: 235 ok\n" + Quit);
    one.options.auth.mechanisms = {"GSSAPI"_ba, "PLAIN"_ba};
    playEveryWay(one, {"tls", "ask GSSAPI", "quirk authMechanismRefused", "auth PLAIN", "closed"});
    one.play();
    QCOMPARE(one.evidence.first(), "GSSAPI: not tried: played"_ba);
}

void TestSessionAuth::boundToTls()
{
    const auto headerWith = [](const QByteArray &offered, bool tls) {
        SessionPlayer one = player((tls ? "TLS\n"_ba : ""_ba) + "S: 220 mx\n" + hello(offered));
        one.options.tls = tls ? TlsPolicy::ImplicitTls : TlsPolicy::None;
        one.bindings = {{"tls-exporter"_ba, "value"_ba}};
        one.play();
        const QByteArray line = one.client.sliced(one.client.indexOf("AUTH ")).trimmed();
        const QByteArray message = QByteArray::fromBase64(line.split(' ').value(2));
        return line.split(' ').value(1) + ' ' + message.first(message.indexOf(','));
    };
    QCOMPARE(headerWith("SCRAM-SHA-256 SCRAM-SHA-256-PLUS"_ba, true),
        "SCRAM-SHA-256-PLUS p=tls-exporter"_ba);
    QCOMPARE(headerWith("SCRAM-SHA-256 PLAIN"_ba, true), "SCRAM-SHA-256 y"_ba);
    QCOMPARE(headerWith("SCRAM-SHA-256 SCRAM-SHA-256-PLUS"_ba, false), "SCRAM-SHA-256 n"_ba);
}

void TestSessionAuth::anotherBindingIsTried()
{
    SessionPlayer one = player(greetedWith("SCRAM-SHA-1-PLUS PLAIN"_ba));
    one.bindings = {{"tls-exporter"_ba, "a"_ba}, {"tls-server-end-point"_ba, "b"_ba}};
    const QByteArray refusal = "S: 334 " + "e=unsupported-channel-binding-type"_ba.toBase64()
        + "\nC:\nS: 535 5.7.8 no\nC:\n";
    one.script += "C:\n" + refusal + refusal;
    one.play();
    const QByteArray sent = one.client;
    const auto headerOf = [&sent](qsizetype at) {
        const QByteArray line = sent.sliced(at, sent.indexOf('\r', at) - at);
        const QByteArray message = QByteArray::fromBase64(line.split(' ').value(2));
        return message.first(message.indexOf(','));
    };
    QCOMPARE(headerOf(sent.indexOf("AUTH ")), "p=tls-exporter"_ba);
    QCOMPARE(headerOf(sent.lastIndexOf("AUTH ")), "p=tls-server-end-point"_ba);
    QCOMPARE(sent.count("AUTH SCRAM-SHA-1-PLUS "), 2);
    QVERIFY(!sent.contains("AUTH PLAIN"));
    QVERIFY(one.failed);
    QCOMPARE(one.failed->failure.error.detail,
        u"AUTH SCRAM-SHA-1-PLUS refused: unsupported-channel-binding-type"_s);
    QCOMPARE(one.evidence.first(),
        "SCRAM-SHA-1-PLUS: 535 5.7.8 no: unsupported-channel-binding-type"_ba);
}

void TestSessionAuth::everySecretIsCutOut_data()
{
    QTest::addColumn<QByteArray>("mechanism");
    for (const QByteArray &name : Sasl::mechanismsByStrength())
        QTest::newRow(name.constData()) << name;
}

/// Whatever is sent behind the mechanism's name lies in a span, but for an empty line.
void TestSessionAuth::everySecretIsCutOut()
{
    QFETCH(QByteArray, mechanism);
    static const QByteArray ntlm
        = "TlRMTVNTUAACAAAADAAMADgAAAAzgoriASNFZ4mrze8AAAAAAAAAACQAJABEAAAA"
          "BgBwFwAAAA9TAGUAcgB2AGUAcgACAAwARABvAG0AYQBpAG4AAQAMAFMAZQByAHYAZ"
          "QByAAAAAAA="_ba;
    const QByteArray challenge = mechanism == "NTLM" ? ntlm
        : mechanism == "DIGEST-MD5" ? R"(nonce="n",algorithm=md5-sess,charset=utf-8)"_ba.toBase64()
                                    : "PDFAeD4="_ba;
    const QByteArray answer = mechanism == "GSSAPI" ? "ANSWER from elsewhere\n"_ba : ""_ba;
    SessionPlayer one = player(greetedWith(mechanism) + answer + "C:\nS: 334 " + challenge + '\n'
        + answer + "C:\nS: 334 " + challenge + '\n' + answer + "C:\nS: 535 no\n");
    one.bindings = {{"tls-exporter"_ba, "value"_ba}};
    one.options.auth.mechanisms = {mechanism};
    one.options.auth.token = Base::Secret(Token);
    one.play();
    QByteArray shown = one.client;
    for (const Base::SecretSpan &span : std::as_const(one.spans)) {
        QCOMPARE(span.label, "AUTH " + mechanism);
        shown.replace(span.offset, span.length, QByteArray(span.length, '#'));
    }
    const QByteArray auth = shown.sliced(shown.indexOf("AUTH "));
    QVERIFY(one.spans.size() > 0);
    for (const QByteArray &line : auth.split('\n')) {
        QByteArray rest = line.trimmed();
        if (rest.startsWith("AUTH " + mechanism))
            rest = rest.sliced(5 + mechanism.size()).trimmed();
        QVERIFY2(
            rest.isEmpty() || rest == "QUIT" || rest.count('#') == rest.size(), rest.constData());
    }
}

QTEST_GUILESS_MAIN(TestSessionAuth)
#include "tst_sessionauth.moc"
