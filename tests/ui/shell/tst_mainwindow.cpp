// SPDX-License-Identifier: GPL-3.0-or-later
#include "accessiblewalk.h"
#include "base/literals.h"
#include "shell/actions.h"
#include "shell/editrouter.h"
#include "shell/mainwindow.h"
#include "shell/settings.h"
#include "shell/statusfacts.h"
#include "widgets/commandpalette.h"
#include "widgets/messagestack.h"

#include <QAction>
#include <QDialog>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QSplitter>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QUndoCommand>

using namespace Mailgauge;
using Shell::MainWindow;
using Shell::Settings;

namespace {
struct Window {
    explicit Window(const QString &settingsFile = {})
        : settings(settingsFile)
        , window(settings)
    {
        window.addPage({u"one"_s, u"One"_s, u"mail-message-new"_s}, [this](QWidget *parent) {
            ++made;
            auto *splitter = new QSplitter(parent);
            splitter->setObjectName(u"splitterOne"_s);
            auto *line = new QLineEdit(splitter);
            line->setAccessibleName(u"A line"_s);
            auto *editor = new QPlainTextEdit(splitter);
            editor->setAccessibleName(u"An editor"_s);
            return splitter;
        });
        window.addPage({u"two"_s, u"Two"_s, u"view-history"_s}, [this](QWidget *parent) {
            ++made;
            return new QWidget(parent);
        });
        auto *text = new QPlainTextEdit;
        text->setAccessibleName(u"Details"_s);
        dock = window.addDock(
            text, {u"details"_s, u"Details"_s, u"documentinfo"_s}, Qt::RightDockWidgetArea);
        window.finishSetup();
        window.show();
    }
    int made = 0;
    Settings settings;
    MainWindow window;
    QDockWidget *dock;
};
} // namespace

class TestMainWindow final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pagesAreMadeWhenNeeded();
    void keysChangeThePage();
    void layoutIsKept();
    void layoutIsReset();
    void layoutOfAnotherVersionIsNotUsed();
    void newerSettingsAreNotWrittenOver();
    void settingsOnAFullDiskAreTold();
    void undoGoesToTheEditorInFront();
    void undoGoesToThePanelsStack();
    void paletteOpensByKey();
    void shortcutsAreListed();
    void closingMayBeRefused();
    void filesMayBeDropped();
    void statusAlwaysTells();
    void schemesSwitch();
    void everyControlHasAName();
};

void TestMainWindow::pagesAreMadeWhenNeeded()
{
    Window w;
    QCOMPARE(w.made, 1);
    w.window.pages().show(u"two"_s);
    QCOMPARE(w.made, 2);
    w.window.pages().show(u"one"_s);
    w.window.pages().show(u"two"_s);
    QCOMPARE(w.made, 2);
}

