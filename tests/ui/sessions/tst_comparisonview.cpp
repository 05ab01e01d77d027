// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/comparisonview.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "models/comparisonmodels.h"
#include "models/comparisontext.h"
#include "pictures.h"
#include "storedsessions.h"
#include "widgets/elidedlabel.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QToolButton>

using namespace Mailgauge;
using Models::ComparisonModel;
using Models::DifferencesModel;

namespace {

/// The second session refuses more, has lost a capability, and another queue id.
Delivery::ComparedSessions compared()
{
    Delivery::ComparedSessions sessions;
    sessions.left = Test::submission();
    sessions.right = Test::submission();
    QList<QByteArray> lines = Test::submissionLines();
    for (QByteArray &line : lines) {
        line.replace("S: 250 2.1.5 Ok", "S: 451 4.7.1 <b>Greylisted</b>");
        line.replace("4XyZ01", "9AbC77Q");
    }
    lines.removeAll("S: 250-PIPELINING");
    sessions.right.entries = Test::scriptEntries(lines);
    sessions.right.record.id = QUuid::createUuid();
    sessions.right.record.recipients[0].outcome = Smtp::Outcome::Deferred;
    sessions.right.record.queueId = "9AbC77Q"_ba;
    sessions.comparison = Transcript::compare(sessions.left, sessions.right);
    return sessions;
}

QToolButton *button(QWidget &view, const QString &text)
{
    for (auto *one : view.findChildren<QToolButton *>()) {
        if (one->text() == text)
            return one;
    }
    return nullptr;
}

QTableView *table(QWidget &view, const QString &name)
{
    for (auto *one : view.findChildren<QTableView *>()) {
        if (one->accessibleName() == name)
            return one;
    }
    return nullptr;
}

void click(QTableView *list, int row, int column)
{
    const QRect cell = list->visualRect(list->model()->index(row, column));
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, cell.center());
}

int rowOf(QTableView *list, const QString &text)
{
    for (int row = 0; row < list->model()->rowCount(); ++row) {
        if (list->model()->index(row, 0).data().toString() == text)
            return row;
    }
    return -1;
}

} // namespace

