// SPDX-License-Identifier: GPL-3.0-or-later
#include "bounces/bouncespanel.h"

#include "base/literals.h"
#include "fakerepositories.h"
#include "models/bouncesmodel.h"
#include "widgets/chartcard.h"
#include "widgets/chartview.h"

#include <QAbstractItemModelTester>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

using namespace Mailgauge;

namespace {

Bounce::BounceRecord makeBounce(
    const QByteArray &recipient, bool hard, const QByteArray &reason, bool joined)
{
    Bounce::BounceRecord bounce;
    bounce.id = QUuid::createUuid();
    bounce.arrivedAt = QDateTime::currentDateTimeUtc();
    bounce.report.kind = Bounce::Kind::Bounce;
    bounce.report.recipient = recipient;
    bounce.report.status = hard ? "5.1.1" : "4.2.2";
    bounce.report.reason = reason;
    bounce.report.hard = hard;
    bounce.report.diagnostic = "<script>alert(1)</script>";
    if (joined)
        bounce.session = QUuid::createUuid();
    return bounce;
}

} // namespace

class TestBouncesPanel final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void model()
    {
        Models::BouncesModel model;
        const QAbstractItemModelTester tester(&model);
        model.setBounces({makeBounce("a@x.example", true, "userUnknown", true)});
        QCOMPARE(model.index(0, Models::BouncesModel::Hardness).data().toString(), u"hard"_s);
        Bounce::BounceRecord unclear = makeBounce("a@x.example", true, {}, true);
        unclear.report.hard.reset();
        model.setBounces({model.bounce(0), unclear});
        QCOMPARE(model.index(1, 0).data(Models::OutcomeRole).toInt(),
            static_cast<int>(Smtp::Outcome::Uncertain));
        QVERIFY(!model.index(0, Models::BouncesModel::Diagnostic)
                .data(Qt::ToolTipRole)
                .toString()
                .contains(u"<script>"_s));
    }

    void whatTheServerSaidIsExplained()
    {
        Test::FakeBounces bounces;
        Bounce::BounceRecord bounce = makeBounce("a@x.example", true, "reverseDns", true);
        bounce.report.diagnostic = "550 5.7.25 no"_ba;
        bounce.report.mta = "aspmx.l.google.com"_ba;
        bounces.kept.append(bounce);
        Bounces::BouncesPanel panel(&bounces, m_theme);
        panel.resize(1000, 700);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 1);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
            table->visualRect(table->model()->index(0, 0)).center());
        const QString details = panel.findChild<QPlainTextEdit *>()->toPlainText();
        QVERIFY2(details.contains(u"What it means: Google refuses the sending address"_s),
            qPrintable(details));
    }

    void oneThatArrivesTakesNothingAway()
    {
        Test::FakeBounces bounces;
        for (const char *recipient : {"a@x.example", "b@x.example", "c@x.example"})
            bounces.kept.append(makeBounce(recipient, true, "userUnknown", true));
        Bounces::BouncesPanel panel(&bounces, m_theme);
        panel.resize(1000, 700);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        auto *details = panel.findChild<QPlainTextEdit *>();
        QTRY_COMPARE(table->model()->rowCount(), 3);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
            table->visualRect(table->model()->index(1, 0)).center());
        QVERIFY(details->toPlainText().contains(u"b@x.example"_s));
        bounces.kept.prepend(makeBounce("new@x.example", false, "mailboxFull", true));
        panel.refresh();
        QTRY_COMPARE(table->model()->rowCount(), 4);
        QVERIFY(details->toPlainText().contains(u"b@x.example"_s));
        QCOMPARE(table->selectionModel()->selectedRows().first().row(), 2);
    }

    void emptyOffersTheSandbox()
    {
        Test::FakeBounces bounces;
        Bounces::BouncesPanel panel(&bounces, m_theme);
        panel.show();
        QSignalSpy wanted(&panel, &Bounces::BouncesPanel::sandboxRequested);
        auto *button = panel.findChild<QPushButton *>();
        QVERIFY(button && button->isVisible());
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(wanted.size(), 1);
    }

    void listsChartsAndOpensTheSession()
    {
        Test::FakeBounces bounces;
        bounces.kept = {makeBounce("a@x.example", true, "userUnknown", true),
            makeBounce("b@y.example", true, "userUnknown", true),
            makeBounce("c@z.example", false, "mailboxFull", false)};
        Bounces::BouncesPanel panel(&bounces, m_theme);
        panel.resize(1000, 700);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 3);
        const Widgets::ChartData chart = panel.chart()->view()->data();
        QCOMPARE(chart.categories, (QStringList {u"userUnknown"_s, u"mailboxFull"_s}));
        QCOMPARE(chart.series.at(0).values, (QList<double> {2, 0}));
        QCOMPARE(chart.series.at(1).values, (QList<double> {0, 1}));

        QSignalSpy opened(&panel, &Bounces::BouncesPanel::openSessionRequested);
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened.first().first().toUuid(), bounces.kept.first().session);

        // G15: a report of a mail that was never sent from here leads nowhere.
        auto *filter = panel.findChild<QLineEdit *>();
        QTest::keyClicks(filter, u"mailboxFull"_s);
        QCOMPARE(table->model()->rowCount(), 1);
        table->selectRow(0);
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
        QVERIFY(
            panel.findChild<QPlainTextEdit *>()->toPlainText().contains(u"counts for nothing"_s));
    }

private:
    Theme::Theme m_theme;
};

QTEST_MAIN(TestBouncesPanel)
#include "tst_bouncespanel.moc"
