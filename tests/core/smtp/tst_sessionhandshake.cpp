// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sasl/scramkeys.h"
#include "sessionplayer.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Smtp::AuthOptions;
using Smtp::SessionOptions;
using Smtp::Stage;
using Smtp::TlsPolicy;

namespace {

const QByteArray Ehlo = "C: EHLO me.example\n"_ba;
const QByteArray Helo = "C: HELO me.example\n"_ba;
const QByteArray Quit = "C: QUIT\nS: 221 bye\n"_ba;
const QByteArray User = "tim"_ba;
const QByteArray Password = "tanstaaftanstaaf"_ba;

QByteArray helloWith(const QByteArray &capability)
{
    return "S: 220 mx\n" + Ehlo + "S: 250-mx\nS: 250 " + capability + '\n';
}

QByteArray plainResponse()
{
    return ('\0' + User + '\0' + Password).toBase64();
}

SessionOptions authOptions(AuthOptions::Need need = AuthOptions::Need::Required)
{
    SessionOptions options = plainOptions();
    options.auth.need = need;
    options.auth.user = User;
    options.auth.password = Base::Secret(Password);
    return options;
}

} // namespace

/// Greeting, hello, STARTTLS, AUTH.
class TestSessionHandshake : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void greetingAndHello_data();
    void greetingAndHello();
    void startTls_data();
    void startTls();
    void opportunistic_data();
    void opportunistic();
    void opportunisticStrict_data();
    void opportunisticStrict();
    void implicitTls_data();
    void implicitTls();
    void injectionBehindStartTls_data();
    void injectionBehindStartTls();
    void replyWaitingBehindTlsC7();
    void capabilitiesAreForgottenC6();
    void heloOnly();
    void helloOptionsChecked();
    void auth_data();
    void auth();
    void authNeedsTls_data();
    void authNeedsTls();
    void tlsPolicyIsApartFromAuth_data();
    void tlsPolicyIsApartFromAuth();
    void scram_data();
    void scram();
    void redaction();
    void echoedSecretIsMasked();
    void detailIsMasked();
    void maskingChangesNoDecision();
    void longInitialResponse();
    void endlessChallenges();

private:
    static void row(const char *name, const QByteArray &script, const QByteArrayList &facts);
    /// The row's script leads to its facts.
    static void playUnder(TlsPolicy policy);
};

void TestSessionHandshake::row(
    const char *name, const QByteArray &script, const QByteArrayList &facts)
{
    QTest::newRow(name) << script << facts;
}

void TestSessionHandshake::playUnder(TlsPolicy policy)
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = plainOptions();
    player.options.tls = policy;
    player.script = script;
    playEveryWay(player, facts);
}

