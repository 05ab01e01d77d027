// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakerepositories.h"
#include "sessionopener.h"

#include "base/literals.h"
#include "theme/theme.h"
#include "transcript/exportcollector.h"
#include "transcript/transcriptpanel.h"
#include "widgets/messagebar.h"

#include <QPromise>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <deque>

using namespace Mailgauge;
using Transcript::Entry;
using Transcript::EntryPage;
using Transcript::SessionRecord;

namespace {

/// Hands out pages only when it is told to.
class HeldSessions final : public Test::FakeSessions {
public:
    struct Asked {
        QUuid session;
        qint64 from;
        int count;
        QPromise<Base::Result<EntryPage>> promise;
    };
    std::deque<Asked> asked;

    QFuture<Base::Result<EntryPage>> entryPage(QUuid session, qint64 from, int count) override
    {
        asked.push_back({session, from, count, {}});
        asked.back().promise.start();
        return asked.back().promise.future();
    }
    void answer()
    {
        Asked first = std::move(asked.front());
        asked.pop_front();
        const QList<Entry> some = transcripts.value(first.session).mid(first.from, first.count);
        first.promise.addResult(
            EntryPage {some, first.from + some.size(), transcripts.value(first.session).size()});
        first.promise.finish();
    }
    void refuse()
    {
        asked.front().promise.addResult(
            Base::Result<EntryPage>(Base::fail(Base::Error::Kind::Corrupt, u"store: damaged"_s)));
        asked.front().promise.finish();
        asked.pop_front();
    }
    SessionRecord addSession(int entries)
    {
        SessionRecord record;
        record.id = QUuid::createUuid();
        record.host = u"relay.example"_s;
        records.append(record);
        for (int n = 0; n < entries; ++n) {
            Entry entry;
            entry.n = n;
            entry.us = n;
            entry.text = "line " + QByteArray::number(n);
            transcripts[record.id].append(entry);
        }
        return record;
    }
};

} // namespace

