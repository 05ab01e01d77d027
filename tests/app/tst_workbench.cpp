// SPDX-License-Identifier: GPL-3.0-or-later
#include "testworkbench.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "compose/composepanel.h"
#include "compose/welcome.h"
#include "models/transcriptmodel.h"
#include "relays/relayspanel.h"
#include "sandbox/sandboxpanel.h"
#include "sandbox/scenariocatalogue.h"
#include "sessions/comparisonview.h"
#include "sessions/importdialog.h"
#include "sessions/sessionspanel.h"
#include "shell/actions.h"
#include "shell/mainwindow.h"
#include "store/sql.h"
#include "transcript/exportdialog.h"
#include "transcript/transcriptpanel.h"
#include "transcript/transcriptview.h"
#include "widgets/messagestack.h"

#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QScopeGuard>
#include <QSemaphore>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTableView>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QThreadPool>
#include <QToolBar>
#include <QToolButton>
#include <QtConcurrentRun>

using namespace Mailgauge;

using Test::Workbench;

namespace {

QString storeIn(const QTemporaryDir &dir)
{
    const Base::Paths paths = Base::Paths::standard(dir.path());
    return paths.prepare() ? paths.storeFile() : QString();
}

} // namespace

class TestWorkbench final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void firstStartSendsToTheSandbox();
    void sendAskedForTooEarlyIsNotLost();
    void earlySendGoesThroughNoOtherRelay();
    void damagedProfileIsToldAndCanBeDeleted();
    void aRejectionOutlivesTheNextSuccess();
    void sessionsComeBackAfterARestart();
    void deletedSessionComesBackByUndo();
    void bouncesArriveByThemselves();
    void bounceIsJoinedByItsAddress();
    void readOnlyHomeIsTold();
    void corruptStoreIsMovedAside();
    void draftComesBackAfterARestart();
    void opensWhatTheCommandLineNames();
    void removedFilesComeBackByUndo();
    void removedFieldsComeBackByUndo();
    void testContentIsTypedIn();
    void closingWhileSendingAsks();
    void closingWhileTheBuildFailsStays();
    void closingMayBeTakenBack();
    void closingTellsWhatCannotBeKept();
    void exportGoesByTheChosenKind();
    void closingOverUnsavedProfilesAsksOnce();
    void cancelEndsAtOnce();
    void sessionsAreComparedReplayedServedAndImported();
    void everyControlHasAName();
};

void TestWorkbench::firstStartSendsToTheSandbox()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    QTRY_COMPARE(w.fact(u"statusRelay"_s), u"Relay: Sandbox (built in)"_s);
    QSignalSpy arrived(&w.services.sandbox(), &Sandbox::SandboxService::messageArrived);
    QVERIFY(Test::waitForActive(&w.window()));
    QTest::keyClick(&w.window(), Qt::Key_Return, Qt::ControlModifier);
    QTRY_COMPARE(arrived.size(), 1);
    QTRY_VERIFY(w.message(u"outcome"_s).contains(u"Accepted for 1"_s));
    const auto message = arrived[0][0].value<Sandbox::InboxMessage>();
    QCOMPARE(message.reversePath, "ann@example.org"_ba);
    QCOMPARE(message.forwardPaths, QList<QByteArray> {"bob@example.net"_ba});
    QVERIFY(message.tls);
    QTRY_VERIFY(w.lines().join(u'\n').contains(u"RCPT TO:<bob@example.net>"_s));
    QVERIFY(w.fact(u"statusTls"_s).startsWith(u"TLSv1"_s));
    QVERIFY(w.fact(u"statusSessions"_s).endsWith(u" 1"_s));
}

void TestWorkbench::sendAskedForTooEarlyIsNotLost()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.services.profiles().profiles().isEmpty());
    w.window().actions().action(u"message.send"_s)->trigger();
    QTRY_VERIFY(w.message(u"outcome"_s).contains(u"Accepted for 1"_s));
}

