// SPDX-License-Identifier: GPL-3.0-or-later
#include "storesupport.h"

#include "base/literals.h"
#include "store/sessionlist.h"
#include "store/sql.h"

#include <QFileInfo>
#include <QTest>
#include <QTimeZone>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Base::Error;
using Store::Database;
using Transcript::Entry;
using Transcript::KeepRules;
using Transcript::SessionQuery;
using Transcript::SessionRecord;
using Transcript::SessionTerm;
using Transcript::WholeOutcome;
using Field = SessionTerm::Field;

Q_DECLARE_METATYPE(SessionTerm)

namespace {

constexpr int Many = 100'000;
const QDateTime now = QDateTime::fromSecsSinceEpoch(1'800'000'000, QTimeZone::utc());

QStringList subjectsOf(const Base::Result<QList<SessionRecord>> &list)
{
    QStringList subjects;
    if (list) {
        for (const SessionRecord &record : *list)
            subjects << record.subject;
    }
    return subjects;
}

SessionTerm term(Field field, const QString &text)
{
    return {.field = field, .text = text};
}

QList<Entry> entriesOf(qint64 first, qint64 count, const QByteArray &text = "250 ok"_ba)
{
    QList<Entry> entries(count);
    for (qint64 i = 0; i < count; ++i) {
        entries[i].n = first + i;
        entries[i].us = first + i;
        entries[i].text = text + QByteArray::number(first + i);
    }
    return entries;
}

} // namespace

class TestSessionLibrary final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        reopen();
    }
    void cleanup()
    {
        m_store.reset();
        m_dir.reset();
    }

    void fields_data()
    {
        QTest::addColumn<SessionTerm>("wanted");
        QTest::addColumn<QStringList>("found");
        const QStringList none;
        const QStringList one {u"one"_s};
        const QStringList two {u"two"_s};
        const QStringList both {u"two"_s, u"one"_s};
        QTest::newRow("relay by host") << term(Field::Relay, u"mx1.EXAMPLE"_s) << one;
        QTest::newRow("relay by profile") << term(Field::Relay, u"Office"_s) << two;
        QTest::newRow("relay, two letters") << term(Field::Relay, u"x1"_s) << one;
        QTest::newRow("relay is not a recipient") << term(Field::Relay, u"bob@"_s) << none;
        QTest::newRow("recipient") << term(Field::Recipient, u"bob@example.org"_s) << one;
        QTest::newRow("reply") << term(Field::Reply, u"550 5.1.1 no SUCH"_s) << one;
        QTest::newRow("reply is not a subject") << term(Field::Reply, u"one"_s) << none;
        QTest::newRow("outcome") << SessionTerm {.field = Field::Outcome,
            .outcomes = {WholeOutcome::Rejected}}
                                 << one;
        QTest::newRow("outcomes") << SessionTerm {.field = Field::Outcome,
            .outcomes = {WholeOutcome::Rejected, WholeOutcome::Accepted}}
                                  << both;
        QTest::newRow("not that outcome") << SessionTerm {.field = Field::Outcome,
            .outcomes = {WholeOutcome::Rejected},
            .negated = true} << two;
        QTest::newRow("tag, any case") << term(Field::Tag, u"TICKET"_s) << two;
        QTest::newRow("part of a tag") << term(Field::Tag, u"tick"_s) << none;
        QTest::newRow("part of a tag as a word") << term(Field::Any, u"tick"_s) << two;
        QTest::newRow("note") << term(Field::Note, u"call back"_s) << two;
        QTest::newRow("note as a word") << term(Field::Any, u"call"_s) << two;
        QTest::newRow("before") << SessionTerm {.field = Field::Before, .time = now.addSecs(1)}
                                << one;
        QTest::newRow("after") << SessionTerm {.field = Field::After, .time = now.addSecs(1)}
                               << two;
        QTest::newRow("after is that moment, too")
            << SessionTerm {.field = Field::After, .time = now} << both;
        QTest::newRow("query syntax is text")
            << term(Field::Relay, u"\"mx1\" OR relay : NEAR(*)"_s) << none;
    }
    void fields()
    {
        QFETCH(SessionTerm, wanted);
        QFETCH(QStringList, found);
        addTwo();
        QCOMPARE(subjectsOf(take(sessions().list({.terms = {wanted}}))), found);
        wanted.negated = !wanted.negated;
        QStringList rest {u"two"_s, u"one"_s};
        for (const QString &subject : std::as_const(found))
            rest.removeAll(subject);
        QCOMPARE(subjectsOf(take(sessions().list({.terms = {wanted}}))), rest);
    }

    void allTermsHold()
    {
        addTwo();
        const auto list = [&](const QList<SessionTerm> &terms) {
            return subjectsOf(take(sessions().list({.terms = terms})));
        };
        QCOMPARE(list({term(Field::Relay, u"mx"_s), term(Field::Note, u"call"_s)}),
            QStringList {u"two"_s});
        QCOMPARE(
            list({term(Field::Tag, u"ticket"_s), term(Field::Recipient, u"bob"_s)}), QStringList());
    }

    void idBegins()
    {
        const SessionRecord record = add(u"one"_s);
        add(u"two"_s);
        const QString id = record.id.toString(QUuid::WithoutBraces);
        for (const qsizetype length : {8, 13, 36}) {
            QCOMPARE(subjectsOf(take(sessions().list(
                         {.terms = {term(Field::Id, id.first(length).toUpper())}}))),
                QStringList {u"one"_s});
        }
        QCOMPARE(subjectsOf(take(sessions().list({.terms = {term(Field::Id, u"zz"_s)}}))),
            QStringList());
    }

    void tagsAndNoteAreTheUsers()
    {
        SessionRecord record = newRecord({"bob@example.org"});
        record.subject = u"one"_s;
        QVERIFY(take(sessions().begin(record, {})));
        QVERIFY(take(sessions().setTags(record.id, {u"b"_s, u"A"_s, u"a"_s})));
        QVERIFY(take(sessions().setNote(record.id, u" two\nlines "_s)));
        // The session goes on and knows of neither.
        QVERIFY(take(sessions().finish(record)));
        auto back = take(sessions().record(record.id));
        QCOMPARE(back->tags, (QStringList {u"A"_s, u"b"_s}));
        QCOMPARE(back->note, u"two lines"_s);
        QCOMPARE(*take(sessions().tags()), (QStringList {u"A"_s, u"b"_s}));
        const auto refused = take(sessions().setTags(record.id, {u"two words"_s}));
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, Error::Kind::InvalidInput);
        QCOMPARE(take(sessions().record(record.id))->tags.size(), 2);
        QVERIFY(take(sessions().setTags(record.id, {})));
        QVERIFY(take(sessions().setNote(record.id, {})));
        back = take(sessions().record(record.id));
        QVERIFY(back->tags.isEmpty());
        QVERIFY(back->note.isEmpty());
        QVERIFY(take(sessions().tags())->isEmpty());
        QVERIFY(subjectsOf(take(sessions().list(queryFor(u"lines"_s)))).isEmpty());
        QCOMPARE(take(sessions().setNote(QUuid::createUuid(), u"x"_s)).error().kind,
            Error::Kind::InvalidInput);
    }

    void binKeepsWhatWasAskedFor()
    {
        const SessionRecord one = add(u"one"_s);
        const SessionRecord two = add(u"two"_s);
        const SessionRecord running = newRecord({"bob@example.org"});
        QVERIFY(take(sessions().begin(running, {})));
        // A snapshot: what arrives later, and what still runs, is not touched.
        const auto trashed = take(sessions().trash({one.id, running.id, QUuid::createUuid()}, now));
        QCOMPARE(*trashed, QList {one.id});
        QCOMPARE(take(sessions().list({}))->size(), 2);
        QCOMPARE(subjectsOf(take(sessions().list({.from = SessionQuery::From::Bin}))),
            QStringList {u"one"_s});
        // Once is enough, so that one undo does not bring back what another deletion meant.
        QVERIFY(take(sessions().trash({one.id}, now))->isEmpty());
        QCOMPARE(*take(sessions().restore({one.id, two.id})), QList {one.id});
        QCOMPARE(take(sessions().list({}))->size(), 3);
        QVERIFY(take(sessions().list({.from = SessionQuery::From::Bin}))->isEmpty());
    }

    void deletedOnesAreNoSamples()
    {
        const SessionRecord one = add(u"one"_s);
        const auto before = take(m_store->samples().samples({}))->size();
        QVERIFY(before > 0);
        QVERIFY(take(sessions().trash({one.id}, now)));
        QCOMPARE(take(m_store->samples().samples({}))->size(), 0);
        QVERIFY(take(sessions().restore({one.id})));
        QCOMPARE(take(m_store->samples().samples({}))->size(), before);
    }

    void sweepByAge()
    {
        SessionRecord running = newRecord({"bob@example.org"});
        running.startedAt = now.addDays(-400);
        QVERIFY(take(sessions().begin(running, {})));
        add(u"old"_s, now.addDays(-91));
        const SessionRecord tagged = add(u"old, tagged"_s, now.addDays(-92));
        const SessionRecord noted = add(u"old, noted"_s, now.addDays(-93));
        QVERIFY(take(sessions().setTags(tagged.id, {u"keep"_s})));
        QVERIFY(take(sessions().setNote(noted.id, u"keep"_s)));
        const SessionRecord marked = add(u"old, marked"_s, now.addDays(-94));
        QVERIFY(take(sessions().setMarks(marked.id, {{3, {true, {}}}})));
        add(u"new"_s, now.addDays(-89));
        const auto off = take(sessions().sweep({}, now));
        QVERIFY(off);
        QCOMPARE(off->tooOld + off->tooMuch + off->fromBin, 0);
        const auto report = take(sessions().sweep({.days = 90}, now));
        QVERIFY2(report, report ? "" : qPrintable(report.error().detail));
        QCOMPARE(report->tooOld, 1);
        QVERIFY(report->bytesBefore > 0);
        QCOMPARE(subjectsOf(take(sessions().list({}))),
            (QStringList {
                u"new"_s, u"old, tagged"_s, u"old, noted"_s, u"old, marked"_s, running.subject}));
        QCOMPARE(take(sessions().sweep({.days = 90, .marked = true}, now))->tooOld, 3);
        // Running ones stay, whatever the rules say.
        QCOMPARE(subjectsOf(take(sessions().list({}))), (QStringList {u"new"_s, running.subject}));
        QVERIFY(take(sessions().append(running.id, {Entry {}})));
    }

    /// What is not decided is the user's to resolve (faults.md 1.1), whatever the rules say.
    void sweepLeavesWhatIsOpen()
    {
        SessionRecord uncertain = newRecord({"bob@example.org", "eve@example.org"});
        uncertain.subject = u"uncertain"_s;
        uncertain.startedAt = now.addDays(-400);
        uncertain.outcome = WholeOutcome::Uncertain;
        uncertain.recipients[0].outcome = Smtp::Outcome::Accepted;
        uncertain.recipients[1].outcome = Smtp::Outcome::Uncertain;
        QVERIFY(take(sessions().begin(uncertain, {})));
        QVERIFY(take(sessions().finish(uncertain)));
        // As after a crash: one recipient waits to be sent to, whatever the whole is called.
        const SessionRecord queued = add(u"queued"_s, now.addDays(-401));
        execute(u"UPDATE outcomes SET state = 'queued' WHERE session = (SELECT row FROM sessions "
                "WHERE subject = 'queued')"_s);
        // Partly uncertain, though the whole is called partial.
        const SessionRecord partial = add(u"partial"_s, now.addDays(-402));
        execute(u"UPDATE outcomes SET state = 'uncertain' WHERE session = (SELECT row FROM "
                "sessions WHERE subject = 'partial')"_s);
        add(u"done"_s, now.addDays(-403));
        const auto report = take(sessions().sweep({.days = 90, .bytes = 1, .marked = true}, now));
        QVERIFY2(report, report ? "" : qPrintable(report.error().detail));
        QCOMPARE(report->tooOld, 1);
        QCOMPARE(report->tooMuch, 0);
        QCOMPARE(subjectsOf(take(sessions().list({}))),
            (QStringList {u"uncertain"_s, u"queued"_s, u"partial"_s}));
        // Deleted by hand they go as any other.
        QVERIFY(take(sessions().trash({uncertain.id, queued.id, partial.id}, now)));
        QCOMPARE(take(sessions().sweep({.binDays = 0}, now))->fromBin, 3);
    }

    void sweepBySizeTakesTheOldest()
    {
        for (int i = 0; i < 20; ++i) {
            const SessionRecord record = add(
                QString::number(i), now.addDays(i - 100), QByteArray(1, char('a' + i)));
            // Nothing that could be compressed to nothing.
            QList<Entry> entries = entriesOf(0, 2000);
            for (Entry &entry : entries)
                entry.text = noise(150, static_cast<int>(i * 2000 + entry.n));
            QVERIFY(take(sessions().append(record.id, entries)));
        }
        const SessionRecord binned = add(u"binned"_s, now);
        QVERIFY(take(sessions().trash({binned.id}, now)));
        const qint64 whole = take(sessions().sweep({}, now))->bytesBefore;
        const KeepRules rules {.bytes = whole / 2};
        const auto report = take(sessions().sweep(rules, now));
        QVERIFY2(report, report ? "" : qPrintable(report.error().detail));
        QVERIFY(report->bytesAfter <= whole / 2);
        // Its time in the bin was not over.
        QCOMPARE(report->fromBin, 0);
        QCOMPARE(report->binTooMuch, 1);
        QVERIFY(report->tooMuch >= 8);
        QVERIFY(report->tooMuch <= 12);
        const QStringList left = subjectsOf(take(sessions().list({})));
        QCOMPARE(left.size(), 20 - report->tooMuch);
        QCOMPARE(left.first(), u"19"_s);
        QCOMPARE(left.last(), QString::number(report->tooMuch));
        QCOMPARE(take(sessions().sweep(rules, now))->tooMuch, 0);
    }

    /// What stays all the same is no reason to remove anything.
    void sweepBySizeRemovesNothingForWhatStays()
    {
        const SessionRecord tagged = add(u"tagged"_s, now.addDays(-9), noise(4'000'000));
        QVERIFY(take(sessions().setTags(tagged.id, {u"keep"_s})));
        // The same octets once more: they are stored once and stay with the tagged one.
        add(u"same"_s, now.addDays(-8), noise(4'000'000));
        for (int i = 0; i < 5; ++i)
            add(u"small"_s, now.addDays(-i), noise(50'000, i + 2));
        const KeepRules rules {.bytes = 2 << 20};
        auto report = take(sessions().sweep(rules, now));
        QVERIFY2(report, report ? "" : qPrintable(report.error().detail));
        QVERIFY(report->bytesAfter > rules.bytes);
        QCOMPARE(report->tooMuch, 0);
        QCOMPARE(take(sessions().list({}))->size(), 7);
        // Those that may go have a limit of their own.
        add(u"large"_s, now.addDays(-20), noise(5'000'000, 99));
        report = take(sessions().sweep(rules, now));
        QCOMPARE(report->tooMuch, 1);
        QVERIFY(!subjectsOf(take(sessions().list({}))).contains(u"large"_s));
        QCOMPARE(take(sessions().sweep({.bytes = 2 << 20, .marked = true}, now))->tooMuch, 2);
    }

    /// More than are looked at in one step, most of them to stay.
    void sweepGoesOnBehindThoseThatStay()
    {
        add(u"first"_s, now.addDays(-400));
        execute(u"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
                "INSERT INTO sessions(id, started, since, host, subject, message, message_id, "
                "outcome, total_us, finished, record, note) SELECT i, started + i, started + i, "
                "host, subject, NULL, x'', outcome, 0, 1, record, "
                "CASE i % 250 WHEN 0 THEN '' ELSE 'keep' END FROM sessions, n"_s);
        QCOMPARE(take(sessions().sweep({.days = 90}, now))->tooOld, 5);
        QCOMPARE(count(u"SELECT count(*) FROM sessions"_s), 996);
        execute(u"UPDATE sessions SET note = '' WHERE CAST(id AS INTEGER) % 250 = 1"_s);
        QCOMPARE(take(sessions().sweep({.bytes = 1}, now))->tooMuch, 4);
        execute(u"UPDATE sessions SET deleted = 1"_s);
        QCOMPARE(take(sessions().sweep({}, now))->fromBin, 992);
        QCOMPARE(count(u"SELECT count(*) FROM sessions"_s), 0);
    }

    /// It is as old as its import, not as what happened elsewhere.
    void importedSessionsAreNew()
    {
        const QDateTime today = QDateTime::currentDateTimeUtc();
        SessionRecord record = newRecord({"bob@example.org"});
        record.startedAt = today.addDays(-400);
        record.outcome = WholeOutcome::Accepted;
        QVERIFY(take(sessions().add(record, entriesOf(0, 3), "octets"_ba)));
        QCOMPARE(take(sessions().sweep({.days = 90}, today.addDays(89)))->tooOld, 0);
        QCOMPARE(take(sessions().record(record.id))->startedAt, record.startedAt);
        QCOMPARE(take(sessions().sweep({.days = 90}, today.addDays(91)))->tooOld, 1);
        QCOMPARE(count(u"SELECT count(*) FROM contents"_s), 0);
    }

    void octetsThatNobodyTookGo()
    {
        const SessionRecord first = add(u"first"_s, now, "whole message"_ba);
        SessionRecord second = newRecord({"bob@example.org"});
        second.message = first.message;
        QVERIFY(take(sessions().add(second, {}, "redacted message"_ba)));
        QCOMPARE(*take(sessions().message(first.message)), "whole message"_ba);
        QCOMPARE(count(u"SELECT count(*) FROM contents"_s), 1);
        // The same octets again: the others still refer to them.
        SessionRecord third = newRecord({"bob@example.org"});
        third.message = first.message;
        QVERIFY(take(sessions().add(third, {}, "whole message"_ba)));
        QCOMPARE(*take(sessions().message(first.message)), "whole message"_ba);
    }

    void linesMarkedWhileItRanAreKept()
    {
        SessionRecord record = newRecord({"bob@example.org"});
        record.startedAt = now.addDays(-400);
        QVERIFY(take(sessions().begin(record, {})));
        record.outcome = WholeOutcome::Accepted;
        record.recipients[0].outcome = Smtp::Outcome::Accepted;
        record.marks.insert(3, {true, {}});
        QVERIFY(take(sessions().finish(record)));
        QCOMPARE(take(sessions().sweep({.days = 90}, now))->tooOld, 0);
    }

    /// FTS5 counts characters, a QString units of UTF-16.
    void twoCharactersBeyondThePlaneAreFound()
    {
        const SessionRecord record = add(u"one"_s);
        const QString smiles = QString::fromUtf8("\xF0\x9F\x98\x80\xF0\x9F\x98\x80");
        QCOMPARE(smiles.size(), 4);
        QVERIFY(take(sessions().setNote(record.id, u"thanks "_s + smiles)));
        QCOMPARE(subjectsOf(take(sessions().list(queryFor(smiles)))), QStringList {u"one"_s});
        QCOMPARE(subjectsOf(take(sessions().list({.terms = {term(Field::Note, smiles)}}))),
            QStringList {u"one"_s});
    }

    void pageBeginsInsideAChunk()
    {
        const SessionRecord record = add(u"long"_s);
        QVERIFY(take(sessions().append(record.id, entriesOf(0, 500))));
        QVERIFY(take(sessions().append(record.id, entriesOf(500, 500))));
        const auto page = take(sessions().entryPage(record.id, 499, 10));
        QVERIFY(page);
        QCOMPARE(page->entries.first().n, 499);
        QVERIFY(page->next > 499);
        const auto last = take(sessions().entryPage(record.id, 999, 10));
        QCOMPARE(last->entries.size(), 1);
        QVERIFY(last->isLast());
        QVERIFY(take(sessions().entryPage(record.id, 1000, 10))->entries.isEmpty());
    }

    void binIsPurgedAfterItsTime()
    {
        const SessionRecord early = add(u"early"_s);
        const SessionRecord late = add(u"late"_s);
        QVERIFY(take(sessions().trash({early.id}, now.addDays(-31))));
        QVERIFY(take(sessions().trash({late.id}, now.addDays(-29))));
        QCOMPARE(take(sessions().sweep({.binDays = 30}, now))->fromBin, 1);
        QVERIFY(take(sessions().restore({early.id}))->isEmpty());
        QCOMPARE(*take(sessions().restore({late.id})), QList {late.id});
    }

    void roomIsGivenBackInSteps()
    {
        QList<QUuid> ids;
        for (int i = 0; i < 4; ++i) {
            const SessionRecord record = add(u"big"_s, now, noise(20'000'000, i + 1));
            QVERIFY(take(sessions().append(record.id, entriesOf(0, 50'000, noise(60, i)))));
            ids << record.id;
        }
        QVERIFY(take(sessions().trash(ids, now)));
        reopen(); // the log goes into the file
        const qint64 before = QFileInfo(path()).size();
        QVERIFY(before > 60'000'000);
        auto sweep = sessions().sweep({.binDays = 0}, now);
        // Others get their turn between its steps.
        int turns = 0;
        qint64 slowest = 0;
        while (!sweep.isFinished()) {
            QElapsedTimer turn;
            turn.start();
            QVERIFY(take(sessions().setNote(QUuid::createUuid(), {})).error().kind
                == Error::Kind::InvalidInput);
            slowest = qMax(slowest, turn.elapsed());
            ++turns;
        }
        const auto report = take(sweep);
        QVERIFY2(report, report ? "" : qPrintable(report.error().detail));
        QCOMPARE(report->fromBin, 4);
        QVERIFY2(turns > 2, QByteArray::number(turns).constData());
        qInfo("%d others between the steps, the slowest waited %lld ms", turns, slowest);
        reopen();
        const qint64 after = QFileInfo(path()).size();
        QVERIFY2(after < before / 20, QByteArray::number(after).constData());
        QCOMPARE(count(u"SELECT count(*) FROM contents"_s), 0);
        QCOMPARE(count(u"SELECT count(*) FROM content_chunks"_s), 0);
        QCOMPARE(count(u"PRAGMA freelist_count"_s), 0);
    }

    /// A sweep that was cut off in the middle of a session.
    void sweepGoesOnWhereOneEnded()
    {
        const SessionRecord record = add(u"half"_s);
        QVERIFY(take(sessions().append(record.id, entriesOf(0, 10'000))));
        execute(u"UPDATE sessions SET deleted = 0"_s);
        execute(u"DELETE FROM entries WHERE first = 0"_s);
        QVERIFY(take(sessions().list({}))->isEmpty());
        QVERIFY(take(sessions().list({.from = SessionQuery::From::Bin}))->isEmpty());
        QVERIFY(take(sessions().restore({record.id}))->isEmpty());
        QVERIFY(take(sessions().sweep({}, now)));
        QCOMPARE(count(u"SELECT count(*) FROM sessions"_s), 0);
        QCOMPARE(count(u"SELECT count(*) FROM entries"_s), 0);
    }

    void entriesComeInPages()
    {
        const SessionRecord record = add(u"long"_s);
        qint64 n = 0;
        for (const int size : {1, 2, 3, 500, 10'000, 1, 700}) {
            QVERIFY(take(sessions().append(record.id, entriesOf(n, size))));
            n += size;
        }
        QList<Entry> all;
        int pages = 0;
        for (qint64 next = 0; next < n; ++pages) {
            const auto page = take(sessions().entryPage(record.id, next, 600));
            QVERIFY(page);
            QCOMPARE(page->total, n);
            QVERIFY(!page->entries.isEmpty());
            QVERIFY(page->entries.size() <= 2048); // one stored chunk at most beyond what was asked
            QCOMPARE(page->entries.first().n, next);
            all += page->entries;
            next = page->next;
            QCOMPARE(page->isLast(), next == n);
        }
        QVERIFY(pages > 5);
        QVERIFY(all == *take(sessions().entries(record.id)));
        QCOMPARE(all.size(), n);
        const auto beyond = take(sessions().entryPage(record.id, n, 600));
        QVERIFY(beyond->entries.isEmpty());
        QVERIFY(beyond->isLast());
        QVERIFY(take(sessions().entryPage(add(u"empty"_s).id, 0, 600))->isLast());
    }

    void hundredThousandAreSearched()
    {
        fillMany();
        struct Row {
            const char *name;
            SessionQuery query;
            qsizetype hits;
        };
        const auto hundred = [](const SessionTerm &one, qsizetype hits, const char *name) {
            return Row {name, {.terms = {one}, .limit = 100}, hits};
        };
        SessionTerm notRejected {
            .field = Field::Outcome, .outcomes = {WholeOutcome::Rejected}, .negated = true};
        const QList<Row> rows {
            {"first page", {.limit = 100}, 100},
            hundred(term(Field::Any, u"example99999"_s), 1, "one word, one hit"),
            hundred(term(Field::Any, u"example"_s), 100, "one word, every session"),
            hundred(term(Field::Any, u"nowhere"_s), 0, "one word, no hit"),
            hundred(term(Field::Any, u"zq"_s), 0, "two letters, no hit"),
            hundred(term(Field::Relay, u"mx7.example"_s), 100, "relay"),
            hundred(term(Field::Recipient, u"user99999@"_s), 1, "recipient"),
            hundred(term(Field::Reply, u"550 5.1.1"_s), 100, "reply"),
            hundred(term(Field::Tag, u"rare"_s), 10, "tag"),
            hundred(term(Field::Note, u"ticket 4711"_s), 1, "note"),
            hundred(SessionTerm {.field = Field::Outcome, .outcomes = {WholeOutcome::Stopped}}, 100,
                "outcome"),
            hundred(notRejected, 100, "not that outcome"),
            hundred(
                SessionTerm {.field = Field::Before, .time = start().addSecs(50)}, 49, "before"),
            hundred(
                SessionTerm {.field = Field::After, .time = start().addSecs(50'000)}, 100, "after"),
        };
        for (const Row &row : rows) {
            const auto found = take(sessions().list(row.query));
            QVERIFY2(found, row.name);
            QVERIFY2(found->size() == row.hits, row.name);
        }
        // The last page, too.
        SessionQuery deep {.limit = 100, .behind = SessionQuery::Place {start().addSecs(100), {}}};
        QCOMPARE(take(sessions().list(deep))->size(), 99);
    }

    void plansUseIndexes_data()
    {
        QTest::addColumn<SessionTerm>("wanted");
        QTest::addColumn<QString>("index");
        QTest::newRow("word") << term(Field::Any, u"example"_s)
                              << u"session_words VIRTUAL TABLE INDEX"_s;
        QTest::newRow("relay") << term(Field::Relay, u"mx7"_s)
                               << u"session_words VIRTUAL TABLE INDEX"_s;
        QTest::newRow("tag") << term(Field::Tag, u"rare"_s)
                             << u"tags USING COVERING INDEX tags_tag"_s;
        QTest::newRow("outcome") << SessionTerm {.field = Field::Outcome,
            .outcomes = {WholeOutcome::Stopped}}
                                 << u"USING INDEX sessions_outcome (outcome=?)"_s;
        QTest::newRow("before") << SessionTerm {.field = Field::Before, .time = now}
                                << u"USING INDEX sessions_kept (started<?)"_s;
        QTest::newRow("after") << SessionTerm {.field = Field::After, .time = now}
                               << u"USING INDEX sessions_kept (started>?)"_s;
        QTest::newRow("id") << term(Field::Id, u"5f0c"_s)
                            << u"USING INDEX sqlite_autoindex_sessions_1 (id>? AND id<?)"_s;
    }
    void plansUseIndexes()
    {
        QFETCH(SessionTerm, wanted);
        QFETCH(QString, index);
        const QString plan = planOf({.terms = {wanted}});
        QVERIFY2(plan.contains(index), qPrintable(plan));
        QVERIFY2(!plan.contains(u"SCAN sessions\n"_s), qPrintable(plan));
    }

    void pagesUseTheIndexWithoutSorting()
    {
        const QString first = planOf({});
        QVERIFY2(first.contains(u"USING INDEX sessions_kept"_s), qPrintable(first));
        QVERIFY2(!first.contains(u"FOR ORDER BY"_s), qPrintable(first));
        const QString later = planOf({.behind = SessionQuery::Place {now, QUuid::createUuid()}});
        QVERIFY2(
            later.contains(u"SEARCH sessions USING INDEX sessions_kept ("_s), qPrintable(later));
        QVERIFY2(!later.contains(u"FOR ORDER BY"_s), qPrintable(later));
    }

private:
    Transcript::SessionLibrary &sessions() { return m_store->sessions(); }
    [[nodiscard]] QString path() const { return m_dir->filePath(u"mailgauge.sqlite"_s); }
    static QDateTime start()
    {
        return QDateTime::fromSecsSinceEpoch(1'700'000'000, QTimeZone::utc());
    }
    void reopen()
    {
        m_store.reset();
        auto opened = Database::open(path());
        QVERIFY2(opened, opened ? "" : qPrintable(opened.error().detail));
        m_store = std::move(*opened);
    }
    SessionRecord add(
        const QString &subject, const QDateTime &time = now, const QByteArray &message = "x"_ba)
    {
        SessionRecord record = newRecord({"bob@example.org"});
        record.subject = subject;
        record.startedAt = time;
        record.recipients[0].outcome = Smtp::Outcome::Accepted;
        record.outcome = WholeOutcome::Accepted;
        const bool done = take(sessions().begin(record, contentOf(message)))
            && take(sessions().finish(record));
        Q_ASSERT(done);
        return record;
    }
    void addTwo()
    {
        SessionRecord one = newRecord({"bob@example.org"});
        one.subject = u"one"_s;
        one.host = u"mx1.example.net"_s;
        one.startedAt = now;
        one.outcome = WholeOutcome::Rejected;
        one.recipients[0].reply = Smtp::Reply {550, {"5.1.1 no such user"}};
        SessionRecord two = newRecord({"eve@example.com"});
        two.subject = u"two"_s;
        two.host = u"mx2.example.net"_s;
        two.profileName = u"Back office"_s;
        two.startedAt = now.addSecs(60);
        two.outcome = WholeOutcome::Accepted;
        for (const SessionRecord &record : {one, two}) {
            QVERIFY(take(sessions().begin(record, contentOf("x"))));
            QVERIFY(take(sessions().finish(record)));
        }
        QVERIFY(take(sessions().setTags(two.id, {u"ticket"_s})));
        QVERIFY(take(sessions().setNote(two.id, u"call back on Monday"_s)));
    }
    static QByteArray noise(qsizetype size, int seed = 1)
    {
        QByteArray bytes(size, Qt::Uninitialized);
        quint32 state = static_cast<quint32>(seed);
        for (char &byte : bytes) {
            state = state * 1664525u + 1013904223u;
            byte = static_cast<char>('!' + (state >> 24) % 90);
        }
        return bytes;
    }
    // Copies of one row: what counts is how many there are.
    void fillMany()
    {
        SessionRecord record = fullRecord();
        record.startedAt = start();
        record.tags.clear();
        record.note.clear();
        QVERIFY(take(sessions().begin(record, contentOf("x"))));
        execute(u"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1) "
                "INSERT INTO sessions(id, started, host, subject, message, message_id, outcome, "
                "total_us, finished, record) SELECT i, started + i * 1000, host, subject, NULL, "
                "x'', CASE i % 4 WHEN 0 THEN 'rejected' WHEN 1 THEN 'stopped' ELSE 'accepted' END, "
                "0, 1, record FROM sessions, n"_s.arg(Many));
        execute(u"DELETE FROM session_words"_s);
        execute(u"DELETE FROM sessions WHERE started = %1"_s.arg(start().toMSecsSinceEpoch()));
        execute(
            u"INSERT INTO session_words(rowid, relay, subject, recipients, replies, tags, note) "
            "SELECT row, 'mx' || (row % 10) || '.example' || id, 'Newsletter ' || id, "
            "'user' || id || '@example.org', '550 5.1.1 no such user', '', "
            "CASE id WHEN '77' THEN 'ticket 4711' ELSE '' END FROM sessions"_s);
        execute(u"INSERT INTO tags(session, tag) SELECT row, 'rare' FROM sessions "
                "WHERE CAST(id AS INTEGER) % 10000 = 0"_s);
    }
    [[nodiscard]] QString planOf(const SessionQuery &query) const
    {
        const Store::BoundStatement statement = Store::listStatement(query);
        auto connection = Store::Connection::open(path(), Store::Connection::Access::ReadWrite);
        if (!connection)
            return {};
        const auto rows = (*connection)
                              ->rows(u"EXPLAIN QUERY PLAN "_s + statement.sql, statement.values,
                                  [](const QSqlQuery &row) { return row.value(3).toString(); });
        return rows ? QStringList(*rows).join(u'\n') + u'\n' : rows.error().detail;
    }
    void execute(const QString &sql) const
    {
        auto connection = Store::Connection::open(path(), Store::Connection::Access::ReadWrite);
        QVERIFY(connection);
        const auto done = (*connection)->run(sql);
        QVERIFY2(done, done ? "" : qPrintable(done.error().detail));
    }
    [[nodiscard]] qint64 count(const QString &sql) const
    {
        auto connection = Store::Connection::open(path(), Store::Connection::Access::ReadWrite);
        return connection ? (*connection)->number(sql)->value_or(-1) : -1;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<Database> m_store;
};

QTEST_GUILESS_MAIN(TestSessionLibrary)
#include "tst_sessionlibrary.moc"
