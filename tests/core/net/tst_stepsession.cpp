// SPDX-License-Identifier: GPL-3.0-or-later
#include "closedport.h"
#include "fakerelay.h"

#include "base/literals.h"
#include "net/stepsession.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace Mailgauge;
using Net::StepOptions;
using Net::StepResult;
using Net::StepSession;
using Smtp::Command;
using Smtp::Stage;
using Test::FakeRelay;
using Test::Script;
using Initial = Smtp::AuthOptions::Initial;
using Kind = Base::Error::Kind;

namespace {

StepOptions optionsFor(const FakeRelay &relay)
{
    StepOptions options;
    options.target.host = u"127.0.0.1"_s;
    options.target.port = relay.port();
    options.tls.caPem = Test::testIdentity().caPem;
    return options;
}

Smtp::Mailbox mailbox(const char *address)
{
    return *Smtp::Mailbox::parse(address);
}

Smtp::AuthOptions annsAuth(const char *password, Initial initial = Initial::AsUsual)
{
    Smtp::AuthOptions auth;
    auth.user = "ann";
    auth.password = Base::Secret(password);
    auth.allowWithoutTls = true;
    auth.initial = initial;
    return auth;
}

Base::Content content(const QByteArray &bytes)
{
    Base::Content value;
    value.bytes = bytes;
    return value;
}

} // namespace

class StepSessionTest final : public QObject {
    Q_OBJECT

    std::optional<StepResult> m_result;

    /// Runs one step to its end.
    template <typename Step>
    StepResult run(StepSession &session, Step step)
    {
        m_result.reset();
        const auto connection = connect(&session, &StepSession::finished, this,
            [this](const StepResult &result) { m_result = result; });
        step(session);
        const bool ended = Test::waitFor([this] { return m_result.has_value(); });
        disconnect(connection);
        return ended ? *m_result : StepResult {};
    }
    StepResult open(StepSession &session)
    {
        return run(session, [](StepSession &s) { s.open(); });
    }
    StepResult ehlo(StepSession &session)
    {
        return run(session, [](StepSession &s) { s.ehlo("client.example"); });
    }
    StepResult command(StepSession &session, const Base::Result<Command> &line)
    {
        return run(session, [&line](StepSession &s) { s.command(line); });
    }
    StepResult noop(StepSession &session) { return command(session, Command::byHand("NOOP")); }

private Q_SLOTS:
    void wholeSession()
    {
        FakeRelay relay({Script::hello({"SIZE 1000"_ba})
                .answer("MAIL FROM:<a@x> SIZE=5"_ba, "250 ok\r\n"_ba)
                .answer("RCPT TO:<b@y>"_ba, "550 5.1.1 no\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 2.0.0 queued\r\n"_ba)
                .quit()});
        StepSession session(optionsFor(relay));
        QCOMPARE(open(session).reply->code, 220);
        QVERIFY(session.capabilities().all().isEmpty());
        QCOMPARE(ehlo(session).reply->code, 250);
        QVERIFY(session.capabilities().has("SIZE"));
        QCOMPARE(command(session, Command::mail(mailbox("a@x"), {"SIZE=5"})).reply->code, 250);
        const StepResult refused = command(session, Command::rcpt(mailbox("b@y"), {}));
        QCOMPARE(refused.reply->code, 550);
        QVERIFY(!refused.failure);
        QVERIFY(session.isOpen());
        const QByteArray message = ".a\r\n..b\r\n"_ba;
        QCOMPARE(run(session, [&](StepSession &s) { s.data(content(message)); }).reply->code, 250);
        QCOMPARE(relay.content(), "..a\r\n...b\r\n"_ba);
        QCOMPARE(run(session, [](StepSession &s) { s.quit(); }).reply->code, 221);
        QVERIFY(!session.isOpen());
        QCOMPARE(relay.problems(), QStringList());
    }

