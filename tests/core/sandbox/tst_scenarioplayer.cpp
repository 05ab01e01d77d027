// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/scenarioplayer.h"

#include "base/literals.h"
#include "sandbox/outputqueue.h"

#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Sandbox;
using namespace std::chrono_literals;

namespace {

Rule rule(Match match, int code = 450)
{
    Rule result;
    result.stages = {Smtp::Stage::Rcpt};
    result.match = std::move(match);
    result.actions.reply = Smtp::Reply {code, {"x"_ba}};
    return result;
}

Match counted(Match::Count count, int n, Match::Scope scope = Match::Scope::Overall)
{
    Match match;
    match.count = count;
    match.n = n;
    match.scope = scope;
    return match;
}

Scenario scenario(QList<Rule> rules, quint64 seed = 1)
{
    Scenario result;
    result.seed = seed;
    result.rules = std::move(rules);
    return result;
}

Occasion rcpt(const QByteArray &recipient, quint64 session = 1)
{
    Occasion occasion;
    occasion.stage = Smtp::Stage::Rcpt;
    occasion.session = session;
    occasion.sender = "a@x.example"_ba;
    occasion.recipients = {recipient};
    return occasion;
}

/// Which of ten occasions the rule decides: "0110…".
QByteArray pattern(const Match &match)
{
    ScenarioPlayer player(scenario({rule(match)}));
    QByteArray result;
    for (int i = 0; i < 10; ++i)
        result += player.decide(rcpt("b@y.example"_ba, i < 5 ? 1 : 2)) ? '1' : '0';
    return result;
}

} // namespace

class TestScenarioPlayer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void counts_data();
    void counts();
    void recipientsCountApart();
    void firstRuleDecidesAllCount();
    void patterns();
    void chanceIsSeeded();
    void contentOnceAfterBytes();
    void countersAreBounded();
    void outputSplits_data();
    void outputSplits();
    void outputRoomAndRepeats();
    void outputJoinsWhatNothingCuts();
};

void TestScenarioPlayer::counts_data()
{
    QTest::addColumn<Match::Count>("count");
    QTest::addColumn<Match::Scope>("scope");
    QTest::addColumn<int>("n");
    QTest::addColumn<QByteArray>("decided");
    using enum Match::Count;
    using enum Match::Scope;
    QTest::newRow("any") << Any << Overall << 0 << "1111111111"_ba;
    QTest::newRow("first 2") << First << Overall << 2 << "1100000000"_ba;
    QTest::newRow("third") << Nth << Overall << 3 << "0010000000"_ba;
    QTest::newRow("every third") << Every << Overall << 3 << "0010010010"_ba;
    QTest::newRow("from the fourth") << From << Overall << 4 << "0001111111"_ba;
    QTest::newRow("first per session") << First << Session << 1 << "1000010000"_ba;
    QTest::newRow("from the fourth per session") << From << Session << 4 << "0001100011"_ba;
}

void TestScenarioPlayer::counts()
{
    QFETCH(const Match::Count, count);
    QFETCH(const Match::Scope, scope);
    QFETCH(const int, n);
    QTEST(pattern(counted(count, n, scope)), "decided");
}

void TestScenarioPlayer::recipientsCountApart()
{
    ScenarioPlayer player(
        scenario({rule(counted(Match::Count::First, 1, Match::Scope::Recipient))}));
    for (quint64 session = 1; session <= 2; ++session) {
        for (const QByteArray &to : {"b@y.example"_ba, "c@y.example"_ba})
            QCOMPARE(player.decide(rcpt(to, session)) != nullptr, session == 1);
    }
    Occasion other = rcpt("b@y.example"_ba, 3);
    other.sender = "z@x.example"_ba;
    QVERIFY(player.decide(other));
}

void TestScenarioPlayer::firstRuleDecidesAllCount()
{
    ScenarioPlayer player(scenario(
        {rule(counted(Match::Count::First, 2), 451), rule(counted(Match::Count::Nth, 4), 550)}));
    QList<int> codes;
    for (int i = 0; i < 5; ++i) {
        const Actions *actions = player.decide(rcpt("b@y.example"_ba));
        codes += actions ? actions->reply->code : 250;
    }
    QCOMPARE(codes, (QList {451, 451, 250, 550, 250}));
}

void TestScenarioPlayer::patterns()
{
    const auto glob = [](const QString &text) {
        return Pattern {QRegularExpression::fromWildcard(
            text, Qt::CaseInsensitive, QRegularExpression::NonPathWildcardConversion)};
    };
    Match match;
    match.recipient = glob(u"*@y.example"_s);
    match.user = glob(u"tim"_s);
    ScenarioPlayer player(scenario({rule(match)}));
    Occasion occasion = rcpt("B@Y.example"_ba);
    QVERIFY(!player.decide(occasion));
    occasion.user = "tim"_ba;
    QVERIFY(player.decide(occasion));
    occasion.recipients = {"b@z.example"_ba};
    QVERIFY(!player.decide(occasion));
    occasion.recipients += "c@y.example"_ba; // at later stages: any of them
    QVERIFY(player.decide(occasion));
    occasion.stage = Smtp::Stage::Mail;
    QVERIFY(!player.decide(occasion));
}

