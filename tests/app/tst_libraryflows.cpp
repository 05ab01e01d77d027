// SPDX-License-Identifier: GPL-3.0-or-later
#include "comparisonflow.h"
#include "fakerepositories.h"
#include "importflow.h"
#include "storedsessions.h"
#include "tableflow.h"
#include "textimportflow.h"

#include "base/literals.h"
#include "sessions/comparisonview.h"
#include "sessions/importdialog.h"
#include "sessions/sessionspanel.h"
#include "sessions/tabledialog.h"
#include "testsupport.h"
#include "theme/theme.h"
#include "transcript/sessionexporter.h"
#include "transcript/transcriptpanel.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QFileDialog>
#include <QMenu>
#include <QPromise>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace Mailgauge;
using Base::Error;

namespace {

/// Refuses to list, or to keep what comes behind the first; answers only by release() when told to.
class FailingSessions final : public Test::FakeSessions {
public:
    bool listFails = false;
    int mostAdded = 1;

    void hold()
    {
        m_gate.emplace();
        m_gate->start();
    }
    void release()
    {
        m_gate->addResult(true);
        m_gate->finish();
        m_gate.reset();
    }
    QFuture<Base::Result<Transcript::SessionRecord>> record(QUuid session) override
    {
        return late(FakeSessions::record(session));
    }

    QFuture<Base::Result<QList<Transcript::SessionRecord>>> list(
        Transcript::SessionQuery query) override
    {
        if (listFails)
            return QtFuture::makeReadyValueFuture(Base::Result<QList<Transcript::SessionRecord>>(
                Base::fail(Error::Kind::Io, u"store: busy"_s)));
        return late(FakeSessions::list(query));
    }
    Test::Done add(Transcript::SessionRecord record, QList<Transcript::Entry> entries,
        std::optional<QByteArray> message) override
    {
        if (--mostAdded < 0)
            return QtFuture::makeReadyValueFuture(
                Base::Result<void>(Base::fail(Error::Kind::Full, u"store: full"_s)));
        return FakeSessions::add(record, entries, message);
    }

private:
    template <typename T>
    QFuture<T> late(const QFuture<T> &answer)
    {
        if (!m_gate)
            return answer;
        return m_gate->future().then([answer](bool) { return answer.result(); });
    }

    std::optional<QPromise<bool>> m_gate;
};

QAction *action(QWidget &panel, const QString &text)
{
    for (auto *one : panel.findChildren<QAction *>()) {
        if (one->text() == text)
            return one;
    }
    return nullptr;
}

} // namespace