    /// One write, replies in their order, each with its stage.
    void group()
    {
        FakeRelay relay({Script::hello({"PIPELINING"_ba})
                .expect("MAIL FROM:<>"_ba)
                .expect("RCPT TO:<b@y>"_ba)
                .expect("RSET"_ba)
                .send("250 mail\r\n550 5.1.1 rcpt\r\n250 rset\r\n"_ba)
                .quit()});
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        const StepResult result = run(session, [](StepSession &s) {
            s.group({*Command::mail({}, {}), *Command::rcpt(mailbox("b@y"), {}), Command::rset()});
        });
        QCOMPARE(result.replies.size(), 3);
        QCOMPARE(result.replies.at(0).text(), "mail"_ba);
        QCOMPARE(result.replies.at(1).code, 550);
        QCOMPARE(result.reply->text(), "rset"_ba);
        QVERIFY(!result.failure);
        for (const Transcript::Entry &entry : session.takeEntries()) {
            if (entry.direction == Transcript::Direction::Server && entry.text.contains("mail"))
                QCOMPARE(entry.stage, Stage::Mail);
            if (entry.text.contains("5.1.1"))
                QCOMPARE(entry.stage, Stage::Rcpt);
        }
        // The next step's result has nothing of it.
        QVERIFY(run(session, [](StepSession &s) { s.quit(); }).replies.isEmpty());
        QCOMPARE(relay.problems(), QStringList());
    }

    void groupCutShort()
    {
        FakeRelay relay({Script::hello({"PIPELINING"_ba})
                .expect("NOOP"_ba)
                .expect("NOOP"_ba)
                .send("250 one\r\n"_ba)
                .close()});
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        const StepResult result = run(session,
            [](StepSession &s) { s.group({*Command::byHand("NOOP"), *Command::byHand("NOOP")}); });
        QCOMPARE(result.failure->error.kind, Kind::ConnectionClosed);
        QCOMPARE(result.replies.size(), 1);
    }

    /// The command is in the segment of STARTTLS, in clear; its reply is nobody's.
    void behindStartTls()
    {
        FakeRelay relay({Script::hello({"STARTTLS"_ba})
                                .expect("STARTTLS"_ba)
                                .expect("NOOP"_ba)
                                .send("220 go\r\n"_ba)
                                .startTls()
                                .send("250 injected\r\n"_ba)
                                .hang()},
            Test::testIdentity().identity);
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        const StepResult result = run(
            session, [](StepSession &s) { s.startTlsWith(*Command::byHand("NOOP")); });
        QCOMPARE(result.reply->code, 220);
        QVERIFY(session.isTls());
        QVERIFY(relay.receivedInClear().contains("STARTTLS\r\nNOOP\r\n"));
        QTRY_VERIFY(session.hasNews());
        const StepResult next = ehlo(session);
        QCOMPARE(next.failure->error.kind, Kind::MalformedReply);
        QCOMPARE(next.failure->error.evidence, "injected"_ba);
    }

    void dataAsIs()
    {
        const QByteArray wire = "a\n.\nb\r\n..c\r\n.\r\n"_ba;
        FakeRelay relay({Script::hello()
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectBytes(wire.size())
                .send("250 done\r\n"_ba)
                .answer("DATA"_ba, "503 no\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 done\r\n"_ba)
                .quit()});
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        const auto asIs = [&wire](StepSession &s) { s.dataAsIs(wire); };
        QCOMPARE(run(session, asIs).reply->text(), "done"_ba);
        QVERIFY(relay.received().endsWith("DATA\r\n" + wire));
        QCOMPARE(run(session, asIs).reply->code, 503);
        // What was refused is not sent by the next DATA.
        QCOMPARE(run(session, [](StepSession &s) { s.data(content(".x\r\n")); }).reply->code, 250);
        QCOMPARE(relay.content(), "..x\r\n"_ba);
        run(session, [](StepSession &s) { s.quit(); });
        QCOMPARE(relay.problems(), QStringList());
    }

