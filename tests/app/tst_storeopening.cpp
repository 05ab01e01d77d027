// SPDX-License-Identifier: GPL-3.0-or-later
#include "testworkbench.h"

#include "base/literals.h"
#include "relays/relayspanel.h"
#include "sessions/sessionspanel.h"
#include "shell/actions.h"
#include "store/filelock.h"

#include <QAction>
#include <QDir>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace Mailgauge;
using Test::Workbench;

namespace {

/// Another program that is opening the same store, for as long as this lives.
class OtherProgram {
public:
    explicit OtherProgram(const QString &dir)
    {
        const QString store = Base::Paths::standard(dir).storeFile();
        QDir().mkpath(QFileInfo(store).path());
        auto lock = Store::FileLock::create(store + u".lock"_s);
        if (lock && (*lock)->lockOpening())
            m_lock = *std::move(lock);
    }
    [[nodiscard]] bool holds() const { return m_lock != nullptr; }

private:
    std::unique_ptr<Store::FileLock> m_lock;
};

QString shownPage(Workbench &w)
{
    auto *loading = w.window().findChild<QWidget *>(u"pageLoading"_s);
    if (!loading || !loading->isVisible())
        return {};
    QStringList sentences;
    for (const QLabel *label : loading->findChildren<QLabel *>())
        sentences.append(label->text());
    return sentences.join(u' ').trimmed();
}

} // namespace

class TestStoreOpening final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void windowIsThereWhileTheStoreIsHeld();
    void pagesLoadThenShow();
    void sentBeforeTheStoreIsKeptAndRecorded();
    void cancelledBeforeTheStoreIsNotSent();
    void closingWhileOpeningIsQuickAndLeavesNothing();
    void closingWithAMessageThatWaitsAsks();
    void noStoreLetsGoWhatWaited();
};

// Nothing but the event loop can make these true, and the lock is held all the while.
void TestStoreOpening::windowIsThereWhileTheStoreIsHeld()
{
    QTemporaryDir dir;
    const OtherProgram other(dir.path());
    QVERIFY(other.holds());
    Workbench w(dir.path());
    QVERIFY(Test::waitForExposed(&w.window()));
    QTRY_VERIFY2(w.activity().contains(u"waiting for it"_s), qPrintable(w.activity()));
    QVERIFY(w.waitForRelay());
    auto *subject = w.window().findChild<QLineEdit *>(u"subject"_s);
    QVERIFY(subject);
    subject->selectAll();
    QTest::keyClicks(subject, u"typed meanwhile"_s);
    QCOMPARE(w.composer().draft().message.subject, u"typed meanwhile"_s);
    QVERIFY(!w.services.isStoreDecided());
}

void TestStoreOpening::pagesLoadThenShow()
{
    QTemporaryDir dir;
    auto other = std::make_unique<OtherProgram>(dir.path());
    Workbench w(dir.path());
    for (const QString &page :
        {u"relays"_s, u"results"_s, u"bounces"_s, u"sandbox"_s, u"sessions"_s}) {
        w.window().pages().show(page);
        QCOMPARE(w.window().pages().current(), page);
        QVERIFY(w.window().pages().widget(page) == nullptr);
    }
    QTRY_VERIFY2(shownPage(w).contains(u"waiting for it"_s), qPrintable(shownPage(w)));
    other.reset();
    QTRY_VERIFY(w.services.isStoreDecided());
    QVERIFY(w.services.store());
    auto *panel = w.window().findChild<Sessions::SessionsPanel *>();
    QVERIFY(panel);
    QVERIFY(panel->isVisible());
    QCOMPARE(w.activity(), u"Ready"_s);
    w.window().pages().show(u"relays"_s);
    QVERIFY(w.window().findChild<Relays::RelaysPanel *>()->isVisible());
}

void TestStoreOpening::sentBeforeTheStoreIsKeptAndRecorded()
{
    QTemporaryDir dir;
    auto other = std::make_unique<OtherProgram>(dir.path());
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    QSignalSpy arrived(&w.services.sandbox(), &Sandbox::SandboxService::messageArrived);
    QAction *send = w.window().actions().action(u"message.send"_s);
    send->trigger();
    send->trigger();
    QCOMPARE(w.activity(), u"Sending waits for the store …"_s);
    QCOMPARE(w.bench.sending().running(), 2);
    other.reset();
    QTRY_COMPARE(arrived.size(), 2);
    QTRY_COMPARE(w.bench.sending().running(), 0);
    auto listed = w.services.store()->sessions().list({});
    QVERIFY(Test::waitFor([&] { return listed.isFinished(); }));
    const auto records = listed.takeResult();
    QVERIFY(records);
    QCOMPARE(records->size(), 2);
    for (const Transcript::SessionRecord &record : *records)
        QCOMPARE(record.outcome, Transcript::WholeOutcome::Accepted);
}

void TestStoreOpening::cancelledBeforeTheStoreIsNotSent()
{
    QTemporaryDir dir;
    auto other = std::make_unique<OtherProgram>(dir.path());
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    QSignalSpy started(&w.services.sending(), &Delivery::SendService::started);
    w.window().actions().action(u"message.send"_s)->trigger();
    QAction *cancel = w.window().actions().action(u"message.cancel"_s);
    QVERIFY(cancel->isEnabled());
    cancel->trigger();
    QVERIFY(!cancel->isEnabled());
    other.reset();
    QTRY_VERIFY(w.services.isStoreDecided());
    QCOMPARE(w.bench.sending().running(), 0);
    QCOMPARE(started.size(), 0);
}

void TestStoreOpening::closingWhileOpeningIsQuickAndLeavesNothing()
{
    QTemporaryDir dir;
    const OtherProgram other(dir.path());
    QElapsedTimer timer;
    {
        Workbench w(dir.path());
        QTRY_VERIFY(w.activity().contains(u"waiting for it"_s));
        QVERIFY(w.window().close());
        timer.start();
    }
    // It would have waited for half a minute.
    QCOMPARE_LT(timer.elapsed(), 10000);
    QVERIFY(!QFile::exists(Base::Paths::standard(dir.path()).storeFile()));
}

void TestStoreOpening::closingWithAMessageThatWaitsAsks()
{
    QTemporaryDir dir;
    auto other = std::make_unique<OtherProgram>(dir.path());
    Workbench w(dir.path());
    QVERIFY(w.waitForRelay());
    QSignalSpy arrived(&w.services.sandbox(), &Sandbox::SandboxService::messageArrived);
    w.window().actions().action(u"message.send"_s)->trigger();
    QVERIFY(!w.window().close());
    Widgets::MessageBar *bar = w.window().messages().bar(u"closing"_s);
    QVERIFY(bar);
    QTest::mouseClick(bar->findChildren<QPushButton *>().first(), Qt::LeftButton);
    QVERIFY(w.window().isVisible());
    other.reset();
    QTRY_VERIFY(!w.window().isVisible());
    QCOMPARE(arrived.size(), 1);
}

void TestStoreOpening::noStoreLetsGoWhatWaited()
{
    Workbench w(u"/proc/mailgauge"_s);
    QSignalSpy arrived(&w.services.sandbox(), &Sandbox::SandboxService::messageArrived);
    w.window().actions().action(u"message.send"_s)->trigger();
    QVERIFY(!w.services.isStoreDecided());
    QTRY_COMPARE(arrived.size(), 1);
    QTRY_VERIFY(w.message(u"store"_s).contains(u"Nothing will be saved"_s));
}

QTEST_MAIN(TestStoreOpening)
#include "tst_storeopening.moc"