void TestWorkbench::earlySendGoesThroughNoOtherRelay()
{
    QTemporaryDir dir;
    QTcpServer realRelay;
    QVERIFY(realRelay.listen(QHostAddress::LocalHost));
    {
        auto store = Store::Database::open(storeIn(dir));
        QVERIFY(store);
        Relay::RelayProfile profile;
        profile.id = QUuid::createUuid();
        profile.name = u"Office"_s;
        profile.host = u"127.0.0.1"_s;
        profile.port = realRelay.serverPort();
        QVERIFY(Test::waitFor(
            [saved = (*store)->profiles().save(profile)] { return saved.isFinished(); }));
    }
    Workbench w(dir.path());
    QSignalSpy arrived(&w.services.sandbox(), &Sandbox::SandboxService::messageArrived);
    // The stored profile is there before the sandbox listens.
    w.window().actions().action(u"message.send"_s)->trigger();
    QTRY_COMPARE(arrived.size(), 1);
    QTRY_COMPARE(w.services.profiles().profiles().size(), 2);
    QTRY_VERIFY(w.message(u"outcome"_s).contains(u"Accepted for 1"_s));
    QVERIFY(!realRelay.hasPendingConnections());
}

void TestWorkbench::damagedProfileIsToldAndCanBeDeleted()
{
    QTemporaryDir dir;
    const QUuid id = QUuid::createUuid();
    {
        auto store = Store::Database::open(storeIn(dir));
        QVERIFY(store);
        auto connection = Store::Connection::open(
            storeIn(dir), Store::Connection::Access::ReadWrite);
        QVERIFY(connection);
        QVERIFY((*connection)
                ->run(u"INSERT INTO profiles(id, name, json) VALUES(?, 'Office', 'x')"_s,
                    {Store::idValue(id)}));
    }
    Workbench w(dir.path());
    const QString name = u"profile."_s + id.toString(QUuid::WithoutBraces);
    QTRY_VERIFY(w.window().messages().bar(name));
    QVERIFY2(w.message(name).contains(u"Office"_s), qPrintable(w.message(name)));
    QTest::mouseClick(
        w.window().messages().bar(name)->findChildren<QPushButton *>().first(), Qt::LeftButton);
    QVERIFY(!w.window().messages().bar(name));
    QVERIFY(w.services.profiles().unreadableProfiles().isEmpty());
}

void TestWorkbench::aRejectionOutlivesTheNextSuccess()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    const auto accepting = w.services.sandbox().scenario();
    const auto refusing = Sandbox::loadScenario(u"reject-recipients"_s);
    QVERIFY(refusing);
    w.services.sandbox().setScenario(*refusing);
    auto *to = w.window().findChild<QLineEdit *>(u"to"_s);
    to->setText(u"bob@example.net, unknown@example.net"_s);
    QAction *send = w.window().actions().action(u"message.send"_s);
    const auto told = [&](const QString &words) { return w.messages().filter(words).size() == 1; };
    // Twice the same is told once.
    for (int sent = 1; sent <= 2; ++sent) {
        send->trigger();
        QTRY_COMPARE(w.fact(u"statusSessions"_s).section(u' ', -1), QString::number(sent));
        QTRY_VERIFY(w.bench.sending().running() == 0);
    }
    QVERIFY2(told(u"Accepted for 1 of 2"_s), qPrintable(w.messages().join(u'\n')));
    w.services.sandbox().setScenario(accepting);
    send->trigger();
    QTRY_VERIFY(told(u"Accepted for 2 "_s));
    QVERIFY(told(u"Accepted for 1 of 2"_s));
}

