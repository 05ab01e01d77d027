// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sessionplayer.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Smtp::AuthOptions;
using Smtp::SessionOptions;
using Smtp::Stage;
using Smtp::StopRule;
using Smtp::TlsPolicy;

namespace {

using How = StopRule::How;

const QByteArray Ehlo = "C: EHLO me.example\n"_ba;
const QByteArray Capabilities
    = "S: 250-mx\nS: 250-PIPELINING\nS: 250-STARTTLS\nS: 250 AUTH PLAIN\n"_ba;
const QByteArray Greeting = "S: 220 mx\n"_ba;
const QByteArray Hello = Greeting + Ehlo + Capabilities;
const QByteArray StartTls = Hello + "C: STARTTLS\n";
const QByteArray Handshake = StartTls + "S: 220 go\nTLS\n";
const QByteArray Auth = Handshake + Ehlo + Capabilities + "C: AUTH PLAIN AHUAcA==\n";
const QByteArray Mail = Auth + "S: 235 ok\nC: MAIL FROM:<me@here>\n";
const QByteArray Rcpt = Mail + "S: 250 ok\nC: RCPT TO:<a@x>\n";
const QByteArray Data = Rcpt + "S: 250 ok\nC: RCPT TO:<b@x>\nS: 550 no\nC: DATA\n";
const QByteArray Body = "C: Subject: x\nC:\nC: ..hi\n"_ba;
const QByteArray Content = Data + "S: 354 go\n" + Body;
const QByteArray Quit = "C: QUIT\nS: 221 bye\n"_ba;
const QByteArray ContentPipelined = Mail
    + "C: RCPT TO:<a@x>\nC: RCPT TO:<b@x>\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 550 no\nS: 354 go\n"
    + Body;

SessionOptions fullOptions()
{
    SessionOptions options = plainOptions();
    options.tls = TlsPolicy::RequireStartTls;
    options.auth.need = AuthOptions::Need::Required;
    options.auth.user = "u"_ba;
    options.auth.password = Base::Secret("p"_ba);
    return options;
}

} // namespace

/// `--quit-after`, `--drop-after`, `--drop-after-send` at every stage where they make sense.
class TestSessionStop : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rules_data();
    void rules();
    void refusalBeforeTheStage();
    void stageThatIsNeverNeeded_data();
    void stageThatIsNeverNeeded();
    void resetThatIsNeverNeeded();
    void withoutTransaction();
    void writtenTooEarly();
};