void TestSessionHandshake::greetingAndHello_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    row("rfc5321 3.1", "S: 220 mx ESMTP\n" + Ehlo + "S: 250 mx\n" + Quit, {"closed"});
    row("multiline greeting", "S: 220-mx\nS: 220 ESMTP\n" + Ehlo + "S: 250 mx\n" + Quit,
        {"closed"});
    row("B1 silence: nothing is sent", "TIMEOUT\n", {"failed timeout greeting", "closed abort"});
    row("B1 half a greeting", "S: 220-mx\nTIMEOUT\n", {"failed timeout greeting", "closed abort"});
    row("B1 554", "S: 554 no SMTP here\n" + Quit, {"failed denied greeting 554", "closed"});
    row("B1 450", "S: 450 later\n" + Quit, {"failed denied greeting 450", "closed"});
    row("B1 421 and no command", "S: 421 busy\n", {"failed denied greeting 421", "closed"});
    row("B1 554, then closed", "S: 554 no\nC: QUIT\nCLOSE\n",
        {"failed denied greeting 554", "closed"});
    row("closed before the greeting", "CLOSE\n",
        {"failed connectionClosed greeting", "closed abort"});
    row("closed inside the greeting", "S\\ 220-mx\\r\\n220\nCLOSE\n",
        {"failed connectionClosed greeting", "closed abort"});
    row("A7 HTTP", "S: HTTP/1.1 400 Bad Request\n",
        {"failed malformedReply greeting", "closed abort"});
    row("A7 SSH", "S: SSH-2.0-OpenSSH_9.9\n", {"failed malformedReply greeting", "closed abort"});
    row("B15 354 as greeting", "S: 354 go\n", {"failed malformedReply greeting", "closed abort"});
    row("B15 120 as greeting", "S: 120 soon\n", {"failed malformedReply greeting", "closed abort"});
    row("B9 bare LF", "S\\ 220 mx\\n\n" + Ehlo + "S\\ 250 mx\\n\n" + Quit,
        {"quirk bareLfInReply", "quirk bareLfInReply", "closed"});
    row("B16 EHLO refused, HELO",
        "S: 220 mx\n" + Ehlo + "S: 502 what\n" + Helo + "S: 250 mx\n" + Quit, {"closed"});
    row("B16 both refused", "S: 220 mx\n" + Ehlo + "S: 502 what\n" + Helo + "S: 550 no\n" + Quit,
        {"failed denied helo 550", "closed"});
    row("B16 EHLO 4yz", "S: 220 mx\n" + Ehlo + "S: 451 later\n" + Quit,
        {"failed denied helo 451", "closed"});
    row("B16 EHLO 421", "S: 220 mx\n" + Ehlo + "S: 421 bye\n",
        {"failed denied helo 421", "closed"});
    row("B16 closed at EHLO", "S: 220 mx\n" + Ehlo + "CLOSE\n",
        {"failed connectionClosed helo", "closed abort"});
    row("B17 odd capabilities",
        "S: 220 mx\n" + Ehlo + "S: 250-mx\nS: 250-SIZE -1\nS: 250-HELP\nS: 250 HELP\n" + Quit,
        {"quirk malformedCapability", "quirk duplicateCapability", "closed"});
    row("no domain", "S: 220 mx\n" + Ehlo + "S: 250 \n" + Quit,
        {"quirk helloDomainMissing", "closed"});
    row("cancelled", "S: 220 mx\n" + Ehlo + "CANCEL\n", {"failed cancelled helo", "closed abort"});
}

void TestSessionHandshake::greetingAndHello()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = plainOptions();
    player.script = script;
    playEveryWay(player, facts);
}

void TestSessionHandshake::startTls_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArray toStartTls = helloWith("STARTTLS"_ba) + "C: STARTTLS\n";
    row("rfc3207", toStartTls + "S: 220 go\nTLS\n" + Ehlo + "S: 250 mx\n" + Quit,
        {"tls", "closed"});
    row("EHLO refused inside TLS, HELO",
        toStartTls + "S: 220 go\nTLS\n" + Ehlo + "S: 502 no\n" + Helo + "S: 250 mx\n" + Quit,
        {"tls", "closed"});
    row("C1 stripped", helloWith("HELP"_ba) + Quit, {"failed unsupported starttls", "closed"});
    row("C1 EHLO refused", "S: 220 mx\n" + Ehlo + "S: 502 no\n" + Quit,
        {"failed denied helo 502", "closed"});
    row("C2 502", toStartTls + "S: 502 no\n" + Quit, {"failed denied starttls 502", "closed"});
    row("C2 454", toStartTls + "S: 454 no\n" + Quit, {"failed denied starttls 454", "closed"});
    row("C2 554", toStartTls + "S: 554 no\n" + Quit, {"failed denied starttls 554", "closed"});
    row("C2 354", toStartTls + "S: 354 go\n", {"failed malformedReply starttls", "closed abort"});
    row("C2 221", toStartTls + "S: 221 bye\n",
        {"quirk unexpectedCode", "failed malformedReply starttls", "closed abort"});
    row("C2 250", toStartTls + "S: 250 go\n",
        {"quirk unexpectedCode", "failed malformedReply starttls", "closed abort"});
    row("C2 421", toStartTls + "S: 421 no\n", {"failed denied starttls 421", "closed"});
    row("C12 handshake fails", toStartTls + "S: 220 go\nTLSFAIL\n",
        {"tls", "failed tlsHandshake tls", "closed abort"});
    row("C12 closed in the handshake", toStartTls + "S: 220 go\nCLOSE\n",
        {"tls", "failed tlsHandshake tls", "closed abort"});
    row("C12 reset in the handshake", toStartTls + "S: 220 go\nRESET\n",
        {"tls", "failed tlsHandshake tls", "closed abort"});
    row("C12 handshake stalls", toStartTls + "S: 220 go\nTIMEOUT\n",
        {"tls", "failed timeout tls", "closed abort"});
    row("cancelled in the handshake", toStartTls + "S: 220 go\nCANCEL\n",
        {"tls", "failed cancelled tls", "closed abort"});
}