void TestWorkbench::sessionsComeBackAfterARestart()
{
    QTemporaryDir dir;
    {
        Workbench w(dir.path());
        w.window().actions().action(u"message.send"_s)->trigger();
        QTRY_VERIFY(w.message(u"outcome"_s).contains(u"Accepted for 1"_s));
        QVERIFY(w.window().close());
    }
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    QTRY_VERIFY(w.services.isStoreDecided());
    auto listed = w.services.store()->sessions().list({});
    QVERIFY(Test::waitFor([&] { return listed.isFinished(); }));
    const auto records = listed.takeResult();
    QVERIFY(records);
    QCOMPARE(records->size(), 1);
    // Opened from the store into the transcript, then sent again as it was.
    w.window().pages().show(u"sessions"_s);
    Sessions::SessionsPanel *list = nullptr; // made when the store has opened
    QTRY_VERIFY((list = w.window().findChild<Sessions::SessionsPanel *>()));
    Q_EMIT list->openRequested(records->first().id);
    QTRY_VERIFY(w.lines().join(u'\n').contains(u"RCPT TO:<bob@example.net>"_s));
    QSignalSpy arrived(&w.services.sandbox(), &Sandbox::SandboxService::messageArrived);
    // A double click means it once.
    Q_EMIT list->sendAgainRequested(records->first().id);
    Q_EMIT list->sendAgainRequested(records->first().id);
    QTRY_COMPARE(arrived.size(), 1);
    QTRY_VERIFY(w.message(u"outcome"_s).contains(u"Accepted for 1"_s));
    QTRY_COMPARE(w.bench.sending().running(), 0);
    QTest::qWait(0);
    QCOMPARE(arrived.size(), 1);
}

void TestWorkbench::deletedSessionComesBackByUndo()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    w.window().actions().action(u"message.send"_s)->trigger();
    QTRY_VERIFY(w.message(u"outcome"_s).contains(u"Accepted for 1"_s));
    w.window().pages().show(u"sessions"_s);
    auto *panel = w.window().findChild<Sessions::SessionsPanel *>();
    auto *table = panel->findChild<QTableView *>();
    QTRY_COMPARE(table->model()->rowCount(), 1);
    QVERIFY(Test::waitForActive(&w.window()));
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Delete);
    QTRY_COMPARE(table->model()->rowCount(), 0);
    // The table went out of sight, and the focus with it.
    QAction *undo = w.window().actions().action(u"edit.undo"_s);
    QTRY_VERIFY(undo->isEnabled());
    undo->trigger();
    QTRY_COMPARE(table->model()->rowCount(), 1);
    QAction *redo = w.window().actions().action(u"edit.redo"_s);
    QVERIFY(redo->isEnabled());
    redo->trigger();
    QTRY_COMPARE(table->model()->rowCount(), 0);
}

void TestWorkbench::bouncesArriveByThemselves()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    QTRY_VERIFY(w.services.isStoreDecided());
    const QByteArray report = QByteArray(
        "From: mailer-daemon@example.net\r\nTo: ann@example.org\r\nSubject: failed\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.net\r\n\r\n"
        "Final-Recipient: rfc822; bob@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b--\r\n");
    Sandbox::InboxMessage message;
    message.id = QUuid::createUuid();
    message.arrivedAt = QDateTime::currentDateTimeUtc();
    message.forwardPaths = {"ann@example.org"};
    message.bytes = report;
    message.size = report.size();
    Q_EMIT w.services.sandbox().messageArrived(message);
    const auto count = [&] {
        auto listed = w.services.store()->bounces().bounces();
        if (!Test::waitFor([&] { return listed.isFinished(); }))
            return qsizetype(-1);
        const auto all = listed.takeResult();
        return all ? all->size() : qsizetype(-1);
    };
    QVERIFY(Test::waitFor([&] { return count() == 1; }));
}