class TestSessionOpener final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_sessions = std::make_unique<HeldSessions>();
        m_panel = std::make_unique<Transcript::TranscriptPanel>(m_theme);
        m_opener = std::make_unique<Gui::SessionOpener>(*m_sessions, *m_panel);
    }
    void cleanup()
    {
        m_opener.reset();
        m_panel.reset();
        m_sessions.reset();
    }

    void longSessionComesInPages()
    {
        const SessionRecord record = m_sessions->addSession(6000);
        QSignalSpy opened(m_opener.get(), &Gui::SessionOpener::opened);
        QSignalSpy progressed(m_opener.get(), &Gui::SessionOpener::progressed);
        QSignalSpy ended(m_opener.get(), &Gui::SessionOpener::ended);
        m_opener->open(record.id);
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        // The first page is a small one, and shown before the second is there.
        QVERIFY(m_sessions->asked.front().count <= 500);
        m_sessions->answer();
        QTRY_COMPARE(opened.count(), 1);
        QCOMPARE(entries(record.id).size(), 500);
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        while (m_opener->isOpening()) {
            QTRY_COMPARE(m_sessions->asked.size(), 1);
            m_sessions->answer();
            QCoreApplication::processEvents();
        }
        QCOMPARE(opened.count(), 1);
        QCOMPARE(ended.count(), 1);
        QCOMPARE(progressed.last().at(0).toLongLong(), 6000);
        QVERIFY(entries(record.id) == m_sessions->transcripts.value(record.id));
        // All of it is there: nothing is read again.
        m_opener->open(record.id);
        QCOMPARE(opened.count(), 2);
        QVERIFY(!m_opener->isOpening());
        QVERIFY(m_sessions->asked.empty());
    }

    void anotherSessionCancelsAndThisOneGoesOnLater()
    {
        const SessionRecord first = m_sessions->addSession(6000);
        const SessionRecord second = m_sessions->addSession(10);
        m_opener->open(first.id);
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        m_sessions->answer();
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        // A page of the first is still on its way: it comes too late and is dropped.
        m_opener->open(second.id);
        m_sessions->answer();
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        QCOMPARE(m_sessions->asked.front().session, second.id);
        m_sessions->answer();
        QTRY_VERIFY(!m_opener->isOpening());
        QCOMPARE(entries(first.id).size(), 500);
        QCOMPARE(entries(second.id).size(), 10);
        m_opener->open(first.id);
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        QCOMPARE(m_sessions->asked.front().from, 500);
        while (m_opener->isOpening()) {
            QTRY_COMPARE(m_sessions->asked.size(), 1);
            m_sessions->answer();
            QCoreApplication::processEvents();
        }
        QVERIFY(entries(first.id) == m_sessions->transcripts.value(first.id));
    }

    void stoppedOpeningIsSeenAndGoesOn()
    {
        const SessionRecord record = m_sessions->addSession(6000);
        m_panel->resize(900, 500);
        m_panel->show();
        m_opener->open(record.id);
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        m_sessions->answer();
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        auto *bar = m_panel->findChild<Widgets::MessageBar *>(u"transcriptRest"_s);
        QVERIFY(bar);
        QVERIFY(!bar->isVisible()); // It is on its way.
        m_opener->stop();
        m_sessions->asked.clear();
        QVERIFY(bar->isVisible());
        QVERIFY2(bar->text().contains(u"500 of 6,000"_s), qPrintable(bar->text()));
        // Beside another session it would be wrong.
        const SessionRecord other = m_sessions->addSession(10);
        m_opener->open(other.id);
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        m_sessions->answer();
        QTRY_VERIFY(!m_opener->isOpening());
        QVERIFY(!bar->isVisible());
        m_opener->open(record.id);
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        m_opener->stop();
        m_sessions->asked.clear();
        QVERIFY(bar->isVisible());
        QTest::mouseClick(bar->findChildren<QPushButton *>().last(), Qt::LeftButton);
        QVERIFY(m_opener->isOpening());
        QVERIFY(!bar->isVisible());
        while (m_opener->isOpening()) {
            QTRY_COMPARE(m_sessions->asked.size(), 1);
            m_sessions->answer();
            QCoreApplication::processEvents();
        }
        QVERIFY(!bar->isVisible());
        QVERIFY(entries(record.id) == m_sessions->transcripts.value(record.id));
    }

    /// As if the rest was there: it is read from the store.
    void halfOpenedSessionLeavesWhole()
    {
        const SessionRecord record = m_sessions->addSession(6000);
        m_opener->open(record.id);
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        m_sessions->answer();
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        m_opener->stop();
        QCOMPARE(entries(record.id).size(), 500);
        Transcript::ExportInput input;
        input.model = &m_panel->model();
        input.session = record.id;
        input.surroundings.sessions = m_sessions.get();
        for (const auto scope : {Transcript::ExportScope::Session, Transcript::ExportScope::All}) {
            Transcript::ExportCollector collector(input);
            QSignalSpy collected(&collector, &Transcript::ExportCollector::collected);
            collector.start(scope, false);
            QTRY_COMPARE(collected.count(), 1);
            const auto source = collected[0][0].value<Bundle::BundleSource>();
            QCOMPARE(source.sessions.size(), 1);
            QVERIFY(source.sessions.first().session.entries
                == m_sessions->transcripts.value(record.id));
        }
        // Lines that are shown are those lines.
        Transcript::ExportCollector collector(input);
        QSignalSpy collected(&collector, &Transcript::ExportCollector::collected);
        collector.start(Transcript::ExportScope::Displayed, false);
        QTRY_COMPARE(collected.count(), 1);
        QCOMPARE(
            collected[0][0].value<Bundle::BundleSource>().sessions.first().session.entries.size(),
            500);
    }

    void clearedTranscriptEndsTheOpening()
    {
        const SessionRecord record = m_sessions->addSession(6000);
        m_opener->open(record.id);
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        m_sessions->answer();
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        m_panel->clear();
        m_sessions->answer();
        QTRY_VERIFY(!m_opener->isOpening());
        QCOMPARE(m_panel->model().transcript().size(), 0);
        // From its beginning again.
        m_opener->open(record.id);
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        QCOMPARE(m_sessions->asked.front().from, 0);
    }

    void damageIsTold()
    {
        const SessionRecord record = m_sessions->addSession(6000);
        QSignalSpy failed(m_opener.get(), &Gui::SessionOpener::failed);
        QSignalSpy ended(m_opener.get(), &Gui::SessionOpener::ended);
        m_opener->open(record.id);
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        m_sessions->answer();
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        m_sessions->refuse();
        QTRY_COMPARE(failed.count(), 1);
        QCOMPARE(ended.count(), 1);
        QCOMPARE(entries(record.id).size(), 500); // what was readable stays
        m_opener->open(QUuid::createUuid());
        QTRY_COMPARE(failed.count(), 2);
        QVERIFY(!m_opener->isOpening());
    }

    void emptySessionOpens()
    {
        const SessionRecord record = m_sessions->addSession(0);
        QSignalSpy opened(m_opener.get(), &Gui::SessionOpener::opened);
        m_opener->open(record.id);
        QTRY_COMPARE(m_sessions->asked.size(), 1);
        m_sessions->answer();
        QTRY_COMPARE(opened.count(), 1);
        QVERIFY(!m_opener->isOpening());
    }

private:
    [[nodiscard]] QList<Entry> entries(const QUuid &session) const
    {
        const auto &transcript = m_panel->model().transcript();
        const qsizetype index = transcript.indexOf(session);
        return index < 0 ? QList<Entry>() : transcript.entries(index);
    }

    Theme::Theme m_theme;
    std::unique_ptr<HeldSessions> m_sessions;
    std::unique_ptr<Transcript::TranscriptPanel> m_panel;
    std::unique_ptr<Gui::SessionOpener> m_opener;
};

QTEST_MAIN(TestSessionOpener)
#include "tst_sessionopener.moc"
