// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/diagnosepanel.h"
#include "diagnose/findingsview.h"

#include "accessiblewalk.h"
#include "base/literals.h"
#include "diagnose/chainview.h"
#include "diagnose/diagnosehead.h"
#include "diagnose/factsview.h"
#include "fakerepositories.h"
#include "models/connectivitymodel.h"
#include "models/diagnosismodels.h"
#include "pictures.h"
#include "samplereport.h"
#include "widgets/elidedlabel.h"
#include "widgets/messagebar.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTabBar>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>

#include <chrono>

using namespace Mailgauge;
using Diagnose::DiagnosePanel;
using Diagnose::RelayReport;

namespace {

using namespace std::chrono_literals;

const QSize large(1440, 900);
const QSize small(1024, 700);

Relay::RelayProfile profile(const QString &name, quint16 port, const QString &user = {})
{
    Relay::RelayProfile one;
    one.id = QUuid::createUuidV5(QUuid(), name);
    one.name = name;
    one.host = u"mx.example.org"_s;
    one.port = port;
    one.user = user;
    return one;
}

/// The sample, as two exchangers of a domain show it.
RelayReport exchangersReport()
{
    RelayReport report = Test::sampleReport();
    QList<Diagnose::Cell> cells;
    for (const QString &host : {u"mx2.example.org"_s, u"mx1.example.org"_s}) {
        for (Diagnose::Cell cell : std::as_const(report.cells)) {
            cell.key.host = host;
            cells.append(cell);
        }
    }
    report.cells = cells;
    return report;
}

void click(QTableView *table, const QModelIndex &index)
{
    table->scrollTo(index);
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(index).center());
}

} // namespace

class TestDiagnosePanel final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void emptyStateHasOneAction();
    void asksForWhatIsChosen();
    void portsAreTheRelaysOwn();
    void intrusiveChecksNeedConsent();
    void limitsAreTheUsers();
    void progressAndStop();
    void othersReportsAreNotTaken();
    void clickOpensTheSession();
    void detailsTellBeforeAndAfterTls();
    void findingsFilterAndJump();
    void worstFindingIsSelected();
    void probesJump();
    void chainIsDrawnAndWalked();
    void inspectionShowsSuitesAndRecords();
    void inspectionIsAChoiceOfItsOwn();
    void inspectionIsWatched();
    void chainIsSaved();
    void policiesTellWhoDoesWhat();
    void bestCellIsLookedAt();
    void exchangersHaveRowsOfTheirOwn();
    void formerReportWhileOneRuns();
    void historyOpensAndCompares();
    void exportsWhatIsShown();
    void refusalIsTold();
    void ports_data();
    void ports();
    void nothingIsCut_data();
    void nothingIsCut();
    void keysAndNames();
    void pictures();

private:
    template <typename T>
    [[nodiscard]] T *named(const QString &accessible) const
    {
        for (T *one : m_panel->findChildren<T *>()) {
            if (one->accessibleName() == accessible)
                return one;
        }
        return nullptr;
    }
    template <typename T>
    [[nodiscard]] T *object(const char *name) const
    {
        return m_panel->findChild<T *>(QLatin1StringView(name));
    }
    void tab(int index)
    {
        auto *tabs = object<QTabBar>("diagnoseTabs");
        QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(index).center());
    }
    void press(const QString &text)
    {
        for (auto *one : m_panel->findChildren<QAbstractButton *>()) {
            if (one->text() == text && one->isVisible()) {
                QTest::mouseClick(one, Qt::LeftButton);
                return;
            }
        }
        QFAIL(qPrintable(text));
    }
    [[nodiscard]] QString problem() const
    {
        const auto *label = object<QLabel>("diagnoseProblem");
        return label->isVisible() ? label->text() : QString();
    }
    [[nodiscard]] QTreeWidgetItem *check(Diagnose::Check wanted) const;
    void showSample();
    void showInspected();

    Theme::Theme m_theme;
    Test::FakeProfiles m_kept;
    Test::FakeCredentials m_passwords;
    std::unique_ptr<Relay::ProfileService> m_profiles;
    std::unique_ptr<DiagnosePanel> m_panel;
};

void TestDiagnosePanel::init()
{
    m_panel.reset();
    m_kept.kept = {profile(u"Home"_s, 587, u"anna"_s), profile(u"Odd"_s, 10025)};
    m_profiles = std::make_unique<Relay::ProfileService>(&m_kept, m_passwords);
    m_panel = std::make_unique<DiagnosePanel>(*m_profiles, m_theme);
    m_panel->resize(large);
    m_panel->show();
    m_panel->activateWindow();
    QVERIFY(Test::waitForActive(m_panel.get()));
    m_profiles->load();
    QTRY_COMPARE(named<QComboBox>(u"Relay profile"_s)->count(), 2);
}

void TestDiagnosePanel::showSample()
{
    m_panel->begin(Test::waitingReport());
    m_panel->end(Test::sampleReport());
}

/// What is shown, with an inspection.
void TestDiagnosePanel::showInspected()
{
    Diagnose::RelayReport report = m_panel->report();
    report.inspections = {Test::sampleInspection()};
    report.policies = {Test::samplePolicies()};
    m_panel->showReport(report);
}