void TestScenarioPlayer::chanceIsSeeded()
{
    const auto play = [](quint64 seed, bool backwards) {
        Match match;
        match.chance = 0.3;
        ScenarioPlayer player(scenario({rule(match)}, seed));
        QByteArray result(1000, '0');
        for (int i = 0; i < 1000; ++i) {
            const int who = backwards ? 999 - i : i;
            if (player.decide(rcpt("b" + QByteArray::number(who) + "@y.example")))
                result[who] = '1';
        }
        return result;
    };
    const QByteArray first = play(7, false);
    QCOMPARE(play(7, false), first);
    QVERIFY(play(8, false) != first);
    const auto hits = first.count('1');
    QVERIFY2(hits > 240 && hits < 360, QByteArray::number(hits).constData());
}

void TestScenarioPlayer::contentOnceAfterBytes()
{
    Match match;
    match.afterBytes = 100;
    Rule one = rule(match);
    one.stages = {Smtp::Stage::Content};
    ScenarioPlayer player(scenario({one}));
    Occasion occasion;
    occasion.stage = Smtp::Stage::Content;
    QByteArray decided;
    for (const qint64 size : {0, 50, 99, 100, 150, 500}) {
        occasion.contentNow = size;
        decided += player.decide(occasion) ? '1' : '0';
        occasion.contentBefore = size;
    }
    QCOMPARE(decided, "000100"_ba);
}

void TestScenarioPlayer::countersAreBounded()
{
    ScenarioPlayer player(
        scenario({rule(counted(Match::Count::First, 1, Match::Scope::Recipient))}));
    for (int i = 0; i < ScenarioPlayer::MaxCounters; ++i)
        QVERIFY(player.decide(rcpt(QByteArray::number(i))));
    QVERIFY(!player.decide(rcpt("one more"_ba)));
    QVERIFY(!player.decide(rcpt("0"_ba)));
}

void TestScenarioPlayer::outputSplits_data()
{
    QTest::addColumn<Split>("split");
    QTest::addColumn<QByteArray>("pieces");
    QTest::newRow("every byte") << Split {{}, 1, 10ms} << "a|b|c|d|e|f"_ba;
    QTest::newRow("every 4") << Split {{}, 4, 10ms} << "abcd|ef"_ba;
    QTest::newRow("at 1 and 3") << Split {{1, 3}, 0, 10ms} << "a|bc|def"_ba;
    QTest::newRow("at 1, then every 2") << Split {{1}, 2, 10ms} << "a|bc|de|f"_ba;
    QTest::newRow("at the end") << Split {{6}, 0, 10ms} << "abcdef"_ba;
    QTest::newRow("behind the end") << Split {{60}, 0, 10ms} << "abcdef"_ba;
}

void TestScenarioPlayer::outputSplits()
{
    QFETCH(const Split, split);
    OutputQueue queue;
    queue.append({{"ab"_ba}, {"cdef"_ba}}, split); // over the border of two segments
    queue.append(OutputQueue::Mark::Fin);
    Base::TimePoint now {1h};
    QList<QByteArray> pieces;
    while (auto item = queue.next(100, now)) {
        if (std::holds_alternative<OutputQueue::Mark>(*item))
            break;
        pieces += std::get<QByteArray>(*item);
        if (const auto pause = queue.deadline()) {
            QCOMPARE(*pause, now + 10ms);
            QVERIFY(!queue.next(100, now + 9ms));
            now += 10ms;
        }
    }
    QTEST(pieces.join('|'), "pieces");
    QVERIFY(queue.isEmpty());
    QCOMPARE(queue.size(), 0);
}

void TestScenarioPlayer::outputRoomAndRepeats()
{
    OutputQueue queue;
    queue.append({{"abc"_ba, 3}, {"z"_ba}});
    const Base::TimePoint now {1h};
    QByteArray all;
    while (auto item = queue.next(4, now)) {
        QVERIFY(std::get<QByteArray>(*item).size() <= 4);
        all += std::get<QByteArray>(*item);
    }
    QCOMPARE(all, "abcabcabcz"_ba);
    queue.append({{"ab"_ba, RawBytes::Endless}});
    QVERIFY(!queue.next(0, now));
    for (int i = 0; i < 1000; ++i)
        QCOMPARE(std::get<QByteArray>(*queue.next(1000, now)), "ab"_ba.repeated(500));
    QCOMPARE(queue.size(), 2);
}

// RFC 2920 3.2: the answers to a group leave as a unit.
void TestScenarioPlayer::outputJoinsWhatNothingCuts()
{
    OutputQueue queue;
    const Base::TimePoint now {1h};
    const auto piece = [&queue, now](qsizetype room) {
        return std::get<QByteArray>(queue.next(room, now).value());
    };
    queue.append({{"one"_ba}});
    queue.append({{"two"_ba}});
    queue.append({{"cut"_ba}}, Split {.at = {1}, .every = 0, .interval = {}});
    queue.append({{"three"_ba}});
    queue.append(OutputQueue::Mark::StartTls);
    queue.append({{"four"_ba}});
    QCOMPARE(piece(100), "onetwo"_ba);
    QCOMPARE(piece(100), "c"_ba);
    QCOMPARE(piece(100), "ut"_ba);
    QCOMPARE(piece(100), "three"_ba);
    QCOMPARE(
        std::get<OutputQueue::Mark>(queue.next(100, now).value()), OutputQueue::Mark::StartTls);
    QCOMPARE(piece(2), "fo"_ba);
    queue.append({{"five"_ba}});
    QCOMPARE(piece(4), "urfi"_ba); // as far as there is room
    QCOMPARE(piece(4), "ve"_ba);
    QVERIFY(queue.isEmpty());
    QCOMPARE(queue.size(), 0);
}

QTEST_GUILESS_MAIN(TestScenarioPlayer)
#include "tst_scenarioplayer.moc"