void TestMainWindow::keysChangeThePage()
{
    Window w;
    QVERIFY(Test::waitForActive(&w.window));
    QCOMPARE(w.window.pages().current(), u"one"_s);
    QTest::keyClick(&w.window, Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(w.window.pages().current(), u"two"_s);
    QTest::keyClick(&w.window, Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(w.window.pages().current(), u"one"_s);
}

void TestMainWindow::layoutIsKept()
{
    QTemporaryDir dir;
    const QString file = dir.filePath(u"settings.ini"_s);
    {
        Window w(file);
        w.dock->hide();
        w.window.resize(800, 620);
        w.window.pages().show(u"two"_s);
        qobject_cast<QSplitter *>(w.window.pages().widget(u"one"_s))->setSizes({300, 100});
        QVERIFY(w.window.close());
    }
    Window again(file);
    QVERIFY(again.dock->isHidden());
    QCOMPARE(again.window.pages().current(), u"two"_s);
    QCOMPARE(again.window.size(), QSize(800, 620));
    QCOMPARE(QSettings(file, QSettings::IniFormat).value(u"version"_s).toInt(), 1);
}

void TestMainWindow::layoutIsReset()
{
    Window w;
    w.dock->hide();
    w.window.actions().action(u"view.resetLayout"_s)->trigger();
    QVERIFY(w.dock->isVisible());
}

void TestMainWindow::layoutOfAnotherVersionIsNotUsed()
{
    QTemporaryDir dir;
    const QString file = dir.filePath(u"settings.ini"_s);
    {
        QMainWindow other;
        QSettings settings(file, QSettings::IniFormat);
        settings.setValue(u"layout/state"_s, other.saveState(99));
    }
    Window w(file);
    QVERIFY(w.dock->isVisible());
}

void TestMainWindow::newerSettingsAreNotWrittenOver()
{
    QTemporaryDir dir;
    const QString file = dir.filePath(u"settings.ini"_s);
    QFile ini(file);
    QVERIFY(ini.open(QIODevice::WriteOnly));
    QCOMPARE(ini.write("version=2\n[view]\npage=two\n"), 26);
    ini.close();
    {
        Window w(file);
        QCOMPARE(w.window.pages().current(), u"two"_s);
        w.window.pages().show(u"one"_s);
        QVERIFY(w.window.close());
    }
    QVERIFY(ini.open(QIODevice::ReadOnly));
    QCOMPARE(ini.readAll(), "version=2\n[view]\npage=two\n"_ba);
}

void TestMainWindow::settingsOnAFullDiskAreTold()
{
    Settings settings(u"/proc/cannot/be/written.ini"_s);
    QSignalSpy failed(&settings, &Settings::saveFailed);
    settings.setValue(u"a"_s, 1);
    QVERIFY(!settings.sync());
    QVERIFY(!settings.sync());
    QCOMPARE(failed.size(), 1);
}

void TestMainWindow::undoGoesToTheEditorInFront()
{
    Window w;
    QVERIFY(Test::waitForActive(&w.window));
    auto *line = w.window.findChild<QLineEdit *>();
    auto *editor = w.window.pages().widget(u"one"_s)->findChild<QPlainTextEdit *>();
    QAction *undo = w.window.actions().action(u"edit.undo"_s);
    line->setFocus();
    QVERIFY(!undo->isEnabled());
    QTest::keyClicks(line, u"abc"_s);
    QVERIFY(undo->isEnabled());
    editor->setFocus();
    QVERIFY(!undo->isEnabled());
    QTest::keyClicks(editor, u"xyz"_s);
    undo->trigger();
    QCOMPARE(editor->toPlainText(), QString());
    QCOMPARE(line->text(), u"abc"_s);
    w.window.actions().action(u"edit.redo"_s)->trigger();
    QCOMPARE(editor->toPlainText(), u"xyz"_s);
}

void TestMainWindow::undoGoesToThePanelsStack()
{
    Window w;
    QUndoStack stack;
    w.window.edits().undoGroup().addStack(&stack);
    stack.setActive(true);
    stack.push(new QUndoCommand(u"something"_s));
    QAction *undo = w.window.actions().action(u"edit.undo"_s);
    QVERIFY(undo->isEnabled());
    undo->trigger();
    QVERIFY(!stack.canUndo());
}

void TestMainWindow::paletteOpensByKey()
{
    Window w;
    QVERIFY(Test::waitForActive(&w.window));
    QTest::keyClick(&w.window, Qt::Key_K, Qt::ControlModifier);
    auto *palette = w.window.findChild<Widgets::CommandPalette *>();
    QVERIFY(palette && palette->isVisible());
    auto *edit = palette->findChild<QLineEdit *>();
    QTest::keyClicks(edit, u"page two"_s);
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(w.window.pages().current(), u"two"_s);
}

void TestMainWindow::shortcutsAreListed()
{
    Window w;
    w.window.actions().action(u"help.shortcuts"_s)->trigger();
    auto *dialog = w.window.findChild<QDialog *>();
    QVERIFY(dialog && dialog->isVisible());
    QCOMPARE(Test::namelessControls(dialog), QStringList());
    QVERIFY(!dialog->isModal());
}

void TestMainWindow::closingMayBeRefused()
{
    Window w;
    const auto refusing = connect(
        &w.window, &MainWindow::closeRequested, this, [](bool *refuse) { *refuse = true; });
    QVERIFY(!w.window.close());
    QVERIFY(w.window.isVisible());
    disconnect(refusing);
    QVERIFY(w.window.close());
}

void TestMainWindow::filesMayBeDropped()
{
    Window w;
    QSignalSpy dropped(&w.window, &MainWindow::filesDropped);
    const auto drop = [&](const QUrl &url) {
        QMimeData data;
        data.setUrls({url});
        QDragEnterEvent enter(QPoint(9, 9), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        enter.ignore();
        QCoreApplication::sendEvent(&w.window, &enter);
        if (!enter.isAccepted())
            return;
        QDropEvent event(QPointF(9, 9), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&w.window, &event);
    };
    drop(QUrl(u"https://example.org/a.eml"_s));
    QCOMPARE(dropped.size(), 0);
    drop(QUrl::fromLocalFile(u"/tmp/a.eml"_s));
    QCOMPARE(dropped.size(), 1);
    QCOMPARE(dropped[0][0].toStringList(), QStringList(u"/tmp/a.eml"_s));
}

void TestMainWindow::statusAlwaysTells()
{
    Window w;
    const auto fact = [&](const QString &name) {
        return w.window.findChild<QLabel *>(name)->text();
    };
    QCOMPARE(fact(u"statusRelay"_s), u"No relay"_s);
    QCOMPARE(fact(u"statusLines"_s), u"Lines: 0"_s);
    auto &facts = w.window.facts();
    facts.setRelay(u"Sandbox"_s, {});
    facts.setLines(12, 3400);
    facts.setActivity(u"Sending"_s, 1, 2);
    QCOMPARE(fact(u"statusRelay"_s), u"Relay: Sandbox"_s);
    QVERIFY(fact(u"statusLines"_s).startsWith(u"Lines: 12 of 3"_s));
    auto *cancel = w.window.findChild<QToolButton *>(u"statusCancel"_s);
    QVERIFY(cancel->isVisible());
    w.window.setRunning(1);
    QSignalSpy cancelled(w.window.actions().action(u"message.cancel"_s), &QAction::triggered);
    QTest::mouseClick(cancel, Qt::LeftButton);
    QCOMPARE(cancelled.size(), 1);
    QSignalSpy others(&w.window, &Shell::MainWindow::cancelRequested);
    QCOMPARE(others.size(), 0);
    w.window.setRunning(0);
    QTest::mouseClick(cancel, Qt::LeftButton);
    QCOMPARE(cancelled.size(), 1);
    QCOMPARE(others.size(), 1);
    facts.clearActivity();
    QVERIFY(cancel->isHidden());
}

void TestMainWindow::schemesSwitch()
{
    Window w;
    const QColor before = qApp->palette().color(QPalette::Window);
    const Widgets::MessageBar *bar = w.window.messages().post(
        u"test"_s, Widgets::MessageBar::Kind::Success, u"Accepted"_s);
    w.window.actions().action(u"view.schemeDark"_s)->trigger();
    QTRY_VERIFY(bar->palette().color(QPalette::Window).lightness() < 128);
    const QColor dark = qApp->palette().color(QPalette::Window);
    QVERIFY(dark.lightness() < 100);
    w.window.actions().action(u"view.schemeHighContrast"_s)->trigger();
    QCOMPARE(qApp->palette().color(QPalette::Base), QColor(Qt::black));
    QCOMPARE(qApp->palette().color(QPalette::Text), QColor(Qt::white));
    QCOMPARE(w.settings.value(u"view/colorScheme"_s).toString(), u"HighContrast"_s);
    w.window.actions().action(u"view.schemeLight"_s)->trigger();
    QVERIFY(qApp->palette().color(QPalette::Window).lightness() > 200);
    QTRY_VERIFY(bar->palette().color(QPalette::Window).lightness() > 128);
    w.window.actions().action(u"view.schemeSystem"_s)->trigger();
    QCOMPARE(qApp->palette().color(QPalette::Window), before);
    QCOMPARE(w.settings.value(u"view/colorScheme"_s).toString(), u"System"_s);
}

void TestMainWindow::everyControlHasAName()
{
    Window w;
    w.window.actions().action(u"tools.palette"_s)->trigger();
    QCOMPARE(Test::namelessControls(&w.window), QStringList());
}

QTEST_MAIN(TestMainWindow)
#include "tst_mainwindow.moc"
