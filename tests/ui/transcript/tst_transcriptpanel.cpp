// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/transcriptpanel.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "samplesession.h"
#include "theme/theme.h"
#include "transcript/findbar.h"
#include "transcript/jsonlinesreader.h"
#include "transcript/transcriptview.h"

#include <KColorSchemeManager>
#include <KIconTheme>

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

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
        p.click(u"quickPermanent"_s);
        QCOMPARE(p.panel.model().rowCount(), 1);
        p.click(u"quickTransient"_s);
        QCOMPARE(p.panel.model().rowCount(), 2);
        p.click(u"quickAuth"_s);
        QCOMPARE(p.panel.model().rowCount(), 4);
        p.click(u"quickTls"_s);
        QCOMPARE(p.panel.model().rowCount(), 7);
        for (const QString &name :
            {u"quickPermanent"_s, u"quickTransient"_s, u"quickAuth"_s, u"quickTls"_s})
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
        QVERIFY(QTest::qWaitForWindowActive(&p.panel));
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
        QVERIFY(QTest::qWaitForWindowActive(&p.panel));
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

    void oneSessionAlone()
    {
        Panel p;
        const auto sample = Test::sampleSession();
        p.feed(sample);
        p.feed(otherSession());
        QVERIFY(QTest::qWaitForWindowActive(&p.panel));
        p.panel.view().goTo(3);
        QTest::keyClick(&p.panel, Qt::Key_Period, Qt::ControlModifier);
        QCOMPARE(p.panel.model().rowCount(), sample.entries.size());
        QCOMPARE(p.panel.view().currentRow(), 3);
        QTest::keyClick(&p.panel, Qt::Key_Period, Qt::ControlModifier);
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
            u"S: 550 5.1.1 <nobody@example.net> no such user here\n"_s);
        p.child<QAction>(u"transcript.copyTimes"_s)->trigger();
        QCOMPARE(QGuiApplication::clipboard()->text(),
            u"00:00:00.130 S: 550 5.1.1 <nobody@example.net> no such user here\n"_s);
        // faults B6: what is copied is escaped.
        p.panel.view().selectRow(30);
        QTest::keyClick(&p.panel.view(), Qt::Key_C, Qt::ControlModifier);
        QVERIFY(QGuiApplication::clipboard()->text().contains("\\x1b[31m\\u202e"_L1));
    }

    void exports_data()
    {
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("start");
        QTest::newRow("text") << u"transcript.exportText"_s << u"a.txt"_s << "# Mailgauge"_ba;
        QTest::newRow("html") << u"transcript.exportHtml"_s << u"a.html"_s << "<!DOCTYPE html>"_ba;
        QTest::newRow("json lines") << u"transcript.exportJsonLines"_s << u"a.jsonl"_s
                                    << "{\"format\":\"mailgauge-transcript\""_ba;
    }

    void exports()
    {
        QFETCH(QString, action);
        QFETCH(QString, name);
        QFETCH(QByteArray, start);
        Panel p;
        const QTemporaryDir dir;
        p.feed(Test::sampleSession());
        QSignalSpy exported(&p.panel, &TranscriptPanel::exported);
        p.child<QAction>(action)->trigger();
        auto *dialog = p.child<QFileDialog>(u"transcriptExportDialog"_s);
        QVERIFY(dialog != nullptr);
        QVERIFY(dialog->isVisible());
        QVERIFY(dialog->selectedFiles().constFirst().endsWith(
            u"smtp-mx.example.net-20260102-030405."_s + QFileInfo(name).suffix()));
        dialog->setDirectory(dir.path());
        auto *edit = dialog->findChild<QLineEdit *>(u"fileNameEdit"_s);
        edit->setText(dir.filePath(name));
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(exported.wait());
        QFile file(dir.filePath(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY(bytes.startsWith(start));
        QVERIFY(!bytes.contains("AGFubmEAczNjcjN0"));
    }

    void everyControlHasAName()
    {
        Panel p;
        QCOMPARE(Test::namelessControls(&p.panel).join(u'\n'), QString());
        p.feed(Test::sampleSession());
        p.child<FindBar>(u"transcriptFindBar"_s)->open();
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
        const QString folder = qEnvironmentVariable("MAILGAUGE_PICTURES");
        if (folder.isEmpty())
            QSKIP("MAILGAUGE_PICTURES is not set");
        QVERIFY(QDir().mkpath(folder));
        KColorSchemeManager *schemes = KColorSchemeManager::instance();
        for (const QString &scheme : {u"Breeze Light"_s, u"Breeze Dark"_s}) {
            schemes->activateScheme(schemes->indexForScheme(scheme));
            Panel p;
            const QString suffix = scheme.endsWith(u"Dark"_s) ? u"dark"_s : u"light"_s;
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
            p.click(u"quickPermanent"_s);
            p.click(u"quickTransient"_s);
            take(u"filtered"_s, {1000, 300});
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
