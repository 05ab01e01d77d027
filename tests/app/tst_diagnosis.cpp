// SPDX-License-Identifier: GPL-3.0-or-later
// The window diagnoses the built-in relay: page, service, kept reports and files together.
#include "testworkbench.h"

#include "diagnose/diagnosepanel.h"
#include "diagnose/reportexport.h"
#include "models/connectivitymodel.h"
#include "shell/actions.h"
#include "tls/certificatefacts.h"
#include "widgets/elidedlabel.h"

#include <QAction>
#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTimeZone>
#include <QToolButton>
#include <QTreeWidget>

#include <algorithm>

using namespace Mailgauge;
using Diagnose::CellState;
using Diagnose::DiagnosePanel;
using Diagnose::RelayReport;

namespace {

struct Window : Test::Workbench {
    using Test::Workbench::Workbench;

    [[nodiscard]] DiagnosePanel &panel() { return *window().findChild<DiagnosePanel *>(); }
    [[nodiscard]] QAction &action(const QString &id) { return *window().actions().action(id); }
    template <typename T>
    [[nodiscard]] T *named(const QString &accessible)
    {
        for (T *one : panel().template findChildren<T *>()) {
            if (one->accessibleName() == accessible)
                return one;
        }
        return nullptr;
    }
    /// The page is made once it is known whether there is a store.
    [[nodiscard]] bool waitForPage()
    {
        return waitForRelay() && Test::waitFor([this] {
            window().pages().show(u"diagnose"_s);
            return window().findChild<DiagnosePanel *>() != nullptr;
        });
    }
    /// Diagnoses the sandbox to the end.
    [[nodiscard]] bool diagnose()
    {
        action(u"tools.diagnose"_s).trigger();
        return Test::waitFor([this] { return !panel().running().isNull(); })
            && Test::waitFor([this] { return panel().running().isNull(); }, 60'000);
    }
};

const Diagnose::Cell &cellOf(
    const RelayReport &report, Diagnose::Family family, Diagnose::TlsMode mode)
{
    return *report.cell({report.cells.first().key.port, family, mode});
}

} // namespace

class TestDiagnosis final : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void sandboxIsDiagnosed()
    {
        Window w(m_dir.path());
        QVERIFY(w.waitForPage());
        QVERIFY(!w.action(u"tools.diagnoseStop"_s).isEnabled());
        QVERIFY(w.diagnose());
        const RelayReport report = w.panel().report();
        QCOMPARE(report.profile, Gui::Services::sandboxProfile);
        using enum Diagnose::TlsMode;
        const Diagnose::Cell &startTls = cellOf(report, Diagnose::Family::IPv4, StartTls);
        QCOMPARE(startTls.state, CellState::Works);
        QVERIFY(startTls.inClear && startTls.inTls && startTls.tls);
        QCOMPARE(cellOf(report, Diagnose::Family::IPv4, Implicit).state, CellState::ClearExpected);
        QVERIFY(!report.checks.isEmpty());
        for (const Diagnose::CheckResult &check : report.checks)
            QVERIFY(check.verdict == Diagnose::Verdict::Ok
                || check.verdict == Diagnose::Verdict::Finding
                || check.verdict == Diagnose::Verdict::NotTested);
        QVERIFY(w.action(u"tools.diagnose"_s).isEnabled());
        QVERIFY(!w.action(u"tools.diagnoseStop"_s).isEnabled());

        // A click on the cell opens its conversation.
        auto *grid = w.named<QTableView>(u"Connections"_s);
        const QModelIndex at
            = qobject_cast<Models::ConnectivityModel *>(grid->model())->indexOf(startTls.key);
        grid->scrollTo(at);
        QTest::mouseClick(grid->viewport(), Qt::LeftButton, {}, grid->visualRect(at).center());
        QTRY_VERIFY(w.lines().contains(u"STARTTLS"_s));
    }

