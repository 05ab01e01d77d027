// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "models/connectivitymodel.h"
#include "models/diagnosismodels.h"
#include "models/diagnosistext.h"
#include "models/reportmodels.h"
#include "models/roles.h"
#include "models/tlssuitesmodel.h"
#include "samplereport.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>

using namespace Mailgauge;
using Models::ConnectivityModel;
using Models::Meaning;

namespace {

Meaning meaningOf(const QModelIndex &index)
{
    return index.data(Models::MeaningRole).value<Meaning>();
}

QString rowText(const QAbstractItemModel &model, int row)
{
    QStringList cells;
    for (int column = 0; column < model.columnCount(); ++column)
        cells.append(model.index(row, column).data().toString());
    return cells.join(u" | "_s);
}

} // namespace

class TestDiagnosisModels final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void grid()
    {
        ConnectivityModel model;
        const QAbstractItemModelTester tester(&model);
        const Diagnose::RelayReport report = Test::sampleReport();
        model.setCells(report.cells);
        QCOMPARE(model.rowCount(), 8);
        QCOMPARE(model.columnCount(), 3);
        QCOMPARE(model.headerData(0, Qt::Vertical).toString(), u"25  IPv4"_s);
        QCOMPARE(model.headerData(1, Qt::Horizontal).toString(), u"STARTTLS"_s);
        const QModelIndex works = model.indexOf(
            {587, Diagnose::Family::IPv4, Diagnose::TlsMode::StartTls});
        QCOMPARE(works.data().toString(), u"Works, 83.4 ms, TLSv1.3, certificate valid"_s);
        QCOMPARE(works.data(ConnectivityModel::StateRole).toString(), u"✓  Works"_s);
        QCOMPARE(works.data(ConnectivityModel::TimeRole).toString(), u"83.4 ms"_s);
        QCOMPARE(meaningOf(works), Meaning::Good);
        QCOMPARE(works.data(Models::IdRole).toUuid(), model.cell(works)->session);
        QCOMPARE(works.data(Qt::AccessibleTextRole).toString(),
            u"587 IPv4 STARTTLS: Works, 83.4 ms, TLSv1.3, certificate valid"_s);
        // A 421 tells nothing about the cell, and its text is shown.
        const QModelIndex busy = model.indexOf(
            {25, Diagnose::Family::IPv4, Diagnose::TlsMode::Clear});
        QCOMPARE(busy.data(ConnectivityModel::StateRole).toString(), u"?  Busy"_s);
        QCOMPARE(busy.data(ConnectivityModel::SummaryRole).toString(),
            u"421 4.7.0 mx.example.org Too many connections"_s);
        QCOMPARE(meaningOf(busy), Meaning::Unknown);
    }

    void gridTellsWhatChanged()
    {
        ConnectivityModel model;
        const QAbstractItemModelTester tester(&model);
        Diagnose::RelayReport report = Test::waitingReport();
        model.setCells(report.cells);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        Diagnose::Cell cell = report.cells.at(1);
        QCOMPARE(model.index(0, 1).data(ConnectivityModel::TimeRole).toString(), QString());
        cell.state = Diagnose::CellState::Running;
        model.setCell(cell);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed[0][0].toModelIndex(), model.index(0, 1));
        QCOMPARE(meaningOf(model.index(0, 1)), Meaning::Running);
        cell.key.port = 26; // Not of this grid.
        model.setCell(cell);
        QCOMPARE(changed.count(), 1);
    }

    void gridHasHolesWhereNothingWasAsked()
    {
        ConnectivityModel model;
        const QAbstractItemModelTester tester(&model);
        using enum Diagnose::TlsMode;
        Diagnose::Cell startTls;
        startTls.key = {25, Diagnose::Family::IPv4, StartTls};
        Diagnose::Cell implicit;
        implicit.key = {465, Diagnose::Family::IPv4, Implicit};
        model.setCells({startTls, implicit});
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.columnCount(), 2);
        QVERIFY(!model.cell(model.index(0, 1)));
        QCOMPARE(model.flags(model.index(0, 1)), Qt::NoItemFlags);
        QVERIFY(model.index(0, 1).data(Qt::AccessibleTextRole).toString().contains(u"not"_s));
        QVERIFY(!model.index(0, 1).data(Models::MeaningRole).isValid());
    }

    void doubtfulCertificateIsNoGoodCell()
    {
        ConnectivityModel model;
        Diagnose::RelayReport report = Test::sampleReport();
        for (Diagnose::Cell &cell : report.cells) {
            if (cell.tls) {
                cell.tls->nameMatches = false;
                cell.tls->reasons = {{Tls::VerifyReason::Kind::NameMismatch, 0, {}}};
            }
        }
        model.setCells(report.cells);
        const QModelIndex works = model.indexOf(
            {587, Diagnose::Family::IPv4, Diagnose::TlsMode::StartTls});
        QCOMPARE(meaningOf(works), Meaning::Careful);
        QVERIFY(works.data().toString().contains(u"certificate: "_s));
    }

    // G16: what a server says is never rich text.
    void foreignTextIsNoMarkup()
    {
        ConnectivityModel grid;
        grid.setCells(Test::sampleReport().cells);
        Models::DiagnosisFindingsModel findings;
        findings.setRows(Test::sampleReport().findings);
        Models::ChecksModel checks;
        checks.setRows(Test::sampleReport().checks);
        for (const QAbstractItemModel *model :
            std::initializer_list<QAbstractItemModel *> {&grid, &findings, &checks}) {
            for (int row = 0; row < model->rowCount(); ++row) {
                for (int column = 0; column < model->columnCount(); ++column)
                    QVERIFY(!model->index(row, column)
                            .data(Qt::ToolTipRole)
                            .toString()
                            .contains(u"<b>"_s));
            }
        }
        QVERIFY(grid.index(4, 1).data(Qt::ToolTipRole).toString().contains(u"&lt;b&gt;"_s));
    }

    void findings()
    {
        Models::DiagnosisFindingsModel model;
        const QAbstractItemModelTester tester(&model);
        model.setRows(Test::sampleReport().findings);
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(0, 0).data().toString(), u"✕  Error"_s);
        QCOMPARE(meaningOf(model.index(0, 0)), Meaning::Bad);
        QVERIFY(model.index(0, 1).data().toString().startsWith(u"The server ended a reply line"_s));
        QVERIFY(!model.index(0, 2).data().toString().isEmpty());
        QVERIFY(model.index(0, 0).data(Models::SortRole).toInt()
            < model.index(1, 0).data(Models::SortRole).toInt());
    }

    void checksAndProbes()
    {
        Models::ChecksModel model;
        const QAbstractItemModelTester tester(&model);
        model.setRows(Test::waitingReport().checks);
        const int rows = model.rowCount();
        QCOMPARE(rows, int(Diagnose::harmlessChecks().size()));
        QCOMPARE(model.index(0, 0).data().toString(), u"…  Waiting"_s);
        for (const Diagnose::CheckResult &result : Test::sampleReport().checks)
            model.setResult(result);
        QCOMPARE(model.rowCount(), rows);
        QCOMPARE(rowText(model, 0), u"✓  As it should be | Names |  | 48.0 ms"_s);
        const auto open = std::ranges::find(
            model.rows(), Diagnose::Check::OpenRelay, &Diagnose::CheckResult::check);
        const int row = int(open - model.rows().begin());
        // An error among its findings makes it red, not amber.
        QCOMPARE(meaningOf(model.index(row, 0)), Meaning::Bad);
        Models::ProbesModel probes;
        const QAbstractItemModelTester probesTester(&probes);
        probes.setRows(open->probes);
        QCOMPARE(rowText(probes, 1),
            u"▲  Finding | percent hack | RCPT TO:<someone%example.net@mx.example.org> | 250 2.1.5 Ok"_s);
        // One that nobody asked for has its place too.
        Diagnose::CheckResult other;
        other.check = Diagnose::Check::EndOfData;
        model.setResult(other);
        QCOMPARE(model.rowCount(), rows + 1);
        // And the same of another exchanger.
        other.host = u"mx2.example.org"_s;
        model.setResult(other);
        model.setResult(other);
        QCOMPARE(model.rowCount(), rows + 2);
        QVERIFY(rowText(model, rows + 1).contains(u" | mx2.example.org: "_s));
    }

    void threeWordsForTlsOffers()
    {
        Models::TlsSuitesModel model;
        const QAbstractItemModelTester tester(&model);
        model.setRows(Models::tlsOffers(Test::sampleInspection()));
        QStringList rows;
        for (int row = 0; row < model.rowCount(); ++row)
            rows.append(rowText(model, row));
        QCOMPARE(rows,
            QStringList({u"TLS 1.3 | the version itself | ✓  Accepted | ServerHello TLSv1.3"_s,
                u"TLS 1.3 | TLS_AES_256_GCM_SHA384 | ✓  Accepted | group x25519"_s,
                u"TLS 1.3 | group x25519 | ✓  Accepted | key_share"_s,
                u"TLS 1.2 | the version itself | ✓  Accepted | ServerHello TLSv1.2, the server's order counts"_s,
                u"TLS 1.2 | TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 | ✓  Accepted | group x25519"_s,
                u"TLS 1.2 | TLS_DHE_RSA_WITH_AES_256_GCM_SHA384 | ✓  Accepted | DH of 1024 bits"_s,
                u"TLS 1.2 | TLS_RSA_WITH_3DES_EDE_CBC_SHA | ✕  Refused | alert 40 handshake_failure"_s,
                u"TLS 1.2 | TLS_RSA_WITH_AES_128_CCM_8 | –  Not tested | 421 4.7.0 Slow down"_s,
                u"TLS 1.1 | the version itself | ✕  Refused | alert 70 protocol_version"_s}));
    }

    void reportsAndDifferences()
    {
        Models::ReportsModel reports;
        const QAbstractItemModelTester tester(&reports);
        reports.setRows({{.id = QUuid::createUuid(),
            .startedAt = Test::sampleReport().startedAt,
            .host = u"mx.example.org"_s,
            .domain = u"example.org"_s,
            .profileName = {},
            .errors = 2,
            .warnings = 0}});
        QCOMPARE(reports.index(0, Models::ReportsModel::Relay).data().toString(),
            u"mx.example.org for example.org"_s);
        QCOMPARE(reports.index(0, Models::ReportsModel::Errors).data().toString(), u"2"_s);
        QCOMPARE(reports.index(0, Models::ReportsModel::Warnings).data().toString(), u"–"_s);

        Models::ReportDifferencesModel differences;
        const QAbstractItemModelTester differencesTester(&differences);
        using enum Base::Severity;
        differences.setRows({{"capability.lost", Info, "PIPELINING", "PIPELINING", {}},
            {"finding.new", Error, "relay.open", {}, "relay.open"},
            {"cell.state", Info, "587 ipv4 starttls", "works", "refused"}});
        const auto change = [&](int row) { return differences.index(row, 0).data().toString(); };
        QCOMPARE(change(0), u"−  Gone"_s);
        QCOMPARE(change(1), u"+  New"_s);
        QCOMPARE(change(2), u"≠  Changed"_s);
        QCOMPARE(meaningOf(differences.index(1, 0)), Meaning::Bad);
    }

    void everyStateHasItsWord()
    {
        for (int state = 0; state <= int(Diagnose::CellState::Cancelled); ++state) {
            const auto one = static_cast<Diagnose::CellState>(state);
            QVERIFY(!Models::DiagnosisText::of(one).isEmpty());
            QVERIFY(!Models::DiagnosisText::symbol(one).isEmpty());
        }
        QStringList titles;
        for (const Diagnose::Check check : Diagnose::allChecks())
            titles.append(Models::DiagnosisText::of(check));
        QCOMPARE(titles.removeDuplicates(), 0);
        QVERIFY(!titles.contains(QString()));
    }
};

QTEST_MAIN(TestDiagnosisModels)
#include "tst_diagnosismodels.moc"
