// SPDX-License-Identifier: GPL-3.0-or-later
#include "storesupport.h"

#include "base/literals.h"
#include "store/contentwriter.h"
#include "store/sql.h"

#include <QDir>
#include <QTemporaryFile>
#include <QTest>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Base::Error;
using Store::Database;
using Transcript::Entry;
using Transcript::SessionRecord;

namespace {

QByteArray noise(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    quint32 state = 1;
    for (char &byte : bytes) {
        state = state * 1664525u + 1013904223u;
        byte = static_cast<char>(state >> 24);
    }
    return bytes;
}

} // namespace

class TestSessionStore final : public QObject {
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

    void everyFieldComesBack()
    {
        const SessionRecord full = fullRecord();
        SessionRecord begun = full;
        for (auto &recipient : begun.recipients)
            recipient = {recipient.recipient, {}, {}, {}, {}};
        QVERIFY(take(sessions().begin(begun, contentOf("Subject: x\r\n\r\n"))));
        QVERIFY(take(sessions().finish(full)));
        reopen();
        const auto back = take(sessions().record(full.id));
        QVERIFY2(back, back ? "" : qPrintable(back.error().detail));
        QCOMPARE(back->recipients, full.recipients);
        QCOMPARE(back->tls, full.tls);
        QCOMPARE(back->capabilities, full.capabilities);
        QCOMPARE(back->timings, full.timings);
        QVERIFY(*back == full);
        QCOMPARE(take(sessions().list({}))->size(), 1);
        QVERIFY(take(sessions().list({}))->first() == full);
    }

