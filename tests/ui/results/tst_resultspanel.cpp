// SPDX-License-Identifier: GPL-3.0-or-later
#include "results/resultspanel.h"

#include "base/literals.h"
#include "fakerepositories.h"
#include "widgets/chartcard.h"
#include "widgets/chartview.h"
#include "widgets/figuretile.h"

#include <QComboBox>
#include <QTabBar>
#include <QTest>

using namespace Mailgauge;

namespace {

Stats::Sample makeSample(int secondsAgo, const QByteArray &domain, Smtp::Outcome outcome, int code)
{
    Stats::Sample sample;
    sample.time = QDateTime::currentDateTimeUtc().addSecs(-secondsAgo);
    sample.session = QUuid::createUuid();
    sample.domain = domain;
    sample.outcome = outcome;
    sample.replyCode = code;
    sample.latencyUs = 5000;
    return sample;
}

} // namespace

class TestResultsPanel final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void chartsWhatTheSourceHolds()
    {
        Test::FakeSamples source;
        source.kept = {makeSample(30, "a.example", Smtp::Outcome::Accepted, 250),
            makeSample(20, "b.example", Smtp::Outcome::Rejected, 550),
            makeSample(10, "a.example", Smtp::Outcome::Uncertain, 0),
            makeSample(5 * 86'400, "old.example", Smtp::Outcome::Accepted, 250)};
        Results::ResultsPanel panel(&source, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *period = panel.findChild<QComboBox *>();
        QTRY_COMPARE(panel.card(1)->view()->data().categories.size(), 2); // the last 24 hours
        const auto tiles = panel.findChildren<Widgets::FigureTile *>();
        QCOMPARE(tiles.first()->accessibleDescription().trimmed(), u"3"_s);
        const Widgets::ChartData classes = panel.card(2)->view()->data();
        QCOMPARE(classes.categories, (QStringList {u"2yz"_s, u"5yz"_s, u"no reply"_s}));

        period->setFocus();
        QTest::keyClick(period, Qt::Key_End); // all time
        QTRY_COMPARE(panel.card(1)->view()->data().categories.size(), 3);

        auto *tabs = panel.findChild<QTabBar *>();
        QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(4).center());
        QVERIFY(panel.card(4)->isVisible());
        QVERIFY(!panel.card(0)->isVisible());
    }

    void saysWhatItIsForWhenEmpty()
    {
        Test::FakeSamples source;
        Results::ResultsPanel panel(&source, m_theme);
        panel.show();
        QVERIFY(!panel.card(0)->isVisible());
        Results::ResultsPanel without(nullptr, m_theme);
        without.show();
        QVERIFY(!without.card(0)->isVisible());
    }

private:
    Theme::Theme m_theme;
};

QTEST_MAIN(TestResultsPanel)
#include "tst_resultspanel.moc"