    void formerRunsAreKeptAndCompared()
    {
        const QTemporaryDir dir;
        Window w(dir.path());
        QVERIFY(w.waitForPage());
        QVERIFY(w.diagnose());
        QVERIFY(w.diagnose());
        w.panel().findChild<QTabBar *>(u"diagnoseTabs"_s)->setCurrentIndex(5);
        auto *history = w.named<QTableView>(u"Former diagnoses"_s);
        QTRY_COMPARE(history->model()->rowCount(), 2);
        const QUuid now = w.panel().report().id;
        QTest::mouseClick(history->viewport(), Qt::LeftButton, {},
            history->visualRect(history->model()->index(1, 1)).center());
        QTest::keyClick(history, Qt::Key_Return);
        QTRY_VERIFY(w.panel().report().id != now);
        const QUuid before = w.panel().report().id;
        Q_EMIT w.panel().compareRequested(before, now);
        auto *changes = w.named<QTableView>(u"What changed"_s);
        QTRY_VERIFY(changes->isVisible()
            || w.panel().findChild<QLabel *>(u"nothingDiffers"_s)->isVisible());
    }

    void reportGoesToAFileAndComesBack()
    {
        Window w(m_dir.path());
        QVERIFY(w.waitForPage());
        QVERIFY(w.diagnose());
        const RelayReport report = w.panel().report();
        w.panel().exportActions().last()->trigger();
        auto *dialog = w.window().findChild<QFileDialog *>();
        QVERIFY(dialog);
        const QString path = m_dir.filePath(u"out.json"_s);
        Q_EMIT dialog->fileSelected(path);
        dialog->close();
        QTRY_VERIFY(w.message(u"export"_s).contains(u"out.json"_s));

        Window other(m_dir.filePath(u"other"_s));
        QVERIFY(other.waitForRelay());
        QTRY_VERIFY(other.services.isStoreDecided());
        other.bench.open({path}); // As a drop does.
        QTRY_VERIFY(other.window().findChild<Diagnose::DiagnosePanel *>());
        QTRY_COMPARE(other.panel().report(), report);
        QFile broken(m_dir.filePath(u"broken.json"_s));
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("{\"format\":\"mailgauge-relay-report\",\"version\":1,\"cells\":7}");
        broken.close();
        other.bench.open({broken.fileName()});
        QTRY_VERIFY(!other.message(u"diagnose"_s).isEmpty());
        QCOMPARE(other.panel().report(), report);
        QFile foreign(m_dir.filePath(u"foreign.json"_s));
        QVERIFY(foreign.open(QIODevice::WriteOnly));
        foreign.write("{}");
        foreign.close();
        other.bench.open({foreign.fileName()});
        QTRY_COMPARE(other.composer().draft().message.attachments.size(), 1);
        QCOMPARE(other.window().pages().current(), u"compose"_s);
    }

