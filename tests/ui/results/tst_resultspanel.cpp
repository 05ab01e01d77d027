// SPDX-License-Identifier: GPL-3.0-or-later
#include "results/resultspanel.h"

#include "base/literals.h"
#include "fakerepositories.h"
#include "pictures.h"
#include "results/stagechart.h"
#include "widgets/chartcard.h"
#include "widgets/chartview.h"
#include "widgets/figuretile.h"

#include <KColorSchemeManager>

#include <QComboBox>
#include <QFile>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

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

    void stagesOfAllAndOfSomeSessions()
    {
        Test::FakeSamples source;
        source.kept = {makeSample(30, "a.example", Smtp::Outcome::Accepted, 250)};
        const QUuid slow = QUuid::createUuid();
        source.keptStages = {{QUuid::createUuid(), Smtp::Stage::Connect, 2'000},
            {slow, Smtp::Stage::Connect, 4'000}, {slow, Smtp::Stage::Dot, 90'500}};
        Results::ResultsPanel panel(&source, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *tabs = panel.findChild<QTabBar *>();
        QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(5).center());
        Widgets::ChartCard *card = panel.stages()->card();
        QTRY_COMPARE(card->view()->data().categories, (QStringList {u"connect"_s, u"dot"_s}));
        QCOMPARE(card->view()->data().series.size(), 3);
        QCOMPARE(card->view()->data().series.at(0).values, (QList<double> {2.0, 90.5}));
        QCOMPARE(card->view()->data().series.at(2).values, (QList<double> {4.0, 90.5}));
        QCOMPARE(card->table()->model()->index(1, 3).data().toString(),
            QLocale().toString(90.5, 'f', 1));
        QVERIFY(source.asked.from.isValid());
        // Percentiles do not add up: the axis reaches as far as the longest bar.
        QCOMPARE(card->view()->data().reach(1), 90.5);

        panel.showStages({slow});
        QTRY_COMPARE(card->view()->data().series.at(0).values, (QList<double> {4.0, 90.5}));
        auto *all = panel.findChild<QToolButton *>(u"allSessions"_s);
        QVERIFY(all->isVisible());
        QTest::mouseClick(all, Qt::LeftButton);
        QTRY_COMPARE(card->view()->data().series.at(0).values, (QList<double> {2.0, 90.5}));
        QVERIFY(!all->isVisible());

        const QTemporaryDir folder;
        for (const QString &name : {u"x.png"_s, u"x.svg"_s, u"x.csv"_s})
            QVERIFY(card->exportTo(folder.filePath(name)).result());
        QFile csv(folder.filePath(u"x.csv"_s));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QVERIFY(csv.readAll().contains("dot,90.5,90.5,90.5"));
        QFile svg(folder.filePath(u"x.svg"_s));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        QVERIFY(svg.readAll().contains("<svg"));
    }

    void stagesWithoutASession()
    {
        Test::FakeSamples source;
        source.kept = {makeSample(30, "a.example", Smtp::Outcome::Accepted, 250)};
        Results::ResultsPanel panel(&source, m_theme);
        panel.show();
        panel.showChart(5);
        QTRY_VERIFY(panel.stages()->isVisible());
        QVERIFY(!panel.stages()->card()->view()->isVisible());
    }

    void whatLiesBeforeThePeriodIsReached()
    {
        Test::FakeSamples source;
        source.kept = {makeSample(2 * 86'400, "old.example", Smtp::Outcome::Accepted, 250)};
        Results::ResultsPanel panel(&source, m_theme);
        panel.resize(1000, 600);
        panel.show();
        auto *period = panel.findChild<QComboBox *>();
        QTRY_VERIFY(period->isVisible());
        period->setFocus();
        QTest::keyClick(period, Qt::Key_Down); // the last 7 days
        QTRY_COMPARE(panel.card(1)->view()->data().categories, QStringList {u"old.example"_s});
    }

    void emptyOffersToWrite()
    {
        Test::FakeSamples source;
        Results::ResultsPanel panel(&source, m_theme);
        panel.show();
        QSignalSpy wanted(&panel, &Results::ResultsPanel::composeRequested);
        QPushButton *write = nullptr;
        for (QPushButton *button : panel.findChildren<QPushButton *>()) {
            if (button->isVisible())
                write = button;
        }
        QVERIFY(write);
        QTest::mouseClick(write, Qt::LeftButton);
        QCOMPARE(wanted.size(), 1);
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

    void pictures()
    {
        const QString folder = Test::pictureFolder();
        if (folder.isEmpty())
            QSKIP("MAILGAUGE_PICTURES is not set");
        Test::FakeSamples source;
        source.kept = {makeSample(30, "a.example", Smtp::Outcome::Accepted, 250)};
        for (int i = 0; i < 100; ++i) {
            for (const Smtp::Stage stage : Smtp::allStages) {
                const qint64 us = (int(stage) + 1) * 700
                    + i * i * (stage == Smtp::Stage::Dot ? 9 : 2);
                source.keptStages.append({QUuid::createUuid(), stage, us});
            }
        }
        KColorSchemeManager *schemes = KColorSchemeManager::instance();
        for (const QString &scheme : {u"Breeze Light"_s, u"Breeze Dark"_s}) {
            schemes->activateScheme(schemes->indexForScheme(scheme));
            Results::ResultsPanel panel(&source, m_theme);
            panel.showChart(5);
            for (const QSize size : {QSize(1200, 560), QSize(780, 400)}) {
                panel.resize(size);
                panel.show();
                QTRY_VERIFY(panel.stages()->card()->view()->isVisible());
                QTRY_VERIFY(!panel.stages()->card()->view()->data().isEmpty());
                QCoreApplication::processEvents();
                QVERIFY(panel.grab().save(
                    u"%1/stages-%2-%3.png"_s.arg(folder, QString::number(size.width()),
                        scheme.endsWith("Dark"_L1) ? u"dark"_s : u"light"_s)));
            }
        }
    }

private:
    Theme::Theme m_theme;
};

QTEST_MAIN(TestResultsPanel)
#include "tst_resultspanel.moc"
