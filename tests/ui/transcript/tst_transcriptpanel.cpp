// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/transcriptpanel.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "pictures.h"
#include "samplesession.h"
#include "theme/theme.h"
#include "transcript/exportdialog.h"
#include "transcript/findbar.h"
#include "transcript/markscrollbar.h"
#include "transcript/transcriptview.h"
#include "widgets/messagebar.h"

#include <KColorSchemeManager>
#include <KIconTheme>

#include <QAbstractItemView>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QCompleter>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <algorithm>

using namespace Mailgauge;
using namespace Mailgauge::Transcript;
using Models::TranscriptModel;

namespace {

struct Panel {
    Panel()
    {
        panel.resize(1000, 420);
        panel.show();
    }
    void feed(const Test::SampleSession &sample)
    {
        panel.setRecord(sample.record);
        panel.appendEntries(sample.record.id, sample.entries);
        panel.model().flush();
    }
    void feedLines(int count)
    {
        QList<Entry> entries;
        for (int i = 0; i < count; ++i) {
            Entry entry;
            entry.n = lines++;
            entry.direction = Direction::Client;
            entry.text = "NOOP " + QByteArray::number(entry.n);
            entries.append(entry);
        }
        panel.appendEntries(session, entries);
        panel.model().flush();
    }
    void click(const QString &actionName)
    {
        auto *action = panel.findChild<QAction *>(actionName);
        for (auto *button : panel.findChildren<QToolButton *>()) {
            if (button->defaultAction() == action) {
                QTest::mouseClick(button, Qt::LeftButton);
                return;
            }
        }
        QFAIL(qPrintable(actionName));
    }
    template <typename T>
    T *child(const QString &name)
    {
        return panel.findChild<T *>(name);
    }
    [[nodiscard]] bool atBottom()
    {
        const QScrollBar *bar = panel.view().verticalScrollBar();
        return bar->value() == bar->maximum();
    }

    Theme::Theme theme;
    TranscriptPanel panel {theme};
    QUuid session = QUuid::createUuid();
    qint64 lines = 0;
};

Test::SampleSession otherSession()
{
    Test::SampleSession other = Test::sampleSession();
    other.record.id = QUuid::fromString(u"1c7a4a8e-51f5-4a35-9b0e-2f6e36f0a222"_s);
    other.record.host = u"mx2.example.com"_s;
    return other;
}

} // namespace

