// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "models/commandmodel.h"
#include "widgets/columnfit.h"
#include "widgets/commandpalette.h"
#include "widgets/elidedlabel.h"
#include "widgets/emptystate.h"
#include "widgets/figuretile.h"
#include "widgets/formscroll.h"
#include "widgets/messagestack.h"
#include "widgets/navigationrail.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtTest/qtestwheel.h>

#include <algorithm>

using namespace Mailgauge;
using Widgets::MessageBar;

class TestWidgets final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void messageIsPlainText();
    void messageOffersItsAction();
    void messageIsDismissed();
    void messageKeepsTheFocus();
    void stackKeepsOneMessagePerName();
    void stackIsBounded();
    void stackKeepsErrors();
    void stackShowsWholeSentences();
    void railFollowsMouseAndKeys();
    void railBadgeIsSaid();
    void paletteRunsWhatIsTyped();
    void paletteGivesFocusBack();
    void paletteTakesKeysWithoutAMatch();
    void labelElides();
    void emptyStateOffersOneAction();
    void tileCutsNoNumber();
    void columnsGiveWay();
    void widthsThatWereChosenStay();
    void hiddenColumnsTakeNoRoom();
    void wheelScrollsTheForm();
};

// Who scrolls past a field does not mean it.
void TestWidgets::wheelScrollsTheForm()
{
    auto *form = new QWidget;
    auto *column = new QVBoxLayout(form);
    auto *spin = new QSpinBox(form);
    auto *choice = new QComboBox(form);
    choice->addItems({u"one"_s, u"two"_s});
    column->addWidget(spin);
    column->addWidget(choice);
    column->addSpacing(2000);
    QWidget parent;
    parent.resize(300, 200);
    auto *area = Widgets::formScroll(form, &parent);
    area->setGeometry(parent.rect());
    parent.show();
    QVERIFY(Test::waitForActive(&parent));
    const auto turn = [&parent](const QWidget *field) {
        QTest::wheelEvent(
            parent.windowHandle(), field->mapTo(&parent, field->rect().center()), {0, -120});
    };
    spin->setValue(30);
    for (QWidget *field : {static_cast<QWidget *>(spin), static_cast<QWidget *>(choice)}) {
        turn(field);
        QVERIFY(area->verticalScrollBar()->value() > 0);
        area->verticalScrollBar()->setValue(0);
    }
    QCOMPARE(spin->value(), 30);
    QCOMPARE(choice->currentIndex(), 0);
    QVERIFY(!spin->hasFocus() && !choice->hasFocus());
    spin->setFocus();
    turn(spin);
    QCOMPARE(spin->value(), 29);
}

void TestWidgets::messageIsPlainText()
{
    MessageBar bar;
    bar.showMessage(MessageBar::Kind::Error, u"<b>550</b> <img src=x>"_s);
    QCOMPARE(bar.text(), u"<b>550</b> <img src=x>"_s);
    for (const QLabel *label : bar.findChildren<QLabel *>()) {
        if (!label->text().isEmpty())
            QCOMPARE(label->textFormat(), Qt::PlainText);
    }
    QCOMPARE(bar.accessibleName(), bar.text());
}

void TestWidgets::messageOffersItsAction()
{
    MessageBar bar;
    QAction retry(u"Try again"_s);
    QSignalSpy tried(&retry, &QAction::triggered);
    bar.showMessage(MessageBar::Kind::Warning, u"It did not work."_s, {&retry});
    auto *button = bar.findChild<QPushButton *>();
    QVERIFY(button);
    QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(tried.size(), 1);
}

void TestWidgets::messageIsDismissed()
{
    MessageBar bar;
    QSignalSpy gone(&bar, &MessageBar::dismissed);
    bar.showMessage(MessageBar::Kind::Info, u"Hello"_s);
    QTest::mouseClick(bar.findChild<QToolButton *>(), Qt::LeftButton);
    QCOMPARE(gone.size(), 1);
    QVERIFY(bar.isHidden());
}