void TestSessionStop::rules_data()
{
    QTest::addColumn<How>("how");
    QTest::addColumn<Stage>("stage");
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    const QByteArrayList bRejected {"decided b@x rejected rcpt 550"};
    const auto both = [](const QByteArray &stage) {
        return QByteArrayList {"decided a@x stopped " + stage, "decided b@x stopped " + stage,
            "done", "stopped " + stage, "closed"};
    };
    const auto only = [](const QByteArray &stage) {
        return QByteArrayList {
            "decided a@x stopped " + stage, "done", "stopped " + stage, "closed"};
    };
    const QByteArrayList tls {"tls"};
    const QByteArrayList secured {"tls", "auth PLAIN"};
    const auto row = [](How how, Stage stage, const QByteArray &script,
                         const QByteArrayList &facts) {
        const char *names[] = {"quit-after", "drop-after", "drop-after-send"};
        QTest::addRow("%s %s", names[static_cast<int>(how)], Smtp::stageName(stage).data())
            << how << stage << script << facts;
    };

    for (const How how : {How::QuitAfter, How::DropAfter, How::DropAfterSend}) {
        row(how, Stage::Connect, ""_ba, {"stopped connect", "closed"});
        row(how, Stage::Content, Content, secured + bRejected + only("content"_ba));
        row(how, Stage::Tls, Handshake + (how == How::QuitAfter ? Quit : ""_ba),
            tls + QByteArrayList {"stopped tls", "closed"});
    }
    row(How::QuitAfter, Stage::Greeting, Greeting + Quit, {"stopped greeting", "closed"});
    row(How::QuitAfter, Stage::Helo, Hello + Quit, {"stopped helo", "closed"});
    row(How::QuitAfter, Stage::StartTls, StartTls + "S: 220 go\n", {"stopped starttls", "closed"});
    row(How::QuitAfter, Stage::Auth, Auth + "S: 235 ok\n" + Quit,
        secured + QByteArrayList {"stopped auth", "closed"});
    row(How::QuitAfter, Stage::Mail, Mail + "S: 250 ok\n" + Quit, secured + both("mail"_ba));
    row(How::QuitAfter, Stage::Rcpt, Rcpt + "S: 250 ok\nC: RCPT TO:<b@x>\nS: 550 no\n" + Quit,
        secured + bRejected + only("rcpt"_ba));
    row(How::QuitAfter, Stage::Data, Data + "S: 354 go\n", secured + bRejected + only("data"_ba));
    row(How::QuitAfter, Stage::Dot, ContentPipelined + "C: .\nS: 250 ok\n" + Quit,
        secured + bRejected
            + QByteArrayList {
                "commit", "decided a@x accepted dot 250", "done 250", "stopped dot", "closed"});
    row(How::QuitAfter, Stage::Quit, ContentPipelined + "C: .\nS: 250 ok\n" + Quit,
        secured + bRejected
            + QByteArrayList {
                "commit", "decided a@x accepted dot 250", "done 250", "stopped quit", "closed"});

    row(How::DropAfter, Stage::Greeting, Greeting, {"stopped greeting", "closed"});
    row(How::DropAfter, Stage::Helo, Hello, {"stopped helo", "closed"});
    row(How::DropAfter, Stage::StartTls, StartTls + "S: 220 go\n", {"stopped starttls", "closed"});
    row(How::DropAfter, Stage::Auth, Auth + "S: 235 ok\n",
        secured + QByteArrayList {"stopped auth", "closed"});
    row(How::DropAfter, Stage::Mail, Mail + "S: 250 ok\n", secured + both("mail"_ba));
    row(How::DropAfter, Stage::Rcpt, Rcpt + "S: 250 ok\nC: RCPT TO:<b@x>\nS: 550 no\n",
        secured + bRejected + only("rcpt"_ba));
    row(How::DropAfter, Stage::Data, Data + "S: 354 go\n", secured + bRejected + only("data"_ba));
    row(How::DropAfter, Stage::Dot, ContentPipelined + "C: .\nS: 250 ok\n",
        secured + bRejected
            + QByteArrayList {
                "commit", "decided a@x accepted dot 250", "done 250", "stopped dot", "closed"});

    row(How::DropAfterSend, Stage::Greeting, ""_ba, {"stopped greeting", "closed"});
    row(How::DropAfterSend, Stage::Helo, Greeting + Ehlo + "WRITTEN\n", {"stopped helo", "closed"});
    row(How::DropAfterSend, Stage::StartTls, StartTls + "WRITTEN\n",
        {"stopped starttls", "closed"});
    row(How::DropAfterSend, Stage::Auth, Auth + "WRITTEN\n",
        tls + QByteArrayList {"stopped auth", "closed"});
    row(How::DropAfterSend, Stage::Mail, Mail + "S: 250 ignored\nWRITTEN\n",
        secured + both("mail"_ba));
    row(How::DropAfterSend, Stage::Rcpt, Rcpt + "WRITTEN\n", secured + both("rcpt"_ba));
    row(How::DropAfterSend, Stage::Data, Data + "WRITTEN\n", secured + bRejected + only("data"_ba));
    row(How::DropAfterSend, Stage::Dot, ContentPipelined + "C: .\nS: 250 not read\nWRITTEN\n",
        secured + bRejected
            + QByteArrayList {
                "commit", "decided a@x uncertain dot", "done", "stopped dot", "closed"});
    row(How::DropAfterSend, Stage::Quit, ContentPipelined + "C: .\nS: 250 ok\nC: QUIT\nWRITTEN\n",
        secured + bRejected
            + QByteArrayList {
                "commit", "decided a@x accepted dot 250", "done 250", "stopped quit", "closed"});
}

void TestSessionStop::rules()
{
    QFETCH(How, how);
    QFETCH(Stage, stage);
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = fullOptions();
    player.options.stop = StopRule {how, stage};
    player.transactions = {transactionFor({"a@x", "b@x"})};
    player.script = script;
    playEveryWay(player, facts);
}

