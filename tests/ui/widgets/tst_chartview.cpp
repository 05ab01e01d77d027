// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/chartcard.h"
#include "widgets/charttablemodel.h"
#include "widgets/chartview.h"

#include "base/literals.h"

#include <QAbstractItemModelTester>
#include <QImage>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Widgets;

namespace {

ChartData sampleChart(ChartData::Shape shape)
{
    ChartData chart;
    chart.shape = shape;
    chart.title = u"Outcomes"_s;
    chart.categoryTitle = u"Domain"_s;
    chart.valueTitle = u"Recipients"_s;
    chart.categories = {u"a.example"_s, u"<b>b.example</b>"_s, u"=c.example"_s};
    chart.series = {{u"accepted"_s, Qt::darkGreen, {3, 0, 5}}, {u"rejected"_s, Qt::red, {1, 2, 0}}};
    return chart;
}

} // namespace

class TestChartView final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tableHoldsTheNumbersOfTheChart()
    {
        ChartTableModel model;
        const QAbstractItemModelTester tester(&model);
        model.setData(sampleChart(ChartData::Shape::Columns));
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.columnCount(), 3);
        QCOMPARE(model.headerData(2, Qt::Horizontal).toString(), u"rejected"_s);
        QCOMPARE(model.index(2, 0).data().toString(), u"=c.example"_s);
        QCOMPARE(model.index(2, 1).data().toString(), u"5"_s);
        QCOMPARE(model.index(1, 2).data().toString(), u"2"_s);
        model.setData({});
        QCOMPARE(model.rowCount(), 0);
    }

    void categoryUnderTheMouse_data()
    {
        QTest::addColumn<ChartData::Shape>("shape");
        QTest::newRow("columns") << ChartData::Shape::Columns;
        QTest::newRow("bars") << ChartData::Shape::Bars;
    }

    void categoryUnderTheMouse()
    {
        QFETCH(ChartData::Shape, shape);
        ChartView view;
        view.setData(sampleChart(shape));
        view.resize(600, 400);
        view.show();
        QVERIFY(Test::waitForExposed(&view));
        const bool columns = shape == ChartData::Shape::Columns;
        QList<int> seen;
        for (int step = 1; step < 100; ++step) {
            const QPoint at = columns ? QPoint(600 * step / 100, 200)
                                      : QPoint(300, 400 * step / 100);
            if (const int category = view.categoryAt(at);
                category >= 0 && (seen.isEmpty() || seen.last() != category))
                seen.append(category);
        }
        // From left to right, or from top to bottom, each once and in the order of the table.
        QCOMPARE(seen, (QList {0, 1, 2}));
        QCOMPARE(view.categoryAt({-5, -5}), -1);
        QCOMPARE(view.describe(0), u"a.example\naccepted: 3\nrejected: 1"_s);
        QVERIFY(view.describe(7).isEmpty());
    }

    void clickSelectsTheRow()
    {
        ChartCard card(u"nothing"_s);
        card.setData(sampleChart(ChartData::Shape::Columns));
        card.resize(900, 400);
        card.show();
        QVERIFY(Test::waitForExposed(&card));
        QSignalSpy activated(&card, &ChartCard::categoryActivated);
        QWidget *plot = card.view()->findChild<QWidget *>();
        QVERIFY(plot);
        QPoint at;
        for (int x = 0; x < plot->width() && card.view()->categoryAt(at) != 1; ++x)
            at = {x, plot->height() / 2};
        QCOMPARE(card.view()->categoryAt(at), 1);
        QTest::mouseClick(plot, Qt::LeftButton, {}, at);
        QCOMPARE(activated.count(), 1);
        QCOMPARE(card.table()->currentIndex().row(), 1);
    }

    void exports()
    {
        QTemporaryDir dir;
        ChartCard card(u"nothing"_s);
        card.setData(sampleChart(ChartData::Shape::Columns));
        card.resize(700, 400);
        QVERIFY(card.exportTo(dir.filePath(u"c.png"_s)).result());
        const QImage image(dir.filePath(u"c.png"_s));
        QVERIFY(image.width() >= 1200);
        // Something is drawn: the bars' own colour is there.
        bool green = false;
        for (int y = 0; y < image.height() && !green; y += 4) {
            for (int x = 0; x < image.width() && !green; x += 4)
                green = image.pixelColor(x, y) == QColor(Qt::darkGreen);
        }
        QVERIFY(green);

        QVERIFY(card.exportTo(dir.filePath(u"c.svg"_s)).result());
        QFile svg(dir.filePath(u"c.svg"_s));
        QVERIFY(svg.open(QIODevice::ReadOnly));
        const QByteArray drawing = svg.readAll();
        QVERIFY(drawing.contains("<svg"));
        QVERIFY(drawing.contains("a.example"));
        QVERIFY(!drawing.contains("<b>b.example"));

        QVERIFY(card.exportTo(dir.filePath(u"c.csv"_s)).result());
        QFile csv(dir.filePath(u"c.csv"_s));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QCOMPARE(csv.readAll(),
            "Domain,accepted,rejected\r\na.example,3,1\r\n<b>b.example</b>,0,2\r\n'=c.example,5,0\r\n"_ba);

        const auto failed = card.exportTo(dir.filePath(u"no/such/folder/c.png"_s)).result();
        QVERIFY(!failed);
        QVERIFY(!failed.error().detail.isEmpty());
    }
};

QTEST_MAIN(TestChartView)
#include "tst_chartview.moc"