void TestSessionHandshake::startTls()
{
    playUnder(TlsPolicy::RequireStartTls);
}

void TestSessionHandshake::opportunistic_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArray toStartTls = helloWith("STARTTLS"_ba) + "C: STARTTLS\n";
    row("offered", toStartTls + "S: 220 go\nTLS\n" + Ehlo + "S: 250 mx\n" + Quit,
        {"tls", "closed"});
    row("not offered", helloWith("HELP"_ba) + Quit, {"closed"});
    row("refused", toStartTls + "S: 454 no\n" + Quit, {"quirk startTlsRefused", "closed"});
    row("refused for good", toStartTls + "S: 502 no\n" + Quit, {"quirk startTlsRefused", "closed"});
    row("handshake fails", toStartTls + "S: 220 go\nTLSFAIL\n",
        {"tls", "failed tlsHandshake tls", "closed abort"});
    row("only HELO", "S: 220 mx\n" + Ehlo + "S: 502 no\n" + Helo + "S: 250 mx\n" + Quit,
        {"closed"});
}

void TestSessionHandshake::opportunistic()
{
    playUnder(TlsPolicy::Opportunistic);
}

void TestSessionHandshake::opportunisticStrict_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArray toStartTls = helloWith("STARTTLS"_ba) + "C: STARTTLS\n";
    row("offered", toStartTls + "S: 220 go\nTLS\n" + Ehlo + "S: 250 mx\n" + Quit,
        {"tls", "closed"});
    row("not offered", helloWith("HELP"_ba) + Quit, {"closed"});
    row("refused", toStartTls + "S: 454 no\n" + Quit, {"failed denied starttls 454", "closed"});
    row("handshake fails", toStartTls + "S: 220 go\nTLSFAIL\n",
        {"tls", "failed tlsHandshake tls", "closed abort"});
    row("only HELO", "S: 220 mx\n" + Ehlo + "S: 502 no\n" + Helo + "S: 250 mx\n" + Quit,
        {"closed"});
}

void TestSessionHandshake::opportunisticStrict()
{
    playUnder(TlsPolicy::OpportunisticStrict);
}

void TestSessionHandshake::implicitTls_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    row("rfc8314", "TLS\nS: 220 mx\n" + Ehlo + "S: 250-mx\nS: 250 STARTTLS\n" + Quit,
        {"tls", "closed"});
    row("handshake fails", "TLSFAIL\n", {"tls", "failed tlsHandshake tls", "closed abort"});
    row("clear text in the handshake", "S: 220 mx\n",
        {"tls", "failed malformedReply tls", "closed abort"});
    row("EHLO refused", "TLS\nS: 220 mx\n" + Ehlo + "S: 502 no\n" + Helo + "S: 250 mx\n" + Quit,
        {"tls", "closed"});
}

void TestSessionHandshake::implicitTls()
{
    playUnder(TlsPolicy::ImplicitTls);
}

void TestSessionHandshake::injectionBehindStartTls_data()
{
    QTest::addColumn<QByteArray>("injected");
    QTest::newRow("C3 whole lines") << "250-INJECTED\\r\\n250 AUTH PLAIN\\r\\n"_ba;
    QTest::newRow("C4 without CRLF") << "250-INJ"_ba;
    QTest::newRow("C3 a whole reply") << "250 mx\\r\\n"_ba;
    QTest::newRow("C3 an empty line") << "\\r\\n"_ba;
    QTest::newRow("C4 one byte") << "2"_ba;
    QTest::newRow("C3 another 220") << "220 go\\r\\n"_ba;
}

void TestSessionHandshake::injectionBehindStartTls()
{
    QFETCH(QByteArray, injected);
    for (const TlsPolicy policy : {TlsPolicy::RequireStartTls, TlsPolicy::Opportunistic}) {
        SessionPlayer player;
        player.options = authOptions();
        player.options.tls = policy;
        player.script = helloWith("STARTTLS"_ba) + "C: STARTTLS\nS\\ 220 go\\r\\n" + injected
            + '\n';
        player.play();
        QCOMPARE(player.facts, (QByteArrayList {"failed malformedReply starttls", "closed abort"}));
        QVERIFY(!player.evidence.first().isEmpty()); // shown, not discarded
        const QByteArray client = player.client;
        // At whatever byte it is split: no TLS over injected bytes, nothing more is sent.
        for (qsizetype split = 1; split < 60; ++split) {
            player.play(SessionPlayer::Chunks::SplitAt, split);
            QCOMPARE(player.client, client);
            QVERIFY(player.failed);
            QCOMPARE(player.failed->failure.error.kind, Base::Error::Kind::MalformedReply);
        }
    }
}