void TestSessionStop::refusalBeforeTheStage()
{
    // Not stopped: the replies until then were not positive.
    SessionPlayer player;
    player.options = plainOptions();
    player.options.stop = StopRule {How::QuitAfter, Stage::Rcpt};
    player.transactions = {transactionFor({"a@x"})};
    const QByteArray hello = Greeting + Ehlo + "S: 250 mx\n";
    player.script = hello + "C: MAIL FROM:<me@here>\nS: 250 ok\nC: RCPT TO:<a@x>\nS: 550 no\n"
        + Quit;
    playEveryWay(player, {"decided a@x rejected rcpt 550", "done", "closed"});
    player.script = hello + "C: MAIL FROM:<me@here>\nS: 451 no\n" + Quit;
    playEveryWay(player, {"decided a@x deferred mail 451", "done", "closed"});
    player.script = "S: 554 no\n" + Quit;
    playEveryWay(player, {"failed denied greeting 554", "closed"});
    player.options.stop = StopRule {How::DropAfterSend, Stage::Quit};
    player.script = "S: 554 no\nC: QUIT\nWRITTEN\n"_ba;
    playEveryWay(player, {"failed denied greeting 554", "closed"});
}

void TestSessionStop::stageThatIsNeverNeeded_data()
{
    QTest::addColumn<Stage>("stage");
    QTest::addColumn<QByteArray>("fact");
    QTest::newRow("starttls") << Stage::StartTls << "stopped starttls"_ba;
    QTest::newRow("tls") << Stage::Tls << "stopped tls"_ba;
    QTest::newRow("auth") << Stage::Auth << "stopped auth"_ba;
}

void TestSessionStop::stageThatIsNeverNeeded()
{
    // A session in clear without AUTH: the mail must not go out because the stage never came.
    QFETCH(Stage, stage);
    QFETCH(QByteArray, fact);
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transactionFor({"a@x"})};
    for (const How how : {How::QuitAfter, How::DropAfter, How::DropAfterSend}) {
        player.options.stop = StopRule {how, stage};
        player.script = Greeting + Ehlo + "S: 250 mx\n" + (how == How::QuitAfter ? Quit : ""_ba);
        playEveryWay(player, {fact, "closed"});
    }
}

void TestSessionStop::resetThatIsNeverNeeded()
{
    // Behind an accepted message comes QUIT: under a drop rule it must not be said.
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transactionFor({"a@x"})};
    for (const How how : {How::QuitAfter, How::DropAfter, How::DropAfterSend}) {
        player.options.stop = StopRule {how, Stage::Rset};
        player.script = Greeting + Ehlo + "S: 250 mx\nC: MAIL FROM:<me@here>\nS: 250 ok\n"
            + "C: RCPT TO:<a@x>\nS: 250 ok\nC: DATA\nS: 354 go\n" + Body + "C: .\nS: 250 ok\n"
            + (how == How::QuitAfter ? Quit : ""_ba);
        playEveryWay(player,
            {"commit", "decided a@x accepted dot 250", "done 250", "stopped rset", "closed"});
    }
}

void TestSessionStop::withoutTransaction()
{
    // A relay test: the rule lies behind what the session ever does.
    SessionPlayer player;
    player.options = plainOptions();
    player.options.stop = StopRule {How::QuitAfter, Stage::Rcpt};
    player.script = Greeting + Ehlo + "S: 250 mx\n" + Quit;
    playEveryWay(player, {"closed"});
}

void TestSessionStop::writtenTooEarly()
{
    // The transport finished writing EHLO before MAIL was handed out.
    SessionOptions options = plainOptions();
    options.stop = StopRule {How::DropAfterSend, Stage::Mail};
    Smtp::Session session(options);
    const Base::TimePoint now(std::chrono::hours(1));
    session.start(now);
    session.receive("220 mx\r\n", now);
    session.receive("250 mx\r\n", now);
    while (session.next()) { }
    session.send(transactionFor({"a@x"}), now);
    session.written(now); // MAIL still waits in next()
    QVERIFY(!session.isOver());
    while (session.next()) { }
    session.written(now);
    QVERIFY(session.isOver());
}

QTEST_GUILESS_MAIN(TestSessionStop)
#include "tst_sessionstop.moc"