void TestWidgets::messageKeepsTheFocus()
{
    QWidget window;
    auto *layout = new QVBoxLayout(&window);
    auto *edit = new QLineEdit(&window);
    auto *bar = new MessageBar(&window);
    layout->addWidget(edit);
    layout->addWidget(bar);
    QAction empty(u"Empty"_s);
    QAction keep(u"Keep"_s);
    QAction sure(u"Sure"_s);
    sure.setEnabled(false);
    bar->showMessage(MessageBar::Kind::Info, u"a"_s, {&empty, &keep});
    window.show();
    QVERIFY(Test::waitForActive(&window));
    const auto focused = [] {
        const auto *button = qobject_cast<QPushButton *>(QApplication::focusWidget());
        return button ? button->text() : QString();
    };
    const auto focus = [bar](const QString &text) {
        for (auto *button : bar->findChildren<QPushButton *>()) {
            if (button->text() == text && button->isVisible())
                button->setFocus();
        }
    };
    focus(u"Empty"_s);
    // To the first that can be chosen.
    bar->showMessage(MessageBar::Kind::Warning, u"b"_s, {&sure, &keep});
    QCOMPARE(focused(), u"Keep"_s);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCOMPARE(focused(), u"Keep"_s);
    // To the same where it is offered again.
    bar->showMessage(MessageBar::Kind::Warning, u"c"_s, {&empty, &keep});
    QCOMPARE(focused(), u"Keep"_s);
    bar->showMessage(MessageBar::Kind::Warning, u"d"_s);
    QVERIFY(bar->findChild<QToolButton *>()->hasFocus());
    // Who works elsewhere stays there.
    edit->setFocus();
    bar->showMessage(MessageBar::Kind::Warning, u"e"_s, {&empty, &keep});
    QVERIFY(edit->hasFocus());
}

void TestWidgets::stackKeepsOneMessagePerName()
{
    Widgets::MessageStack stack;
    stack.post(u"store"_s, MessageBar::Kind::Error, u"First"_s);
    stack.post(u"store"_s, MessageBar::Kind::Error, u"Second"_s);
    QCOMPARE(stack.findChildren<MessageBar *>().size(), 1);
    QCOMPARE(stack.bar(u"store"_s)->text(), u"Second"_s);
    stack.withdraw(u"store"_s);
    QVERIFY(!stack.bar(u"store"_s));
}

void TestWidgets::stackIsBounded()
{
    Widgets::MessageStack stack;
    for (int i = 0; i < 10; ++i)
        stack.post(QString::number(i), MessageBar::Kind::Info, u"x"_s);
    QVERIFY(!stack.bar(u"6"_s));
    QVERIFY(stack.bar(u"7"_s) && stack.bar(u"8"_s) && stack.bar(u"9"_s));
}

void TestWidgets::stackKeepsErrors()
{
    Widgets::MessageStack stack;
    for (int i = 0; i < 3; ++i)
        stack.post(u"e%1"_s.arg(i), MessageBar::Kind::Error, u"refused"_s);
    for (int i = 0; i < 3; ++i)
        stack.post(u"s%1"_s.arg(i), MessageBar::Kind::Success, u"sent"_s);
    QVERIFY(stack.bar(u"e0"_s) && stack.bar(u"e1"_s) && stack.bar(u"e2"_s));
    QVERIFY(!stack.bar(u"s0"_s) && !stack.bar(u"s1"_s) && stack.bar(u"s2"_s));
    stack.post(u"e3"_s, MessageBar::Kind::Error, u"refused"_s);
    QVERIFY(stack.bar(u"e0"_s) && !stack.bar(u"s2"_s));
    stack.post(u"w"_s, MessageBar::Kind::Warning, u"perhaps"_s);
    stack.post(u"e4"_s, MessageBar::Kind::Error, u"refused"_s);
    QVERIFY(stack.bar(u"w"_s) && stack.bar(u"e0"_s) && stack.bar(u"e4"_s));
}

void TestWidgets::stackShowsWholeSentences()
{
    QWidget window;
    QVBoxLayout column(&window);
    Widgets::MessageStack stack;
    column.addWidget(&stack);
    column.addWidget(new QWidget, 1);
    const MessageBar *bar = stack.post(u"long"_s, MessageBar::Kind::Error,
        u"The relay refused this message, and it said at great length why it did so. "_s.repeated(
            4),
        {new QAction(u"Show session"_s)});
    for (const int width : {1200, 500, 320}) {
        window.resize(width, 900);
        window.show();
        QVERIFY(Test::waitForExposed(&window));
        const auto *text = bar->findChildren<QLabel *>().last();
        QTRY_COMPARE(window.width(), width);
        QTRY_VERIFY2(text->height() >= text->heightForWidth(text->width()),
            qPrintable(u"%1 of %2 at %3"_s.arg(text->height())
                    .arg(text->heightForWidth(text->width()))
                    .arg(width)));
    }
}