void TestSessionHandshake::replyWaitingBehindTlsC7()
{
    // C7: in one piece with the reply to EHLO, and as a fragment.
    for (const QByteArray &waiting : {"250 ok\\r\\n"_ba, "250"_ba}) {
        SessionPlayer player;
        player.options = plainOptions();
        player.options.tls = TlsPolicy::ImplicitTls;
        player.transactions = {transactionFor({"a@x"})};
        player.script = "TLS\nS: 220 mx\n" + Ehlo + "S\\ 250 mx\\r\\n" + waiting + '\n';
        player.play();
        QVERIFY(player.failed);
        QCOMPARE(player.failed->failure.error.kind, Base::Error::Kind::MalformedReply);
        QVERIFY(!player.client.contains("MAIL"));
    }
}

void TestSessionHandshake::capabilitiesAreForgottenC6()
{
    // C6: what was announced in clear does not count behind TLS.
    SessionPlayer player;
    player.options = authOptions();
    player.options.tls = TlsPolicy::RequireStartTls;
    player.script = "S: 220 mx\n" + Ehlo + "S: 250-mx\nS: 250-AUTH PLAIN\nS: 250 STARTTLS\n"
        + "C: STARTTLS\nS: 220 go\nTLS\n" + Ehlo + "S: 250 mx\n" + Quit;
    playEveryWay(player, {"tls", "quirk authInClearOnly", "failed unsupported auth", "closed"});
    // And no second STARTTLS, although it is announced again.
    player.script = helloWith("STARTTLS"_ba) + "C: STARTTLS\nS: 220 go\nTLS\n" + Ehlo
        + "S: 250-mx\nS: 250-STARTTLS\nS: 250 AUTH PLAIN\nC: AUTH PLAIN " + plainResponse()
        + "\nS: 235 ok\n" + Quit;
    playEveryWay(player, {"tls", "auth PLAIN", "closed"});
}

void TestSessionHandshake::heloOnly()
{
    SessionPlayer player;
    player.options = plainOptions();
    player.options.protocol = Smtp::Protocol::Smtp;
    player.script = "S: 220 mx\n" + Helo + "S: 250 mx\n" + Quit;
    playEveryWay(player, {"closed"});
    player.options.tls = TlsPolicy::RequireStartTls;
    playEveryWay(player, {"failed unsupported starttls", "closed"});
}

void TestSessionHandshake::helloOptionsChecked()
{
    for (const QByteArray &name : {""_ba, "me\r\nRSET"_ba, "a b"_ba, "caf\xc3\xa9"_ba}) {
        SessionPlayer player;
        player.options = plainOptions();
        player.options.ehloName = name;
        const auto checked = Smtp::Session::check(player.options);
        QVERIFY(!checked);
        QCOMPARE(checked.error().kind, Base::Error::Kind::InvalidInput);
        player.script = "S: 220 mx\n"_ba;
        player.play();
        QCOMPARE(player.facts, (QByteArrayList {"failed invalidInput helo", "closed"}));
        QVERIFY(player.client.isEmpty());
    }
    QVERIFY(Smtp::Session::check(plainOptions()));
}