class TestTranscriptPanel final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void startsEmptyWithAWord()
    {
        Panel p;
        QVERIFY(!p.panel.view().isVisible());
        QVERIFY(p.child<QAction>(u"transcript.nextReply"_s) != nullptr);
        QVERIFY(!p.child<QAction>(u"transcript.nextReply"_s)->isEnabled());
        p.feed(Test::sampleSession());
        QVERIFY(p.panel.view().isVisible());
        QVERIFY(p.panel.view().isColumnHidden(TranscriptModel::SessionColumn));
        p.feed(otherSession());
        QVERIFY(!p.panel.view().isColumnHidden(TranscriptModel::SessionColumn));
    }

    void typingFilters()
    {
        Panel p;
        const auto sample = Test::sampleSession();
        p.feed(sample);
        QSignalSpy counts(&p.panel, &TranscriptPanel::countsChanged);
        QTest::keyClicks(p.child<QLineEdit>(u"transcriptFilter"_s), u"nobody"_s);
        QTRY_COMPARE(p.panel.model().rowCount(), 2);
        QCOMPARE(counts.constLast().at(0).toLongLong(), 2);
        QCOMPARE(counts.constLast().at(1).toLongLong(), sample.entries.size());
        QTest::keyClick(p.child<QLineEdit>(u"transcriptFilter"_s), Qt::Key_Escape);
        QTRY_COMPARE(p.panel.model().rowCount(), sample.entries.size());
    }

    void typingInTheLinesStartsTheFilter()
    {
        Panel p;
        p.feed(Test::sampleSession());
        p.panel.view().setFocus();
        QTest::keyClick(&p.panel.view(), Qt::Key_Q);
        QCOMPARE(p.child<QLineEdit>(u"transcriptFilter"_s)->text(), u"q"_s);
        QTest::keyClicks(p.child<QLineEdit>(u"transcriptFilter"_s), u"uit"_s);
        QTRY_COMPARE(p.panel.model().rowCount(), 1);
    }

    void quickButtons()
    {
        Panel p;
        const auto sample = Test::sampleSession();
        p.feed(sample);
        p.click(u"transcript.quickPermanent"_s);
        QCOMPARE(p.panel.model().rowCount(), 1);
        p.click(u"transcript.quickTransient"_s);
        QCOMPARE(p.panel.model().rowCount(), 2);
        p.click(u"transcript.quickAuth"_s);
        QCOMPARE(p.panel.model().rowCount(), 4);
        p.click(u"transcript.quickTls"_s);
        QCOMPARE(p.panel.model().rowCount(), 7);
        for (const QString &name : {u"transcript.quickPermanent"_s, u"transcript.quickTransient"_s,
                 u"transcript.quickAuth"_s, u"transcript.quickTls"_s})
            p.click(name);
        QCOMPARE(p.panel.model().rowCount(), sample.entries.size());
    }

    void nothingFoundOffersAWayBack()
    {
        Panel p;
        const auto sample = Test::sampleSession();
        p.feed(sample);
        auto *filter = p.child<QLineEdit>(u"transcriptFilter"_s);
        QTest::keyClicks(filter, u"zzz"_s);
        QTest::keyClick(filter, Qt::Key_Return);
        QCOMPARE(p.panel.model().rowCount(), 0);
        QVERIFY(!p.panel.view().isVisible());
        QPushButton *back = nullptr;
        for (auto *button : p.panel.findChildren<QPushButton *>()) {
            if (button->isVisible())
                back = button;
        }
        QVERIFY(back != nullptr);
        QTest::mouseClick(back, Qt::LeftButton);
        QCOMPARE(p.panel.model().rowCount(), sample.entries.size());
        QVERIFY(filter->text().isEmpty());
    }

    void findCountsAndGoes()
    {
        Panel p;
        p.feed(Test::sampleSession());
        QVERIFY(Test::waitForActive(&p.panel));
        p.panel.view().setFocus();
        QTest::keyClick(&p.panel.view(), Qt::Key_F, Qt::ControlModifier);
        auto *find = p.child<QLineEdit>(u"transcriptFind"_s);
        QVERIFY(find->isVisible());
        QTest::keyClicks(find, u"nobody"_s);
        auto *count = p.child<QLabel>(u"transcriptFindCount"_s);
        QTRY_COMPARE(count->text(), u"1 of 2"_s);
        QCOMPARE(p.panel.view().currentRow(), 20);
        QTest::keyClick(find, Qt::Key_F3);
        QCOMPARE(count->text(), u"2 of 2"_s);
        QCOMPARE(p.panel.view().currentRow(), 24);
        QTest::keyClick(find, Qt::Key_Return);
        QCOMPARE(count->text(), u"1 of 2"_s);
        QTest::keyClick(find, Qt::Key_F3, Qt::ShiftModifier);
        QCOMPARE(count->text(), u"2 of 2"_s);
        // What comes later is counted too.
        p.feed(otherSession());
        QCOMPARE(count->text(), u"2 of 4"_s);
        QTest::keyClicks(find, u"x"_s);
        QTRY_COMPARE(count->text(), u"No match"_s);
        QTest::keyClick(find, Qt::Key_Escape);
        QVERIFY(!find->isVisible());
    }

    void repliesByKey()
    {
        Panel p;
        p.feed(Test::sampleSession());
        QVERIFY(Test::waitForActive(&p.panel));
        QSignalSpy selected(&p.panel, &TranscriptPanel::lineSelected);
        for (const int row : {1, 3, 6}) {
            QTest::keyClick(&p.panel, Qt::Key_F8);
            QCOMPARE(p.panel.view().currentRow(), row);
        }
        QTest::keyClick(&p.panel, Qt::Key_F7);
        QCOMPARE(selected.constLast().at(0).toLongLong(), 3);
        QVERIFY(!p.panel.view().isFollowing());
    }

    void followsUntilTheUserScrollsUp()
    {
        Panel p;
        p.feedLines(200);
        QVERIFY(p.atBottom());
        p.feedLines(50);
        QVERIFY(p.atBottom());
        auto *jump = p.child<QPushButton>(u"jumpToLive"_s);
        QScrollBar *bar = p.panel.view().verticalScrollBar();
        bar->triggerAction(QScrollBar::SliderPageStepSub);
        const int place = bar->value();
        QVERIFY(!p.panel.view().isFollowing());
        QVERIFY(!jump->isVisible());
        p.feedLines(30);
        QCOMPARE(bar->value(), place);
        QVERIFY(jump->isVisible());
        QVERIFY(jump->text().contains("30"_L1));
        QTest::mouseClick(jump, Qt::LeftButton);
        QVERIFY(p.atBottom());
        QVERIFY(!jump->isVisible());
        p.feedLines(30);
        QVERIFY(p.atBottom());
        // Scrolling to the end follows again; so does the End key; resizing does not lose it.
        bar->triggerAction(QScrollBar::SliderPageStepSub);
        bar->triggerAction(QScrollBar::SliderToMaximum);
        QVERIFY(p.panel.view().isFollowing());
        p.panel.resize(700, 200);
        QVERIFY(p.atBottom());
        QTest::keyClick(&p.panel.view(), Qt::Key_Home);
        QVERIFY(!p.panel.view().isFollowing());
        QTest::keyClick(&p.panel.view(), Qt::Key_End);
        QVERIFY(p.panel.view().isFollowing());
    }

    void focusAlonePicksNoLine()
    {
        Panel p;
        p.feedLines(200);
        QVERIFY(Test::waitForActive(&p.panel));
        p.child<QLineEdit>(u"transcriptFilter"_s)->setFocus();
        // As when the page that had the focus goes.
        p.panel.view().setFocus(Qt::OtherFocusReason);
        QCOMPARE(p.panel.view().currentRow(), -1);
        QVERIFY(p.panel.view().isFollowing());
        QTest::keyClick(&p.panel.view(), Qt::Key_Up);
        QCOMPARE(p.panel.view().currentRow(), 199);
    }

    void oneSessionAlone()
    {
        Panel p;
        const auto sample = Test::sampleSession();
        p.feed(sample);
        p.feed(otherSession());
        QVERIFY(Test::waitForActive(&p.panel));
        p.panel.view().goTo(3);
        constexpr auto keys = Qt::ControlModifier | Qt::AltModifier;
        QTest::keyClick(&p.panel, Qt::Key_F, keys);
        QCOMPARE(p.panel.model().rowCount(), sample.entries.size());
        QCOMPARE(p.panel.view().currentRow(), 3);
        QTest::keyClick(&p.panel, Qt::Key_F, keys);
        QCOMPARE(p.panel.model().rowCount(), 2 * sample.entries.size());
    }

    void storedSessionIsShownAlone()
    {
        Panel p;
        p.feedLines(300);
        const auto sample = Test::sampleSession();
        p.panel.showSession(sample.record, sample.entries);
        QCOMPARE(p.panel.model().rowCount(), sample.entries.size());
        QCOMPARE(p.panel.view().verticalScrollBar()->value(), 0);
        // Opened twice, it is there once.
        p.panel.showSession(sample.record, sample.entries);
        QCOMPARE(p.panel.model().total(), 300 + sample.entries.size());
        p.click(u"transcript.clear"_s);
        QCOMPARE(p.panel.model().total(), 0);
        p.feedLines(5);
        QCOMPARE(p.panel.model().rowCount(), 5);
    }

    void copies()
    {
        Panel p;
        p.feed(Test::sampleSession());
        p.panel.view().selectRow(24);
        QTest::keyClick(&p.panel.view(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(),
            u"S! 550 5.1.1 <nobody@example.net> no such user here\n"_s);
        p.child<QAction>(u"transcript.copyTimes"_s)->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(),
            u"00:00:00.130 S! 550 5.1.1 <nobody@example.net> no such user here\n"_s);
        // faults B6: what is copied is escaped.
        p.panel.view().selectRow(30);
        QTest::keyClick(&p.panel.view(), Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QGuiApplication::clipboard()->text().contains("\\x1b[31m\\u202e"_L1));
    }

    void exports_data()
    {
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("start");
        QTest::newRow("bundle") << u"transcript.exportBundle"_s << u"Support"_s << u"{"_s;
        QTest::newRow("text") << u"transcript.exportText"_s << u"Text"_s << u"# Mailgauge"_s;
        QTest::newRow("html") << u"transcript.exportHtml"_s << u"Web"_s << u"<!DOCTYPE html>"_s;
        QTest::newRow("json lines") << u"transcript.exportJsonLines"_s << u"JSON"_s
                                    << u"{\"format\":\"mailgauge-transcript\""_s;
    }

    void exports()
    {
        QFETCH(QString, action);
        QFETCH(QString, format);
        QFETCH(QString, start);
        Panel p;
        QVERIFY(!p.child<QAction>(action)->isEnabled());
        p.feed(Test::sampleSession());
        p.panel.view().selectRow(24);
        p.child<QAction>(action)->trigger();
        auto *dialog = p.child<ExportDialog>(u"exportDialog"_s);
        QVERIFY(dialog != nullptr);
        QVERIFY(dialog->isVisible());
        QVERIFY(
            dialog->findChild<QComboBox *>(u"exportFormat"_s)->currentText().startsWith(format));
        QVERIFY(dialog->findChild<QComboBox *>(u"exportScope"_s)->findText(u"The selected lines"_s)
            >= 0);
        QTRY_VERIFY(dialog->findChild<QPushButton *>(u"exportSave"_s)->isEnabled());
        dialog->findChild<QListWidget *>(u"exportFiles"_s)->setCurrentRow(0);
        const QString text = dialog->findChild<QPlainTextEdit *>(u"exportText"_s)->toPlainText();
        QVERIFY(text.startsWith(start));
        QVERIFY(!text.contains("AGFubmEAczNjcjN0"_L1));
        const QTemporaryDir dir;
        QSignalSpy exported(&p.panel, &TranscriptPanel::exported);
        dialog->save(dir.filePath(u"x"_s));
        QVERIFY(exported.wait(Test::Patience));
        QVERIFY(QFileInfo(dir.filePath(u"x"_s)).size() > 0);
    }

    /// Nothing that is copied holds a secret, also where it is kept for this run.
    void clipboardHasNoSecrets()
    {
        Panel p;
        p.feed(Test::sampleSession());
        p.panel.view().selectAll();
        for (const QString &command : {u"transcript.copy"_s, u"transcript.copyTimes"_s}) {
            QGuiApplication::clipboard()->clear();
            p.child<QAction>(command)->trigger();
            const QMimeData *data = QGuiApplication::clipboard()->mimeData();
            QVERIFY(!data->formats().isEmpty());
            for (const QString &format : data->formats()) {
                const QByteArray bytes = data->data(format);
                for (const QByteArray &form : {"AGFubmEAczNjcjN0"_ba, "s3cr3t"_ba,
                         "s3cr3t"_ba.toHex(), "s3cr3t"_ba.toBase64()})
                    QVERIFY2(!bytes.contains(form), qPrintable(format));
            }
        }
    }

    void exportsTheSessionThatWasAskedFor()
    {
        Panel p;
        const QTemporaryDir dir;
        p.feed(Test::sampleSession());
        QSignalSpy exported(&p.panel, &TranscriptPanel::exported);
        p.child<QAction>(u"transcript.exportText"_s)->trigger();
        // Another one begins while the dialog is open.
        p.feed(otherSession());
        auto *dialog = p.child<ExportDialog>(u"exportDialog"_s);
        QVERIFY(dialog != nullptr);
        QTRY_VERIFY(dialog->findChild<QPushButton *>(u"exportSave"_s)->isEnabled());
        dialog->save(dir.filePath(u"a.txt"_s));
        QVERIFY(exported.wait(Test::Patience));
        QFile file(dir.filePath(u"a.txt"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY(text.contains("mx.example.net"));
        QVERIFY(!text.contains("mx2.example.com"));
    }

    void oneSessionAloneFollowsTheNewOne()
    {
        Panel p;
        const auto sample = Test::sampleSession();
        p.feed(sample);
        p.panel.showLiveSession(sample.record.id);
        const auto other = otherSession();
        p.feed(other);
        QCOMPARE(p.panel.model().rowCount(), other.entries.size());
        QCOMPARE(p.panel.model().index(0, 0).data(TranscriptModel::SessionRole).toUuid(),
            other.record.id);
        QVERIFY(p.atBottom());
    }

    void expressionsSayWhatIsWrong()
    {
        Panel p;
        const auto sample = Test::sampleSession();
        p.feed(sample);
        auto *filter = p.child<QLineEdit>(u"transcriptFilter"_s);
        auto *problem = p.child<Widgets::MessageBar>(u"transcriptFilterProblem"_s);
        const auto paper = [filter] { return filter->palette().color(QPalette::Base); };
        const QColor plain = paper();
        QTest::keyClicks(filter, u"stage:rcpt class:5"_s);
        QTRY_COMPARE(p.panel.model().rowCount(), 1);
        const QColor right = paper();
        QVERIFY(right != plain);
        QVERIFY(right.green() > right.red());
        QVERIFY(!problem->isVisible());
        QTest::keyClicks(filter, u" stage:lunch"_s);
        const QColor wrong = paper();
        QVERIFY(wrong.red() > wrong.green());
        QTRY_VERIFY(problem->isVisible());
        QVERIFY(problem->text().contains("stage:lunch"_L1));
        QVERIFY(problem->text().contains("starttls"_L1));
        QCOMPARE(filter->accessibleDescription(), problem->text());
        // The last right filter stays in force.
        QCOMPARE(p.panel.model().rowCount(), 1);
        QTest::keyClick(filter, Qt::Key_Escape);
        QTRY_VERIFY(!problem->isVisible());
        QTRY_COMPARE(p.panel.model().rowCount(), sample.entries.size());
        QTest::keyClicks(filter, u"/[/"_s);
        QTRY_VERIFY(problem->text().contains("character class"_L1));
    }

    void filterCompletesAndRemembers()
    {
        Panel p;
        p.feed(Test::sampleSession());
        QVERIFY(Test::waitForActive(&p.panel));
        QSignalSpy lists(&p.panel, &TranscriptPanel::filterListsChanged);
        auto *filter = p.child<QLineEdit>(u"transcriptFilter"_s);
        filter->setFocus();
        QTest::keyClicks(filter, u"550 stage:rc"_s);
        QAbstractItemView *popup = filter->completer()->popup();
        QTRY_VERIFY(popup->isVisible());
        QCOMPARE(popup->model()->index(0, 0).data().toString(), u"550 stage:rcpt"_s);
        QTest::keyClick(popup, Qt::Key_Down);
        QTest::keyClick(popup, Qt::Key_Return);
        QTRY_COMPARE(filter->text(), u"550 stage:rcpt"_s);
        QTest::keyClick(filter, Qt::Key_Return);
        QCOMPARE(p.panel.model().rowCount(), 1);
        QCOMPARE(lists.constLast().at(0).toStringList(), QStringList {u"550 stage:rcpt"_s});
        // What was written before is offered again.
        filter->clear();
        QTest::keyClicks(filter, u"55"_s);
        QTRY_VERIFY(popup->isVisible());
        QCOMPARE(popup->model()->index(0, 0).data().toString(), u"550 stage:rcpt"_s);
        popup->hide();
    }

    void filterMenuPicksFieldsAndSaves()
    {
        Panel p;
        p.feed(Test::sampleSession());
        p.feed(otherSession());
        QSignalSpy lists(&p.panel, &TranscriptPanel::filterListsChanged);
        auto *filter = p.child<QLineEdit>(u"transcriptFilter"_s);
        auto *button = p.child<QToolButton>(u"transcriptFilterMenuButton"_s);
        const auto pick = [&](const QString &name) {
            // Opening it would wait for the user: what a click does first, then the pick.
            Q_EMIT button->menu()->aboutToShow();
            auto *action = button->menu()->findChild<QAction *>(name);
            QVERIFY2(action != nullptr, qPrintable(name));
            QVERIFY2(action->isEnabled(), qPrintable(name));
            action->trigger();
        };
        pick(u"stage:rcpt"_s);
        QCOMPARE(filter->text(), u"stage:rcpt"_s);
        QCOMPARE(p.panel.model().rowCount(), 12);
        pick(u"dir:server"_s);
        QCOMPARE(p.panel.model().rowCount(), 6);
        pick(u"session:2"_s);
        QCOMPARE(filter->text(), u"stage:rcpt dir:server session:2"_s);
        QCOMPARE(p.panel.model().rowCount(), 3);
        pick(u"saveFilter"_s);
        QCOMPARE(lists.constLast().at(1).toStringList(), QStringList {filter->text()});
        filter->clear();
        QTest::keyClick(filter, Qt::Key_Return);
        pick(u"to:nobody@example.net"_s);
        QTRY_COMPARE(p.panel.model().rowCount(), 8);
        pick(u"clearFilterHistory"_s);
        QVERIFY(lists.constLast().at(0).toStringList().isEmpty());
        // The saved one brings itself back.
        Q_EMIT button->menu()->aboutToShow();
        const QList<QAction *> actions = button->menu()->actions();
        const auto saved = std::ranges::find(
            actions, u"stage:rcpt dir:server session:2"_s, &QAction::text);
        QVERIFY(saved != actions.end());
        (*saved)->trigger();
        QCOMPARE(p.panel.model().rowCount(), 3);
    }

    void quickFiltersByKey()
    {
        Panel p;
        p.feed(Test::sampleSession());
        QVERIFY(Test::waitForActive(&p.panel));
        p.panel.view().setFocus();
        constexpr auto keys = Qt::ControlModifier | Qt::AltModifier;
        QTest::keyClick(&p.panel.view(), Qt::Key_5, keys);
        QCOMPARE(p.panel.model().rowCount(), 1);
        QTest::keyClick(&p.panel.view(), Qt::Key_4, keys);
        QCOMPARE(p.panel.model().rowCount(), 2);
        QTest::keyClick(&p.panel.view(), Qt::Key_A, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(p.panel.model().rowCount(), 34);
        // The field menu opens without a mouse and gives the focus to its entries.
        QTest::keyClick(&p.panel.view(), Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier);
        auto *menu = p.child<QMenu>(u"transcriptFilterMenu"_s);
        QTRY_VERIFY(menu->isVisible());
        QTest::keyClick(menu, Qt::Key_Escape);
        QTRY_VERIFY(!menu->isVisible());
    }

    void appliesTheLineAsFilter()
    {
        Panel p;
        p.feed(Test::sampleSession());
        p.panel.view().goTo(20);
        auto *menu = p.child<QMenu>(u"transcriptApplyFilterMenu"_s);
        QVERIFY(p.panel.view().actions().contains(menu->menuAction()));
        const auto pick = [&](const QString &name) {
            Q_EMIT menu->aboutToShow();
            auto *action = menu->findChild<QAction *>(name);
            QVERIFY2(action != nullptr, qPrintable(name));
            action->trigger();
        };
        pick(u"to:nobody@example.net"_s);
        QTRY_COMPARE(p.panel.model().rowCount(), 4);
        QTRY_COMPARE(p.panel.view().currentRow(), 1);
        p.panel.view().goTo(3);
        pick(u"/^550/"_s);
        QTRY_COMPARE(p.panel.model().rowCount(), 1);
        p.child<QAction>(u"transcript.showAll"_s)->trigger();
        QCOMPARE(p.panel.model().rowCount(), 34);
    }

    void longSearchesCanBeStopped()
    {
        Panel p;
        // Each line costs all that the limit allows: seconds on any machine.
        QList<Entry> entries;
        for (qint64 n = 0; n < 20'000; ++n) {
            Entry entry;
            entry.n = n;
            entry.text = QByteArray(300, 'a') + '!';
            entries.append(entry);
        }
        p.panel.appendEntries(p.session, entries);
        p.panel.model().flush();
        auto *filter = p.child<QLineEdit>(u"transcriptFilter"_s);
        QTest::keyClicks(filter, u"/^(a+)+$/"_s);
        QTest::keyClick(filter, Qt::Key_Return);
        auto *stop = p.child<QAction>(u"transcriptStopSearch"_s);
        QTRY_VERIFY(stop->isVisible());
        p.click(u"transcriptStopSearch"_s);
        QVERIFY(!p.panel.model().isFiltering());
        QVERIFY(!stop->isVisible());
        QCOMPARE(p.panel.model().rowCount(), 20'000);
    }

    void findsPatternsAndMindsCase()
    {
        Panel p;
        p.feed(Test::sampleSession());
        QVERIFY(Test::waitForActive(&p.panel));
        p.panel.view().setFocus();
        QTest::keyClick(&p.panel.view(), Qt::Key_F, Qt::ControlModifier);
        auto *find = p.child<QLineEdit>(u"transcriptFind"_s);
        auto *count = p.child<QLabel>(u"transcriptFindCount"_s);
        QTest::keyClicks(find, u"^rcpt to:<[ag]"_s);
        QTRY_COMPARE(count->text(), u"No match"_s);
        QTest::mouseClick(p.child<QToolButton>(u"transcriptFindPattern"_s), Qt::LeftButton);
        QTRY_COMPARE(count->text(), u"1 of 2"_s);
        QCOMPARE(p.panel.view().currentRow(), 19);
        QTest::mouseClick(p.child<QToolButton>(u"transcriptFindCase"_s), Qt::LeftButton);
        QTRY_COMPARE(count->text(), u"No match"_s);
        // The same by keys, without leaving the text.
        QTest::keyClick(find, Qt::Key_A, Qt::AltModifier);
        QTRY_COMPARE(count->text(), u"1 of 2"_s);
        QTest::keyClick(find, Qt::Key_X, Qt::AltModifier);
        QTRY_COMPARE(count->text(), u"No match"_s);
        QTest::keyClick(find, Qt::Key_X, Qt::AltModifier);
        QTRY_COMPARE(count->text(), u"1 of 2"_s);
        QVERIFY(find->hasFocus());
        QTest::keyClicks(find, u"("_s);
        QTRY_VERIFY(count->text().contains("parenthesis"_L1));
        QVERIFY(!p.child<QToolButton>(u"transcriptFindPattern"_s)->accessibleName().isEmpty());
    }

    void scrollBarShowsWhereItIs()
    {
        using Kind = MarkScrollBar::Kind;
        Panel p;
        p.feed(Test::sampleSession());
        const MarkScrollBar &bar = p.panel.view().marks();
        QTRY_COMPARE(bar.places(Kind::Refused).size(), 2);
        QVERIFY(bar.places(Kind::Found).isEmpty());
        p.child<FindBar>(u"transcriptFindBar"_s)->open();
        QTest::keyClicks(p.child<QLineEdit>(u"transcriptFind"_s), u"RCPT TO"_s);
        QTRY_COMPARE(bar.places(Kind::Found).size(), 3);
        QCOMPARE(bar.places(Kind::Found).constFirst(), 0.558);
        p.child<FindBar>(u"transcriptFindBar"_s)->close();
        QTRY_VERIFY(bar.places(Kind::Found).isEmpty());
        p.click(u"transcript.quickPermanent"_s);
        QTRY_COMPARE(bar.places(Kind::Refused), QList<double> {0.0});
    }

    void errorsAndSessionsByKey()
    {
        Panel p;
        p.feed(Test::sampleSession());
        p.feed(otherSession());
        QVERIFY(Test::waitForActive(&p.panel));
        p.panel.view().goTo(0);
        const auto press = [&p](Qt::Key key, Qt::KeyboardModifiers modifiers) {
            QTest::keyClick(&p.panel, key, modifiers);
            return p.panel.view().currentRow();
        };
        QCOMPARE(press(Qt::Key_F8, Qt::ControlModifier), 24);
        QCOMPARE(press(Qt::Key_F8, Qt::ControlModifier), 25);
        QCOMPARE(press(Qt::Key_F8, Qt::ControlModifier), 58);
        QCOMPARE(press(Qt::Key_F8, Qt::ShiftModifier), 25);
        QCOMPARE(press(Qt::Key_Period, Qt::ControlModifier), 26);
        QCOMPARE(press(Qt::Key_Comma, Qt::ControlModifier), 25);
        // At the end of its session it stays.
        p.panel.view().goTo(33);
        QCOMPARE(press(Qt::Key_Period, Qt::ControlModifier), 33);
    }

    void unexpectedRepliesByKey()
    {
        Panel p;
        auto sample = Test::sampleSession();
        sample.entries[32].unexpected = true; // "221", and nobody waited for it
        p.feed(sample);
        QVERIFY(Test::waitForActive(&p.panel));
        p.panel.view().goTo(0);
        const auto press = [&p](Qt::KeyboardModifiers modifiers) {
            QTest::keyClick(&p.panel, Qt::Key_F7, modifiers);
            return p.panel.view().currentRow();
        };
        QCOMPARE(press(Qt::ControlModifier), 24);
        QCOMPARE(press(Qt::ControlModifier), 25);
        QCOMPARE(press(Qt::ControlModifier), 32);
        QCOMPARE(press(Qt::ControlModifier), 32);
        QCOMPARE(press(Qt::ShiftModifier), 25);
        const Models::TranscriptModel &model = p.panel.model();
        const auto spoken = [&model](int row) {
            return model.index(row, Models::TranscriptModel::DirectionColumn)
                .data(Qt::AccessibleTextRole)
                .toString();
        };
        QCOMPARE(spoken(32), u"Server, inside TLS, unexpected reply"_s);
        QCOMPARE(spoken(23), u"Server, inside TLS"_s);
        p.click(u"transcript.quickUnexpected"_s);
        QTRY_COMPARE(model.rowCount(), 3);
        p.click(u"transcript.quickAuth"_s);
        QTRY_COMPARE(model.rowCount(), 5);
        p.child<QAction>(u"transcript.showAll"_s)->trigger();
        QTRY_COMPARE(model.rowCount(), sample.entries.size());
    }

    void backAndForward()
    {
        Panel p;
        p.feed(Test::sampleSession());
        QVERIFY(Test::waitForActive(&p.panel));
        p.panel.view().setFocus();
        p.panel.view().goTo(2);
        QTest::keyClick(&p.panel, Qt::Key_F8, Qt::ControlModifier);
        QTest::keyClick(&p.panel, Qt::Key_F8, Qt::ControlModifier);
        QCOMPARE(p.panel.view().currentRow(), 25);
        const auto go = [&p](Qt::Key key) {
            QTest::keyClick(&p.panel.view(), key, Qt::AltModifier);
            return p.panel.view().currentRow();
        };
        QCOMPARE(go(Qt::Key_Left), 24);
        QCOMPARE(go(Qt::Key_Left), 2);
        QCOMPARE(go(Qt::Key_Left), 2);
        QCOMPARE(go(Qt::Key_Right), 24);
        QTest::keyClick(&p.panel, Qt::Key_F8);
        // A jump from the middle forgets what was ahead.
        QCOMPARE(p.panel.view().currentRow(), 25);
        QVERIFY(!p.child<QAction>(u"transcript.forward"_s)->isEnabled());
        QVERIFY(p.child<QAction>(u"transcript.back"_s)->isEnabled());
    }

    void messageDataFoldsAndOpens()
    {
        Panel p;
        QList<Entry> entries;
        for (const QByteArray &text :
            {"DATA"_ba, "Subject: x"_ba, ""_ba, "one"_ba, "two"_ba, "."_ba}) {
            Entry entry;
            entry.n = entries.size();
            entry.direction = Direction::Client;
            entry.stage = entries.isEmpty() ? Smtp::Stage::Data
                : text == "."               ? Smtp::Stage::Dot
                                            : Smtp::Stage::Content;
            entry.text = text;
            entries.append(entry);
        }
        p.panel.appendEntries(p.session, entries);
        p.panel.model().flush();
        const TranscriptView &view = p.panel.view();
        QCOMPARE(p.panel.model().rowCount(), 3);
        p.panel.view().goTo(1);
        QTest::keyClick(&p.panel.view(), Qt::Key_Return);
        QCOMPARE(p.panel.model().rowCount(), 6);
        QCOMPARE(view.currentRow(), 1);
        QTest::keyClick(&p.panel.view(), Qt::Key_Left);
        QCOMPARE(p.panel.model().rowCount(), 3);
        const QRect cell = view.visualRect(p.panel.model().index(1, TranscriptModel::Text));
        QTest::mouseClick(
            view.viewport(), Qt::LeftButton, {}, {cell.left() + 12, cell.center().y()});
        QCOMPARE(p.panel.model().rowCount(), 6);
        QTest::mouseDClick(
            view.viewport(), Qt::LeftButton, {}, {cell.left() + 90, cell.center().y()});
        QCOMPARE(p.panel.model().rowCount(), 3);
        // Copied, a fold is all of its lines.
        p.panel.view().selectRow(1);
        QTest::keyClick(&p.panel.view(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"C: Subject: x\nC: \nC: one\nC: two\n"_s);
        p.click(u"transcript.fold"_s);
        QCOMPARE(p.panel.model().rowCount(), 6);
        // What is exported was never folded.
        QCOMPARE(p.panel.model().transcript().entries(0), entries);
    }

    void theCurrentLineWrapsBelow()
    {
        Panel p;
        p.feed(Test::sampleSession());
        Entry entry;
        entry.n = 1000;
        entry.direction = Direction::Server;
        entry.text = "250 " + QByteArray(3000, 'x');
        p.panel.appendEntries(Test::sampleSession().record.id, {entry});
        p.panel.model().flush();
        auto *wrapped = p.child<QPlainTextEdit>(u"transcriptWrappedLine"_s);
        p.panel.view().goTo(24);
        QVERIFY(!wrapped->isVisible());
        const int height = p.panel.view().rowHeight(24);
        p.click(u"transcript.wrap"_s);
        QVERIFY(wrapped->isVisible());
        QCOMPARE(wrapped->toPlainText(), u"S! 550 5.1.1 <nobody@example.net> no such user here"_s);
        const int small = wrapped->height();
        p.panel.view().goTo(p.panel.model().rowCount() - 1);
        // All of it, also what the row leaves out.
        QCOMPARE(wrapped->toPlainText().size(), 3007);
        QTRY_VERIFY(wrapped->height() > 3 * small);
        QCOMPARE(p.panel.view().rowHeight(24), height);
        p.click(u"transcript.wrap"_s);
        QVERIFY(!wrapped->isVisible());
    }

    void marksAndNotes()
    {
        Panel p;
        const auto sample = Test::sampleSession();
        p.feed(sample);
        QVERIFY(Test::waitForActive(&p.panel));
        p.panel.view().setFocus();
        QSignalSpy marks(&p.panel, &TranscriptPanel::marksChanged);
        QVERIFY(!p.child<QAction>(u"transcript.nextMark"_s)->isEnabled());
        p.panel.view().goTo(3);
        const QImage before = p.panel.view().grab().toImage();
        QTest::keyClick(&p.panel.view(), Qt::Key_M, Qt::ControlModifier);
        QVERIFY(before != p.panel.view().grab().toImage());
        QCOMPARE(marks.size(), 1);
        p.panel.view().goTo(24);
        QTest::keyClick(&p.panel.view(), Qt::Key_C, Qt::ControlModifier | Qt::AltModifier);
        auto *note = p.child<QLineEdit>(u"transcriptNote"_s);
        QVERIFY(note->isVisible());
        QTest::keyClicks(note, u"ask the postmaster"_s);
        QTest::keyClick(note, Qt::Key_Return);
        QVERIFY(!note->isVisible());
        QCOMPARE(marks.size(), 2);
        using Marks = QMap<qint64, LineMark>;
        QCOMPARE(marks.constLast().at(1).value<Marks>(),
            (Marks {{3, {true, {}}}, {24, {false, u"ask the postmaster"_s}}}));
        const QModelIndex text = p.panel.model().index(24, TranscriptModel::Text);
        QVERIFY(text.data(Qt::AccessibleTextRole).toString().contains("ask the postmaster"_L1));
        QVERIFY(text.data(Qt::ToolTipRole).toString().startsWith("<qt>ask the postmaster"_L1));
        // From the end back to both, and by the list.
        p.panel.view().goTo(30);
        constexpr auto keys = Qt::ControlModifier | Qt::ShiftModifier;
        QTest::keyClick(&p.panel.view(), Qt::Key_B, keys);
        QCOMPARE(p.panel.view().currentRow(), 24);
        QTest::keyClick(&p.panel.view(), Qt::Key_B, keys);
        QCOMPARE(p.panel.view().currentRow(), 3);
        QTest::keyClick(&p.panel.view(), Qt::Key_N, keys);
        QCOMPARE(p.panel.view().currentRow(), 24);
        auto *menu = p.child<QMenu>(u"transcriptMarksMenu"_s);
        Q_EMIT menu->aboutToShow();
        QCOMPARE(menu->actions().size(), 2);
        QVERIFY(menu->actions().at(1)->text().contains("postmaster"_L1));
        menu->actions().constFirst()->trigger();
        QCOMPARE(p.panel.view().currentRow(), 3);
        // Escape leaves a note as it was; a second Ctrl+M takes the mark away.
        QTest::keyClick(&p.panel.view(), Qt::Key_C, Qt::ControlModifier | Qt::AltModifier);
        QTest::keyClicks(note, u"never mind"_s);
        QTest::keyClick(note, Qt::Key_Escape);
        QVERIFY(!note->isVisible());
        p.panel.view().setFocus();
        QTest::keyClick(&p.panel.view(), Qt::Key_M, Qt::ControlModifier);
        QCOMPARE(marks.constLast().at(1).value<Marks>().keys(), QList<qint64> {24});
    }

    void timesCountFromALine()
    {
        Panel p;
        p.feed(Test::sampleSession());
        QVERIFY(Test::waitForActive(&p.panel));
        p.panel.view().setFocus();
        p.panel.view().goTo(1);
        const auto time = [&p](int row) {
            return p.panel.model().index(row, TranscriptModel::Time).data().toString();
        };
        auto *action = p.child<QAction>(u"transcript.timeReference"_s);
        QTest::keyClick(&p.panel.view(), Qt::Key_T, Qt::ControlModifier);
        QCOMPARE(time(1), u"reference"_s);
        QCOMPARE(time(2), u"+00:00:00.001"_s);
        QVERIFY(action->isChecked());
        p.panel.view().goTo(2);
        QTest::keyClick(&p.panel.view(), Qt::Key_T, Qt::ControlModifier);
        QCOMPARE(time(2), u"reference"_s);
        QTest::keyClick(&p.panel.view(), Qt::Key_T, Qt::ControlModifier);
        QCOMPARE(time(2), u"00:00:00.036"_s);
        QVERIFY(!action->isChecked());
    }

    void copiesAsHtmlAndCommands()
    {
        Panel p;
        p.feed(Test::sampleSession());
        QVERIFY(Test::waitForActive(&p.panel));
        p.panel.view().setFocus();
        // faults E7: what a relay said is text, never markup.
        p.panel.view().selectRow(30);
        QTest::keyClick(&p.panel.view(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        const QMimeData *data = QGuiApplication::clipboard()->mimeData();
        QVERIFY(data->hasHtml());
        QVERIFY(data->html().contains("&lt;b&gt;"_L1));
        QVERIFY(!data->html().contains("<b>"_L1));
        QVERIFY(!data->html().contains(QChar(0x202e)));
        QVERIFY(data->text().contains("\\x1b[31m"_L1));
        p.child<QAction>(u"transcript.copySwaks"_s)->trigger();
        const QString swaks = QGuiApplication::clipboard()->text();
        QVERIFY2(swaks.startsWith("swaks --server mx.example.net --port 587 --tls"_L1),
            qPrintable(swaks));
        QVERIFY(!swaks.contains("s3cr3t"_L1) && !swaks.contains("AGFubmEAczNjcjN0"_L1));
        p.child<QAction>(u"transcript.copyOpenssl"_s)->trigger();
        QVERIFY(QGuiApplication::clipboard()->text().startsWith(
            "openssl s_client -connect mx.example.net:587"_L1));
    }

    void everythingIsInTheMenus()
    {
        Panel p;
        QWidget window;
        const QMenu *menu = p.panel.makeMenu(&window);
        QSet<QAction *> offered;
        const auto collect = [&offered](const auto &self, const QMenu *from) -> void {
            for (QAction *action : from->actions()) {
                offered.insert(action);
                if (action->menu() != nullptr)
                    self(self, action->menu());
            }
        };
        collect(collect, menu);
        QSet<QKeySequence> keys;
        for (QAction *command : p.panel.commands()) {
            QVERIFY2(offered.contains(command), qPrintable(command->objectName()));
            QVERIFY2(!command->text().isEmpty(), qPrintable(command->objectName()));
            // Ctrl+C belongs to whoever has the focus.
            if (command->objectName() == "transcript.copy"_L1)
                continue;
            QVERIFY2(!command->shortcut().isEmpty(), qPrintable(command->objectName()));
            QVERIFY2(!keys.contains(command->shortcut()), qPrintable(command->objectName()));
            keys.insert(command->shortcut());
        }
    }

    void everyControlHasAName()
    {
        Panel p;
        QCOMPARE(Test::namelessControls(&p.panel).join(u'\n'), QString());
        p.feed(Test::sampleSession());
        p.child<FindBar>(u"transcriptFindBar"_s)->open();
        p.panel.view().goTo(3);
        p.child<QAction>(u"transcript.note"_s)->trigger();
        p.child<QAction>(u"transcript.wrap"_s)->trigger();
        p.child<QLineEdit>(u"transcriptFilter"_s)->setText(u"stage:lunch"_s);
        QTRY_VERIFY(p.child<Widgets::MessageBar>(u"transcriptFilterProblem"_s)->isVisible());
        QCOMPARE(Test::namelessControls(&p.panel).join(u'\n'), QString());
    }

    void protocolStaysLeftToRight()
    {
        Panel p;
        p.panel.setLayoutDirection(Qt::RightToLeft);
        p.feed(Test::sampleSession());
        QCOMPARE(p.panel.view().layoutDirection(), Qt::LeftToRight);
        QCOMPARE(p.panel.layoutDirection(), Qt::RightToLeft);
        // The code of a reply is painted on the left of its text, as under any other layout.
        const QRect cell = p.panel.view().visualRect(
            p.panel.model().index(24, TranscriptModel::Text));
        QVERIFY(cell.isValid());
        const QRect number = p.panel.view().visualRect(
            p.panel.model().index(24, TranscriptModel::Number));
        QVERIFY(number.left() < cell.left());
    }

    void narrowKeepsTheLine()
    {
        Panel p;
        p.feed(Test::sampleSession());
        for (const int width : {900, 700, 500, 420, 300}) {
            p.panel.resize(width, 300);
            QVERIFY2(p.panel.view().columnWidth(TranscriptModel::Text) >= 180,
                QByteArray::number(width).constData());
        }
        p.panel.resize(1000, 300);
        QVERIFY(!p.panel.view().isColumnHidden(TranscriptModel::Number));
    }

    void themeChangeRepaintsOnly()
    {
        Panel p;
        p.feed(Test::sampleSession());
        QSignalSpy reset(&p.panel.model(), &TranscriptModel::modelReset);
        const QImage before = p.panel.view().grab().toImage();
        const QPalette old = QApplication::palette();
        QPalette dark = old;
        dark.setColor(QPalette::Base, QColor(0x16, 0x19, 0x1c));
        dark.setColor(QPalette::Text, Qt::white);
        QApplication::setPalette(dark);
        QTRY_VERIFY(p.theme.isDark());
        const QImage after = p.panel.view().grab().toImage();
        QApplication::setPalette(old);
        QVERIFY(before != after);
        QVERIFY(reset.isEmpty());
    }

    void pictures()
    {
        const QString folder = Test::pictureFolder();
        if (folder.isEmpty())
            QSKIP("MAILGAUGE_PICTURES is not set");
        KColorSchemeManager *schemes = KColorSchemeManager::instance();
        for (const QString &scheme :
            {u"Breeze Light"_s, u"Breeze Dark"_s, u"Mailgauge High Contrast"_s}) {
            schemes->activateScheme(schemes->indexForScheme(scheme));
            Panel p;
            const QString suffix = scheme.section(u' ', -1).toLower();
            const auto take = [&](const QString &name, const QSize &size) {
                p.panel.resize(size);
                QCoreApplication::processEvents();
                QVERIFY(p.panel.grab().save(
                    folder + u"/transcript-"_s + name + u'-' + suffix + u".png"_s));
            };
            take(u"empty"_s, {1000, 400});
            p.feed(Test::sampleSession());
            take(u"wide"_s, {1400, 860});
            take(u"narrow"_s, {460, 420});
            p.feed(otherSession());
            p.panel.view().goTo(24);
            p.child<FindBar>(u"transcriptFindBar"_s)->open();
            p.child<QLineEdit>(u"transcriptFind"_s)->setText(u"nobody"_s);
            QTRY_VERIFY(p.child<QLabel>(u"transcriptFindCount"_s)->text().contains(u" of "_s));
            take(u"find"_s, {1200, 520});
            p.child<FindBar>(u"transcriptFindBar"_s)->close();
            p.click(u"transcript.quickPermanent"_s);
            p.click(u"transcript.quickTransient"_s);
            take(u"filtered"_s, {1000, 300});
            p.child<QAction>(u"transcript.showAll"_s)->trigger();
            p.panel.view().goTo(20);
            p.child<QAction>(u"transcript.mark"_s)->trigger();
            p.panel.view().goTo(24);
            p.child<QAction>(u"transcript.mark"_s)->trigger();
            p.panel.model().setMark(25, {false, u"greylisted: try again"_s});
            p.child<QAction>(u"transcript.timeReference"_s)->trigger();
            p.child<QAction>(u"transcript.wrap"_s)->trigger();
            p.child<QAction>(u"transcript.note"_s)->trigger();
            p.child<QLineEdit>(u"transcriptNote"_s)->setText(u"ask the postmaster"_s);
            p.child<QLineEdit>(u"transcriptFilter"_s)->setText(u"stage:rcpt,mail"_s);
            QTRY_COMPARE(p.panel.model().rowCount(), 16);
            take(u"marks"_s, {1100, 420});
            p.child<QLineEdit>(u"transcriptFilter"_s)->setText(u"stage:lunch"_s);
            QTRY_VERIFY(p.child<Widgets::MessageBar>(u"transcriptFilterProblem"_s)->isVisible());
            take(u"problem"_s, {1000, 300});
            p.child<QLineEdit>(u"transcriptFilter"_s)->setText(u"zzz"_s);
            QTRY_COMPARE(p.panel.model().rowCount(), 0);
            take(u"nothing"_s, {800, 300});
        }
    }
};

int main(int argc, char *argv[])
{
    KIconTheme::initTheme();
    QApplication app(argc, argv);
    TestTranscriptPanel test;
    QTEST_SET_MAIN_SOURCE_PATH
    return QTest::qExec(&test, argc, argv);
}
#include "tst_transcriptpanel.moc"
