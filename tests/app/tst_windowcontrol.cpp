// SPDX-License-Identifier: GPL-3.0-or-later
#include "testworkbench.h"

#include "transcript/commandbar.h"

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
        CommandBar &bar;
        QLineEdit *line = bar.findChild<QLineEdit *>(u"transcriptCommandLine"_s);
        QPushButton *enter = bar.findChild<QPushButton *>(u"transcriptCommandEnter"_s);
        QPushButton *leave = bar.findChild<QPushButton *>(u"transcriptCommandLeave"_s);
    };
};

QTEST_MAIN(WindowControlTest)
#include "tst_windowcontrol.moc"