    /// Everything that was said, both ways, numbered from the start; nothing that is a secret.
    void transcript()
    {
        FakeRelay relay({Script::hello({"AUTH PLAIN"_ba})
                .answer("AUTH PLAIN"_ba, "334 \r\n"_ba)
                .answer("AGFubgBjNG40cnk="_ba, "535 c4n4ry is wrong\r\n"_ba)
                .answer("AUTH PLAIN"_ba, "334 \r\n"_ba)
                .answer("AGFubgBjNG40cnk="_ba, "235 ok\r\n"_ba)
                .answer("MAIL"_ba, "250 ok\r\n"_ba)
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 done\r\n"_ba)
                .quit()});
        StepSession session(optionsFor(relay));
        open(session);
        QCOMPARE(session.address(), u"127.0.0.1"_s);
        QList<Transcript::Entry> entries = session.takeEntries();
        QVERIFY(!entries.isEmpty());
        QVERIFY(session.takeEntries().isEmpty());
        ehlo(session);
        run(session, [auth = annsAuth("c4n4ry", Initial::Never)](StepSession &s) { s.auth(auth); });
        QVERIFY(session.mechanism().isEmpty());
        // By hand: what answers a challenge is nobody's business either.
        command(session, Command::byHand("AUTH PLAIN"));
        QCOMPARE(command(session, Command::byHand("AGFubgBjNG40cnk=")).reply->code, 235);
        command(session, Command::mail(mailbox("a@x"), {}));
        run(session, [](StepSession &s) { s.data(content("12345678\r\n")); });
        run(session, [](StepSession &s) { s.quit(); });
        entries += session.takeEntries();
        QByteArrayList said;
        for (qsizetype i = 0; i < entries.size(); ++i) {
            const Transcript::Entry &entry = entries.at(i);
            QCOMPARE(entry.n, i);
            QVERIFY(!entry.tls);
            QVERIFY2(!entry.text.contains("c4n4ry") && !entry.text.contains("AGFubg"),
                entry.text.constData());
            if (entry.direction != Transcript::Direction::Event)
                said.append(entry.text);
        }
        const QByteArray all = said.join('\n');
        QVERIFY2(all.contains("EHLO client.example\n250-"), all.constData());
        QVERIFY2(all.contains("AUTH PLAIN\n334 \n<redacted: AUTH PLAIN>\n535 "), all.constData());
        QVERIFY2(all.contains("AUTH PLAIN\n334 \n<redacted: AUTH"), all.constData());
        QVERIFY2(all.contains("MAIL FROM:<a@x>\n250 ok\nDATA\n354 go\n250 done\nQUIT\n221"),
            all.constData());
        const auto noted = [&entries](const QByteArray &text) {
            return std::ranges::any_of(entries, [&text](const Transcript::Entry &entry) {
                return entry.direction == Transcript::Direction::Event && entry.text == text;
            });
        };
        QVERIFY(noted("message data, 10 bytes"));
        QVERIFY(noted("closed"));
    }

    void startTls()
    {
        FakeRelay relay({Script::hello({"STARTTLS"_ba})
                                .answer("STARTTLS"_ba, "220 go\r\n"_ba)
                                .startTls()
                                .answer("NOOP"_ba, "250 inside\r\n"_ba)},
            Test::testIdentity().identity);
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        const StepResult upgraded = run(session, [](StepSession &s) { s.startTls(); });
        QCOMPARE(upgraded.reply->code, 220);
        QVERIFY(session.isTls());
        QVERIFY(session.tlsFacts()->accepted);
        QVERIFY(session.capabilities().all().isEmpty()); // C6
        (void)session.takeEntries();
        QCOMPARE(noop(session).reply->lines, QList {"inside"_ba});
        const QList<Transcript::Entry> inside = session.takeEntries();
        QCOMPARE(inside.size(), 2);
        QVERIFY(inside.first().tls);
        QVERIFY(inside.last().tls);
        const StepResult again = run(session, [](StepSession &s) { s.startTls(); });
        QCOMPARE(again.failure->error.kind, Kind::Unsupported);
        QVERIFY(session.isOpen());
    }

    void implicitTls()
    {
        FakeRelay relay(
            {Script().startTls().send("220 hi\r\n"_ba).hang()}, Test::testIdentity().identity);
        StepOptions options = optionsFor(relay);
        options.implicitTls = true;
        StepSession session(options);
        QCOMPARE(open(session).reply->code, 220);
        QVERIFY(session.isTls());
    }

