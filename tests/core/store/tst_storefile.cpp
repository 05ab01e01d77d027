// SPDX-License-Identifier: GPL-3.0-or-later
#include "storesupport.h"

#include "base/literals.h"
#include "store/filelock.h"
#include "store/jsonbytes.h"
#include "store/opening.h"
#include "transcript/wholerecordjson.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <functional>
#include <stop_token>

#include <sys/stat.h>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Base::Error;
using Store::Connection;
using Store::Database;
using Store::SchemaSteps;

using Mutate = std::function<void(const QString &)>;
Q_DECLARE_METATYPE(Mutate)

namespace {

QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
}

Mutate flip(qsizetype offset, qsizetype length)
{
    return [=](const QString &path) {
        QByteArray bytes = contentsOf(path);
        for (qsizetype i = offset; i < qMin(offset + length, bytes.size()); ++i)
            bytes[i] = static_cast<char>(~bytes[i]);
        write(path, bytes);
    };
}

mode_t modeOf(const QString &path)
{
    struct stat info {};
    return ::stat(QFile::encodeName(path).constData(), &info) == 0 ? info.st_mode & 0777 : 0;
}

} // namespace

class TestStoreFile final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void filesAreTheOwnersOnly()
    {
        const QString path = m_dir->filePath(u"a/b/mailgauge.sqlite"_s);
        auto store = Database::open(path);
        QVERIFY(store);
        QVERIFY(take((*store)->sessions().begin(newRecord({}), {})));
        QCOMPARE(modeOf(m_dir->filePath(u"a/b"_s)), 0700u);
        for (const auto suffix : {"", "-wal", "-shm", ".lock"})
            QCOMPARE(modeOf(path + QLatin1StringView(suffix)), 0600u);
    }

    void durabilityIsAsPromised()
    {
        fill();
        auto connection = Connection::open(path(), Connection::Access::ReadWrite);
        QVERIFY(connection);
        const auto journal
            = (*connection)->row(u"PRAGMA journal_mode"_s, {}, [](const QSqlQuery &query) {
                  return query.value(0).toString();
              });
        QCOMPARE(**journal, u"wal"_s);
        QCOMPARE(*(*connection)->number(u"PRAGMA synchronous"_s), 2); // FULL
        QCOMPARE(*(*connection)->number(u"PRAGMA foreign_keys"_s), 1);
    }

    void damage_data()
    {
        QTest::addColumn<Mutate>("mutate");
        QTest::newRow("H7 zero length") << Mutate([](const QString &p) { write(p, {}); });
        QTest::newRow("H7 garbage header") << flip(0, 16);
        QTest::newRow("H7 garbage file")
            << Mutate([](const QString &p) { write(p, QByteArray(50'000, 'x')); });
        QTest::newRow("H7 one byte") << Mutate([](const QString &p) { write(p, "S"); });
        QTest::newRow("H7 header only")
            << Mutate([](const QString &p) { write(p, contentsOf(p).first(100)); });
        QTest::newRow("H7 truncated to half") << Mutate(
            [](const QString &p) { write(p, contentsOf(p).first(contentsOf(p).size() / 2)); });
        QTest::newRow("H7 last page cut")
            << Mutate([](const QString &p) { write(p, contentsOf(p).chopped(4096)); });
        QTest::newRow("H7 write version field") << flip(18, 1);
        QTest::newRow("H7 page size field") << flip(16, 2);
        QTest::newRow("H7 flipped schema page") << flip(100, 3000);
        QTest::newRow("H7 flipped page 2") << flip(4096, 4096);
        QTest::newRow("H7 flipped page 10") << flip(9 * 4096, 4096);
        QTest::newRow("H7 another program's database") << Mutate([](const QString &p) {
            QFile::remove(p);
            auto other = Connection::open(p, Connection::Access::ReadWrite);
            QVERIFY(other && (*other)->run(u"CREATE TABLE notes(text)"_s));
        });
        QTest::newRow("H7 table missing") << Mutate([](const QString &p) {
            auto own = Connection::open(p, Connection::Access::ReadWrite);
            QVERIFY(own && (*own)->run(u"DROP TABLE bounces"_s));
        });
        QTest::newRow("H7 alien write-ahead log") << Mutate([](const QString &p) {
            // The log of another database, put beside ours.
            const QString alien = p + u".other"_s;
            auto other = Connection::open(alien, Connection::Access::ReadWrite);
            QVERIFY(other && (*other)->run(u"CREATE TABLE notes(text)"_s));
            for (int i = 0; i < 50; ++i)
                QVERIFY((*other)->run(u"INSERT INTO notes VALUES(hex(randomblob(900)))"_s));
            write(p + u"-wal"_s, contentsOf(alien + u"-wal"_s));
            other->reset();
            QFile::remove(alien);
        });
        QTest::newRow("H7 log without its database") << Mutate([](const QString &p) {
            QFile::remove(p);
            write(p + u"-wal"_s, "frames");
        });
    }
    void damage()
    {
        QFETCH(Mutate, mutate);
        fill();
        mutate(path());
        const QByteArray before = contentsOf(path());
        auto store = Database::open(path());
        QVERIFY2(store, store ? "" : qPrintable(store.error().detail));
        // Told, moved aside byte for byte, and the program works on.
        const auto report = (*store)->report();
        QVERIFY(!report.movedAside.isEmpty());
        QVERIFY(!report.reason.isEmpty());
        QVERIFY(report.movedAside.startsWith(path() + u".corrupt-"_s));
        QCOMPARE(contentsOf(report.movedAside), before);
        QCOMPARE(take((*store)->sessions().list({}))->size(), 0);
        QVERIFY(take((*store)->sessions().begin(newRecord({}), {})));
        store->reset();
        store = Database::open(path());
        QVERIFY(store && (*store)->report().movedAside.isEmpty());
        QCOMPARE(take((*store)->sessions().list({}))->size(), 1);
    }

    void randomDamageNeverBreaksTheProgram()
    {
        fill();
        const QByteArray sound = contentsOf(path());
        quint32 state = 7;
        const auto random = [&state](qsizetype below) {
            state = state * 1664525u + 1013904223u;
            return static_cast<qsizetype>(state >> 8) % below;
        };
        int noticed = 0;
        for (int i = 0; i < 150; ++i) {
            QByteArray bytes = sound;
            for (qsizetype n = 1 + random(40); n > 0; --n)
                bytes[random(bytes.size())] = static_cast<char>(random(256));
            if (i % 5 == 0)
                bytes.truncate(random(bytes.size()));
            write(path(), bytes);
            auto store = Database::open(path());
            if (!store) {
                // A version field hit by chance reads as a newer one: kept, and refused.
                QVERIFY2(store.error().kind == Error::Kind::Unsupported,
                    qPrintable(store.error().detail));
                QCOMPARE(contentsOf(path()), bytes);
                continue;
            }
            // Either moved aside, or what is read is right or says that it is damaged.
            if (!(*store)->report().movedAside.isEmpty()) {
                ++noticed;
                QCOMPARE(contentsOf((*store)->report().movedAside), bytes);
                QFile::remove((*store)->report().movedAside);
            }
            const auto list = take((*store)->sessions().list({}));
            QVERIFY(list || list.error().kind == Error::Kind::Corrupt);
            store->reset();
            for (const auto suffix : {"", "-wal", "-shm", ".suspect"})
                QFile::remove(path() + QLatin1StringView(suffix));
        }
        QVERIFY(noticed > 75);
    }

    // People who wait are told what for.
    void openingTellsItsSteps()
    {
        using Store::OpenStep;
        QList<OpenStep> steps;
        Store::OpenOptions options;
        options.tell = [&steps](OpenStep step) { steps.append(step); };
        QVERIFY(Database::open(path(), options));
        QCOMPARE(steps, QList {OpenStep::Checking});
        steps.clear();
        write(path(), "no database");
        QVERIFY(Database::open(path(), options));
        QCOMPARE(steps, (QList {OpenStep::Checking, OpenStep::MovingAside}));
    }

    void openingIsGivenUp()
    {
        auto other = Store::FileLock::create(path() + u".lock"_s);
        QVERIFY(other && (*other)->lockOpening());
        std::stop_source stop;
        QList<Store::OpenStep> steps;
        Store::OpenOptions options;
        options.stop = stop.get_token();
        options.tell = [&](Store::OpenStep step) {
            steps.append(step);
            stop.request_stop();
        };
        const auto opened = Database::open(path(), options);
        QVERIFY(!opened);
        QCOMPARE(opened.error().kind, Error::Kind::Cancelled);
        QCOMPARE(steps, QList {Store::OpenStep::Waiting});
        QVERIFY(!QFile::exists(path()));
        // The other one gone, it opens as ever.
        other->reset();
        QVERIFY(Database::open(path()));
    }

    void newerVersionIsRefusedAndKept()
    {
        fill();
        run(u"PRAGMA user_version = 99"_s);
        const QByteArray before = contentsOf(path());
        const auto store = Database::open(path());
        QVERIFY(!store);
        QCOMPARE(store.error().kind, Error::Kind::Unsupported);
        QVERIFY(store.error().detail.contains(u"99"));
        QCOMPARE(contentsOf(path()), before);
        QCOMPARE(QDir(m_dir->path()).entryList({u"*corrupt*"_s}).size(), 0);
    }

    /// The file of the first version, with a session as that one wrote it.
    void versionOneIsTakenOver()
    {
        auto record = fullRecord();
        record.marks.insert(1, {true, u"look"_s});
        {
            auto file = Connection::open(path(), Connection::Access::ReadWrite);
            QVERIFY(file);
            QVERIFY(Store::migrate(**file, Store::schemaSteps().first(1)));
            QVERIFY((*file)->run(
                u"INSERT INTO sessions(id, started, host, subject, profile, message, message_id, "
                "outcome, total_us, finished, record) VALUES(?, ?, ?, ?, NULL, NULL, ?, ?, 1, 1, "
                "?)"_s,
                {Store::idValue(record.id), record.startedAt.toMSecsSinceEpoch(), record.host,
                    record.subject, record.messageId, u"partial"_s,
                    Store::packed(Transcript::recordToJson(record))}));
            QVERIFY((*file)->run(u"INSERT INTO replies(rowid, text) VALUES(1, 'old')"_s));
        }
        auto store = Database::open(path());
        QVERIFY2(store, store ? "" : qPrintable(store.error().detail));
        QVERIFY((*store)->report().backup.startsWith(path() + u".backup-v1-"_s));
        auto &sessions = (*store)->sessions();
        const auto listed = take(sessions.list({}));
        QVERIFY(listed);
        QCOMPARE(listed->size(), 1);
        auto kept = listed->first();
        QVERIFY(kept.tags.isEmpty());
        QVERIFY(kept.note.isEmpty());
        kept.tags = record.tags;
        kept.note = record.note;
        QVERIFY(kept == record);
        // Each of the new columns is filled, from the record.
        using Field = Transcript::SessionTerm::Field;
        const QList<std::pair<Field, QString>> terms {{Field::Relay, record.profileName},
            {Field::Reply, u"no such"_s}, {Field::Recipient, u"bob@"_s},
            {Field::Any, record.subject}};
        for (const auto &[field, text] : terms) {
            const auto found = take(sessions.list({.terms = {{.field = field, .text = text}}}));
            QVERIFY(found);
            QCOMPARE(found->size(), 1);
        }
        QVERIFY(take(sessions.setTags(record.id, {u"old"_s})));
        store->reset();
        QCOMPARE(number(path(), u"PRAGMA user_version"_s), Store::schemaSteps().size());
        // What keeps it, and its age, are taken over as well.
        QCOMPARE(number(path(), u"SELECT lines_marked FROM sessions"_s), 1);
        QCOMPARE(
            number(path(), u"SELECT since FROM sessions"_s), record.startedAt.toMSecsSinceEpoch());
        QCOMPARE(number(path(), u"PRAGMA auto_vacuum"_s), Store::IncrementalVacuum);
        QVERIFY(Store::prepareFile(path())->backup.isEmpty());
    }

    /// As the program of version 1 meets the file of today.
    void olderProgramRefusesPolitely()
    {
        fill();
        const QByteArray before = contentsOf(path());
        const auto report = Store::prepareFile(path(), Store::schemaSteps().first(1));
        QVERIFY(!report);
        QCOMPARE(report.error().kind, Error::Kind::Unsupported);
        QCOMPARE(report.error().detail, u"store: version 2 is newer than this program's 1"_s);
        QCOMPARE(contentsOf(path()), before);
        QCOMPARE(QDir(m_dir->path()).entryList({u"*corrupt*"_s, u"*backup*"_s}).size(), 0);
    }

    void olderFileIsNotReadWithoutMigration()
    {
        {
            auto file = Connection::open(path(), Connection::Access::ReadWrite);
            QVERIFY(file);
            QVERIFY(Store::migrate(**file, Store::schemaSteps().first(1)));
        }
        const auto store = Database::open(
            path(), {.access = Store::OpenOptions::Access::ReadOnly, .stop = {}, .tell = {}});
        QVERIFY(!store);
        QCOMPARE(store.error().kind, Error::Kind::Unsupported);
    }

    void migrationKeepsDataAndMakesABackup()
    {
        fill();
        SchemaSteps steps = Store::schemaSteps();
        steps << Store::SchemaStep {{u"ALTER TABLE profiles ADD COLUMN colour TEXT"_s,
            u"CREATE TABLE colours(name TEXT)"_s}};
        const auto report = Store::prepareFile(path(), steps);
        QVERIFY2(report, report ? "" : qPrintable(report.error().detail));
        QVERIFY(report->backup.startsWith(path() + u".backup-v%1-"_s.arg(steps.size() - 1)));
        QCOMPARE(modeOf(report->backup), 0600u);
        QCOMPARE(number(path(), u"PRAGMA user_version"_s), steps.size());
        QCOMPARE(number(path(), u"SELECT count(*) FROM sessions"_s), FilledSessions);
        QCOMPARE(number(path(), u"SELECT count(*) FROM colours"_s), 0);
        // The backup is a whole store of the old version.
        auto old = Database::open(report->backup);
        QVERIFY(old);
        QVERIFY((*old)->report().movedAside.isEmpty());
        QCOMPARE(take((*old)->sessions().list({}))->size(), FilledSessions);
        // Once is enough.
        QVERIFY(Store::prepareFile(path(), steps)->backup.isEmpty());
    }

    void failedMigrationChangesNothing()
    {
        fill();
        SchemaSteps steps = Store::schemaSteps();
        steps << Store::SchemaStep {{u"CREATE TABLE colours(name TEXT)"_s, u"DROP TABLE sessions"_s,
            u"CREATE TABLE broken("_s}};
        QVERIFY(!Store::prepareFile(path(), steps));
        auto store = Database::open(path());
        QVERIFY(store);
        QVERIFY((*store)->report().movedAside.isEmpty());
        QCOMPARE(take((*store)->sessions().list({}))->size(), FilledSessions);
        store->reset();
        QCOMPARE(number(path(), u"SELECT count(*) FROM sqlite_schema WHERE name = 'colours'"_s), 0);
    }

    void readOnlyShowsButRefusesToWrite()
    {
        fill();
        const QByteArray before = contentsOf(path());
        const auto store = Database::open(
            path(), {.access = Store::OpenOptions::Access::ReadOnly, .stop = {}, .tell = {}});
        QVERIFY2(store, store ? "" : qPrintable(store.error().detail));
        QCOMPARE(take((*store)->sessions().list({}))->size(), FilledSessions);
        const auto done = take((*store)->sessions().begin(newRecord({}), {}));
        QVERIFY(!done);
        QCOMPARE(done.error().kind, Error::Kind::Denied);
        QCOMPARE(contentsOf(path()), before);
    }

    void readOnlyNeedsAFile()
    {
        const auto store = Database::open(
            path(), {.access = Store::OpenOptions::Access::ReadOnly, .stop = {}, .tell = {}});
        QVERIFY(!store);
        QVERIFY(!QFile::exists(path()));
    }

    void unwritableHomeIsDenied()
    {
        // A regular file where the directory should be: fails for root as well.
        write(m_dir->filePath(u"home"_s), "x");
        const auto store = Database::open(m_dir->filePath(u"home/mailgauge/m.sqlite"_s));
        QVERIFY(!store);
        QCOMPARE(store.error().kind, Error::Kind::Denied);
    }

private:
    static constexpr int FilledSessions = 20;

    [[nodiscard]] QString path() const { return m_dir->filePath(u"mailgauge.sqlite"_s); }
    void fill() const
    {
        auto store = Database::open(path());
        QVERIFY2(store, store ? "" : qPrintable(store.error().detail));
        for (int i = 0; i < FilledSessions; ++i) {
            auto record = fullRecord();
            QVERIFY(take((*store)->sessions().begin(
                record, contentOf(QByteArray(2000, 'a').replace(0, 4, QByteArray::number(i))))));
            QVERIFY(take((*store)->sessions().append(record.id, {Transcript::Entry {}})));
            QVERIFY(take((*store)->sessions().finish(record)));
        }
    }
    void run(const QString &sql) const
    {
        auto connection = Connection::open(path(), Connection::Access::ReadWrite);
        QVERIFY(connection && (*connection)->run(sql));
    }
    [[nodiscard]] static qint64 number(const QString &file, const QString &sql)
    {
        auto connection = Connection::open(file, Connection::Access::ReadWrite);
        return connection ? (*connection)->number(sql)->value_or(-1) : -1;
    }

    std::unique_ptr<QTemporaryDir> m_dir;
};

QTEST_GUILESS_MAIN(TestStoreFile)
#include "tst_storefile.moc"
