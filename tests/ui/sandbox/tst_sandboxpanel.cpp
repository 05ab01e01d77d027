// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/sandboxpanel.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "fakerepositories.h"
#include "models/inboxmodel.h"
#include "sandbox/messageview.h"
#include "widgets/messagebar.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolBar>
#include <QToolButton>

#include <sys/stat.h>

using namespace Mailgauge;
using Sandbox::InboxMessage;

namespace {

InboxMessage makeMessage(const QString &subject, int secondsAgo = 0)
{
    InboxMessage message;
    message.id = QUuid::createUuid();
    message.arrivedAt = QDateTime::currentDateTimeUtc().addSecs(-secondsAgo);
    message.reversePath = "ann@example.org";
    message.forwardPaths = {"bob@example.net"};
    message.heloName = "client.example";
    message.subject = subject;
    message.bytes = "From: ann@example.org\r\nSubject: " + subject.toUtf8() + "\r\n\r\nThe text of "
        + subject.toUtf8() + "\r\n";
    message.size = message.bytes.size();
    return message;
}

/// The repository answers when the test says so.
class SlowInbox final : public Sandbox::InboxRepository {
public:
    QList<InboxMessage> kept;

    QFuture<Base::Result<void>> add(InboxMessage) override { return Test::done(); }
    QFuture<Base::Result<QList<InboxMessage>>> messages() override
    {
        m_answer.start();
        return m_answer.future();
    }
    QFuture<Base::Result<InboxMessage>> message(QUuid) override
    {
        return QtFuture::makeReadyValueFuture(
            Base::Result<InboxMessage>(Base::fail(Base::Error::Kind::Io, u"store: gone"_s)));
    }
    QFuture<Base::Result<void>> remove(QList<QUuid>) override { return Test::done(); }
    void answer()
    {
        m_answer.addResult(Base::Result<QList<InboxMessage>>(kept));
        m_answer.finish();
    }

private:
    QPromise<Base::Result<QList<InboxMessage>>> m_answer;
};

} // namespace

class TestSandboxPanel final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void model();
    void showsWhatArrived();
    void nothingIsLostWhileTheStoreAnswers();
    void emptiedInboxComesBack();
    void emptiedInboxIsGoneWhenTheBarIs();
    void whatArrivesMeanwhileIsNotDeleted();
    void whatCannotBeDeletedIsBack();
    void unreadableInboxIsTold();
    void aMessageThatCannotBeReadIsTold();
    void savesAMessage();
    void scenarioFiles_data();
    void scenarioFiles();
    void aScenarioNotChosenChangesNothing();
    void startFails();
    void longTextIsCut();
    void everyControlHasAName();

private:
    [[nodiscard]] QTableView *table() const { return m_panel->findChild<QTableView *>(); }
    [[nodiscard]] int rows() const { return table()->model()->rowCount(); }
    [[nodiscard]] Widgets::MessageBar *bar() const
    {
        return m_panel->findChild<Widgets::MessageBar *>();
    }
    [[nodiscard]] QAction *action(const QString &text) const
    {
        for (QAction *one : m_panel->findChild<QToolBar *>()->actions()) {
            if (one->text() == text)
                return one;
        }
        return nullptr;
    }
    void press(const QString &text)
    {
        auto *tools = m_panel->findChild<QToolBar *>();
        QTest::mouseClick(tools->widgetForAction(action(text)), Qt::LeftButton);
    }
    void pressInBar(const QString &text)
    {
        for (QPushButton *button : bar()->findChildren<QPushButton *>()) {
            if (button->text() == text)
                QTest::mouseClick(button, Qt::LeftButton);
        }
    }
    void arrive(const InboxMessage &message) { Q_EMIT m_service->messageArrived(message); }
    void choose(const QString &path);
    void make(Sandbox::InboxRepository *inbox);

    Base::SystemClock m_clock;
    Theme::Theme m_theme;
    Test::FakeInbox m_inbox;
    std::unique_ptr<Sandbox::SandboxService> m_service;
    std::unique_ptr<Sandbox::SandboxPanel> m_panel;
};

void TestSandboxPanel::make(Sandbox::InboxRepository *inbox)
{
    m_panel.reset();
    m_service = std::make_unique<Sandbox::SandboxService>(m_clock);
    m_panel = std::make_unique<Sandbox::SandboxPanel>(*m_service, inbox, m_theme);
    m_panel->resize(1000, 700);
    m_panel->show();
}

void TestSandboxPanel::init()
{
    m_inbox.kept = {makeMessage(u"second"_s, 60), makeMessage(u"first"_s, 120)};
    m_inbox.refuses.reset();
    make(&m_inbox);
}

void TestSandboxPanel::choose(const QString &path)
{
    QTRY_VERIFY(m_panel->findChild<QFileDialog *>());
    auto *dialog = m_panel->findChild<QFileDialog *>();
    Q_EMIT dialog->fileSelected(path);
    dialog->reject();
}