void TestSessionHandshake::auth_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArray plain = helloWith("AUTH PLAIN"_ba) + "C: AUTH PLAIN " + plainResponse() + '\n';
    const QByteArray login = helloWith("AUTH LOGIN"_ba) + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: "
        + User.toBase64() + "\nS: 334 UGFzc3dvcmQ6\nC: " + Password.toBase64() + '\n';
    const QByteArray cram = helloWith("AUTH CRAM-MD5 PLAIN"_ba) + "C: AUTH CRAM-MD5\n";
    const QByteArray rfc2195 = "S: 334 "
        + "<1896.697170952@postoffice.reston.mci.net>"_ba.toBase64()
        + "\nC: " + "tim b913a602c7eda7a495b4e6e7334d3890"_ba.toBase64() + '\n';
    row("rfc4616 PLAIN", plain + "S: 235 ok\n" + Quit, {"auth PLAIN", "closed"});
    row("LOGIN", login + "S: 235 ok\n" + Quit, {"auth LOGIN", "closed"});
    row("rfc2195 CRAM-MD5, stronger than PLAIN", cram + rfc2195 + "S: 235 ok\n" + Quit,
        {"auth CRAM-MD5", "closed"});
    row("B17 lower case",
        helloWith("auth plain"_ba) + "C: AUTH PLAIN " + plainResponse() + "\nS: 235 ok\n" + Quit,
        {"auth PLAIN", "closed"});
    row("B33 wrong password", plain + "S: 535 5.7.8 no\n" + Quit,
        {"failed denied auth 535", "closed"});
    row("B33 535, then 421", plain + "S: 535 5.7.8 no\nC: QUIT\nS: 421 bye\n",
        {"failed denied auth 535", "closed"});
    row("B33 temporary", plain + "S: 454 4.7.0 later\n" + Quit,
        {"failed denied auth 454", "closed"});
    row("421", plain + "S: 421 bye\n", {"failed denied auth 421", "closed"});
    row("not announced", helloWith("HELP"_ba) + Quit, {"failed unsupported auth", "closed"});
    row("nothing in common", helloWith("AUTH KERBEROS_V4 XOAUTH2"_ba) + Quit,
        {"failed unsupported auth", "closed"});
    row("504: the next mechanism",
        cram + "S: 504 not today\nC: AUTH PLAIN " + plainResponse() + "\nS: 235 ok\n" + Quit,
        {"quirk authMechanismRefused", "auth PLAIN", "closed"});
    row("535 is no reason for the next mechanism", cram + rfc2195 + "S: 535 no\n" + Quit,
        {"failed denied auth 535", "closed"});
    row("504 to the last one", plain + "S: 504 no\n" + Quit, {"failed denied auth 504", "closed"});
    row("B16 EHLO refused", "S: 220 mx\n" + Ehlo + "S: 502 no\n" + Quit,
        {"failed denied helo 502", "closed"});
    row("B32 challenge to PLAIN", plain + "S: 334 \n",
        {"failed malformedReply auth", "closed abort"});
    row("B32 third challenge to LOGIN", login + "S: 334 VXNlcm5hbWU6\n",
        {"failed malformedReply auth", "closed abort"});
    row("B32 not base64", cram + "S: 334 !!!!\n", {"failed malformedReply auth", "closed abort"});
    row("B32 only padding", cram + "S: 334 ====\n", {"failed malformedReply auth", "closed abort"});
    row("B32 several lines", cram + "S: 334-PGE+\nS: 334 PGE+\n",
        {"failed malformedReply auth", "closed abort"});
    row("B32 huge challenge", cram + "S: 334 " + QByteArray(20'000, 'A') + '\n',
        {"quirk longReplyLine", "failed malformedReply auth", "closed abort"});
    row("success before the password",
        helloWith("AUTH LOGIN"_ba) + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: " + User.toBase64()
            + "\nS: 235 ok\n",
        {"failed malformedReply auth", "closed abort"});
    row("success before the challenge", cram + "S: 235 ok\n",
        {"failed malformedReply auth", "closed abort"});
    row("B15 354 inside AUTH is a quirk",
        cram + rfc2195.mid(0, 2) + " 354" + rfc2195.mid(6) + "S: 235 ok\n" + Quit,
        {"quirk unexpectedCode", "auth CRAM-MD5", "closed"});
    row("B15 235 with another code", plain + "S: 250 ok\n" + Quit,
        {"quirk unexpectedCode", "auth PLAIN", "closed"});
    row("closed inside", cram + "CLOSE\n", {"failed connectionClosed auth", "closed abort"});
    row("silence inside", cram + "TIMEOUT\n", {"failed timeout auth", "closed abort"});
}

void TestSessionHandshake::auth()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = authOptions();
    player.options.auth.allowWithoutTls = true;
    player.script = script;
    playEveryWay(player, facts);
}