// Nothing of the message comes back: only the address that the report was sent to tells.
void TestWorkbench::bounceIsJoinedByItsAddress()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    QTRY_VERIFY(w.services.isStoreDecided());
    QTRY_VERIFY(w.services.isStoreDecided());
    Relay::RelayProfile profile = *w.services.profiles().profile(Gui::Services::sandboxProfile);
    profile.id = {};
    profile.name = u"With bounces"_s;
    profile.builtin = false;
    profile.auth = Smtp::AuthOptions::Need::Never;
    profile.bounceAddress = u"bounces@example.org"_s;
    w.services.profiles().setCurrent(w.services.profiles().save(profile));
    QSignalSpy arrived(&w.services.sandbox(), &Sandbox::SandboxService::messageArrived);
    QSignalSpy ended(&w.bench.sending(), &Gui::SendFlow::ended);
    w.window().actions().action(u"message.send"_s)->trigger();
    QTRY_COMPARE(ended.size(), 1);
    QTRY_COMPARE(arrived.size(), 1);
    const auto record = ended[0][0].value<Transcript::SessionRecord>();
    QCOMPARE(record.outcome, Transcript::WholeOutcome::Accepted);
    const QByteArray path = arrived[0][0].value<Sandbox::InboxMessage>().reversePath;
    QVERIFY2(path.startsWith("bounces+") && path.endsWith("@example.org"), path.constData());

    QSignalSpy changed(&w.bench.inbox(), &Gui::InboxFlow::bouncesChanged);
    Sandbox::InboxMessage report;
    report.id = QUuid::createUuid();
    report.arrivedAt = QDateTime::currentDateTimeUtc();
    report.forwardPaths = {path};
    report.bytes = "From: mailer-daemon@example.net\r\nTo: <" + path
        + ">\r\nMIME-Version: 1.0\r\n"
          "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
          "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
          "Reporting-MTA: dns; mx.example.net\r\n\r\n"
          "Final-Recipient: rfc822; bob@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
          "--b--\r\n";
    Q_EMIT w.services.sandbox().messageArrived(report);
    QTRY_COMPARE(changed.size(), 1);
    auto listed = w.services.store()->bounces().bounces();
    QVERIFY(Test::waitFor([&] { return listed.isFinished(); }));
    const auto bounces = listed.takeResult();
    QVERIFY(bounces);
    QCOMPARE(bounces->size(), 1);
    QCOMPARE(bounces->first().session, record.id);
}

void TestWorkbench::readOnlyHomeIsTold()
{
    Workbench w(u"/proc/mailgauge"_s);
    QVERIFY(w.waitForRelay());
    QTRY_VERIFY2(w.message(u"store"_s).contains(u"Nothing will be saved"_s),
        qPrintable(w.message(u"store"_s)));
    w.window().actions().action(u"message.send"_s)->trigger();
    QTRY_VERIFY(w.message(u"outcome"_s).contains(u"Accepted for 1"_s));
    for (const QString &page :
        {u"sessions"_s, u"relays"_s, u"results"_s, u"bounces"_s, u"sandbox"_s})
        w.window().pages().show(page);
}

void TestWorkbench::corruptStoreIsMovedAside()
{
    QTemporaryDir dir;
    const QString path = Base::Paths::standard(dir.path()).storeFile();
    QVERIFY(QDir().mkpath(QFileInfo(path).path()));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write("this is no database, but nobody shall lose it"), 45);
    file.close();
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    QTRY_VERIFY(w.message(u"store"_s).contains(u"damaged"_s));
    QVERIFY(!QDir(QFileInfo(path).path()).entryList({u"*.corrupt-*"_s}, QDir::Files).isEmpty());
}

void TestWorkbench::draftComesBackAfterARestart()
{
    QTemporaryDir dir;
    {
        Workbench w(dir.path());
        auto *subject = w.window().findChild<QLineEdit *>(u"subject"_s);
        subject->selectAll();
        QTest::keyClicks(subject, u"kept"_s);
        QVERIFY(w.window().close());
    }
    Workbench w(dir.path());
    QCOMPARE(w.composer().draft().message.subject, u"kept"_s);
}