void TestSandboxPanel::model()
{
    Models::InboxModel model;
    const QAbstractItemModelTester tester(&model);
    const InboxMessage old = makeMessage(u"old"_s, 60);
    model.prepend(makeMessage(u"new"_s));
    model.merge({old, model.message(0)});
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.rowOf(old.id), 1);
    QCOMPARE(model.rowOf(QUuid::createUuid()), -1);
}

void TestSandboxPanel::showsWhatArrived()
{
    QTRY_COMPARE(rows(), 2);
    auto *view = m_panel->findChild<Sandbox::MessageView *>();
    QTRY_COMPARE(view->bytes(), m_inbox.kept.at(0).bytes);
    QTest::mouseClick(table()->viewport(), Qt::LeftButton, {},
        table()->visualRect(table()->model()->index(1, 0)).center());
    QTRY_COMPARE(view->bytes(), m_inbox.kept.at(1).bytes);
    // One that arrives is listed; the one being read stays.
    arrive(makeMessage(u"third"_s));
    QCOMPARE(rows(), 3);
    QCOMPARE(view->bytes(), m_inbox.kept.at(1).bytes);
    QSignalSpy opened(m_panel.get(), &Sandbox::SandboxPanel::messageOpenRequested);
    press(u"Open in composer"_s);
    QCOMPARE(opened.size(), 1);
    QCOMPARE(opened[0][0].toByteArray(), m_inbox.kept.at(1).bytes);
    QTest::keyClicks(m_panel->findChild<QLineEdit *>(), u"third"_s);
    QTRY_COMPARE(rows(), 1);
}

void TestSandboxPanel::nothingIsLostWhileTheStoreAnswers()
{
    SlowInbox slow;
    slow.kept = {makeMessage(u"stored"_s, 60)};
    make(&slow);
    const InboxMessage early = makeMessage(u"early"_s);
    arrive(early);
    QCOMPARE(rows(), 1);
    slow.answer();
    QTRY_COMPARE(rows(), 2);
    auto *view = m_panel->findChild<Sandbox::MessageView *>();
    QCOMPARE(view->bytes(), early.bytes);
    QCOMPARE(table()->selectionModel()->selectedRows().size(), 1);
}

void TestSandboxPanel::emptiedInboxComesBack()
{
    QTRY_COMPARE(rows(), 2);
    QTRY_VERIFY(action(u"Save as .eml…"_s)->isEnabled());
    press(u"Empty the inbox"_s);
    QCOMPARE(rows(), 0);
    QVERIFY(!action(u"Save as .eml…"_s)->isEnabled());
    QVERIFY(!action(u"Open in composer"_s)->isEnabled());
    QVERIFY(m_panel->findChild<Sandbox::MessageView *>()->bytes().isEmpty());
    QCOMPARE(m_inbox.kept.size(), 2);
    pressInBar(u"Undo"_s);
    QCOMPARE(rows(), 2);
    QVERIFY(!bar()->isVisible());
    QTRY_VERIFY(action(u"Save as .eml…"_s)->isEnabled());
    m_panel.reset();
    QCOMPARE(m_inbox.kept.size(), 2);
}

void TestSandboxPanel::emptiedInboxIsGoneWhenTheBarIs()
{
    QTRY_COMPARE(rows(), 2);
    press(u"Empty the inbox"_s);
    QTest::mouseClick(bar()->findChild<QToolButton *>(), Qt::LeftButton);
    QTRY_VERIFY(m_inbox.kept.isEmpty());
    // The end of the window is the end of the offer, too.
    m_inbox.kept = {makeMessage(u"x"_s)};
    make(&m_inbox);
    QTRY_COMPARE(rows(), 1);
    press(u"Empty the inbox"_s);
    m_panel.reset();
    QVERIFY(m_inbox.kept.isEmpty());
}

void TestSandboxPanel::whatArrivesMeanwhileIsNotDeleted()
{
    QTRY_COMPARE(rows(), 2);
    press(u"Empty the inbox"_s);
    const InboxMessage late = makeMessage(u"late"_s);
    (void)m_inbox.add(late);
    arrive(late);
    QCOMPARE(rows(), 1);
    QTest::mouseClick(bar()->findChild<QToolButton *>(), Qt::LeftButton);
    QTRY_COMPARE(m_inbox.kept.size(), 1);
    QCOMPARE(m_inbox.kept.first().id, late.id);
    QCOMPARE(rows(), 1);
}

void TestSandboxPanel::whatCannotBeDeletedIsBack()
{
    QTRY_COMPARE(rows(), 2);
    m_service->start({});
    QTRY_VERIFY(m_service->address());
    m_inbox.refuses = Base::Error {Base::Error::Kind::Full, u"write store: no space"_s, {}};
    press(u"Empty the inbox"_s);
    QTest::mouseClick(bar()->findChild<QToolButton *>(), Qt::LeftButton);
    QTRY_COMPARE(rows(), 2);
    QVERIFY(bar()->isVisible());
    QCOMPARE(bar()->kind(), Widgets::MessageBar::Kind::Error);
    // It runs still.
    bool listening = false;
    for (const QLabel *label : m_panel->findChildren<QLabel *>())
        listening = listening || label->text().startsWith(u"Listening on"_s);
    QVERIFY(listening);
}

