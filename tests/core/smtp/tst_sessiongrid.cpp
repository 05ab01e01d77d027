// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "sessionplayer.h"

#include <QMap>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Smtp::AuthOptions;
using Smtp::Outcome;
using Smtp::SessionOptions;
using Smtp::TlsPolicy;

namespace {

const QByteArray Ehlo = "C: EHLO me.example\n"_ba;
const QByteArray Capabilities = "S: 250-mx\nS: 250-STARTTLS\nS: 250 AUTH PLAIN\n"_ba;
const QByteArray Hello = "S: 220 mx\n" + Ehlo;
const QByteArray StartTls = Hello + Capabilities + "C: STARTTLS\n";
const QByteArray Handshake = StartTls + "S: 220 go\n";
const QByteArray Auth = Handshake + "TLS\n" + Ehlo + Capabilities + "C: AUTH PLAIN AHUAcA==\n";
const QByteArray Mail = Auth + "S: 235 ok\nC: MAIL FROM:<me@here>\n";
const QByteArray Rcpt = Mail + "S: 250 ok\nC: RCPT TO:<a@x>\n";
const QByteArray Data = Rcpt + "S: 250 ok\nC: DATA\n";
const QByteArray Content = Data + "S: 354 go\n";
const QByteArray Dot = Content + "C: Subject: x\nC:\nC: ..hi\nC: .\n";
const QByteArray QuitStage = Dot + "S: 250 ok\nC: QUIT\n";

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

/// R1, B18: every stage meets every fault; the recipient's outcome is right, and nothing leaks.
class TestSessionGrid : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cell_data();
    void cell();
};

void TestSessionGrid::cell_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<Outcome>("outcome");
    QTest::addColumn<bool>("dotAllowed");

    struct Row {
        const char *name;
        QByteArray script;
        Outcome lost; ///< RST, FIN, silence.
        Outcome transient;
        Outcome permanent;
        Outcome closing; ///< 421
        Outcome broken; ///< No reply, or out of step.
    };
    constexpr auto D = Outcome::Deferred;
    constexpr auto R = Outcome::Rejected;
    constexpr auto F = Outcome::Failed;
    constexpr auto U = Outcome::Uncertain;
    constexpr auto A = Outcome::Accepted;
    const QList<Row> rows {
        {"greeting", ""_ba, D, D, R, D, F},
        {"EHLO", Hello, D, D, R, D, F},
        {"STARTTLS", StartTls, D, F, F, D, F},
        {"AUTH", Auth, D, F, F, D, F},
        {"MAIL", Mail, D, D, R, D, F},
        {"RCPT", Rcpt, D, D, R, D, F},
        {"DATA", Data, D, D, R, D, F},
        {"body", Content, D, D, R, D, F},
        {"dot", Dot, U, D, R, D, U},
        {"QUIT", QuitStage, A, A, A, A, A},
    };
    for (const Row &row : rows) {
        for (const Fault &fault : faults()) {
            const QByteArrayView name(fault.name);
            const Outcome outcome = name == "4yz" ? row.transient
                : name == "5yz"                   ? row.permanent
                : name == "421"                   ? row.closing
                : name == "RST" || name == "FIN" || name.endsWith("FIN") || name.endsWith("silence")
                ? row.lost
                : row.broken;
            const bool dotAllowed = QByteArrayView(row.name) == "dot"
                || QByteArrayView(row.name) == "QUIT";
            const bool helloAgain = name == "5yz" && QByteArrayView(row.name) == "EHLO";
            QTest::addRow("B18 %s, %s", row.name, fault.name) << row.script + fault.script
                    + (helloAgain ? "C: HELO me.example\nS: 550 no\n"_ba : ""_ba)
                    + "CLOSE\n" << outcome << dotAllowed;
        }
    }
    // Only the losses exist inside the handshake; tls/ tells everything else.
    QTest::newRow("B18 handshake, RST") << Handshake + "RESET\n" << F << false;
    QTest::newRow("B18 handshake, FIN") << Handshake + "CLOSE\n" << F << false;
    QTest::newRow("B18 handshake, silence") << Handshake + "TIMEOUT\n" << D << false;
    QTest::newRow("B10 body, extra reply") << Content + "S: 250 ok\n" << F << false;
}

void TestSessionGrid::cell()
{
    QFETCH(QByteArray, script);
    QFETCH(Outcome, outcome);
    QFETCH(bool, dotAllowed);
    const auto check = [&](SessionPlayer &player) {
        // Scripts end at the fault; that QUIT may follow is another test's.
        player.facts.removeIf(
            [](const QByteArray &f) { return f.startsWith("script: also sent"); });
        QCOMPARE(player.facts.count("closed") + player.facts.count("closed abort"), 1);
        QVERIFY(player.facts.last().startsWith("closed"));
        QVERIFY(player.outcomes.size() <= 1);
        QVERIFY(player.outcomes.size() == 1 || player.failed);
        const Outcome actual = player.outcomes.isEmpty()
            ? Smtp::undecidedOutcome(mailbox("a@x"), *player.failed).outcome
            : player.outcomes.first().outcome;
        QCOMPARE(actual, outcome);
        if (!dotAllowed)
            QVERIFY(!player.client.contains("\r\n.\r\n"));
    };
    SessionPlayer player;
    player.options = fullOptions();
    player.transactions = {transactionFor({"a@x"})};
    player.holdContent = !dotAllowed;
    player.script = script;
    player.play();
    check(player);
    // The long ones are split often enough by the parser's own test.
    if (script.size() > 60'000)
        return;
    player.play(SessionPlayer::Chunks::Bytes);
    check(player);
    for (qsizetype split = 1; split < 24; ++split) {
        player.play(SessionPlayer::Chunks::SplitAt, split);
        check(player);
    }
}

QTEST_GUILESS_MAIN(TestSessionGrid)
#include "tst_sessiongrid.moc"
