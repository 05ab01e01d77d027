// SPDX-License-Identifier: GPL-3.0-or-later
#include "testworkbench.h"

#include "transcript/commandbar.h"

#include <QAction>
#include <QCompleter>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

using namespace Mailgauge;
using Test::Workbench;
using Transcript::CommandBar;

/// The bar under the transcript against the built-in relay: as a person uses it.
class WindowControlTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void commandsByHand()
    {
        QTemporaryDir dir;
        Workbench bench(dir.path());
        QVERIFY(bench.waitForRelay());
        Bar bar(bench);
        QTest::mouseClick(bar.enter, Qt::LeftButton);
        QTRY_COMPARE(bar.bar.state(), CommandBar::State::Idle);
        // What this relay announces.
        QVERIFY(bar.offered().contains(u"NOOP"_s));
        QVERIFY2(!bar.offered().contains(u"ETRN "_s), qPrintable(bar.offered().join(u", "_s)));
        // HELO announces nothing: all that is in use, until it is said again.
        bar.type(u"HELO me.example"_s);
        QTRY_VERIFY(bar.offered().contains(u"ETRN "_s));
        QTRY_COMPARE(bar.bar.state(), CommandBar::State::Idle);
        bar.type(u"EHLO me.example"_s);
        QTRY_VERIFY(!bar.offered().contains(u"ETRN "_s));
        QTRY_COMPARE(bar.bar.state(), CommandBar::State::Idle);
        bar.type(u"NOOP"_s);
        QTRY_COMPARE(bar.bar.state(), CommandBar::State::Idle);
        QTRY_VERIFY(bench.lines().contains(u"NOOP"_s));
        QTest::mouseClick(bar.leave, Qt::LeftButton);
        QTRY_COMPARE(bar.bar.state(), CommandBar::State::Closed);
        QTRY_VERIFY(bench.lines().contains(u"QUIT"_s));
    }

    void breakpoints()
    {
        QTemporaryDir dir;
        Workbench bench(dir.path());
        QVERIFY(bench.waitForRelay());
        Bar bar(bench);
        QSignalSpy paused(&bench.services.sending(), &Delivery::SendService::paused);
        bench.window().findChild<QToolButton *>(u"transcriptPauses"_s)->click();
        bench.composer().send();
        QTRY_COMPARE(bar.bar.state(), CommandBar::State::Paused);
        QVERIFY(bar.line->text().startsWith(u"EHLO "));
        for (qsizetype i = paused.size(); !bar.line->text().startsWith(u"RCPT "); ++i) {
            QTest::mouseClick(bar.enter, Qt::LeftButton);
            QTRY_COMPARE(paused.size(), i + 1);
        }
        bar.type(u"NOOP"_s);
        QTRY_VERIFY(bench.lines().contains(u"NOOP"_s));
        QTRY_VERIFY(bar.bar.state() == CommandBar::State::Paused);
        QTest::mouseClick(bar.leave, Qt::LeftButton); // Stop
        QTRY_COMPARE(bar.bar.state(), CommandBar::State::Closed);
        QVERIFY(!bench.lines().contains(u"DATA"_s));
    }

    void pausesWhereTheUserSays()
    {
        QTemporaryDir dir;
        Workbench bench(dir.path());
        QVERIFY(bench.waitForRelay());
        Bar bar(bench);
        bench.window().findChild<QToolButton *>(u"transcriptPauses"_s)->click();
        for (const Smtp::Stage stage : Smtp::BreakRule::Possible) {
            if (stage != Smtp::Stage::Data)
                bar.bar
                    .findChild<QAction *>(u"pause."_s + QLatin1StringView(Smtp::stageName(stage)))
                    ->trigger();
        }
        bench.composer().send();
        QTRY_COMPARE(bar.bar.state(), CommandBar::State::Paused);
        QCOMPARE(bar.line->text(), u"DATA"_s);
        QTest::mouseClick(bar.enter, Qt::LeftButton);
        QTRY_COMPARE(bar.bar.state(), CommandBar::State::Closed);
        QTRY_VERIFY(bench.lines().contains(u"QUIT"_s));
    }

    void manyMessagesAndAPause()
    {
        QTemporaryDir dir;
        Workbench bench(dir.path());
        QVERIFY(bench.waitForRelay());
        Bar bar(bench);
        bench.window().findChild<QToolButton *>(u"transcriptPauses"_s)->click();
        Compose::Draft draft = bench.composer().draft();
        draft.options.messages = 3;
        bench.composer().setDraft(draft);
        QSignalSpy ended(&bench.bench.sending(), &Gui::SendFlow::runEnded);
        QSignalSpy notSent(&bench.bench.sending(), &Gui::SendFlow::notSent);
        bench.composer().send();
        QCOMPARE(notSent.size(), 1);
        QVERIFY2(bench.message(u"pauses"_s).startsWith(u"Not sent"_s),
            qPrintable(bench.message(u"pauses"_s)));
        QCOMPARE(bench.bench.sending().running(), 0);
        bench.click(u"pauses"_s, u"Send them without a pause"_s);
        QTRY_COMPARE(ended.size(), 1);
        QVERIFY(bench.message(u"repeat"_s).contains(u"3 accepted"_s));
        QVERIFY(bench.message(u"pauses"_s).isEmpty());
    }

private:
    struct Bar {
        explicit Bar(Workbench &bench)
            : bar(bench.bench.transcript().commandBar())
        {
            bench.bench.transcript().showCommandBar();
        }
        void type(const QString &text)
        {
            line->clear();
            QTest::keyClicks(line, text);
            QTest::keyClick(line, Qt::Key_Return);
        }
        [[nodiscard]] QStringList offered() const
        {
            QStringList all;
            const QAbstractItemModel *words = line->completer()->model();
            for (int row = 0; row < words->rowCount(); ++row)
                all.append(words->index(row, 0).data().toString());
            return all;
        }
        CommandBar &bar;
        QLineEdit *line = bar.findChild<QLineEdit *>(u"transcriptCommandLine"_s);
        QPushButton *enter = bar.findChild<QPushButton *>(u"transcriptCommandEnter"_s);
        QPushButton *leave = bar.findChild<QPushButton *>(u"transcriptCommandLeave"_s);
    };
};

QTEST_MAIN(WindowControlTest)
#include "tst_windowcontrol.moc"