void TestSandboxPanel::unreadableInboxIsTold()
{
    m_inbox.refuses = Base::Error {Base::Error::Kind::Corrupt, u"store: damaged"_s, {}};
    make(&m_inbox);
    QTRY_VERIFY(bar()->isVisible());
    QVERIFY2(bar()->text().contains(u"damaged"_s), qPrintable(bar()->text()));
}

void TestSandboxPanel::aMessageThatCannotBeReadIsTold()
{
    SlowInbox slow;
    slow.kept = {makeMessage(u"stored"_s, 60)};
    make(&slow);
    slow.answer();
    QTRY_COMPARE(rows(), 1);
    QTRY_VERIFY(bar()->isVisible());
    QVERIFY(!action(u"Open in composer"_s)->isEnabled());
}

void TestSandboxPanel::savesAMessage()
{
    QTemporaryDir dir;
    QTRY_VERIFY(action(u"Save as .eml…"_s)->isEnabled());
    press(u"Save as .eml…"_s);
    const QString path = dir.filePath(u"m.eml"_s);
    choose(path);
    QTRY_VERIFY(QFile::exists(path));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), m_inbox.kept.first().bytes);
    QTRY_VERIFY(!m_panel->findChild<QFileDialog *>());
    press(u"Save as .eml…"_s);
    choose(dir.filePath(u"no/such/folder/m.eml"_s));
    QTRY_VERIFY(bar()->isVisible());
}

void TestSandboxPanel::scenarioFiles_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<bool>("good");
    QTest::newRow("a scenario")
        << R"({"format": "mailgauge-scenario", "version": 1, "name": "mine", "title": "Mine",)"
           R"( "description": "x", "rules": []})"_ba
        << true;
    QTest::newRow("no JSON") << "hello"_ba << false;
    QTest::newRow("D13 FIFO") << QByteArray() << false;
}

void TestSandboxPanel::scenarioFiles()
{
    QFETCH(QByteArray, content);
    QFETCH(bool, good);
    QTemporaryDir dir;
    const QString path = dir.filePath(u"s.json"_s);
    if (content.isNull()) {
        QCOMPARE(::mkfifo(QFile::encodeName(path).constData(), 0600), 0);
    } else {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
    }
    auto *scenario = m_panel->findChild<QComboBox *>();
    const QString before = m_service->scenario().name;
    scenario->setFocus();
    QTest::keyClick(scenario, Qt::Key_End);
    choose(path);
    if (good) {
        QTRY_COMPARE(m_service->scenario().name, u"mine"_s);
        QCOMPARE(scenario->currentText(), u"Mine"_s);
    } else {
        QTRY_VERIFY(bar()->isVisible());
        QVERIFY2(bar()->text().contains(path), qPrintable(bar()->text()));
        QCOMPARE(m_service->scenario().name, before);
    }
}

void TestSandboxPanel::aScenarioNotChosenChangesNothing()
{
    auto *scenario = m_panel->findChild<QComboBox *>();
    m_panel->setScenario(u"greylist"_s);
    QCOMPARE(scenario->currentData().toString(), u"greylist"_s);
    scenario->setFocus();
    QTest::keyClick(scenario, Qt::Key_End);
    QTRY_VERIFY(m_panel->findChild<QFileDialog *>());
    m_panel->findChild<QFileDialog *>()->reject();
    QCOMPARE(scenario->currentData().toString(), u"greylist"_s);
}

void TestSandboxPanel::startFails()
{
    m_inbox.kept.clear();
    make(&m_inbox);
    QSignalSpy again(m_panel.get(), &Sandbox::SandboxPanel::startRequested);
    Q_EMIT m_service->failed({Base::Error::Kind::Denied, u"listen: not allowed"_s, {}});
    QVERIFY(bar()->isVisible());
    pressInBar(u"Try again"_s);
    QCOMPARE(again.size(), 1);
    QVERIFY(!bar()->isVisible());
}

void TestSandboxPanel::longTextIsCut()
{
    InboxMessage huge = makeMessage(u"huge"_s);
    huge.bytes += QByteArray("line of text\r\n").repeated(300'000);
    m_inbox.kept = {huge};
    make(&m_inbox);
    auto *text = m_panel->findChild<Sandbox::MessageView *>()->findChild<QPlainTextEdit *>();
    QTRY_VERIFY(text->toPlainText().contains(u"more; save the message"_s));
    QVERIFY(text->toPlainText().size() < 300 * 1024);
}

void TestSandboxPanel::everyControlHasAName()
{
    QTRY_COMPARE(rows(), 2);
    QVERIFY2(Test::namelessControls(m_panel.get()).isEmpty(),
        qPrintable(Test::namelessControls(m_panel.get()).join(u'\n')));
}

QTEST_MAIN(TestSandboxPanel)
#include "tst_sandboxpanel.moc"