    /// Read before the page is there, which waits for the store.
    void reportOnTheCommandLine()
    {
        RelayReport report;
        report.id = QUuid::createUuid();
        report.host = u"relay.example"_s;
        report.startedAt = QDateTime::fromSecsSinceEpoch(1'700'000'000, QTimeZone::UTC);
        QFile file(m_dir.filePath(u"argument.json"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(Diagnose::exportReport(report, Delivery::ReportFormat::Json));
        file.close();
        Window w(m_dir.filePath(u"commandLine"_s), {file.fileName()});
        QTRY_VERIFY(w.window().findChild<DiagnosePanel *>());
        QCOMPARE(w.window().pages().current(), u"diagnose"_s);
        QTRY_COMPARE(w.panel().report().id, report.id);
    }

    /// The button means what the status bar tells of.
    void cancelledSendingLetsItGoOn()
    {
        Window w(m_dir.path());
        QVERIFY(w.waitForPage());
        w.action(u"tools.diagnose"_s).trigger();
        auto *cancel = w.window().findChild<QToolButton *>(u"statusCancel"_s);
        QTRY_VERIFY(w.activity().contains(u"Diagnosing"_s) && cancel->isVisible());
        // Whatever a former window left in the composer.
        Compose::Draft draft = w.composer().draft();
        draft.message.from = u"ann@example.org"_s;
        draft.message.to = u"bob@example.net"_s;
        w.composer().setDraft(draft);
        w.composer().send();
        QCOMPARE(w.bench.sending().running(), 1);
        cancel->click();
        QTRY_COMPARE(w.bench.sending().running(), 0);
        QTRY_VERIFY_WITH_TIMEOUT(w.panel().running().isNull(), 60'000);
        QVERIFY(!w.panel().report().cancelled);
        w.action(u"tools.diagnose"_s).trigger();
        QTRY_VERIFY(w.activity().contains(u"Diagnosing"_s) && cancel->isVisible());
        cancel->click();
        QTRY_VERIFY(w.panel().running().isNull());
        QVERIFY(w.panel().report().cancelled);
    }

    void stopEndsIt()
    {
        Window w(m_dir.path());
        QVERIFY(w.waitForPage());
        w.action(u"tools.diagnose"_s).trigger();
        QTRY_VERIFY(w.action(u"tools.diagnoseStop"_s).isEnabled());
        w.action(u"tools.diagnoseStop"_s).trigger();
        QTRY_VERIFY(w.panel().running().isNull());
        QTRY_VERIFY(w.panel().report().cancelled); // it may not have begun before
    }

    /// The inspection is asked for on the page, watched there, and stopped half-way.
    void inspectionIsStopped()
    {
        Window w(m_dir.path());
        QVERIFY(w.waitForPage());
        const QList<QTreeWidgetItem *> found = w.named<QTreeWidget>(u"Checks"_s)
                                                   ->findItems(u"TLS inspection"_s,
                                                       Qt::MatchExactly | Qt::MatchRecursive);
        QCOMPARE(found.size(), 1);
        found.first()->setCheckState(0, Qt::Checked);
        auto *progress = w.panel().findChild<Widgets::ElidedLabel *>(u"diagnoseProgress"_s);
        w.action(u"tools.diagnose"_s).trigger();
        QTRY_VERIFY_WITH_TIMEOUT(progress->text().contains(u"question "_s), 60'000);
        w.action(u"tools.diagnoseStop"_s).trigger();
        QTRY_VERIFY(w.panel().running().isNull());
        const RelayReport &report = w.panel().report();
        QVERIFY(report.cancelled);
        QCOMPARE(report.inspections.size(), 1);
        QVERIFY(report.inspections.first().cancelled);
        QVERIFY(!report.inspections.first().chains.isEmpty());
        QCOMPARE(report.policies.size(), 1);
        QCOMPARE(w.named<QTableView>(u"What senders do"_s)->model()->rowCount(), 3);
        QVERIFY(w.named<QTableView>(u"Versions and cipher suites"_s)->model()->rowCount() > 0);
    }

    void chainGoesToAFile()
    {
        Window w(m_dir.path());
        QVERIFY(w.waitForPage());
        QVERIFY(w.diagnose());
        for (auto *tool : w.panel().findChildren<QToolButton *>()) {
            if (tool->text() == u"Save chain…"_s)
                tool->click();
        }
        auto *dialog = w.window().findChild<QFileDialog *>();
        QVERIFY(dialog);
        const QString path = m_dir.filePath(u"chain.pem"_s);
        Q_EMIT dialog->fileSelected(path);
        dialog->close();
        QTRY_VERIFY(w.message(u"export"_s).contains(u"chain.pem"_s));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto chain = Tls::certificatesFromPem(file.readAll());
        QVERIFY(chain && !chain->isEmpty());
        QVERIFY(std::ranges::any_of(w.panel().report().cells, [&chain](const auto &cell) {
            return cell.tls && cell.tls->chain.first().sha256 == chain->first().sha256;
        }));
    }

    void relaysPageLeadsHere()
    {
        Window w(m_dir.path());
        QVERIFY(w.waitForPage());
        w.window().pages().show(u"relays"_s);
        auto *diagnose = w.window().findChild<QAction *>(u"diagnoseRelay"_s);
        QTRY_VERIFY(diagnose && diagnose->isEnabled());
        diagnose->trigger();
        QCOMPARE(w.window().pages().current(), u"diagnose"_s);
        QCOMPARE(w.panel().findChild<QComboBox *>(u"diagnoseProfile"_s)->currentData().toUuid(),
            Gui::Services::sandboxProfile);
        QVERIFY(w.panel().running().isNull()); // It begins when the user says so.
    }

    void closingAsksAndKeepsWhatWasFound()
    {
        const QString dir = m_dir.filePath(u"closing"_s);
        {
            Window w(dir);
            QVERIFY(w.waitForPage());
            // Long enough to be met half-way.
            w.named<QTreeWidget>(u"Checks"_s)
                ->findItems(u"TLS inspection"_s, Qt::MatchExactly | Qt::MatchRecursive)
                .first()
                ->setCheckState(0, Qt::Checked);
            w.action(u"tools.diagnose"_s).trigger();
            auto *progress = w.panel().findChild<Widgets::ElidedLabel *>(u"diagnoseProgress"_s);
            QTRY_VERIFY_WITH_TIMEOUT(progress->text().contains(u"question "_s), 60'000);
            QVERIFY(!w.window().close());
            QVERIFY(w.message(u"closing"_s).contains(u"A diagnosis is still running."_s));
            QVERIFY(w.message(u"closing"_s).contains(u"is kept, also if you stop it now"_s));
            w.click(u"closing"_s, u"Stop and close"_s);
            QTRY_VERIFY(!w.window().isVisible());
            QVERIFY(w.panel().report().cancelled);
        }
        Window w(dir);
        QVERIFY(w.waitForPage());
        w.panel().findChild<QTabBar *>(u"diagnoseTabs"_s)->setCurrentIndex(5);
        auto *history = w.named<QTableView>(u"Former diagnoses"_s);
        QTRY_COMPARE(history->model()->rowCount(), 1);
        QTest::mouseClick(history->viewport(), Qt::LeftButton, {},
            history->visualRect(history->model()->index(0, 1)).center());
        QTest::keyClick(history, Qt::Key_Return);
        QTRY_VERIFY(w.panel().report().cancelled);
        using enum Diagnose::TlsMode;
        QCOMPARE(
            cellOf(w.panel().report(), Diagnose::Family::IPv4, StartTls).state, CellState::Works);
    }

    void closingWaitsUntilItIsDone()
    {
        Window w(m_dir.path());
        QVERIFY(w.waitForPage());
        w.action(u"tools.diagnose"_s).trigger();
        QVERIFY(!w.window().close());
        w.click(u"closing"_s, u"Close when done"_s);
        QVERIFY(w.window().isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(!w.window().isVisible(), 60'000);
        QVERIFY(!w.panel().report().cancelled && !w.panel().report().cells.isEmpty());
        QVERIFY(w.panel().running().isNull());
    }

    void closingMayBeTakenBack()
    {
        Window w(m_dir.path());
        QVERIFY(w.waitForPage());
        w.action(u"tools.diagnose"_s).trigger();
        QVERIFY(!w.window().close());
        w.click(u"closing"_s, u"Close when done"_s);
        w.click(u"closing"_s, u"Stay open"_s);
        w.action(u"tools.diagnoseStop"_s).trigger();
        QTRY_VERIFY(w.action(u"tools.diagnose"_s).isEnabled());
        QVERIFY(w.window().isVisible());
        QVERIFY(w.message(u"closing"_s).isEmpty());
    }

    // What was asked about ends by itself: the question goes with it.
    void theQuestionGoesWithTheDiagnosis()
    {
        Window w(m_dir.path());
        QVERIFY(w.waitForPage());
        w.action(u"tools.diagnose"_s).trigger();
        QVERIFY(!w.window().close());
        QVERIFY(!w.message(u"closing"_s).isEmpty());
        w.action(u"tools.diagnoseStop"_s).trigger();
        QTRY_VERIFY(w.message(u"closing"_s).isEmpty());
        QVERIFY(w.window().isVisible());
        QVERIFY(w.window().close());
    }

    void closingWhileItRuns()
    {
        Window w(m_dir.path());
        QVERIFY(w.waitForPage());
        w.action(u"tools.diagnose"_s).trigger();
        QTRY_VERIFY(!w.panel().running().isNull());
        // Taken down with sessions under way: the sanitizers judge.
    }

private:
    QTemporaryDir m_dir;
};

QTEST_MAIN(TestDiagnosis)
#include "tst_diagnosis.moc"