void TestSessionHandshake::authNeedsTls_data()
{
    QTest::addColumn<QByteArray>("offered");
    QTest::addColumn<QByteArrayList>("listed");
    QTest::addColumn<QByteArray>("authLine"); // empty: AUTH is not tried
    QTest::newRow("C16 PLAIN") << "PLAIN"_ba << QByteArrayList() << ""_ba;
    QTest::newRow("C16 LOGIN PLAIN") << "LOGIN PLAIN"_ba << QByteArrayList() << ""_ba;
    QTest::newRow("C16 challenge instead")
        << "PLAIN CRAM-MD5"_ba << QByteArrayList() << "AUTH CRAM-MD5"_ba;
    QTest::newRow("C16 PLAIN listed first")
        << "PLAIN CRAM-MD5"_ba << QByteArrayList {"PLAIN", "CRAM-MD5"} << "AUTH CRAM-MD5"_ba;
    QTest::newRow("C16 only PLAIN listed")
        << "PLAIN CRAM-MD5"_ba << QByteArrayList {"PLAIN"} << ""_ba;
}

void TestSessionHandshake::authNeedsTls()
{
    QFETCH(QByteArray, offered);
    QFETCH(QByteArrayList, listed);
    QFETCH(QByteArray, authLine);
    for (const AuthOptions::Need need :
        {AuthOptions::Need::Required, AuthOptions::Need::IfOffered}) {
        for (const TlsPolicy policy : {TlsPolicy::None, TlsPolicy::Opportunistic}) {
            SessionPlayer player;
            player.options = authOptions(need);
            player.options.tls = policy;
            player.options.auth.mechanisms = listed;
            const bool refused = policy == TlsPolicy::Opportunistic;
            player.script = "S: 220 mx\n" + Ehlo + "S: 250-mx\nS: 250-STARTTLS\nS: 250 AUTH "
                + offered + '\n' + (refused ? "C: STARTTLS\nS: 454 no\n"_ba : ""_ba)
                + (authLine.isEmpty() ? Quit : "C: " + authLine + "\nCLOSE\n");
            player.play();
            QVERIFY2(!player.facts.join().contains("script:"), player.facts.join('\n').constData());
            QCOMPARE(player.facts.contains("failed unsupported auth"), authLine.isEmpty());
            // The canary is in no form on the wire.
            QVERIFY(!player.client.contains(Password));
            QVERIFY(!player.client.contains(Password.toBase64().left(16)));
            QVERIFY(!player.client.contains(plainResponse()));
        }
    }
}

void TestSessionHandshake::tlsPolicyIsApartFromAuth_data()
{
    QTest::addColumn<TlsPolicy>("policy");
    QTest::addColumn<bool>("auth");
    QTest::addColumn<bool>("tls");
    for (const TlsPolicy policy : {TlsPolicy::None, TlsPolicy::Opportunistic,
             TlsPolicy::RequireStartTls, TlsPolicy::ImplicitTls}) {
        for (const bool auth : {false, true})
            QTest::addRow(
                "C15 %s, AUTH %s", Smtp::tlsPolicyName(policy).data(), auth ? "on" : "off")
                << policy << auth << (policy != TlsPolicy::None);
    }
}

void TestSessionHandshake::tlsPolicyIsApartFromAuth()
{
    QFETCH(TlsPolicy, policy);
    QFETCH(bool, auth);
    QFETCH(bool, tls);
    SessionPlayer player;
    player.options = authOptions(auth ? AuthOptions::Need::Required : AuthOptions::Need::Never);
    player.options.tls = policy;
    player.options.auth.allowWithoutTls = true;
    const bool implicit = policy == TlsPolicy::ImplicitTls;
    const QByteArray hello = Ehlo + "S: 250-mx\nS: 250-STARTTLS\nS: 250 AUTH PLAIN\n";
    player.script = (implicit ? "TLS\n"_ba : ""_ba) + "S: 220 mx\n" + hello
        + (tls && !implicit ? "C: STARTTLS\nS: 220 go\nTLS\n" + hello : ""_ba)
        + (auth ? "C: AUTH PLAIN " + plainResponse() + "\nS: 235 ok\n" : ""_ba) + Quit;
    QByteArrayList facts;
    if (tls)
        facts.append("tls");
    if (auth)
        facts.append("auth PLAIN");
    playEveryWay(player, facts + QByteArrayList {"closed"});
}

void TestSessionHandshake::scram_data()
{
    QTest::addColumn<bool>("honest");
    QTest::addColumn<bool>("proves");
    QTest::addColumn<QByteArray>("result");
    QTest::newRow("rfc7677 both prove themselves") << true << true << "auth SCRAM-SHA-256"_ba;
    QTest::newRow("server with a wrong signature") << false << true << "failed denied auth"_ba;
    QTest::newRow("server that skips its proof") << true << false << "failed denied auth"_ba;
}