class TestLibraryFlows final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_sessions = std::make_unique<FailingSessions>();
        QList<QByteArray> lines = Test::submissionLines();
        lines.replace(lines.indexOf("S: 250 2.1.5 Ok"), "S: 451 4.7.1 <anna@example.net> later");
        for (const auto &[name, script] : {std::pair {u"first"_s, Test::submissionLines()},
                 std::pair {u"second"_s, lines}, std::pair {u"third"_s, lines}}) {
            Transcript::StoredSession session = Test::submission();
            session.record.id = QUuid::createUuid();
            session.record.subject = name;
            session.entries = Test::scriptEntries(script);
            m_sessions->records.append(session.record);
            m_sessions->transcripts.insert(session.record.id, session.entries);
        }
    }

    void goingBackIsNotOvertaken()
    {
        Sessions::SessionsPanel panel(m_sessions.get(), m_theme);
        panel.resize(1000, 600);
        panel.show();
        QVERIFY(Test::waitForActive(&panel));
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 3);
        Gui::ComparisonFlow flow(*m_sessions, m_theme);
        flow.setPanel(&panel);
        QSignalSpy failed(&flow, &Gui::ComparisonFlow::failed);
        QSignalSpy shown(&flow, &Gui::ComparisonFlow::shown);
        flow.compare(id(0), id(1));
        QTRY_COMPARE(shown.count(), 1);
        auto *view = panel.findChild<Sessions::ComparisonView *>();
        QVERIFY(view->isAncestorOf(QApplication::focusWidget()));
        // Both are on their way when the user goes back.
        Q_EMIT view->swapRequested();
        m_sessions->hold();
        flow.compare(QUuid::createUuid(), id(1));
        // The swapped one may have been there at once.
        const qsizetype before = shown.count();
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        QVERIFY(!panel.page());
        QVERIFY(table->hasFocus());
        m_sessions->release();
        QTest::qWait(100);
        QVERIFY(!panel.page());
        QCOMPARE(shown.count(), before);
        QCOMPARE(failed.count(), 0);
        // And the next one is shown again.
        flow.compare(id(0), id(1));
        QTRY_COMPARE(shown.count(), before + 1);
        QVERIFY(panel.page());
        panel.select(id(2));
        QVERIFY(!panel.page());
        flow.compare(id(0), id(1));
        QTRY_COMPARE(shown.count(), before + 2);
        QVERIFY(panel.page());
    }

    void menuTellsWhatItKnows()
    {
        Sessions::SessionsPanel panel(m_sessions.get(), m_theme);
        panel.show();
        QTRY_COMPARE(panel.findChild<QTableView *>()->model()->rowCount(), 3);
        Gui::ComparisonFlow flow(*m_sessions, m_theme);
        flow.setPanel(&panel);
        QSignalSpy failed(&flow, &Gui::ComparisonFlow::failed);
        QMenu *menu = action(panel, u"Compare with"_s)->menu();
        m_sessions->hold();
        Q_EMIT menu->aboutToShow();
        QCOMPARE(menu->actions().size(), 1);
        QVERIFY(menu->actions().first()->text().startsWith(u"Reading"_s));
        QVERIFY(!menu->actions().first()->isEnabled());
        m_sessions->release();
        QTRY_COMPARE(menu->actions().size(), 2);
        m_sessions->listFails = true;
        Q_EMIT menu->aboutToShow();
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY2(menu->actions().first()->text().contains(u"could not be read"_s),
            qPrintable(menu->actions().first()->text()));
    }

    void comparisonLeavesRedacted()
    {
        QTemporaryDir dir;
        Sessions::SessionsPanel panel(m_sessions.get(), m_theme);
        panel.show();
        Gui::ComparisonFlow flow(*m_sessions, m_theme);
        flow.setPanel(&panel);
        QSignalSpy shown(&flow, &Gui::ComparisonFlow::shown);
        QSignalSpy exported(&flow, &Gui::ComparisonFlow::exported);
        flow.compare(id(0), id(1));
        QTRY_COMPARE(shown.count(), 1);
        auto *view = panel.findChild<Sessions::ComparisonView *>();
        Q_EMIT view->exportRequested(Delivery::ReportFormat::Json);
        auto *chooser = view->findChild<QFileDialog *>();
        QVERIFY(chooser);
        QFile file(dir.filePath(u"c.json"_s));
        Q_EMIT chooser->fileSelected(file.fileName());
        QTRY_COMPARE(exported.count(), 1);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray report = file.readAll();
        // The difference is there, the names in its addresses are not.
        QVERIFY2(report.contains("451"), report.constData());
        QVERIFY2(!report.contains("anna"), report.constData());
        QVERIFY(report.contains("@example.net"));
    }

    void tableOfWhatIsListed_data()
    {
        QTest::addColumn<int>("scope");
        QTest::addColumn<int>("shape");
        QTest::addColumn<int>("level");
        QTest::addColumn<int>("rows");
        QTest::addColumn<bool>("names");
        QTest::newRow("all sessions, names hidden") << 0 << 0 << 1 << 3 << false;
        QTest::newRow("selected recipients, as they are") << 1 << 1 << 0 << 4 << true;
    }

    void tableOfWhatIsListed()
    {
        QFETCH(int, scope);
        QFETCH(int, shape);
        QFETCH(int, level);
        QFETCH(int, rows);
        QFETCH(bool, names);
        QTemporaryDir dir;
        Sessions::SessionsPanel panel(m_sessions.get(), m_theme);
        panel.show();
        auto *table = panel.findChild<QTableView *>();
        QTRY_COMPARE(table->model()->rowCount(), 3);
        Test::FakeCredentials credentials;
        Relay::ProfileService profiles(nullptr, credentials);
        Gui::TableFlow flow(*m_sessions, profiles);
        flow.setPanel(&panel);
        QSignalSpy exported(&flow, &Gui::TableFlow::exported);
        table->selectionModel()->select({table->model()->index(0, 0), table->model()->index(1, 0)},
            QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        auto *save = panel.findChild<QAction *>(u"sessions.table"_s);
        QVERIFY(save->isEnabled());
        save->trigger();
        auto *dialog = panel.findChild<Sessions::TableDialog *>();
        QVERIFY(dialog->isVisible());
        // Several are selected: those are meant first; names are hidden first.
        QVERIFY(dialog->onlySelected());
        QCOMPARE(dialog->level(), Transcript::RedactionLevel::Addresses);
        dialog->findChild<QComboBox *>(u"tableScope"_s)->setCurrentIndex(scope);
        dialog->findChild<QComboBox *>(u"tableShape"_s)->setCurrentIndex(shape);
        dialog->findChild<QComboBox *>(u"tableLevel"_s)->setCurrentIndex(level);
        QTest::mouseClick(dialog->findChild<QPushButton *>(u"tableSave"_s), Qt::LeftButton);
        auto *chooser = panel.findChild<QFileDialog *>();
        QVERIFY(chooser);
        QFile file(dir.filePath(u"t.csv"_s));
        Q_EMIT chooser->fileSelected(file.fileName());
        QTRY_COMPARE(exported.count(), 1);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray csv = file.readAll();
        QVERIFY2(csv.count("\r\n") == rows + 1, csv.constData());
        QCOMPARE(csv.contains("anna@example.net") || csv.contains("news@example.org"), names);
        QVERIFY(csv.contains("@example.org,"));
    }

    void tableThatCannotBeWritten()
    {
        QTemporaryDir dir;
        Sessions::SessionsPanel panel(m_sessions.get(), m_theme);
        panel.show();
        QTRY_COMPARE(panel.findChild<QTableView *>()->model()->rowCount(), 3);
        Test::FakeCredentials credentials;
        Relay::ProfileService profiles(nullptr, credentials);
        Gui::TableFlow flow(*m_sessions, profiles);
        flow.setPanel(&panel);
        QSignalSpy failed(&flow, &Gui::TableFlow::failed);
        const auto save = [&](const QString &path) {
            panel.findChild<QAction *>(u"sessions.table"_s)->trigger();
            panel.findChild<Sessions::TableDialog *>()->accept();
            Q_EMIT panel.findChildren<QFileDialog *>().last()->fileSelected(path);
        };
        save(dir.filePath(u"none/t.csv"_s));
        QTRY_COMPARE(failed.count(), 1);
        m_sessions->listFails = true;
        save(dir.filePath(u"t.csv"_s));
        QTRY_COMPARE(failed.count(), 2);
        QVERIFY(!QFile::exists(dir.filePath(u"t.csv"_s)));
    }

    void whatWasImportedBeforeAnErrorIsTold()
    {
        QTemporaryDir dir;
        const QString path = fileOfAll(dir);
        m_sessions->records.clear();
        m_sessions->transcripts.clear();
        Transcript::TranscriptPanel transcript(m_theme);
        Gui::ImportFlow flow(transcript);
        flow.setRepository(m_sessions.get());
        QSignalSpy imported(&flow, &Gui::ImportFlow::imported);
        QSignalSpy failed(&flow, &Gui::ImportFlow::failed);
        QSignalSpy wanted(&flow, &Gui::ImportFlow::openRequested);
        flow.open(path);
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(failed[0][0].toString(), path);
        QCOMPARE(failed[0][2].value<qsizetype>(), 2);
        QCOMPARE(imported.count(), 1);
        QCOMPARE(imported[0][0].value<qsizetype>(), 1);
        QCOMPARE(wanted.count(), 1);
        QCOMPARE(wanted[0][0].toUuid(), m_sessions->records.first().id);
        // What is kept is opened from the store, page by page; what is not, is shown at once.
        QCOMPARE(transcript.model().transcript().sessions().size(), 1);
        QVERIFY(transcript.model().transcript().indexOf(m_sessions->records.first().id) < 0);
    }

    void takenOnesRememberTheirFile()
    {
        QTemporaryDir dir;
        const QString path = fileOfAll(dir);
        m_sessions->records[1].subject = u"another one"_s;
        Transcript::TranscriptPanel transcript(m_theme);
        Gui::ImportFlow flow(transcript);
        flow.setRepository(m_sessions.get());
        QSignalSpy imported(&flow, &Gui::ImportFlow::imported);
        QSignalSpy taken(&flow, &Gui::ImportFlow::taken);
        QSignalSpy failed(&flow, &Gui::ImportFlow::failed);
        flow.open(path);
        QTRY_COMPARE(taken.count(), 1);
        QCOMPARE(taken[0][0].toString(), path);
        QCOMPARE(imported.count(), 1);
        QCOMPARE(imported[0][1].value<qsizetype>(), 2);
        m_sessions->mostAdded = 0;
        flow.keepBoth(path, taken[0][1].value<Gui::ImportFlow::Sessions>());
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(failed[0][0].toString(), path);
    }

    void textsThatWereStoredBeforeAnErrorAreTold()
    {
        m_sessions->records.clear();
        Gui::TextImportFlow flow;
        flow.setRepository(m_sessions.get());
        QSignalSpy imported(&flow, &Gui::TextImportFlow::imported);
        QSignalSpy failed(&flow, &Gui::TextImportFlow::failed);
        QWidget window;
        window.show();
        flow.open(&window);
        auto *dialog = window.findChild<Sessions::ImportDialog *>();
        dialog->setText(Test::testData(u"imports/postfix-both.log"_s));
        QPushButton *import = nullptr;
        for (auto *button : dialog->findChildren<QPushButton *>()) {
            if (button->text().contains(u"Import"_s))
                import = button;
        }
        QVERIFY(import);
        QTRY_VERIFY(import->isEnabled());
        QTest::mouseClick(import, Qt::LeftButton);
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(imported.count(), 1);
        QCOMPARE(imported[0][0].toUuid(), m_sessions->records.first().id);
        QCOMPARE(imported[0][1].toInt(), 1);
    }

private:
    [[nodiscard]] QUuid id(qsizetype index) const { return m_sessions->records.at(index).id; }
    /// All three as one file.
    [[nodiscard]] QString fileOfAll(const QTemporaryDir &dir) const
    {
        QList<Transcript::ExportedSession> all;
        for (const Transcript::SessionRecord &record : std::as_const(m_sessions->records))
            all.append({record, m_sessions->transcripts.value(record.id)});
        QFile file(dir.filePath(u"all.jsonl"_s));
        if (!file.open(QIODevice::WriteOnly)
            || !Transcript::SessionExporter::write(
                all, Transcript::ExportFormat::JsonLines, {}, file))
            return {};
        return file.fileName();
    }

    Theme::Theme m_theme;
    std::unique_ptr<FailingSessions> m_sessions;
};

QTEST_MAIN(TestLibraryFlows)
#include "tst_libraryflows.moc"