void TestWorkbench::opensWhatTheCommandLineNames()
{
    QTemporaryDir dir;
    const QString path = dir.filePath(u"m.eml"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(
        file.write("From: a@example.org\r\nTo: b@example.net\r\nSubject: from a file\r\n\r\nx\r\n")
        > 0);
    file.close();
    Workbench w(dir.path(), {path});
    QTRY_COMPARE(w.composer().draft().message.subject, u"from a file"_s);
    w.bench.open({u"mailto:c@example.net?subject=from%20a%20link"_s});
    QCOMPARE(w.composer().draft().message.subject, u"from a link"_s);
}

void TestWorkbench::removedFilesComeBackByUndo()
{
    QTemporaryDir dir;
    QFile file(dir.filePath(u"a.txt"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("hello") == 5);
    file.close();
    Workbench w(dir.path(), {file.fileName()});
    QVERIFY(Test::waitForActive(&w.window()));
    QTRY_COMPARE(w.composer().draft().message.attachments.size(), 1);
    w.window().findChild<QPlainTextEdit *>(u"textBody"_s)->setFocus();
    auto *list = w.window().findChild<QListView *>(u"attachments"_s);
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, {20, 12});
    QTest::mouseClick(w.window().findChild<QToolButton *>(u"removeAttachment"_s), Qt::LeftButton);
    QCOMPARE(w.composer().draft().message.attachments.size(), 0);
    QTest::keyClick(&w.window(), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(w.composer().draft().message.attachments.size(), 1);
    // The undo of a page is that page's alone.
    QAction *undo = w.window().actions().action(u"edit.undo"_s);
    list->setFocus();
    QVERIFY(undo->isEnabled());
    w.window().pages().show(u"sessions"_s);
    QVERIFY(!undo->isEnabled());
    w.window().pages().show(u"compose"_s);
    list->setFocus();
    QVERIFY(undo->isEnabled());
}

void TestWorkbench::removedFieldsComeBackByUndo()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(Test::waitForActive(&w.window()));
    w.window().findChild<QTabWidget *>(u"composeTabs"_s)->setCurrentIndex(2);
    auto *table = w.window().findChild<QTableView *>(u"headersTable"_s);
    // Name, Tab, value, as one would type it: both are of one field.
    table->setFocus();
    table->setCurrentIndex(table->model()->index(0, 0));
    table->edit(table->currentIndex());
    QTest::keyClicks(QApplication::focusWidget(), u"X-Campaign"_s);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    QTest::keyClicks(QApplication::focusWidget(), u"spring"_s);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
    const QList<Mime::HeaderField> fields {{"X-Campaign", u"spring"_s}};
    QTRY_COMPARE(w.composer().draft().message.headers, fields); // the view commits behind the key
    table->setCurrentIndex(table->model()->index(0, 0));
    QTest::mouseClick(w.window().findChild<QToolButton *>(u"removeField"_s), Qt::LeftButton);
    QVERIFY(w.composer().draft().message.headers.isEmpty());
    QTest::keyClick(&w.window(), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(w.composer().draft().message.headers, fields);
}

void TestWorkbench::testContentIsTypedIn()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(Test::waitForActive(&w.window()));
    const QString before = w.composer().draft().message.text;
    w.window().findChild<QTabWidget *>(u"composeTabs"_s)->setCurrentIndex(2);
    w.window().actions().action(u"message.insertGtube"_s)->trigger();
    QCOMPARE(w.composer().draft().message.text,
        QString::fromLatin1(Mime::testContent(Mime::TestContent::Gtube)) + u'\n' + before);
    QTest::keyClick(&w.window(), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(w.composer().draft().message.text, before);
    w.window().actions().action(u"message.insertEicar"_s)->trigger();
    QVERIFY(w.composer().draft().message.text.startsWith(
        QString::fromLatin1(Mime::testContent(Mime::TestContent::Eicar))));
}

void TestWorkbench::closingWhileSendingAsks()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    w.window().actions().action(u"message.send"_s)->trigger();
    QVERIFY(!w.window().close());
    Widgets::MessageBar *bar = w.window().messages().bar(u"closing"_s);
    QVERIFY(bar);
    QTest::mouseClick(bar->findChildren<QPushButton *>().first(), Qt::LeftButton);
    QTRY_VERIFY(!w.window().isVisible());
    QVERIFY(w.message(u"outcome"_s).contains(u"Accepted for 1"_s));
}

void TestWorkbench::closingWhileTheBuildFailsStays()
{
    QTemporaryDir dir;
    QFile file(dir.filePath(u"a.txt"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("hello") == 5);
    file.close();
    Workbench w(dir.path(), {file.fileName()});
    QVERIFY(w.waitForRelay());
    QTRY_COMPARE(w.composer().draft().message.attachments.size(), 1);
    QVERIFY(file.remove());
    // Else the build may have failed before the window is asked to close.
    QThreadPool *pool = QThreadPool::globalInstance();
    QSemaphore gate;
    const auto open = [&gate, pool, threads = pool->maxThreadCount()] {
        gate.release();
        pool->setMaxThreadCount(threads);
    };
    auto opens = qScopeGuard(open);
    pool->setMaxThreadCount(1);
    auto held = QtConcurrent::run([&gate] { gate.acquire(); });
    QAction *send = w.window().actions().action(u"message.send"_s);
    send->trigger();
    QVERIFY(!w.window().close());
    w.click(u"closing"_s, u"Close when done"_s);
    opens.dismiss();
    open();
    held.waitForFinished();
    QTRY_VERIFY(w.message(u"send"_s).contains(u"a.txt"_s));
    QVERIFY(w.window().isVisible());
    QVERIFY(w.message(u"closing"_s).isEmpty());
    // Nor does the next one close the window.
    w.composer().setDraft(Compose::welcomeDraft());
    send->trigger();
    QTRY_VERIFY(w.message(u"outcome"_s).contains(u"Accepted for 1"_s));
    QVERIFY(w.window().isVisible());
}

void TestWorkbench::closingMayBeTakenBack()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    w.window().actions().action(u"message.send"_s)->trigger();
    QVERIFY(!w.window().close());
    w.click(u"closing"_s, u"Close when done"_s);
    w.click(u"closing"_s, u"Stay open"_s);
    QTRY_VERIFY(w.message(u"outcome"_s).contains(u"Accepted for 1"_s));
    QVERIFY(w.window().isVisible());
}

void TestWorkbench::closingTellsWhatCannotBeKept()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    // A file where the folder of the drafts should be.
    const QString drafts = QDir(w.services.paths().dataDir()).filePath(u"drafts"_s);
    QVERIFY(QDir(drafts).removeRecursively());
    QFile file(drafts);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QTest::keyClicks(w.window().findChild<QLineEdit *>(u"subject"_s), u"mine"_s);
    QVERIFY(!w.window().close());
    QVERIFY(w.message(u"closing"_s).contains(u"cannot be kept"_s));
    w.click(u"closing"_s, u"Close anyway"_s);
    QVERIFY(!w.window().isVisible());
}