    void entriesComeBackWithoutKeptSecrets()
    {
        const SessionRecord record = newRecord({"bob@example.org"});
        QVERIFY(take(sessions().begin(record, {})));
        QList<Entry> entries;
        for (int i = 0; i < 300; ++i) {
            entries.append({.n = i,
                .us = i * 10,
                .direction = static_cast<Transcript::Direction>(i % 3),
                .stage = Smtp::allStages[static_cast<std::size_t>(i) % Smtp::allStages.size()],
                .tls = i % 2 == 0,
                .text = "250 \xff line " + QByteArray::number(i),
                .redactions = {},
                .content = {}});
        }
        entries[5].redactions = {{11, "AUTH PLAIN", Base::Secret("canary-e1-secret"_ba)}};
        entries[6].content = Transcript::ContentRange {
            record.message, 10, Q_INT64_C(5'000'000'000)};
        QVERIFY(take(sessions().append(record.id, entries.first(100))));
        QVERIFY(take(sessions().append(record.id, entries.sliced(100))));
        const auto back = take(sessions().entries(record.id));
        QVERIFY(back);
        entries[5].redactions[0].kept = {};
        QVERIFY(*back == entries);
        // E1: compressed or not, the secret is nowhere in the files.
        m_store.reset();
        for (const QString &name : QDir(m_dir->path()).entryList(QDir::Files)) {
            QFile file(m_dir->filePath(name));
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY(!file.readAll().contains("canary-e1-secret"));
        }
    }

    void marksStayWithTheSession()
    {
        using Marks = QMap<qint64, Transcript::LineMark>;
        SessionRecord record = newRecord({"bob@example.org"});
        QVERIFY(take(sessions().begin(record, {})));
        const Marks marks {{3, {true, {}}}, {7, {false, u"ask \"them\""_s}}};
        QVERIFY(take(sessions().setMarks(record.id, marks)));
        // Who ran the session knows nothing of them.
        record.totalUs = 7;
        QVERIFY(take(sessions().finish(record)));
        reopen();
        QCOMPARE(take(sessions().record(record.id))->marks, marks);
        QCOMPARE(take(sessions().record(record.id))->totalUs, 7);
        QVERIFY(take(sessions().setMarks(record.id, {})));
        QVERIFY(take(sessions().record(record.id))->marks.isEmpty());
        const auto unknown = take(sessions().setMarks(QUuid::createUuid(), marks));
        QCOMPARE(unknown.error().kind, Error::Kind::InvalidInput);
    }

    void appendOfAnUnknownSessionIsRefused()
    {
        const auto done = take(sessions().append(QUuid::createUuid(), {Entry {}}));
        QVERIFY(!done);
        QCOMPARE(done.error().kind, Error::Kind::InvalidInput);
    }

    void messages_data()
    {
        QTest::addColumn<qsizetype>("size");
        QTest::newRow("empty") << qsizetype(0);
        QTest::newRow("small") << qsizetype(100);
        QTest::newRow("one chunk exactly") << qsizetype(Store::ContentWriter::ChunkSize);
        QTest::newRow("two chunks and a bit") << qsizetype(2 * Store::ContentWriter::ChunkSize + 1);
        QTest::newRow("several transactions") << qsizetype(20 * 1024 * 1024 + 7);
    }
    void messages()
    {
        QFETCH(qsizetype, size);
        const QByteArray bytes = noise(size);
        const SessionRecord record = newRecord({"bob@example.org"});
        QVERIFY(take(sessions().begin(record, contentOf(bytes))));
        const auto back = take(sessions().message(record.message));
        QVERIFY(back);
        QVERIFY(*back == bytes);
        QCOMPARE(take(sessions().list({}))->size(), 1);
    }

    void messageFromAFileIsStreamed()
    {
        QTemporaryFile file;
        QVERIFY(file.open());
        const QByteArray bytes = noise(9 * 1024 * 1024);
        QCOMPARE(file.write(bytes), bytes.size());
        QVERIFY(file.flush());
        Base::Content content;
        content.file = file.fileName();
        content.fileSize = bytes.size();
        const SessionRecord record = newRecord({"bob@example.org"});
        QVERIFY(take(sessions().begin(record, content)));
        QVERIFY(*take(sessions().message(record.message)) == bytes);
    }

    void entriesMayComeWhileALongMessageIsWritten()
    {
        const SessionRecord record = newRecord({"bob@example.org"});
        auto begun = sessions().begin(record, contentOf(noise(30 * 1024 * 1024)));
        auto appended = sessions().append(record.id, {Entry {}});
        QVERIFY(take(appended));
        QVERIFY2(!begun.isFinished(), "the small one must not wait for the large one");
        QVERIFY(take(begun));
    }

    void sameMessageIsStoredOnce()
    {
        const QByteArray bytes = noise(100'000);
        const SessionRecord one = newRecord({"bob@example.org"});
        const SessionRecord two = newRecord({"eve@example.org"});
        QVERIFY(take(sessions().begin(one, contentOf(bytes))));
        QVERIFY(take(sessions().begin(two, contentOf(bytes))));
        QCOMPARE(count(u"SELECT count(*) FROM contents"_s), 1);
        QCOMPARE(count(u"SELECT count(*) FROM messages"_s), 2);
        QVERIFY(take(sessions().finish(one)));
        QVERIFY(take(sessions().finish(two)));
        // Removed with the last session that has it, not before.
        QVERIFY(removeSession(sessions(), one.id));
        QVERIFY(*take(sessions().message(two.message)) == bytes);
        QVERIFY(!take(sessions().message(one.message)));
        QVERIFY(removeSession(sessions(), two.id));
        for (const auto table : {"contents", "content_chunks", "messages", "sessions", "outcomes",
                 "entries", "session_words"})
            QCOMPARE(count(u"SELECT count(*) FROM "_s + QLatin1StringView(table)), 0);
    }

    void ledgerMovesFromClaimedToCommittingToDecided()
    {
        SessionRecord record = newRecord({"bob@example.org", "eve@example.org"});
        QVERIFY(take(sessions().begin(record, contentOf("x"))));
        QCOMPARE(states(), QStringList({u"claimed"_s, u"claimed"_s}));
        QVERIFY(take(sessions().commit(record.id, {"eve@example.org"})));
        QCOMPARE(states(), QStringList({u"claimed"_s, u"committing"_s}));
        record.recipients[0].outcome = Smtp::Outcome::Rejected;
        record.recipients[0].reply = Smtp::Reply {550, {"5.1.1 no"}};
        record.recipients[1].outcome = Smtp::Outcome::Accepted;
        record.recipients[1].reply = Smtp::Reply {250, {"2.0.0 queued as ABC"}};
        QVERIFY(take(sessions().finish(record)));
        QCOMPARE(states(), QStringList({u"rejected"_s, u"accepted"_s}));
    }

    void commitOfWhatIsNotClaimedIsRefused()
    {
        SessionRecord record = newRecord({"bob@example.org"});
        QVERIFY(take(sessions().begin(record, contentOf("x"))));
        const auto stranger = take(
            sessions().commit(record.id, {"bob@example.org", "eve@example.org"}));
        QVERIFY(!stranger);
        QCOMPARE(stranger.error().kind, Error::Kind::InvalidInput);
        QCOMPARE(states(), QStringList({u"claimed"_s})); // all or none
        QVERIFY(take(sessions().finish(record)));
        QVERIFY(!take(sessions().commit(record.id, {"bob@example.org"})));
        QVERIFY(!take(sessions().commit(QUuid::createUuid(), {})));
    }

    void oneBadMutationDoesNotTakeItsGroupWithIt()
    {
        const SessionRecord record = newRecord({"bob@example.org"});
        QList<QFuture<Base::Result<void>>> futures {sessions().begin(record, contentOf("x"))};
        for (int i = 0; i < 50; ++i) {
            Entry entry;
            entry.n = i;
            futures << sessions().append(i % 10 == 9 ? QUuid::createUuid() : record.id, {entry});
        }
        int failures = 0;
        for (auto &future : futures)
            failures += take(future) ? 0 : 1;
        QCOMPARE(failures, 5);
        QCOMPARE(take(sessions().entries(record.id))->size(), 45);
    }

    void searchFindsAnyPart_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("hits");
        QTest::newRow("part of a host") << u"lay.exam"_s << 2;
        QTest::newRow("subject, other case") << u"GRÜSSE"_s << 0;
        QTest::newRow("subject") << u"grüß"_s << 2;
        QTest::newRow("recipient") << u"bob@exa"_s << 1;
        QTest::newRow("reply text") << u"no such"_s << 1;
        QTest::newRow("reply code") << u"550 5.1.1"_s << 1;
        QTest::newRow("queue id") << u"queued as 4X"_s << 1;
        QTest::newRow("two letters") << u"bo"_s << 1;
        QTest::newRow("a percent sign is no wildcard") << u"%"_s << 0;
        QTest::newRow("an underscore is no wildcard") << u"_"_s << 0;
        QTest::newRow("query syntax is text") << u"\"bob\" OR NEAR(*)"_s << 0;
        QTest::newRow("not there") << u"nobody"_s << 0;
    }
    void searchFindsAnyPart()
    {
        QFETCH(QString, text);
        QFETCH(int, hits);
        const SessionRecord full = fullRecord();
        QVERIFY(take(sessions().begin(full, contentOf("x"))));
        QVERIFY(take(sessions().finish(full)));
        QVERIFY(take(sessions().begin(newRecord({"eve@example.com"}), contentOf("y"))));
        const auto found = take(sessions().list(queryFor(text)));
        QVERIFY2(found, found ? "" : qPrintable(found.error().detail));
        QCOMPARE(found->size(), hits);
    }

    void listIsNewestFirstInPages()
    {
        for (int i = 0; i < 5; ++i) {
            SessionRecord record = newRecord({});
            record.startedAt = record.startedAt.addSecs(i == 2 ? 100 : i);
            record.subject = QString::number(i);
            QVERIFY(take(sessions().begin(record, {})));
        }
        const auto page = [&](int limit, const std::optional<SessionRecord> &behind) {
            Transcript::SessionQuery query {.limit = limit};
            if (behind)
                query.behind = {behind->startedAt, behind->id};
            return take(sessions().list(query)).value_or(QList<SessionRecord>());
        };
        const auto subjects = [](const QList<SessionRecord> &list) {
            QString all;
            for (const SessionRecord &record : list)
                all += record.subject;
            return all;
        };
        QCOMPARE(subjects(page(500, {})), u"24310"_s);
        const auto first = page(2, {});
        QCOMPARE(subjects(first), u"24"_s);
        // One that arrives meanwhile moves nothing from page to page.
        SessionRecord newest = newRecord({});
        newest.startedAt = newest.startedAt.addSecs(500);
        QVERIFY(take(sessions().begin(newest, {})));
        const auto second = page(2, first.last());
        QCOMPARE(subjects(second), u"31"_s);
        QCOMPARE(subjects(page(2, second.last())), u"0"_s);
        QCOMPARE(page(2, page(500, {}).last()).size(), 0);
    }

    void damagedRecordIsListedAsSuch()
    {
        const SessionRecord full = fullRecord();
        QVERIFY(take(sessions().begin(full, contentOf("x"))));
        QVERIFY(take(sessions().finish(full)));
        execute(u"UPDATE sessions SET record = x'00112233'"_s);
        const auto list = take(sessions().list({}));
        QVERIFY(list);
        QCOMPARE(list->size(), 1);
        QCOMPARE(list->first().id, full.id);
        QCOMPARE(list->first().host, full.host);
        QVERIFY(list->first().failure);
        QCOMPARE(list->first().failure->error.kind, Error::Kind::Corrupt);
    }

    void damagedChunksAreCorrupt()
    {
        const SessionRecord record = newRecord({"bob@example.org"});
        QVERIFY(take(sessions().begin(record, contentOf(noise(1000)))));
        QVERIFY(take(sessions().append(record.id, {Entry {}})));
        execute(u"UPDATE entries SET zstd = substr(zstd, 1, length(zstd) - 1) || x'aa'"_s);
        execute(u"DELETE FROM content_chunks"_s);
        QCOMPARE(take(sessions().entries(record.id)).error().kind, Error::Kind::Corrupt);
        QCOMPARE(take(sessions().message(record.message)).error().kind, Error::Kind::Corrupt);
    }

private:
    Transcript::SessionLibrary &sessions() { return m_store->sessions(); }
    [[nodiscard]] QString path() const { return m_dir->filePath(u"s/mailgauge.sqlite"_s); }
    void reopen()
    {
        m_store.reset();
        auto opened = Database::open(path());
        QVERIFY2(opened, opened ? "" : qPrintable(opened.error().detail));
        m_store = std::move(*opened);
    }
    [[nodiscard]] std::unique_ptr<Store::Connection> connection() const
    {
        auto connection = Store::Connection::open(path(), Store::Connection::Access::ReadWrite);
        return connection ? std::move(*connection) : nullptr;
    }
    [[nodiscard]] qint64 count(const QString &sql) const
    {
        return connection()->number(sql)->value_or(-1);
    }
    void execute(const QString &sql) const
    {
        const auto done = connection()->run(sql);
        QVERIFY2(done, done ? "" : qPrintable(done.error().detail));
    }
    [[nodiscard]] QStringList states() const
    {
        return *connection()->rows(u"SELECT state FROM outcomes ORDER BY session, position"_s, {},
            [](const QSqlQuery &query) { return query.value(0).toString(); });
    }

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<Database> m_store;
};

QTEST_GUILESS_MAIN(TestSessionStore)
#include "tst_sessionstore.moc"