QTreeWidgetItem *TestDiagnosePanel::check(Diagnose::Check wanted) const
{
    auto *tree = named<QTreeWidget>(u"Checks"_s);
    for (int group = 0; group < tree->topLevelItemCount(); ++group) {
        for (int row = 0; row < tree->topLevelItem(group)->childCount(); ++row) {
            QTreeWidgetItem *item = tree->topLevelItem(group)->child(row);
            if (item->data(0, Qt::UserRole).toInt() == int(wanted))
                return item;
        }
    }
    return nullptr;
}

void TestDiagnosePanel::emptyStateHasOneAction()
{
    QSignalSpy wishes(m_panel.get(), &DiagnosePanel::startRequested);
    press(u"Diagnose the relay above"_s);
    QCOMPARE(wishes.count(), 1);
    const auto wish = wishes[0][0].value<Diagnose::Wish>();
    QCOMPARE(wish.profile, m_kept.kept.first().id);
    QCOMPARE(wish.ports, QList<quint16>({25, 465, 587, 2525}));
    QCOMPARE(wish.families.size(), 2);
    QCOMPARE(wish.modes.size(), 3);
    QCOMPARE(wish.checks, Diagnose::harmlessChecks());
    QVERIFY(!wish.ownServer && !wish.authenticate && wish.recipient.isEmpty());
    // Asked for once, however often it is clicked.
    m_panel->start();
    QCOMPARE(wishes.count(), 1);
}

void TestDiagnosePanel::asksForWhatIsChosen()
{
    auto *kind = named<QComboBox>(u"What to diagnose"_s);
    auto *start = object<QPushButton>("diagnoseStart");
    kind->setCurrentIndex(2);
    QVERIFY(!start->isEnabled());
    auto *name = object<QLineEdit>("diagnoseName");
    QTest::keyClicks(name, u"example.org"_s);
    QVERIFY(start->isEnabled());
    auto *ports = object<QLineEdit>("diagnosePorts");
    ports->selectAll();
    QTest::keyClicks(ports, u"587 25"_s);
    press(u"Checks"_s);
    press(u"IPv4"_s);
    check(Diagnose::Check::Vrfy)->setCheckState(0, Qt::Unchecked);
    QSignalSpy wishes(m_panel.get(), &DiagnosePanel::startRequested);
    QTest::keyClick(ports, Qt::Key_Return);
    QCOMPARE(wishes.count(), 1);
    const auto wish = wishes[0][0].value<Diagnose::Wish>();
    QVERIFY(wish.profile.isNull() && wish.host.isEmpty());
    QCOMPARE(wish.domain, u"example.org"_s);
    QCOMPARE(wish.ports, QList<quint16>({25, 587}));
    QCOMPARE(wish.families, QList {Diagnose::Family::IPv6});
    QVERIFY(!wish.checks.contains(Diagnose::Check::Vrfy));
    QVERIFY(wish.checks.contains(Diagnose::Check::OpenRelay));
}

void TestDiagnosePanel::portsAreTheRelaysOwn()
{
    auto *ports = object<QLineEdit>("diagnosePorts");
    QCOMPARE(ports->text(), u"25, 465, 587, 2525"_s);
    m_panel->setProfile(m_kept.kept.last().id);
    QCOMPARE(ports->text(), u"25, 465, 587, 2525, 10025"_s);
    QCOMPARE(ports->cursorPosition(), 0); // Where it is narrow its start is seen.
    Relay::RelayProfile sandbox = profile(u"Sandbox"_s, 41234);
    sandbox.builtin = true;
    m_profiles->setBuiltin(sandbox, {});
    m_panel->setProfile(sandbox.id);
    QCOMPARE(ports->text(), u"41234"_s);
    // What was typed stays.
    ports->selectAll();
    QTest::keyClicks(ports, u"26"_s);
    m_panel->setProfile(m_kept.kept.first().id);
    QCOMPARE(ports->text(), u"26"_s);
}

void TestDiagnosePanel::intrusiveChecksNeedConsent()
{
    press(u"Checks"_s);
    using Diagnose::Check;
    for (const Check one : Diagnose::allChecks())
        QCOMPARE(check(one)->checkState(0) == Qt::Checked,
            Diagnose::consentFor(one) == Diagnose::Consent::None);
    auto *start = object<QPushButton>("diagnoseStart");
    check(Check::EndOfData)->setCheckState(0, Qt::Checked);
    QVERIFY(problem().contains(u"need a recipient"_s));
    QVERIFY(!start->isEnabled());
    QTest::keyClicks(object<QLineEdit>("diagnoseRecipient"), u"me@example.org"_s);
    QVERIFY(problem().contains(u"your own"_s));
    QVERIFY(!start->isEnabled());
    auto *own = object<QCheckBox>("ownServer");
    QTest::mouseClick(own, Qt::LeftButton, {}, QPoint(8, own->height() / 2));
    QCOMPARE(problem(), QString());
    check(Check::Authentication)->setCheckState(0, Qt::Checked);
    QCOMPARE(problem(), QString()); // The profile has a user.
    m_panel->setProfile(m_kept.kept.last().id);
    QVERIFY(problem().contains(u"user name"_s));
    m_panel->setProfile(m_kept.kept.first().id);
    QSignalSpy wishes(m_panel.get(), &DiagnosePanel::startRequested);
    QTest::mouseClick(start, Qt::LeftButton);
    const auto wish = wishes[0][0].value<Diagnose::Wish>();
    QCOMPARE(wish.recipient, "me@example.org"_ba);
    QVERIFY(wish.ownServer && wish.authenticate);
}