void TestWorkbench::exportGoesByTheChosenKind()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    w.window().actions().action(u"message.send"_s)->trigger();
    QTRY_VERIFY(w.message(u"outcome"_s).contains(u"Accepted for 1"_s));
    QAction *action = w.window().actions().action(u"file.export"_s);
    QTRY_VERIFY(action->isEnabled());
    action->trigger();
    Transcript::ExportDialog *dialog = nullptr;
    QTRY_VERIFY((dialog = w.window().findChild<Transcript::ExportDialog *>()));
    auto *kinds = dialog->findChild<QComboBox *>(u"exportFormat"_s);
    QTest::keyClick(kinds, Qt::Key_Down);
    QTest::keyClick(kinds, Qt::Key_Down);
    auto *save = dialog->findChild<QPushButton *>(u"exportSave"_s);
    QTRY_VERIFY(save->isEnabled());
    QTest::mouseClick(save, Qt::LeftButton);
    auto *chooser = dialog->findChild<QFileDialog *>();
    QVERIFY(chooser);
    chooser->setDirectory(dir.path());
    auto *name = chooser->findChild<QLineEdit *>(u"fileNameEdit"_s);
    QVERIFY2(name->text().endsWith(u".html"_s), qPrintable(name->text()));
    QFile file(dir.filePath(name->text()));
    QTest::keyClick(name, Qt::Key_Return);
    QTRY_VERIFY(w.message(u"export"_s).contains(u".html"_s));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().startsWith("<!DOCTYPE html>"));
}