void TestSessionHandshake::scram()
{
    QFETCH(bool, honest);
    QFETCH(bool, proves);
    QFETCH(QByteArray, result);
    SessionOptions options = authOptions();
    Smtp::Session session(options);
    const Base::TimePoint now(std::chrono::hours(1));
    QByteArray sent;
    QByteArrayList facts;
    const auto receive = [&](const QByteArray &line) {
        session.receive(line + "\r\n", now);
        while (const auto event = session.next()) {
            if (const auto *send = std::get_if<Smtp::Event::Send>(&*event))
                sent = send->bytes.trimmed();
            if (const auto *auth = std::get_if<Smtp::Event::Authenticated>(&*event))
                facts.append("auth " + auth->mechanism);
            if (const auto *failed = std::get_if<Smtp::Event::Failed>(&*event))
                facts.append("failed " + Base::kindName(failed->failure.error.kind).toByteArray()
                    + ' ' + Smtp::stageName(failed->failure.stage).toByteArray());
        }
    };
    session.start(now);
    receive("220 mx"_ba);
    receive("250-mx"_ba);
    receive("250 AUTH SCRAM-SHA-256 PLAIN"_ba);
    QVERIFY(sent.startsWith("AUTH SCRAM-SHA-256 "));
    const QByteArray clientFirst = QByteArray::fromBase64(sent.sliced(19));
    QVERIFY(clientFirst.startsWith("n,,n=tim,r="));
    const QByteArray bare = clientFirst.sliced(3);
    const QByteArray nonce = bare.sliced(bare.indexOf("r=") + 2) + "server";
    const QByteArray serverFirst = "r=" + nonce + ",s=" + "salt"_ba.toBase64() + ",i=4096";
    receive("334 " + serverFirst.toBase64());
    const QByteArray clientFinal = QByteArray::fromBase64(sent);
    const QByteArray withoutProof = clientFinal.left(clientFinal.indexOf(",p="));
    const QByteArray authMessage = bare + ',' + serverFirst + ',' + withoutProof;
    const auto keys = Sasl::ScramKeys::derive(Base::Secret(Password), "salt"_ba, 4096);
    QCOMPARE(clientFinal, withoutProof + ",p=" + keys.clientProof(authMessage).toBase64());
    QByteArray signature = keys.serverSignature(authMessage);
    if (!honest)
        signature[0] = static_cast<char>(signature[0] ^ 1);
    if (proves)
        receive("334 " + ("v=" + signature.toBase64()).toBase64());
    if (honest && proves)
        QVERIFY(sent.isEmpty());
    receive("235 ok"_ba);
    QCOMPARE(facts, QByteArrayList {result});
}

void TestSessionHandshake::redaction()
{
    SessionPlayer player;
    player.options = authOptions();
    player.options.auth.allowWithoutTls = true;
    player.script = helloWith("AUTH LOGIN"_ba)
        + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: " + User.toBase64()
        + "\nS: 334 UGFzc3dvcmQ6\nC: " + Password.toBase64() + "\nS: 235 ok\n" + Quit;
    player.play();
    QCOMPARE(player.spans.size(), 2);
    QCOMPARE(player.client.mid(player.spans[0].offset, player.spans[0].length), User.toBase64());
    QCOMPARE(
        player.client.mid(player.spans[1].offset, player.spans[1].length), Password.toBase64());
    QCOMPARE(player.spans[1].label, "AUTH LOGIN"_ba);

    player.script = helloWith("AUTH PLAIN"_ba) + "C: AUTH PLAIN " + plainResponse()
        + "\nS: 235 ok\n" + Quit;
    player.play();
    QCOMPARE(player.spans.size(), 1);
    QCOMPARE(player.client.mid(player.spans[0].offset, player.spans[0].length), plainResponse());
    QCOMPARE(player.spans[0].label, "AUTH PLAIN"_ba);
}