void TestDiagnosePanel::limitsAreTheUsers()
{
    press(u"Checks"_s);
    auto *start = object<QPushButton>("diagnoseStart");
    auto *foreign = object<QLineEdit>("diagnoseForeign");
    QSignalSpy wishes(m_panel.get(), &DiagnosePanel::startRequested);
    QTest::keyClicks(foreign, u"nobody"_s);
    QVERIFY(problem().contains(u"foreign mailbox"_s));
    QVERIFY(!start->isEnabled());
    QTest::keyClicks(foreign, u"@example.net"_s);
    QCOMPARE(problem(), QString());
    object<QSpinBox>("diagnoseRecipients")->setValue(1000);
    object<QSpinBox>("diagnoseSessions")->setValue(1);
    object<QSpinBox>("diagnosePause")->setValue(60);
    QTest::mouseClick(start, Qt::LeftButton);
    const auto wish = wishes[0][0].value<Diagnose::Wish>();
    QCOMPARE(wish.foreignRecipient, "nobody@example.net"_ba);
    QCOMPARE(wish.recipients, 1000);
    QCOMPARE(wish.parallel, 1);
    QCOMPARE(wish.pause, std::chrono::seconds(60));
}

void TestDiagnosePanel::progressAndStop()
{
    auto *button = object<QPushButton>("diagnoseStart");
    auto *progress = object<Widgets::ElidedLabel>("diagnoseProgress");
    const RelayReport waiting = Test::waitingReport();
    QVERIFY(!progress->isVisible());
    m_panel->start();
    m_panel->begin(waiting);
    QVERIFY(progress->isVisible());
    m_panel->setProgress(waiting.id, 5, 36);
    QCOMPARE(progress->text(), u"5 of 36 done"_s);
    m_panel->addPause(
        waiting.id, {.where = "587 ipv4 clear", .reply = "421 Slow", .length = 5'000ms});
    QVERIFY(progress->text().contains(u"slowed down for 5.00 s: 421 Slow"_s));
    QCOMPARE(button->text(), u"Stop"_s);
    QSignalSpy stops(m_panel.get(), &DiagnosePanel::cancelRequested);
    QTest::mouseClick(button, Qt::LeftButton);
    QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(stops.count(), 1);
    QCOMPARE(stops[0][0].toUuid(), waiting.id);
    RelayReport over = waiting;
    over.cancelled = true;
    m_panel->end(over);
    QCOMPARE(button->text(), u"Start"_s);
    QVERIFY(button->isEnabled());
    QVERIFY(!progress->isVisible());
    QVERIFY(object<Widgets::ElidedLabel>("diagnoseHeadline")
            ->text()
            .endsWith(u"stopped before the end"_s));
}

void TestDiagnosePanel::othersReportsAreNotTaken()
{
    m_panel->begin(Test::waitingReport());
    const QUuid other = QUuid::createUuid();
    Diagnose::Cell cell = Test::sampleReport().cells.first();
    m_panel->setCell(other, cell);
    m_panel->addFinding(other, {"quirk.notUtf8", Base::Severity::Info, {}, {}});
    QCOMPARE(m_panel->report(), Test::waitingReport());
    m_panel->setCell(m_panel->running(), cell);
    QCOMPARE(m_panel->report().cells.first().state, Diagnose::CellState::Busy);
}

void TestDiagnosePanel::clickOpensTheSession()
{
    showSample();
    QSignalSpy sessions(m_panel.get(), &DiagnosePanel::sessionRequested);
    auto *grid = named<QTableView>(u"Connections"_s);
    auto *model = qobject_cast<Models::ConnectivityModel *>(grid->model());
    const QModelIndex works = model->indexOf(
        {587, Diagnose::Family::IPv4, Diagnose::TlsMode::StartTls});
    click(grid, works);
    QCOMPARE(sessions.count(), 1);
    QCOMPARE(sessions[0][0].toUuid(), model->cell(works)->session);
    QTest::keyClick(grid, Qt::Key_Return);
    QCOMPARE(sessions.count(), 2);
    // No session, nothing to open.
    click(grid, model->indexOf({587, Diagnose::Family::IPv6, Diagnose::TlsMode::Clear}));
    QCOMPARE(sessions.count(), 2);
}

void TestDiagnosePanel::detailsTellBeforeAndAfterTls()
{
    showSample();
    auto *grid = named<QTableView>(u"Connections"_s);
    auto *model = qobject_cast<Models::ConnectivityModel *>(grid->model());
    grid->setCurrentIndex(
        model->indexOf({25, Diagnose::Family::IPv4, Diagnose::TlsMode::StartTls}));
    auto *facts = named<Diagnose::FactsView>(u"What this connection showed"_s);
    QCOMPARE(facts->value(u"Greeting"_s), u"mx.example.org ESMTP <b>ready</b>"_s);
    QCOMPARE(facts->value(u"AUTH before TLS"_s), u"none offered"_s);
    QVERIFY(facts->value(u"Offered before TLS"_s).contains(u"STARTTLS"_s));
    QVERIFY(!facts->value(u"Offered after TLS"_s).contains(u"STARTTLS"_s));
    grid->setCurrentIndex(
        model->indexOf({587, Diagnose::Family::IPv4, Diagnose::TlsMode::StartTls}));
    QCOMPARE(facts->value(u"AUTH after TLS"_s), u"PLAIN LOGIN SCRAM-SHA-256"_s);
    QVERIFY(facts->value(u"Time"_s).contains(u"tls 27.3 ms"_s));
    facts->setFocus();
    facts->selectAll();
    QTest::keyClick(facts, Qt::Key_C, Qt::ControlModifier);
    QVERIFY(QGuiApplication::clipboard()->text().contains(u"Address: 203.0.113.25\n"_s));
}

void TestDiagnosePanel::findingsFilterAndJump()
{
    RelayReport report = Test::sampleReport();
    std::ranges::reverse(report.findings); // However they come, the worst is first.
    m_panel->showReport(report);
    tab(1);
    QCOMPARE(object<QTabBar>("diagnoseTabs")->tabText(1), u"Findings (3)"_s);
    auto *table = named<QTableView>(u"Findings"_s);
    QCOMPARE(table->model()->index(0, 0).data().toString(), u"✕  Error"_s);
    QCOMPARE(table->model()->index(2, 0).data().toString(), u"i  Note"_s);
    QSignalSpy lines(m_panel.get(), &DiagnosePanel::lineRequested);
    auto *evidence = named<QListWidget>(u"Evidence"_s);
    QCOMPARE(evidence->count(), 2);
    QCOMPARE(evidence->item(0)->text(), u"C: RCPT TO:<someone@example.net>"_s);
    QTest::mouseClick(evidence->viewport(), Qt::LeftButton, {},
        evidence->visualItemRect(evidence->item(1)).center());
    QCOMPARE(lines.count(), 1);
    QCOMPARE(lines[0][0].toUuid(), report.findings.last().evidence.last().session);
    QCOMPARE(lines[0][1].toLongLong(), 13);

    auto *filter = named<QLineEdit>(u"Filter findings"_s);
    QTest::keyClicks(filter, u"certificate"_s);
    QCOMPARE(table->model()->rowCount(), 1);
    QCOMPARE(table->model()->index(0, 0).data().toString(), u"▲  Warning"_s);
    // Its evidence is a certificate, which is shown.
    table->setCurrentIndex(table->model()->index(0, 0));
    QCOMPARE(evidence->count(), 1);
    QTest::mouseClick(evidence->viewport(), Qt::LeftButton, {},
        evidence->visualItemRect(evidence->item(0)).center());
    QCOMPARE(lines.count(), 1);
    QCOMPARE(object<QTabBar>("diagnoseTabs")->currentIndex(), 3);
    QVERIFY(m_panel->findChild<Diagnose::ChainView *>()->hasFocus());
    tab(1);
    filter->clear();
    QTest::keyClicks(filter, u"no such finding"_s);
    QCOMPARE(table->model()->rowCount(), 0);
    QVERIFY(!object<QLabel>("findingSentence")->isVisible());
}

/// Findings come one by one, and the worst may come last; a choice of the user's stays.
void TestDiagnosePanel::worstFindingIsSelected()
{
    const QList<Diagnose::Finding> all = Test::sampleReport().findings;
    Diagnose::FindingsView view(m_theme);
    auto *table = view.findChild<QTableView *>();
    const auto severity = [table] {
        return table->currentIndex().siblingAtColumn(0).data().toString();
    };
    view.setFindings({all.last()});
    QCOMPARE(severity(), u"i  Note"_s);
    view.setFindings(all);
    QCOMPARE(severity(), u"✕  Error"_s);
    table->setCurrentIndex(table->model()->index(1, 0));
    view.setFindings(
        {*std::ranges::find(all, Base::Severity::Warning, &Diagnose::Finding::severity)});
    view.setFindings(all);
    QCOMPARE(severity(), u"▲  Warning"_s);
}

void TestDiagnosePanel::probesJump()
{
    showSample();
    tab(2);
    auto *checks = named<QTableView>(u"Behaviour checks"_s);
    const auto *model = qobject_cast<Models::ChecksModel *>(checks->model());
    const auto open = std::ranges::find(
        model->rows(), Diagnose::Check::OpenRelay, &Diagnose::CheckResult::check);
    click(checks, model->index(int(open - model->rows().begin()), 1));
    auto *probes = named<QTableView>(u"What was asked"_s);
    QCOMPARE(probes->model()->rowCount(), 5);
    QSignalSpy lines(m_panel.get(), &DiagnosePanel::lineRequested);
    click(probes, probes->model()->index(1, 3));
    QCOMPARE(lines.count(), 1);
    QCOMPARE(lines[0][1].toLongLong(), 9);
    // A check itself leads to its session.
    checks->setFocus();
    QTest::keyClick(checks, Qt::Key_Return);
    QCOMPARE(lines.count(), 2);
    QCOMPARE(lines[1][1].toLongLong(), -1);
}

void TestDiagnosePanel::chainIsDrawnAndWalked()
{
    showSample();
    tab(3);
    auto *chain = m_panel->findChild<Diagnose::ChainView *>();
    auto *facts = named<Diagnose::FactsView>(u"Facts of the certificate"_s);
    QCOMPARE(chain->current(), 0);
    QVERIFY(chain->accessibleDescription().startsWith(u"leaf mx.example.org, EC P-256, until "_s));
    QVERIFY(chain->accessibleDescription().contains(u"19 day"_s));
    QVERIFY(chain->accessibleDescription().contains(u"name that matches: mx.example.org"_s));
    QCOMPARE(facts->value(u"Subject"_s), u"CN=mx.example.org"_s);
    chain->setFocus();
    QTest::keyClick(chain, Qt::Key_Down);
    QCOMPARE(chain->current(), 1);
    QCOMPARE(facts->value(u"Subject"_s), u"CN=Example Issuing CA 3,O=Example Trust"_s);
    QCOMPARE(facts->value(u"Chain"_s), QString()); // What belongs to the whole stands at the leaf.
    QTest::keyClick(chain, Qt::Key_Down);
    QCOMPARE(chain->current(), 1);
    QTest::mouseClick(chain, Qt::LeftButton, {}, QPoint(40, 30));
    QCOMPARE(chain->current(), 0);
}

void TestDiagnosePanel::inspectionShowsSuitesAndRecords()
{
    showSample();
    tab(3);
    auto *suites = named<QTableView>(u"Versions and cipher suites"_s);
    QVERIFY(!suites->isVisible()); // Nothing was inspected.
    showInspected();
    QTRY_VERIFY(!suites->isHidden());
    named<QComboBox>(u"Connection whose TLS is shown"_s)->setCurrentIndex(0);
    QVERIFY(suites->isVisible());
    QCOMPARE(suites->model()->rowCount(), 9);
    const auto what = [suites](
                          int row) { return suites->model()->index(row, 1).data().toString(); };
    // The newest version first, its groups behind its suites.
    QCOMPARE(suites->model()->index(0, 0).data().toString(), u"TLS 1.3"_s);
    QCOMPARE(what(2), u"group x25519"_s);
    QCOMPARE(what(4), u"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"_s);
    QCOMPARE(suites->model()->index(4, 3).data().toString(), u"group x25519"_s);
    QCOMPARE(suites->model()->index(8, 0).data().toString(), u"TLS 1.1"_s);
    QTest::keyClicks(named<QLineEdit>(u"Filter versions and cipher suites"_s), u"not tested"_s);
    QCOMPARE(suites->model()->rowCount(), 1);
    auto *facts = named<Diagnose::FactsView>(u"Facts of the certificate"_s);
    QCOMPARE(facts->value(u"OCSP staple"_s), u"good"_s);
    QCOMPARE(facts->value(u"Name of the domain"_s), u"✕  example.net"_s);
    QCOMPARE(
        facts->value(u"CAA"_s), u"0 issue \"ca.example\", at example.org; DNSSEC vouches for it"_s);
    const QString timestamp = facts->value(u"CT timestamp"_s);
    QVERIFY2(timestamp.startsWith(u"in the certificate, "_s), qPrintable(timestamp));
    QVERIFY2(timestamp.endsWith(u"signature not checked: no log list"_s), qPrintable(timestamp));
    QCOMPARE(facts->value(u"Session id (TLS 1.2)"_s), u"not tested: 421 <b>later</b>"_s);
    QCOMPARE(facts->value(u"Ticket (TLS 1.2)"_s), u"✕  given, but not taken, good for 7200 s"_s);
    QCOMPARE(facts->value(u"Ticket (TLS 1.3)"_s),
        u"✓  session taken up again, good for 7200 s, allows 0-RTT of 16384 octets"_s);
    QCOMPARE(facts->value(u"Extended master secret"_s), u"✕  not in TLS 1.2"_s);
    press(u"Copy TLSA records"_s);
    QCOMPARE(QGuiApplication::clipboard()->text(),
        u"_587._tcp.mx.example.org. IN TLSA 3 1 1 %1\n_587._tcp.mx.example.org. IN TLSA 2 1 1 %2\n"_s
            .arg(QString(64, u'c'), QString(64, u'd')));
    QVERIFY(m_panel->findChild<Diagnose::ChainView *>()->accessibleDescription().endsWith(
        u"not sent"_s));
}

void TestDiagnosePanel::inspectionIsAChoiceOfItsOwn()
{
    QSignalSpy wishes(m_panel.get(), &DiagnosePanel::startRequested);
    m_panel->start();
    QVERIFY(!wishes[0][0].value<Diagnose::Wish>().tlsInspection);
    m_panel->refuse({});
    press(u"Checks"_s);
    auto *tree = named<QTreeWidget>(u"Checks"_s);
    const QList<QTreeWidgetItem *> found = tree->findItems(
        u"TLS inspection"_s, Qt::MatchExactly | Qt::MatchRecursive);
    QCOMPARE(found.size(), 1);
    QVERIFY(found.first()->text(1).contains(u"cipher suites"_s));
    found.first()->setCheckState(0, Qt::Checked);
    m_panel->start();
    const auto wish = wishes[1][0].value<Diagnose::Wish>();
    QVERIFY(wish.tlsInspection);
    QCOMPARE(wish.checks, Diagnose::harmlessChecks()); // It is none of them.
}

void TestDiagnosePanel::inspectionIsWatched()
{
    const RelayReport waiting = Test::waitingReport();
    m_panel->start();
    m_panel->begin(waiting);
    auto *progress = object<Widgets::ElidedLabel>("diagnoseProgress");
    m_panel->setProgress(waiting.id, 36, 37);
    m_panel->setInspecting(waiting.id, "587 ipv4 starttls", 12, 140);
    QCOMPARE(progress->text(), u"36 of 37 done  ·  TLS of 587 ipv4 starttls: question 12 of 140"_s);
    m_panel->setInspecting(QUuid::createUuid(), "25 ipv4 starttls", 1, 9);
    QVERIFY(progress->text().contains(u"12 of 140"_s));
    auto *chooser = named<QComboBox>(u"Connection whose TLS is shown"_s);
    QCOMPARE(chooser->count(), 0);
    m_panel->addInspection(waiting.id, Test::sampleInspection());
    QCOMPARE(chooser->count(), 1);
    QCOMPARE(progress->text(), u"36 of 37 done"_s);
    auto *table = named<QTableView>(u"What senders do"_s);
    m_panel->addPolicies(waiting.id, Test::samplePolicies());
    QCOMPARE(table->model()->rowCount(), 3);
    QTest::mouseClick(object<QPushButton>("diagnoseStart"), Qt::LeftButton);
    m_panel->setInspecting(waiting.id, "587 ipv4 starttls", 13, 140);
    QVERIFY(progress->text().endsWith(u"stopping …"_s));
}

void TestDiagnosePanel::chainIsSaved()
{
    showSample();
    showInspected();
    tab(3);
    named<QComboBox>(u"Connection whose TLS is shown"_s)->setCurrentIndex(0);
    QSignalSpy saves(m_panel.get(), &DiagnosePanel::saveChainRequested);
    press(u"Save chain…"_s);
    QCOMPARE(saves.count(), 1);
    QCOMPARE(saves[0][0].toString(), u"mx.example.org"_s);
    const QByteArray pem = saves[0][1].toByteArray();
    QCOMPARE(pem.count("-----BEGIN CERTIFICATE-----\n"), 2); // As sent: without the root.
    QVERIFY(pem.contains('\n' + QByteArray("CN=mx.example.org").toBase64() + '\n'));
    // A report of old that has no certificates has nothing to save.
    RelayReport bare = m_panel->report();
    bare.inspections.clear();
    for (Diagnose::Cell &cell : bare.cells) {
        if (cell.tls)
            cell.tls->chain.clear();
    }
    m_panel->showReport(bare);
    press(u"Save chain…"_s);
    QCOMPARE(saves.count(), 1);
}

void TestDiagnosePanel::policiesTellWhoDoesWhat()
{
    showSample();
    tab(4);
    auto *table = named<QTableView>(u"What senders do"_s);
    QVERIFY(!table->isVisible()); // Nothing was asked for.
    showInspected();
    tab(4);
    QTRY_VERIFY(table->isVisible());
    const auto text = [table](int row, int column) {
        return table->model()->index(row, column).data().toString();
    };
    QCOMPARE(text(0, 0), u"✓  Sends encrypted"_s);
    QCOMPARE(text(0, 1), u"Opportunistic TLS"_s);
    QCOMPARE(text(0, 2), u"mx.example.org, 203.0.113.25"_s);
    QCOMPARE(text(1, 0), u"✕  Holds mail back"_s);
    QCOMPARE(text(1, 1), u"MTA-STS"_s);
    QVERIFY(text(1, 3).contains(u"none of those that the domain's MTA-STS policy names"_s));
    QCOMPARE(text(2, 0), u"✓  Sends, server verified"_s);
    QVERIFY(text(2, 3).contains(u"3 1 1 cccc"_s));
    QVERIFY(table->model()->index(1, 3).data(Qt::ToolTipRole).toString().contains(u"<br>"_s));

    auto *facts = named<Diagnose::FactsView>(u"What is published"_s);
    const QList<QTreeWidgetItem *> records = facts->findItems(u"TLSA"_s, Qt::MatchExactly, 0);
    QCOMPARE(records.size(), 2);
    QCOMPARE(records[0]->text(1), u"✓  fits the certificate:  3 1 1 "_s + QString(64, u'c'));
    QCOMPARE(records[1]->text(1), u"✕  fits nothing in the chain:  3 1 1 "_s + QString(64, u'7'));
    QVERIFY(facts->value(u"Policy"_s).startsWith(u"enforced, for mail.example.org, until "_s));
    press(u"Copy TLSA records"_s);
    QCOMPARE(QGuiApplication::clipboard()->text(),
        u"_25._tcp.mx.example.org. IN TLSA 3 1 1 %1\n_25._tcp.mx.example.org. IN TLSA 3 1 1 %2\n"_s
            .arg(QString(64, u'c'), QString(64, u'7')));

    // Where nobody got through, nobody can tell.
    RelayReport report = m_panel->report();
    report.policies[0].verdicts[0].reason = "policy.notReached";
    report.policies[0].verdicts[0].conduct = Net::Conduct::DoesNotSend;
    report.policies[0].tlsa.clear();
    m_panel->showReport(report);
    QCOMPARE(text(0, 0), u"?  Not known"_s);
    QVERIFY(facts->value(u"TLSA"_s).startsWith(u"?  no certificate was shown:  3 1 1 "_s));
}

void TestDiagnosePanel::bestCellIsLookedAt()
{
    using enum Diagnose::TlsMode;
    using Diagnose::Family;
    auto *grid = named<QTableView>(u"Connections"_s);
    const auto *model = qobject_cast<const Models::ConnectivityModel *>(grid->model());
    const auto current = [&] { return model->cell(grid->currentIndex())->key; };
    m_panel->begin(Test::waitingReport());
    QCOMPARE(current(), (Diagnose::CellKey {25, Family::IPv4, Clear}));
    const RelayReport over = Test::sampleReport();
    for (const Diagnose::Cell &cell : over.cells)
        m_panel->setCell(over.id, cell);
    m_panel->end(over);
    QCOMPARE(current(), (Diagnose::CellKey {25, Family::IPv4, StartTls}));
    // What the user chose stays.
    RelayReport next = Test::waitingReport();
    next.id = QUuid::createUuid();
    m_panel->begin(next);
    click(grid, model->indexOf({465, Family::IPv6, Implicit}));
    RelayReport nextOver = over;
    nextOver.id = next.id;
    m_panel->end(nextOver);
    QCOMPARE(current(), (Diagnose::CellKey {465, Family::IPv6, Implicit}));
}

void TestDiagnosePanel::exchangersHaveRowsOfTheirOwn()
{
    m_panel->showReport(exchangersReport());
    auto *grid = named<QTableView>(u"Connections"_s);
    const auto *model = qobject_cast<const Models::ConnectivityModel *>(grid->model());
    QCOMPARE(model->rowCount(), 16);
    const auto title = [model](int row) {
        return model->headerData(row, Qt::Vertical, Qt::DisplayRole).toString();
    };
    QCOMPARE(title(0), u"mx2.example.org\n25  IPv4"_s); // In the order of the route.
    QCOMPARE(title(8), u"mx1.example.org\n25  IPv4"_s);
    const Diagnose::CellKey key {
        587, Diagnose::Family::IPv4, Diagnose::TlsMode::StartTls, u"mx1.example.org"_s};
    QCOMPARE(model->cell(model->indexOf(key))->key, key);
    grid->setCurrentIndex(model->indexOf(key));
    const QList<QLabel *> labels = m_panel->findChildren<QLabel *>();
    QVERIFY(std::ranges::any_of(labels, [](const QLabel *label) {
        return label->text() == u"mx1.example.org: 587 IPv4 STARTTLS"_s;
    }));
}

void TestDiagnosePanel::formerReportWhileOneRuns()
{
    const RelayReport running = Test::waitingReport();
    m_panel->begin(running);
    RelayReport former = Test::sampleReport();
    former.id = QUuid::createUuid();
    m_panel->showReport(former);
    QCOMPARE(m_panel->report().id, former.id);
    // It goes on unseen, and is complete when looked at again.
    m_panel->setCell(running.id, Test::sampleReport().cells.at(1));
    QCOMPARE(m_panel->report(), former);
    press(u"Show it"_s);
    QCOMPARE(m_panel->report().id, running.id);
    QCOMPARE(m_panel->report().cells.at(1), Test::sampleReport().cells.at(1));
    m_panel->showReport(former);
    m_panel->end(Test::sampleReport());
    QCOMPARE(m_panel->report().id, former.id);
    QVERIFY(!m_panel->findChild<Widgets::MessageBar *>()->isVisible());
}

void TestDiagnosePanel::historyOpensAndCompares()
{
    tab(5);
    auto *table = named<QTableView>(u"Former diagnoses"_s);
    QVERIFY(!table->isVisible());
    RelayReport older = Test::sampleReport();
    older.id = QUuid::createUuid();
    older.startedAt = older.startedAt.addDays(-3);
    const auto later = Diagnose::summaryOf(Test::sampleReport());
    const auto former = Diagnose::summaryOf(older);
    m_panel->setHistory({later, former});
    QVERIFY(table->isVisible());
    click(table, table->model()->index(0, 1));
    QSignalSpy opened(m_panel.get(), &DiagnosePanel::openRequested);
    press(u"Open report"_s);
    QCOMPARE(opened.count(), 1);
    QCOMPARE(opened[0][0].toUuid(), later.id);
    QTest::keyClick(table, Qt::Key_A, Qt::ControlModifier);
    QSignalSpy compared(m_panel.get(), &DiagnosePanel::compareRequested);
    press(u"Compare the two"_s);
    QCOMPARE(compared.count(), 1);
    QCOMPARE(compared[0][0].toUuid(), former.id); // The older one is what it is compared with.
    QCOMPARE(compared[0][1].toUuid(), later.id);

    m_panel->showDifferences(former, later,
        {{.id = "cell.state",
            .severity = Base::Severity::Error,
            .subject = "587 ipv4 starttls",
            .former = "works",
            .later = "refused"}});
    auto *changes = named<QTableView>(u"What changed"_s);
    QVERIFY(changes->isVisible() && changes->hasFocus());
    QCOMPARE(changes->model()->rowCount(), 1);
    // A list that is read again meanwhile does not take it away.
    m_panel->setHistory({later, former});
    QVERIFY(changes->isVisible());
    QTest::keyClick(changes, Qt::Key_Escape);
    QVERIFY(table->isVisible() && table->hasFocus());
    QCOMPARE(table->selectionModel()->selectedRows().size(), 2);
    m_panel->showDifferences(former, later, {});
    QVERIFY(object<QLabel>("nothingDiffers")->isVisible());
}

void TestDiagnosePanel::exportsWhatIsShown()
{
    for (const QAction *one : m_panel->exportActions())
        QVERIFY(!one->isEnabled());
    m_panel->begin(Test::waitingReport());
    QVERIFY(!m_panel->exportActions().first()->isEnabled()); // It is not whole yet.
    m_panel->end(Test::sampleReport());
    QSignalSpy exports(m_panel.get(), &DiagnosePanel::exportRequested);
    for (QAction *one : m_panel->exportActions())
        one->trigger();
    QCOMPARE(exports.count(), 3);
    QCOMPARE(exports[1][0].value<RelayReport>(), Test::sampleReport());
    QCOMPARE(exports[1][1].value<Delivery::ReportFormat>(), Delivery::ReportFormat::Html);
    QCOMPARE(exports[2][1].value<Delivery::ReportFormat>(), Delivery::ReportFormat::Json);
}

void TestDiagnosePanel::refusalIsTold()
{
    m_panel->start();
    m_panel->refuse(u"The host is not valid."_s);
    auto *bar = m_panel->findChild<Widgets::MessageBar *>();
    QVERIFY(bar->isVisible());
    QCOMPARE(bar->text(), u"The host is not valid."_s);
    QVERIFY(object<QPushButton>("diagnoseStart")->isEnabled());
    m_panel->start();
    QVERIFY(!bar->isVisible());
}

void TestDiagnosePanel::ports_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QList<quint16>>("ports");
    QTest::newRow("usual") << u"25, 465"_s << QList<quint16> {25, 465};
    QTest::newRow("sorted, each once") << u"587 25;25"_s << QList<quint16> {25, 587};
    QTest::newRow("nothing") << u" , "_s << QList<quint16>();
    QTest::newRow("zero") << u"0"_s << QList<quint16>();
    QTest::newRow("too large") << u"65536"_s << QList<quint16>();
    QTest::newRow("a word") << u"25, smtp"_s << QList<quint16>();
}

void TestDiagnosePanel::ports()
{
    QFETCH(const QString, text);
    QFETCH(const QList<quint16>, ports);
    const auto read = Diagnose::portsFromText(text);
    QCOMPARE(read.has_value(), !ports.isEmpty());
    QCOMPARE(read.value_or(QList<quint16>()), ports);
}

void TestDiagnosePanel::nothingIsCut_data()
{
    QTest::addColumn<QSize>("size");
    QTest::newRow("the page of a large window") << QSize(1060, 540);
    QTest::newRow("the page of a small window, docks shown") << QSize(640, 330);
}

// What the layout cannot give every control, it takes from it by cutting.
void TestDiagnosePanel::nothingIsCut()
{
    QFETCH(const QSize, size);
    showSample();
    showInspected();
    m_panel->setHistory({Diagnose::summaryOf(Test::sampleReport())});
    m_panel->resize(size);
    QTRY_COMPARE(m_panel->size(), size);
    const auto fits = [this](const char *where) {
        QCoreApplication::processEvents();
        for (const auto *control : m_panel->findChildren<QWidget *>()) {
            if (!control->isVisible() || !control->accessibleName().size()
                || control->window() != m_panel.get() || control->parentWidget() == nullptr)
                continue;
            const QRect inside(control->mapTo(m_panel.get(), QPoint()), control->size());
            const bool scrolls = qobject_cast<const Diagnose::ChainView *>(control) != nullptr;
            QVERIFY2(scrolls || m_panel->rect().contains(inside),
                qPrintable(u"%1: %2"_s.arg(QLatin1StringView(where), control->accessibleName())));
        }
        for (const auto *button : m_panel->findChildren<QAbstractButton *>()) {
            if (button->isVisible() && !button->text().isEmpty())
                QVERIFY2(button->width() >= button->minimumSizeHint().width(),
                    qPrintable(u"%1: %2"_s.arg(QLatin1StringView(where), button->text())));
        }
    };
    for (int index = 0; index < object<QTabBar>("diagnoseTabs")->count(); ++index) {
        object<QTabBar>("diagnoseTabs")->setCurrentIndex(index);
        fits("tab");
    }
    press(u"Checks"_s);
    fits("choice");
}

void TestDiagnosePanel::keysAndNames()
{
    showSample();
    showInspected();
    m_panel->setHistory({Diagnose::summaryOf(Test::sampleReport())});
    auto *tabs = object<QTabBar>("diagnoseTabs");
    for (int index = 0; index < tabs->count(); ++index) {
        tabs->setCurrentIndex(index);
        QCOMPARE(Test::namelessControls(m_panel.get()), QStringList());
    }
    press(u"Checks"_s);
    QCOMPARE(Test::namelessControls(m_panel.get()), QStringList());
    // From the first field on, Tab goes to the right and reaches Start.
    named<QComboBox>(u"What to diagnose"_s)->setFocus();
    QStringList order;
    for (int step = 0; step < 5; ++step) {
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
        order.append(QApplication::focusWidget()->objectName());
    }
    QCOMPARE(order.first(), u"diagnoseProfile"_s);
    QVERIFY2(order.contains(u"diagnoseStart"_s), qPrintable(order.join(u' ')));
}

void TestDiagnosePanel::pictures()
{
    const QString directory = Test::pictureFolder();
    if (directory.isEmpty())
        QSKIP("MAILGAUGE_PICTURES is not set");
    showSample();
    showInspected();
    m_panel->setHistory({Diagnose::summaryOf(Test::sampleReport())});
    auto *tabs = object<QTabBar>("diagnoseTabs");
    for (const bool dark : {false, true}) {
        std::optional<Test::DarkPalette> palette;
        if (dark)
            palette.emplace();
        for (const QSize size : {large, small, QSize(640, 330)}) {
            m_panel->resize(size);
            const auto grab = [&](const QString &what) {
                QCoreApplication::processEvents();
                QVERIFY(m_panel->grab().save(u"%1/diagnose-%2-%3-%4.png"_s.arg(directory, what,
                    QString::number(size.width()), dark ? u"dark"_s : u"light"_s)));
            };
            for (int index = 0; index < tabs->count(); ++index) {
                tabs->setCurrentIndex(index);
                grab(QString::number(index));
            }
            press(u"Checks"_s);
            grab(u"choice"_s);
            press(u"Checks"_s);
            const RelayReport shown = m_panel->report();
            tabs->setCurrentIndex(0);
            m_panel->showReport(exchangersReport());
            grab(u"exchangers"_s);
            m_panel->showReport(shown);
        }
    }
}

QTEST_MAIN(TestDiagnosePanel)
#include "tst_diagnosepanel.moc"
