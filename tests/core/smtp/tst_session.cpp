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

const QByteArray Hello = "S: 220 mx\nC: EHLO me.example\nS: 250 mx\n"_ba;
const QByteArray HelloPipelining
    = "S: 220 mx\nC: EHLO me.example\nS: 250-mx\nS: 250 PIPELINING\n"_ba;
const QByteArray Body = "C: Subject: x\nC:\nC: ..hi\n"_ba;
const QByteArray Quit = "C: QUIT\nS: 221 bye\n"_ba;
const QByteArray ToData
    = "C: MAIL FROM:<me@here>\nS: 250 ok\nC: RCPT TO:<a@x>\nS: 250 ok\nC: DATA\n"_ba;
const QByteArray ToDot = ToData + "S: 354 go\n" + Body + "C: .\n";
const QByteArray Group = "C: MAIL FROM:<me@here>\nC: RCPT TO:<a@x>\nC: RCPT TO:<b@x>\nC: DATA\n"_ba;

SessionOptions plainOptions()
{
    SessionOptions options;
    options.ehloName = "me.example";
    options.tls = TlsPolicy::None;
    return options;
}

} // namespace

/// Every row is played with the server's bytes in one piece, byte by byte, and split at every
/// position.
class TestSession : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void transactions_data();
    void transactions();
    void twoRecipients_data();
    void twoRecipients();

private:
    static void row(const char *name, const QByteArray &script, const QByteArrayList &facts);
    void playEveryWay(SessionPlayer player, const QByteArrayList &expected);
};

void TestSession::row(const char *name, const QByteArray &script, const QByteArrayList &facts)
{
    QTest::newRow(name) << script << facts;
}

void TestSession::playEveryWay(SessionPlayer player, const QByteArrayList &expected)
{
    player.play();
    QCOMPARE(player.facts, expected);
    const QByteArray client = player.client;
    player.play(SessionPlayer::Chunks::Bytes);
    QCOMPARE(player.facts, expected);
    QCOMPARE(player.client, client);
    for (qsizetype split = 1; split < 48; ++split) {
        player.play(SessionPlayer::Chunks::SplitAt, split);
        QCOMPARE(player.facts, expected);
        QCOMPARE(player.client, client);
    }
}

void TestSession::transactions_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    row("rfc5321 D.1 typical", Hello + ToDot + "S: 250 2.0.0 queued as X\n" + Quit,
        {"commit", "decided a@x accepted dot 250", "done 250", "closed"});
}

void TestSession::transactions()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transactionFor({"a@x"})};
    player.script = script;
    playEveryWay(player, facts);
}

void TestSession::twoRecipients_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArrayList>("facts");
    row("rfc2920 group",
        HelloPipelining + Group + "S: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\n" + Body
            + "C: .\nS: 250 done\n" + Quit,
        {"commit", "decided a@x accepted dot 250", "decided b@x accepted dot 250", "done 250",
            "closed"});
    row("B19 all refused, 354 all the same",
        HelloPipelining + Group
            + "S: 250 ok\nS: 550 no\nS: 451 later\nS: 354 go\nC: .\nS: 554 no valid recipients\n"
            + Quit,
        {"decided a@x rejected rcpt 550", "decided b@x deferred rcpt 451", "done", "closed"});
}

void TestSession::twoRecipients()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArrayList, facts);
    SessionPlayer player;
    player.options = plainOptions();
    player.transactions = {transactionFor({"a@x", "b@x"})};
    player.script = script;
    playEveryWay(player, facts);
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