    void certificateIsNotTrusted()
    {
        FakeRelay relay(
            {Script().startTls().send("220 hi\r\n"_ba).hang()}, Test::testIdentity().identity);
        StepOptions options = optionsFor(relay);
        options.tls.caPem.clear();
        options.implicitTls = true;
        StepSession session(options);
        const StepResult result = open(session);
        QCOMPARE(result.failure->error.kind, Kind::TlsHandshake);
        QCOMPARE(result.failure->stage, Stage::Tls);
        QVERIFY(!session.isOpen());
        QVERIFY(!session.tlsFacts()->accepted);
        QByteArrayList told;
        for (const Transcript::Entry &entry : session.takeEntries())
            told.append(entry.text);
        QVERIFY(told.contains("TLS sent alert: fatal unknown_ca (48)"_ba));
    }

    void injectionBehindStartTls()
    {
        FakeRelay relay({Script::hello({"STARTTLS"_ba})
                .answer("STARTTLS"_ba, "220 go\r\n250-INJECTED\r\n"_ba)});
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        const StepResult result = run(session, [](StepSession &s) { s.startTls(); });
        QCOMPARE(result.failure->error.kind, Kind::MalformedReply);
        QVERIFY(!session.isOpen());
    }

    void authentication_data()
    {
        QTest::addColumn<Initial>("initial");
        QTest::addColumn<QList<Smtp::MechanismAlias>>("aliases");
        QTest::addColumn<Script>("script");
        const QList<Smtp::MechanismAlias> none;
        QTest::newRow("initial response")
            << Initial::AsUsual << none
            << Script::hello({"AUTH PLAIN"_ba})
                   .answer("AUTH PLAIN AGFubgBzM2NyZXQ="_ba, "235 ok\r\n"_ba);
        QTest::newRow("asked for") << Initial::Never << none
                                   << Script::hello({"AUTH PLAIN"_ba})
                                          .answer("AUTH PLAIN"_ba, "334 \r\n"_ba)
                                          .answer("AGFubgBzM2NyZXQ="_ba, "235 ok\r\n"_ba);
        QTest::newRow("the user name at once")
            << Initial::Always << none
            << Script::hello({"AUTH LOGIN"_ba})
                   .answer("AUTH LOGIN YW5u"_ba, "334 UGFzc3dvcmQ6\r\n"_ba)
                   .answer("czNjcmV0"_ba, "235 ok\r\n"_ba);
        QTest::newRow("under another name")
            << Initial::AsUsual << QList<Smtp::MechanismAlias> {{"X-PLAIN"_ba, "PLAIN"_ba}}
            << Script::hello({"AUTH X-PLAIN"_ba})
                   .answer("AUTH X-PLAIN AGFubgBzM2NyZXQ="_ba, "235 ok\r\n"_ba);
        QTest::newRow("under another name, asked for")
            << Initial::Never << QList<Smtp::MechanismAlias> {{"X-LOGIN"_ba, "LOGIN"_ba}}
            << Script::hello({"AUTH X-LOGIN"_ba})
                   .answer("AUTH X-LOGIN"_ba, "334 VXNlcm5hbWU6\r\n"_ba)
                   .answer("YW5u"_ba, "334 UGFzc3dvcmQ6\r\n"_ba)
                   .answer("czNjcmV0"_ba, "235 ok\r\n"_ba);
    }
    void authentication()
    {
        QFETCH(Initial, initial);
        QFETCH(QList<Smtp::MechanismAlias>, aliases);
        QFETCH(Script, script);
        FakeRelay relay({script});
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        Smtp::AuthOptions auth;
        auth.user = "ann";
        auth.password = Base::Secret("s3cret");
        auth.initial = initial;
        auth.aliases = aliases;
        const auto step = [&](StepSession &s) { s.auth(auth); };
        QCOMPARE(run(session, step).failure->error.kind, Kind::Unsupported); // C16
        QVERIFY(!relay.received().contains("AUTH"));
        auth.allowWithoutTls = true;
        QCOMPARE(run(session, step).reply->code, 235);
        QCOMPARE(relay.received().contains("IN\r\n"), initial == Initial::Never);
        QCOMPARE(relay.problems(), QStringList());
    }