class TestComparisonView final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void modelsStateFacts()
    {
        ComparisonModel steps;
        const QAbstractItemModelTester stepsTester(&steps);
        DifferencesModel differences;
        const QAbstractItemModelTester differencesTester(&differences);
        const auto sessions = compared();
        steps.setComparison(sessions.comparison);
        differences.setComparison(sessions.comparison);
        QCOMPARE(steps.rowCount(), sessions.comparison.steps.size());
        QCOMPARE(differences.rowCount(), sessions.comparison.differences.size());
        const int all = steps.rowCount();
        steps.setFilter(true, false);
        QCOMPARE(steps.rowCount(), 2); // EHLO and the first RCPT
        QCOMPARE(steps.index(1, ComparisonModel::Link).data().toString(), u"≠"_s);
        QCOMPARE(steps.index(1, 0).data(Models::SeverityRole).toInt(), int(Base::Severity::Error));
        steps.setFilter(true, true);
        QCOMPARE(steps.rowCount(), 3);
        QVERIFY(steps.index(2, 0).data(Models::NoiseRole).toBool());
        // What is seen as different is also said to be.
        const QModelIndex noise = steps.index(2, ComparisonModel::Link);
        QCOMPARE(noise.data().toString(), u"≈"_s);
        QVERIFY(noise.data(Qt::AccessibleTextRole).toString().contains(u"different"_s));
        QVERIFY(!noise.data(Qt::ToolTipRole).toString().isEmpty());
        steps.setFilter(false, false);
        QCOMPARE(steps.rowCount(), all);
        differences.setNoise(true);
        QCOMPARE(differences.rowCount(),
            sessions.comparison.differences.size() + sessions.comparison.noise.size());
        // G16: text of a server is never rich text.
        for (int row = 0; row < steps.rowCount(); ++row) {
            for (int column = 0; column < steps.columnCount(); ++column)
                QVERIFY(
                    !steps.index(row, column).data(Qt::ToolTipRole).toString().contains(u"<b>"_s));
        }
        QVERIFY(!differences.index(1, DifferencesModel::Sentence)
                .data(Qt::ToolTipRole)
                .toString()
                .contains(u"<b>"_s));
    }

    void clickLeadsToTheLine()
    {
        Sessions::ComparisonView view(m_theme);
        view.setCompared(compared());
        view.resize(1100, 700);
        view.show();
        QVERIFY(Test::waitForExposed(&view));
        QSignalSpy lines(&view, &Sessions::ComparisonView::lineRequested);
        QTableView *steps = table(view, u"Steps of both sessions"_s);
        const int row = rowOf(steps, u"RCPT anna@example.net"_s);
        QVERIFY(row > 0);
        click(steps, row, ComparisonModel::Left);
        QCOMPARE(lines.count(), 1);
        QCOMPARE(lines[0][0].toUuid(), view.compared().left.record.id);
        const auto lineAt = [](const Transcript::StoredSession &session, qint64 n) {
            return session.entries.at(n).text;
        };
        QCOMPARE(lineAt(view.compared().left, lines[0][1].toLongLong()), "250 2.1.5 Ok"_ba);
        click(steps, row, ComparisonModel::Right);
        QCOMPARE(lines.count(), 2);
        QCOMPARE(lines[1][0].toUuid(), view.compared().right.record.id);
        QVERIFY(lineAt(view.compared().right, lines[1][1].toLongLong()).startsWith("451"));
        QTableView *differences = table(view, u"Differences"_s);
        click(differences, 1, DifferencesModel::Sentence);
        QCOMPARE(lines.count(), 3);
        QCOMPARE(lines[2], lines[1]);
    }

    void toolsFilterSwapAndExport()
    {
        Sessions::ComparisonView view(m_theme);
        view.setCompared(compared());
        view.resize(1100, 700);
        view.show();
        QTableView *steps = table(view, u"Steps of both sessions"_s);
        QTableView *differences = table(view, u"Differences"_s);
        const int before = differences->model()->rowCount();
        QTest::mouseClick(button(view, u"Differences only"_s), Qt::LeftButton);
        QCOMPARE(steps->model()->rowCount(), 2);
        QVERIFY(!view.isNoiseShown());
        QTest::mouseClick(button(view, u"Show noise"_s), Qt::LeftButton);
        QVERIFY(view.isNoiseShown());
        QVERIFY(differences->model()->rowCount() > before);
        QSignalSpy swap(&view, &Sessions::ComparisonView::swapRequested);
        QTest::mouseClick(button(view, u"Swap sides"_s), Qt::LeftButton);
        QCOMPARE(swap.count(), 1);
        QSignalSpy close(&view, &Sessions::ComparisonView::closeRequested);
        QTest::mouseClick(button(view, u"Back to sessions"_s), Qt::LeftButton);
        QCOMPARE(close.count(), 1);
        QSignalSpy exports(&view, &Sessions::ComparisonView::exportRequested);
        for (QAction *action : button(view, u"Export"_s)->menu()->actions())
            action->trigger();
        QCOMPARE(exports.count(), 3);
        QCOMPARE(exports[1][0].value<Delivery::ReportFormat>(), Delivery::ReportFormat::Html);
    }

    void keyboardAndNames()
    {
        Sessions::ComparisonView view(m_theme);
        view.setCompared(compared());
        view.show();
        QVERIFY(Test::waitForActive(&view));
        QSignalSpy lines(&view, &Sessions::ComparisonView::lineRequested);
        QTableView *differences = table(view, u"Differences"_s);
        differences->setFocus();
        differences->setCurrentIndex(differences->model()->index(1, 0));
        QTest::keyClick(differences, Qt::Key_Return);
        QCOMPARE(lines.count(), 1);
        QCOMPARE(Test::namelessControls(&view), QStringList());
        // The tool bar takes no focus; all of it has keys, and they are told.
        QTableView *steps = table(view, u"Steps of both sessions"_s);
        view.setFocus();
        QVERIFY(steps->hasFocus());
        const auto ctrlShift = Qt::ControlModifier | Qt::ShiftModifier;
        QTest::keyClick(steps, Qt::Key_D, ctrlShift);
        QCOMPARE(steps->model()->rowCount(), 2);
        QTest::keyClick(steps, Qt::Key_N, ctrlShift);
        QVERIFY(view.isNoiseShown());
        QSignalSpy swap(&view, &Sessions::ComparisonView::swapRequested);
        QTest::keyClick(steps, Qt::Key_X, ctrlShift);
        QCOMPARE(swap.count(), 1);
        QSignalSpy close(&view, &Sessions::ComparisonView::closeRequested);
        QTest::keyClick(steps, Qt::Key_Escape);
        QCOMPARE(close.count(), 1);
        QTest::keyClick(differences, Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(close.count(), 2);
        QVERIFY(button(view, u"Back to sessions"_s)->toolTip().contains(u"Esc"_s));
    }

    void equalRowsHaveNoColour()
    {
        Sessions::ComparisonView view(m_theme);
        view.setCompared(compared());
        view.resize(1100, 700);
        view.show();
        QVERIFY(Test::waitForExposed(&view));
        QTableView *steps = table(view, u"Steps of both sessions"_s);
        steps->setAlternatingRowColors(false);
        const auto colorOf = [steps](int row) {
            const QRect cell = steps->visualRect(steps->model()->index(row, ComparisonModel::Link));
            const QImage image = steps->viewport()->grab().toImage();
            const qreal ratio = image.devicePixelRatio();
            return image.pixelColor((QPointF(cell.topLeft() + QPoint(3, 3)) * ratio).toPoint());
        };
        const int equal = rowOf(steps, u"QUIT"_s);
        QVERIFY(equal >= 0);
        QCOMPARE(steps->model()->index(equal, 0).data(Models::SeverityRole).toInt(), -1);
        QCOMPARE(colorOf(equal), steps->palette().color(QPalette::Base));
        QVERIFY(colorOf(rowOf(steps, u"RCPT anna@example.net"_s))
            != steps->palette().color(QPalette::Base));
    }

    void longHeadlinesAreShortened()
    {
        Sessions::ComparisonView view(m_theme);
        auto sessions = compared();
        sessions.left.record.host = QString(80, u'x') + u".example"_s;
        view.setCompared(sessions);
        view.resize(700, 500);
        view.show();
        QVERIFY(Test::waitForExposed(&view));
        const auto labels = view.findChildren<Widgets::ElidedLabel *>();
        QCOMPARE(labels.size(), 2);
        QVERIFY(labels.first()->text().contains(sessions.left.record.host));
        QVERIFY(labels.first()->toolTip().contains(sessions.left.record.host));
        QVERIFY(labels.first()->accessibleName().startsWith(u"First session"_s));
    }

    void equalSessionsSaySo()
    {
        Sessions::ComparisonView view(m_theme);
        Delivery::ComparedSessions same {Test::submission(), Test::submission(), {}};
        same.comparison = Transcript::compare(same.left, same.right);
        view.setCompared(same);
        const auto labels = view.findChildren<QLabel *>();
        QVERIFY(std::ranges::any_of(labels, [](const QLabel *label) {
            return label->text() == u"Nothing that means something differs."_s;
        }));
        QVERIFY(!button(view, u"Show noise"_s)->isEnabled());
    }

    void pictures()
    {
        const QString directory = Test::pictureFolder();
        if (directory.isEmpty())
            QSKIP("MAILGAUGE_PICTURES is not set");
        for (const bool dark : {false, true}) {
            std::optional<Test::DarkPalette> palette;
            if (dark)
                palette.emplace();
            QCoreApplication::processEvents();
            for (const QSize size : {QSize(1440, 900), QSize(1024, 700)}) {
                Sessions::ComparisonView view(m_theme);
                view.setCompared(compared());
                view.resize(size);
                view.show();
                QVERIFY(Test::waitForExposed(&view));
                QVERIFY(view.grab().save(u"%1/comparison-%2-%3.png"_s.arg(
                    directory, QString::number(size.width()), dark ? u"dark"_s : u"light"_s)));
            }
        }
    }

private:
    Theme::Theme m_theme;
};

QTEST_MAIN(TestComparisonView)
#include "tst_comparisonview.moc"