void TestWidgets::railFollowsMouseAndKeys()
{
    Widgets::NavigationRail rail;
    QCOMPARE(rail.addItem(u"mail-message-new"_s, u"Compose"_s, {}), 0);
    QCOMPARE(rail.addItem(u"view-history"_s, u"Sessions"_s, {}), 1);
    rail.setCurrent(0);
    rail.show();
    QSignalSpy changed(&rail, &Widgets::NavigationRail::currentChanged);
    const auto buttons = rail.findChildren<QAbstractButton *>();
    QTest::mouseClick(buttons[1], Qt::LeftButton);
    QCOMPARE(rail.current(), 1);
    QTest::keyClick(&rail, Qt::Key_Up);
    QCOMPARE(rail.current(), 0);
    QTest::keyClick(&rail, Qt::Key_Up);
    QCOMPARE(rail.current(), 0);
    QCOMPARE(changed.size(), 2);
}

void TestWidgets::railBadgeIsSaid()
{
    Widgets::NavigationRail rail;
    rail.addItem(u"mail-inbox"_s, u"Sandbox"_s, {});
    rail.setBadge(0, 3);
    QVERIFY(rail.findChild<QAbstractButton *>()->accessibleDescription().contains(u'3'));
}

void TestWidgets::paletteRunsWhatIsTyped()
{
    QWidget window;
    window.resize(800, 600);
    Models::CommandModel model;
    QAction reset(u"Reset Layout"_s);
    reset.setObjectName(u"reset"_s);
    QAction send(u"Send"_s);
    send.setObjectName(u"send"_s);
    model.setActions({&send, &reset}, {});
    QSignalSpy done(&reset, &QAction::triggered);
    Widgets::CommandPalette palette(model, &window);
    window.show();
    palette.open();
    QVERIFY(palette.isVisible());
    auto *edit = palette.findChild<QLineEdit *>();
    QTest::keyClicks(edit, u"rl"_s);
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(done.size(), 1);
    QVERIFY(!palette.isVisible());
}

void TestWidgets::paletteGivesFocusBack()
{
    QWidget window;
    auto *line = new QLineEdit(&window);
    Models::CommandModel model;
    Widgets::CommandPalette palette(model, &window);
    window.show();
    QVERIFY(Test::waitForActive(&window));
    line->setFocus();
    palette.open();
    auto *edit = palette.findChild<QLineEdit *>();
    QVERIFY(edit->hasFocus());
    // Its key was pressed twice.
    palette.open();
    QTest::keyClick(edit, Qt::Key_Escape);
    QVERIFY(palette.isHidden());
    QVERIFY(line->hasFocus());
}

void TestWidgets::paletteTakesKeysWithoutAMatch()
{
    QWidget window;
    Models::CommandModel model;
    Widgets::CommandPalette palette(model, &window);
    window.show();
    palette.open();
    auto *edit = palette.findChild<QLineEdit *>();
    QTest::keyClicks(edit, u"zzz"_s);
    for (const Qt::Key key : {Qt::Key_Down, Qt::Key_Up, Qt::Key_PageDown, Qt::Key_PageUp})
        QTest::keyClick(edit, key);
    QVERIFY(palette.isVisible());
    QTest::keyClick(edit, Qt::Key_Return);
    QVERIFY(palette.isHidden());
}

void TestWidgets::labelElides()
{
    Widgets::ElidedLabel label;
    label.setText(u"relay <b>one</b> of a rather long name"_s);
    label.show();
    label.resize(label.sizeHint());
    QVERIFY(label.toolTip().isEmpty());
    label.resize(40, label.sizeHint().height());
    QCOMPARE(label.toolTip(), u"relay &lt;b&gt;one&lt;/b&gt; of a rather long name"_s);
    QVERIFY(label.minimumSizeHint().width() < label.sizeHint().width());
}