    /// The next mechanism, or the next thing to bind to, is tried where a session that sends would.
    void nextMechanism_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<bool>("inTurn");
        QTest::addColumn<QByteArrayList>("tries");
        QTest::newRow("504 on the strongest")
            << Script::hello({"AUTH CRAM-MD5 PLAIN"_ba})
                   .answer("AUTH CRAM-MD5"_ba, "504 5.5.4 not here\r\n"_ba)
                   .answer("AUTH PLAIN"_ba, "235 ok\r\n"_ba)
            << false << QByteArrayList {"CRAM-MD5 504"_ba, "PLAIN 235"_ba};
        QTest::newRow("534 behind a challenge")
            << Script::hello({"AUTH CRAM-MD5 PLAIN"_ba})
                   .answer("AUTH CRAM-MD5"_ba, "334 PDFAeD4=\r\n"_ba)
                   .answer("YW5uI"_ba, "534 5.7.9 too weak\r\n"_ba)
                   .answer("AUTH PLAIN"_ba, "235 ok\r\n"_ba)
            << false << QByteArrayList {"CRAM-MD5 534"_ba, "PLAIN 235"_ba};
        const Script refused = Script::hello({"AUTH CRAM-MD5 PLAIN"_ba})
                                   .answer("AUTH CRAM-MD5"_ba, "535 5.7.8 no\r\n"_ba);
        QTest::newRow("credentials refused")
            << refused << false << QByteArrayList {"CRAM-MD5 535"_ba};
        QTest::newRow("in turn") << Script(refused).answer("AUTH PLAIN"_ba, "535 5.7.8 no\r\n"_ba)
                                 << true << QByteArrayList {"CRAM-MD5 535"_ba, "PLAIN 535"_ba};
        QTest::newRow("in turn, not now")
            << Script::hello({"AUTH CRAM-MD5 PLAIN"_ba})
                   .answer("AUTH CRAM-MD5"_ba, "454 4.7.0 later\r\n"_ba)
            << true << QByteArrayList {"CRAM-MD5 454"_ba};
        const QByteArray unsupported = "334 " + "e=unsupported-channel-binding-type"_ba.toBase64();
        QTest::newRow("unsupported channel binding type")
            << Script::hello({"STARTTLS"_ba})
                   .upgrade({"AUTH SCRAM-SHA-256-PLUS PLAIN"_ba})
                   .answer("AUTH SCRAM-SHA-256-PLUS cD10bHMtZXhwb3J0"_ba, unsupported + "\r\n")
                   .answer({}, "535 5.7.8 no\r\n"_ba)
                   .answer(
                       "AUTH SCRAM-SHA-256-PLUS cD10bHMtc2VydmVyLWVuZC1wb2lu"_ba, "504 ok\r\n"_ba)
                   .answer("AUTH PLAIN"_ba, "235 ok\r\n"_ba)
            << false
            << QByteArrayList {"SCRAM-SHA-256-PLUS 535 unsupported-channel-binding-type"_ba,
                   "SCRAM-SHA-256-PLUS 504"_ba, "PLAIN 235"_ba};
    }
    void nextMechanism()
    {
        QFETCH(Script, script);
        QFETCH(bool, inTurn);
        QFETCH(QByteArrayList, tries);
        FakeRelay relay({script}, Test::testIdentity().identity);
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        if (session.capabilities().has("STARTTLS")) {
            run(session, [](StepSession &s) { s.startTls(); });
            ehlo(session);
        }
        Smtp::AuthOptions auth = annsAuth("s3cret");
        auth.inTurn = inTurn;
        const StepResult result = run(session, [&](StepSession &s) { s.auth(auth); });
        QByteArrayList told;
        for (const Net::MechanismTry &one : result.tries)
            told.append(
                QByteArrayList {one.mechanism, QByteArray::number(one.reply->code), one.reason}
                    .join(' ')
                    .trimmed());
        QCOMPARE(told, tries);
        QVERIFY(result.reply);
        QCOMPARE(QByteArray::number(result.reply->code), tries.last().split(' ').value(1));
        QCOMPARE(session.mechanism(), result.reply->code == 235 ? "PLAIN"_ba : QByteArray());
        QCOMPARE(relay.problems(), QStringList());
    }

    void echoedPasswordIsMasked_data()
    {
        QTest::addColumn<QByteArray>("reply");
        QTest::newRow("E2 in a reply") << "535 5.7.8 bad password s3cret\r\n"_ba;
        QTest::newRow("E2 in base64") << "535 5.7.8 bad response AGFubgBzM2NyZXQ=\r\n"_ba;
        QTest::newRow("E2 in what is no reply") << "bad password s3cret\r\n"_ba;
        // Cut first, a part of it would be left that no mask knows.
        QTest::newRow("E2 at the limit of the evidence")
            << QByteArray(508, 'x') + "s3cret is bad\r\n";
    }
    void echoedPasswordIsMasked()
    {
        QFETCH(QByteArray, reply);
        FakeRelay relay({Script::hello({"AUTH PLAIN"_ba}).answer("AUTH"_ba, reply)});
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        const StepResult result = run(
            session, [auth = annsAuth("s3cret")](StepSession &s) { s.auth(auth); });
        const QByteArray told = result.reply ? result.reply->text()
                                             : result.failure->error.evidence;
        QVERIFY2(!told.isEmpty() && !told.contains("s3c") && !told.contains("AGFubgB"),
            told.constData());
        QVERIFY(told.size() <= Base::Error::MaxEvidence);
    }

    void typedSecretIsMasked_data()
    {
        QTest::addColumn<QByteArrayList>("lines");
        QTest::newRow("initial response") << QByteArrayList {"AUTH PLAIN AGFubgBzM2NyZXQ="_ba};
        QTest::newRow("odd spaces") << QByteArrayList {"auth  plain   AGFubgBzM2NyZXQ="_ba};
        QTest::newRow("challenge") << QByteArrayList {"AUTH PLAIN"_ba, "AGFubgBzM2NyZXQ="_ba};
    }
    void typedSecretIsMasked()
    {
        QFETCH(QByteArrayList, lines);
        Script script = Script::hello({"AUTH PLAIN"_ba});
        if (lines.size() > 1)
            script.answer("AUTH"_ba, "334 \r\n"_ba);
        script.answer(lines.last().left(4), "501 5.5.2 what is AGFubgBzM2NyZXQ= ?\r\n"_ba);
        FakeRelay relay({script});
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        StepResult result;
        for (const QByteArray &line : std::as_const(lines))
            result = command(session, Command::byHand(line));
        QVERIFY(result.reply);
        QVERIFY2(!result.reply->text().contains("AGFub"), result.reply->text().constData());
        QCOMPARE(relay.problems(), QStringList());
    }

    // What is masked is what is told; what the server announced goes on to decide.
    void passwordThatIsAWordOfTheServers()
    {
        FakeRelay relay({Script::hello({"AUTH PLAIN"_ba})
                .answer("AUTH"_ba, "535 no\r\n"_ba)
                .answer("EHLO"_ba, "250-mx\r\n250 AUTH PLAIN\r\n"_ba)
                .answer("AUTH"_ba, "235 ok\r\n"_ba)});
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        const auto step = [auth = annsAuth("PLAIN")](StepSession &s) { s.auth(auth); };
        QCOMPARE(run(session, step).reply->code, 535);
        const StepResult hello = ehlo(session);
        QVERIFY(!hello.reply->text().contains("PLAIN"));
        QVERIFY(!session.capabilities().authMechanisms().contains("PLAIN"));
        const StepResult second = run(session, step);
        QVERIFY(second.reply);
        QCOMPARE(second.reply->code, 235);
    }

    void closing_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<int>("code");
        QTest::addColumn<Kind>("kind");
        const auto hello = [] { return Script::hello(); };
        QTest::newRow("421") << hello().answer("NOOP"_ba, "421 bye\r\n"_ba).hang() << 421
                             << Kind::InvalidInput;
        QTest::newRow("FIN") << hello().expect("NOOP"_ba).close() << 0 << Kind::ConnectionClosed;
        QTest::newRow("RST") << hello().expect("NOOP"_ba).reset() << 0 << Kind::ConnectionClosed;
        QTest::newRow("B7 no reply")
            << hello().answer("NOOP"_ba, "what?\r\n"_ba).hang() << 0 << Kind::MalformedReply;
        QTest::newRow("silence") << hello().expect("NOOP"_ba).hang() << 0 << Kind::Timeout;
        QTest::newRow("half a reply")
            << hello().answer("NOOP"_ba, "250-a\r\n25"_ba).close() << 0 << Kind::ConnectionClosed;
    }
    void closing()
    {
        QFETCH(Script, script);
        QFETCH(int, code);
        QFETCH(Kind, kind);
        FakeRelay relay({script});
        StepOptions options = optionsFor(relay);
        if (kind == Kind::Timeout)
            options.deadlines.rset = std::chrono::milliseconds(50);
        StepSession session(options);
        open(session);
        ehlo(session);
        const StepResult result = noop(session);
        QCOMPARE(result.reply ? result.reply->code : 0, code);
        if (code == 0)
            QCOMPARE(result.failure->error.kind, kind);
        QVERIFY(!session.isOpen());
        QVERIFY(!session.hasNews());
    }

    void repliesToNoCommand_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        QTest::newRow("B10 second reply") << "250 twice\r\n"_ba << 0;
        QTest::newRow("421 unasked") << "421 idle\r\n"_ba << 421;
    }
    void repliesToNoCommand()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, code);
        FakeRelay relay({Script::hello().send(bytes).close()});
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        QTRY_VERIFY(session.hasNews());
        const StepResult told = noop(session);
        QCOMPARE(told.reply ? told.reply->code : 0, code);
        QVERIFY(!session.isOpen());
        QVERIFY(!relay.received().contains("NOOP"));
    }

    void injectionIsRefused()
    {
        FakeRelay relay({Script::hello().answer("NOOP"_ba, "250 ok\r\n"_ba)});
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        const StepResult result = command(session, Command::byHand("NOOP\r\nMAIL FROM:<a@x>"));
        QCOMPARE(result.failure->error.kind, Kind::InvalidInput);
        QVERIFY(session.isOpen());
        QCOMPARE(noop(session).reply->code, 250);
        QVERIFY(!relay.received().contains("MAIL"));
    }

    void lostBehindTheDot()
    {
        FakeRelay relay(
            {Script::hello().answer("DATA"_ba, "354 go\r\n"_ba).expectContent().close()});
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        const StepResult result = run(session, [](StepSession &s) { s.data(content("x\r\n"_ba)); });
        QCOMPARE(result.failure->stage, Stage::Dot);
        QCOMPARE(result.failure->error.kind, Kind::ConnectionClosed);
    }

    void largeContent()
    {
        FakeRelay relay({Script::hello()
                .answer("DATA"_ba, "354 go\r\n"_ba)
                .expectContent()
                .send("250 ok\r\n"_ba)});
        StepSession session(optionsFor(relay));
        open(session);
        ehlo(session);
        const QByteArray message = QByteArray("0123456789\r\n").repeated(200'000);
        QCOMPARE(run(session, [&](StepSession &s) { s.data(content(message)); }).reply->code, 250);
        QCOMPARE(relay.content().size(), message.size());
    }

    void refusedConnectionA1()
    {
        const Test::ClosedPort closed;
        StepOptions options;
        options.target.host = u"127.0.0.1"_s;
        options.target.port = closed.port();
        StepSession session(options);
        const StepResult result = open(session);
        QCOMPARE(result.failure->error.kind, Kind::Connect);
        QCOMPARE(result.failure->stage, Stage::Connect);
        // The same words as in a session of Connection's (host, port, the system's text).
        QCOMPARE(result.failure->error.detail,
            u"127.0.0.1 port %1: connect: Connection refused"_s.arg(options.target.port));
    }

    void localAddressOfAnotherFamily()
    {
        FakeRelay relay({Script::hello()});
        StepOptions options = optionsFor(relay);
        options.target.localAddress = QHostAddress(QHostAddress::LocalHostIPv6);
        StepSession session(options);
        const StepResult result = open(session);
        QCOMPARE(result.failure->error.kind, Kind::Connect);
        QCOMPARE(result.failure->error.detail, u"no address of the local address's family"_s);
    }
};

QTEST_GUILESS_MAIN(StepSessionTest)
#include "tst_stepsession.moc"