void TestWorkbench::closingOverUnsavedProfilesAsksOnce()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    QTRY_VERIFY(w.services.isStoreDecided());
    w.window().pages().show(u"relays"_s);
    auto *panel = w.window().findChild<Relays::RelaysPanel *>();
    for (QAction *action : panel->findChild<QToolBar *>()->actions()) {
        if (action->text() == u"New profile"_s)
            action->trigger();
    }
    QCOMPARE(panel->unsaved(), 1);
    QVERIFY(!w.window().close());
    QVERIFY(w.message(u"profiles.unsaved"_s).contains(u"not saved"_s));
    QVERIFY(w.window().close());
}

void TestWorkbench::cancelEndsAtOnce()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    w.window().actions().action(u"message.send"_s)->trigger();
    QAction *cancel = w.window().actions().action(u"message.cancel"_s);
    QVERIFY(cancel->isEnabled());
    QElapsedTimer timer;
    timer.start();
    cancel->trigger();
    QTRY_VERIFY(!cancel->isEnabled());
    QCOMPARE_LT(timer.elapsed(), 200);
}

void TestWorkbench::sessionsAreComparedReplayedServedAndImported()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    QTRY_VERIFY(w.services.isStoreDecided());
    QSignalSpy ended(&w.bench.sending(), &Gui::SendFlow::ended);
    for (int i = 1; i <= 2; ++i) {
        w.window().actions().action(u"message.send"_s)->trigger();
        QTRY_COMPARE(ended.size(), i);
    }
    w.window().pages().show(u"sessions"_s);
    auto *panel = w.window().findChild<Sessions::SessionsPanel *>();
    panel->refresh();
    auto *list = panel->findChild<QTableView *>();
    QTRY_COMPARE(list->model()->rowCount(), 2);
    const auto action = [panel](const QString &text) -> QAction * {
        for (auto *one : panel->findChildren<QAction *>()) {
            if (one->text() == text)
                return one;
        }
        return nullptr;
    };

    // Two selected sessions side by side; a step leads to its line.
    list->selectAll();
    QVERIFY(action(u"Compare the two sessions"_s)->isEnabled());
    action(u"Compare the two sessions"_s)->trigger();
    QTRY_VERIFY(panel->findChild<Sessions::ComparisonView *>());
    QPointer<Sessions::ComparisonView> view = panel->findChild<Sessions::ComparisonView *>();
    QCOMPARE(view->compared().comparison.count(Base::Severity::Error), 0);
    QVERIFY(view->compared().left.record.startedAt <= view->compared().right.record.startedAt);
    const auto currentLine = [&w] {
        const auto &model = w.bench.transcript().model();
        const qsizetype row = model.sourceRow(w.bench.transcript().view().currentRow());
        return row < 0
            ? std::pair(QUuid(), qint64(-1))
            : std::pair(model.transcript().sessions().at(model.transcript().line(row).session),
                  model.transcript().number(row));
    };
    for (const qint64 number : {4, 7}) {
        const QUuid session = view->compared().left.record.id;
        Q_EMIT view->lineRequested(session, number);
        QTRY_COMPARE(currentLine(), std::pair(session, number));
    }
    const QUuid first = view->compared().left.record.id;
    Q_EMIT view->swapRequested();
    QTRY_COMPARE(view->compared().right.record.id, first);
    Q_EMIT view->closeRequested();
    QTRY_VERIFY(!view);

    // Once more against a relay, offered for comparison.
    list->selectRow(0);
    QMenu *relays = action(u"Replay against"_s)->menu();
    Q_EMIT relays->aboutToShow();
    QVERIFY(!relays->isEmpty());
    relays->actions().first()->trigger();
    QTRY_COMPARE(ended.size(), 3);
    QTRY_VERIFY(w.message(u"replay"_s).contains(u"replay is over"_s));
    for (auto *button : w.window().messages().bar(u"replay"_s)->findChildren<QAbstractButton *>()) {
        if (button->text() == u"Compare with the original"_s)
            button->click();
    }
    QTRY_VERIFY(panel->findChild<Sessions::ComparisonView *>());
    view = panel->findChild<Sessions::ComparisonView *>();
    Q_EMIT view->closeRequested();
    QTRY_VERIFY(!view);

    // As the sandbox's scenario.
    QTRY_COMPARE(list->model()->rowCount(), 3);
    list->selectRow(0);
    action(u"Serve this in the sandbox"_s)->trigger();
    QTRY_VERIFY(w.services.sandbox().scenario().name.startsWith(u"session-"_s));
    QTRY_COMPARE(w.window().pages().current(), u"sandbox"_s);
    auto *sandbox = w.window().findChild<Sandbox::SandboxPanel *>();
    const QString served = w.services.sandbox().scenario().name;
    sandbox->setScenario(u"greylist"_s);
    QCOMPARE(w.services.sandbox().scenario().name, u"greylist"_s);
    sandbox->setScenario(served); // it stays in the list
    QCOMPARE(w.services.sandbox().scenario().name, served);

    // A transcript of another program.
    w.bench.open({QStringLiteral(MAILGAUGE_TEST_DATA "/imports/swaks-tls.txt")});
    QTRY_VERIFY(w.window().findChild<Sessions::ImportDialog *>());
    auto *dialog = w.window().findChild<Sessions::ImportDialog *>();
    QPushButton *import = nullptr;
    for (auto *button : dialog->findChildren<QPushButton *>()) {
        if (button->text().contains(u"Import"_s))
            import = button;
    }
    QVERIFY(import);
    QTRY_VERIFY(import->isEnabled());
    QTest::mouseClick(import, Qt::LeftButton);
    QTRY_COMPARE(list->model()->rowCount(), 4);
    QTRY_VERIFY(w.message(u"import"_s).contains(u"swaks output"_s));
    // It is nobody's mail of this machine: the charts do not count it.
    const auto samples = w.services.store()->samples().samples({});
    QTRY_VERIFY(samples.isFinished());
    const auto counted = samples.result();
    QVERIFY(counted);
    for (const Stats::Sample &sample : *counted)
        QVERIFY(sample.recipient != "unknown@y.example");
}

void TestWorkbench::everyControlHasAName()
{
    QTemporaryDir dir;
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    w.window().actions().action(u"message.send"_s)->trigger();
    QTRY_VERIFY(w.message(u"outcome"_s).contains(u"Accepted for 1"_s));
    for (const QAction *page : w.window().pages().menuActions()) {
        w.window().pages().show(page->objectName().section(u'.', 1));
        QTest::qWait(0);
        QVERIFY2(Test::namelessControls(&w.window()).isEmpty(),
            qPrintable(
                page->objectName() + u": "_s + Test::namelessControls(&w.window()).join(u'\n')));
    }
}

QTEST_MAIN(TestWorkbench)
#include "tst_workbench.moc"