void TestSessionHandshake::echoedSecretIsMasked()
{
    // E2: in lines, replies, quirks and evidence; raw, in base64, and as the response sent.
    SessionPlayer player;
    player.options = authOptions();
    player.options.auth.allowWithoutTls = true;
    const QByteArray echo = Password + ' ' + Password.toBase64() + ' ' + plainResponse();
    const QByteArray start = helloWith("AUTH PLAIN"_ba) + "C: AUTH PLAIN " + plainResponse() + '\n';
    const QByteArray padding(500, 'x');
    for (const QByteArray &script :
        {start + "S: 535-5.7.8 bad " + echo + "\nS: 535 2.0.0 " + echo + "\n" + Quit,
            start + "S: garbage " + echo + '\n', start + "S: garbage " + padding + echo + '\n',
            start + "S\\ 535 " + echo + "\nCLOSE\n", start + "S: 334 " + echo + '\n',
            start + "S: 250 " + echo + "\n" + Quit}) {
        player.script = script;
        player.play();
        QByteArrayList everything = player.lines + player.evidence;
        for (const Smtp::Reply &reply : std::as_const(player.replies))
            everything += reply.lines;
        const QByteArray all = everything.join('\n');
        QVERIFY(all.contains("<redacted: "));
        QVERIFY2(!all.contains("tanst"), all.constData());
        QVERIFY2(!all.contains(Password.toBase64().left(10)), all.constData());
        QVERIFY2(!all.contains(plainResponse().left(10)), all.constData());
    }
}

void TestSessionHandshake::detailIsMasked()
{
    // A server that knows the password announces it as a mechanism.
    SessionPlayer player;
    player.options = authOptions();
    player.script = helloWith("AUTH " + Password.toUpper() + " X" + Password.toUpper()) + Quit;
    player.options.auth.password = Base::Secret(Password.toUpper());
    player.play();
    QVERIFY(player.failed);
    QVERIFY(player.failed->failure.error.detail.contains(u"<redacted: password>"));
    QVERIFY(!player.failed->failure.error.detail.contains(u"TANSTAAF"));
}

void TestSessionHandshake::maskingChangesNoDecision()
{
    // Passwords that are words of the protocol: hidden wherever they are shown, understood all the
    // same.
    SessionPlayer player;
    player.options = authOptions();
    player.options.auth.allowWithoutTls = true;
    for (const QByteArray &password : {"Username"_ba, "LOGIN"_ba, "AUTH"_ba}) {
        player.options.auth.password = Base::Secret(password);
        player.script = helloWith("AUTH LOGIN"_ba)
            + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: " + User.toBase64()
            + "\nS: 334 UGFzc3dvcmQ6\nC: " + password.toBase64() + "\nS: 235 ok\n" + Quit;
        playEveryWay(player, {"auth LOGIN", "closed"});
    }
}

void TestSessionHandshake::longInitialResponse()
{
    // RFC 4954 4: what does not fit behind AUTH follows the first, empty challenge.
    SessionPlayer player;
    player.options = authOptions();
    player.options.auth.allowWithoutTls = true;
    const QByteArray longPassword(500, 'p');
    player.options.auth.password = Base::Secret(longPassword);
    const QByteArray response = ('\0' + User + '\0' + longPassword).toBase64();
    player.script = helloWith("AUTH PLAIN"_ba) + "C: AUTH PLAIN\nS: 334 \nC: " + response
        + "\nS: 235 ok\n" + Quit;
    playEveryWay(player, {"auth PLAIN", "closed"});
    player.script = helloWith("AUTH PLAIN"_ba) + "C: AUTH PLAIN\nS: 235 ok\n";
    playEveryWay(player, {"failed malformedReply auth", "closed abort"});
}

void TestSessionHandshake::endlessChallenges()
{
    // B32: each mechanism ends by itself; nothing loops for ever.
    for (const QByteArray &name : {"SCRAM-SHA-256"_ba, "CRAM-MD5"_ba, "PLAIN"_ba, "LOGIN"_ba}) {
        SessionOptions options = authOptions();
        options.auth.allowWithoutTls = true;
        Smtp::Session session(options);
        const Base::TimePoint now(std::chrono::hours(1));
        session.start(now);
        session.receive("220 mx\r\n", now);
        session.receive("250-mx\r\n250 AUTH " + name + "\r\n", now);
        QCOMPARE(session.stage(), Stage::Auth);
        int rounds = 0;
        while (!session.isOver() && rounds < 100) {
            session.receive("334 PDE+\r\n", now);
            ++rounds;
        }
        QCOMPARE_LE(rounds, 8);
    }
}

QTEST_GUILESS_MAIN(TestSessionHandshake)
#include "tst_sessionhandshake.moc"
