// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "models/fuzzymatch.h"

#include <QTest>

using namespace Mailgauge;
using Models::fuzzyScore;

class TestFuzzyMatch final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matches_data();
    void matches();
    void ranks_data();
    void ranks();
    void longInputIsFast();
};

void TestFuzzyMatch::matches_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("found");
    QTest::newRow("nothing typed") << u""_s << u"Send"_s << true;
    QTest::newRow("letters in order") << u"rsl"_s << u"Reset Layout"_s << true;
    QTest::newRow("letters out of order") << u"lsr"_s << u"Reset Layout"_s << false;
    QTest::newRow("any case") << u"SEND"_s << u"send"_s << true;
    QTest::newRow("spaces do not count") << u"res lay"_s << u"Reset Layout"_s << true;
    QTest::newRow("a letter too many") << u"sends"_s << u"Send"_s << false;
    QTest::newRow("longer than ten letters")
        << u"keyboard shortcuts"_s << u"Keyboard Shortcuts"_s << true;
    QTest::newRow("the same letter twice") << u"ss"_s << u"Sessions"_s << true;
    QTest::newRow("the same letter once too often") << u"nn"_s << u"Send"_s << false;
    QTest::newRow("beyond ASCII") << u"über"_s << u"Über Mailgauge"_s << true;
}

void TestFuzzyMatch::matches()
{
    QFETCH(QString, pattern);
    QFETCH(QString, text);
    QTEST(fuzzyScore(pattern, text).has_value(), "found");
}

void TestFuzzyMatch::ranks_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("better");
    QTest::addColumn<QString>("worse");
    QTest::newRow("beginnings of words") << u"rl"_s << u"Reset Layout"_s << u"Colour: Light"_s;
    QTest::newRow("letters side by side") << u"send"_s << u"Send"_s << u"Select end"_s;
    QTest::newRow("the shorter of two") << u"copy"_s << u"Copy"_s << u"Copy as Text"_s;
}

void TestFuzzyMatch::ranks()
{
    QFETCH(QString, pattern);
    QFETCH(QString, better);
    QFETCH(QString, worse);
    const auto high = fuzzyScore(pattern, better);
    const auto low = fuzzyScore(pattern, worse);
    QVERIFY(high && low);
    QCOMPARE_GT(*high, *low);
}

void TestFuzzyMatch::longInputIsFast()
{
    const QString pattern(40, u'a');
    const QString text(2000, u'a');
    const qint64 before = Test::cpuNanoseconds();
    QVERIFY(fuzzyScore(pattern, text));
    QCOMPARE_LT(Test::cpuNanoseconds() - before, 1'000'000'000);
}

QTEST_GUILESS_MAIN(TestFuzzyMatch)
#include "tst_fuzzymatch.moc"