void TestWidgets::emptyStateOffersOneAction()
{
    Widgets::EmptyState state(u"mail-inbox"_s, u"Nothing arrived yet."_s);
    QAction send(u"Send a message"_s);
    QSignalSpy sent(&send, &QAction::triggered);
    state.setAction(&send);
    state.show();
    auto *button = state.findChild<QPushButton *>();
    QVERIFY(button->isVisible());
    QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(sent.size(), 1);
    state.setAction(nullptr);
    QVERIFY(button->isHidden());
}

void TestWidgets::tileCutsNoNumber()
{
    Widgets::FigureTile tile(u"accepted"_s);
    tile.setFigure(u"31"_s, 0.775, Qt::darkGreen);
    tile.resize(200, 60);
    tile.show();
    QLabel *share = nullptr;
    for (QLabel *label : tile.findChildren<QLabel *>()) {
        if (label->text().endsWith(u'%'))
            share = label;
        QTRY_VERIFY2(label->width() >= label->sizeHint().width(), qPrintable(label->text()));
    }
    QVERIFY(share && share->isVisible());
    QCOMPARE(share->text(), u"78 %"_s);
    tile.resize(tile.minimumSizeHint().width(), 60);
    tile.setFigure(u"12,345,678"_s, 0.031, Qt::darkGreen);
    const auto labels = tile.findChildren<QLabel *>();
    const auto figure = std::ranges::find(labels, u"12,345,678"_s, &QLabel::text);
    QVERIFY(figure != labels.end());
    QTRY_VERIFY((*figure)->width() >= (*figure)->sizeHint().width());
    QVERIFY(!share->isVisible());
    QVERIFY(tile.toolTip().contains(u"3.1 %"_s));
    QVERIFY(tile.accessibleDescription().contains(u"3.1 %"_s));
}

void TestWidgets::columnsGiveWay()
{
    QStandardItemModel model(1, 3);
    QTableView table;
    table.setModel(&model);
    new Widgets::ColumnFit(&table, {{100, 50}, {200, 100}, {100, 100}}, 1);
    const auto widths = [&table] {
        return QList {table.columnWidth(0), table.columnWidth(1), table.columnWidth(2)};
    };
    table.show();
    const auto resizeViewport = [&table](int width) {
        table.resize(width + table.width() - table.viewport()->width(), 200);
        return Test::waitFor([&] { return table.viewport()->width() == width; });
    };
    QVERIFY(resizeViewport(600));
    QCOMPARE(widths(), (QList {100, 400, 100}));
    QVERIFY(resizeViewport(325)); // half of what can be spared
    QCOMPARE(widths(), (QList {75, 150, 100}));
    QVERIFY(resizeViewport(200));
    QCOMPARE(widths(), (QList {50, 100, 100}));
}

void TestWidgets::widthsThatWereChosenStay()
{
    QStandardItemModel model(1, 2);
    QTableView table;
    table.setModel(&model);
    new Widgets::ColumnFit(&table, {{100, 50}, {200, 100}}, 1);
    table.resize(500, 200);
    table.show();
    table.setColumnWidth(0, 170); // as dragging its edge does
    table.resize(300, 200);
    QTest::qWait(0);
    QCOMPARE(table.columnWidth(0), 170);
}

void TestWidgets::hiddenColumnsTakeNoRoom()
{
    QStandardItemModel model(1, 3);
    QTableView table;
    table.setModel(&model);
    table.setColumnHidden(2, true);
    new Widgets::ColumnFit(&table, {{100, 100}, {200, 100}, {150, 150}}, 1);
    table.show();
    table.resize(600 + table.width() - table.viewport()->width(), 200);
    QTRY_COMPARE(table.viewport()->width(), 600);
    QCOMPARE(table.columnWidth(1), 500);
    table.setColumnHidden(2, false);
    QTRY_COMPARE(table.columnWidth(1), 350);
    QCOMPARE(table.columnWidth(2), 150);
    table.setColumnHidden(2, true);
    QTRY_COMPARE(table.columnWidth(1), 500);
}

QTEST_MAIN(TestWidgets)
#include "tst_widgets.moc"
