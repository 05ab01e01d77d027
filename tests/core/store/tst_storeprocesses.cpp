// SPDX-License-Identifier: GPL-3.0-or-later
#include "storesupport.h"

#include "base/literals.h"
#include "store/sql.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <unistd.h>

using namespace Mailgauge;
using namespace Mailgauge::Test;
using Store::Database;

namespace {

constexpr int Sessions = 4;

/// What the helper said before its end.
struct Told {
    QMap<QString, QString> states; ///< The last state announced, by session.
    QStringList lines;
    int exitCode = -1;
    bool killed = false;
};

QProcessEnvironment environment()
{
    auto environment = QProcessEnvironment::systemEnvironment();
    // Leak detection and ptrace exclude each other.
    environment.insert(u"ASAN_OPTIONS"_s, u"detect_leaks=0"_s);
    return environment;
}

void start(QProcess &process, const QStringList &command)
{
    process.setProcessEnvironment(environment());
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(command.first(), command.sliced(1));
}

Told finish(QProcess &process)
{
    Told told;
    if (!process.waitForFinished(120'000))
        return told;
    told.killed = process.exitStatus() == QProcess::CrashExit;
    told.exitCode = process.exitCode();
    told.lines
        = QString::fromUtf8(process.readAllStandardOutput()).split(u'\n', Qt::SkipEmptyParts);
    for (const QString &line : std::as_const(told.lines)) {
        const QStringList words = line.split(u' ');
        if (QUuid::fromString(words.value(1)).isNull())
            continue;
        told.states.insert(words.at(1), words.at(0));
    }
    return told;
}

Told run(const QStringList &command)
{
    QProcess process;
    start(process, command);
    return finish(process);
}

QStringList helper(const QString &mode, const QString &file, int count = Sessions)
{
    return {QStringLiteral(STORE_HELPER), mode, file, QString::number(count)};
}

QStringList underStrace(const QString &inject, const QStringList &command)
{
    return QStringList {u"strace"_s, u"-f"_s, u"-qqq"_s, u"-o"_s, u"/dev/null"_s, u"-e"_s,
               u"trace="_s + inject.section(u':', 0, 0), u"-e"_s, u"inject="_s + inject}
    + command;
}

// Inside a mount namespace of its own; others than root need a user namespace for it.
QStringList unshared(const QString &script, const QString &directory, const QStringList &command)
{
    return QStringList {u"unshare"_s, ::geteuid() == 0 ? u"-m"_s : u"-rm"_s, u"sh"_s, u"-c"_s,
               script + u" && exec \"$@\""_s, directory}
    + command;
}

} // namespace

class TestStoreProcesses final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void twoProcessesWriteAtOnce() // H8
    {
        QProcess one;
        QProcess two;
        start(one, helper(u"send"_s, path(), 40));
        start(two, helper(u"send"_s, path(), 40));
        const Told first = finish(one);
        const Told second = finish(two);
        QCOMPARE(first.exitCode, 0);
        QCOMPARE(second.exitCode, 0);
        const auto ledger = states();
        QCOMPARE(ledger.size(), 80);
        for (const QString &state : ledger)
            QCOMPARE(state, u"accepted"_s);
    }

    void runOfALivingProcessIsNotTouched() // H8
    {
        QProcess process;
        start(process, helper(u"hold"_s, path()));
        waitUntilReady(process);
        for (int i = 0; i < 2; ++i) {
            auto store = Database::open(path());
            QVERIFY2(store, store ? "" : qPrintable(store.error().detail));
            QCOMPARE((*store)->report().queuedAgain, 0);
            QCOMPARE((*store)->report().uncertain, 0);
        }
        QCOMPARE(sorted(), QStringList({u"claimed"_s, u"committing"_s}));
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished());
    }

    void runOfAKilledProcessIsSettled() // ledger 1.1: CLAIMED -> QUEUED, COMMITTING -> UNCERTAIN
    {
        QProcess process;
        start(process, helper(u"hold"_s, path()));
        waitUntilReady(process);
        process.kill();
        const Told told = finish(process);
        QVERIFY(told.killed);
        auto store = Database::open(path());
        QVERIFY(store);
        QVERIFY((*store)->report().movedAside.isEmpty());
        QCOMPARE((*store)->report().queuedAgain, 1);
        QCOMPARE((*store)->report().uncertain, 1);
        QCOMPARE(sorted(), QStringList({u"queued"_s, u"uncertain"_s}));
        const auto list = take((*store)->sessions().list({}));
        QCOMPARE(list->size(), 2);
        for (const auto &record : *list) {
            const bool uncertain = record.recipients.first().recipient.address()
                == "eve@example.org";
            QCOMPARE(record.outcome,
                uncertain ? Transcript::WholeOutcome::Uncertain
                          : Transcript::WholeOutcome::Deferred);
            QCOMPARE(record.exitCode, uncertain ? 80 : 75);
            QVERIFY(record.failure);
        }
        // Settled once.
        store->reset();
        store = Database::open(path());
        QCOMPARE((*store)->report().uncertain, 0);
    }

    void killedAtEverySync() // H1, R5
    {
        if (QStandardPaths::findExecutable(u"strace"_s).isEmpty())
            QSKIP("strace is not installed");
        const Told probe = run(underStrace(
            u"fdatasync:delay_enter=1"_s, helper(u"send"_s, m_dir->filePath(u"probe"_s), 1)));
        if (probe.exitCode != 0)
            QSKIP("strace cannot trace here");
        int kills = 0;
        for (int n = 1; n < 200; ++n) {
            const QString file = m_dir->filePath(u"%1/store"_s.arg(n));
            const Told told = run(
                underStrace(u"fdatasync:signal=KILL:when=%1"_s.arg(n), helper(u"send"_s, file)));
            expectTold(told, file);
            if (told.exitCode == 0 && !told.killed)
                break;
            ++kills;
        }
        // Three commits per session at least, each with a sync.
        QVERIFY2(kills >= 3 * Sessions, QByteArray::number(kills).constData());
    }

    void failingDisk_data()
    {
        QTest::addColumn<QString>("inject");
        QTest::newRow("H5 EIO on fdatasync") << u"fdatasync:error=EIO:when=%1+"_s;
        QTest::newRow("H5 EIO once") << u"fdatasync:error=EIO:when=%1"_s;
        QTest::newRow("H4 ENOSPC on write") << u"pwrite64:error=ENOSPC:when=%1+"_s;
        QTest::newRow("H4 ENOSPC once") << u"pwrite64:error=ENOSPC:when=%1"_s;
    }
    void failingDisk()
    {
        QFETCH(QString, inject);
        if (QStandardPaths::findExecutable(u"strace"_s).isEmpty())
            QSKIP("strace is not installed");
        const Told probe = run(underStrace(
            u"fdatasync:delay_enter=1"_s, helper(u"send"_s, m_dir->filePath(u"probe"_s), 1)));
        if (probe.exitCode != 0)
            QSKIP("strace cannot trace here");
        for (int n = 1; n < 60; n += 4) {
            const QString file = m_dir->filePath(u"%1/store"_s.arg(n));
            const Told told = run(underStrace(inject.arg(n), helper(u"send"_s, file)));
            QVERIFY(!told.killed);
            QVERIFY2(told.exitCode == 0 || told.lines.filter(u"error io"_s).size() == 1
                    || told.lines.filter(u"error full"_s).size() == 1,
                qPrintable(told.lines.join(u'\n')));
            expectTold(told, file);
        }
    }

    void fullDisk() // H4
    {
        const QString disk = m_dir->filePath(u"disk"_s);
        QVERIFY(QDir().mkpath(disk));
        const QString mount = u"mount -t tmpfs -o size=600k none \"$0\""_s;
        if (run(unshared(mount, disk, {u"true"_s})).exitCode != 0)
            QSKIP("no mount namespace here");
        const Told told = run(unshared(mount, disk, helper(u"fill"_s, disk + u"/store"_s, 100)));
        QCOMPARE(told.exitCode, 3);
        QCOMPARE(told.lines.filter(u"error full"_s).size(), 1);
        // What fitted is still there and readable.
        const auto accepted = told.states.values().count(u"accepted"_s);
        QVERIFY(accepted > 0);
        const int listed = told.lines.filter(u"listed"_s).first().section(u' ', 1).toInt();
        QVERIFY(listed >= accepted);
    }

    void readOnlyHome() // H6
    {
        const QString disk = m_dir->filePath(u"disk"_s);
        QVERIFY(QDir().mkpath(disk));
        const QString mount = u"mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\""_s;
        if (run(unshared(mount, disk, {u"true"_s})).exitCode != 0)
            QSKIP("no mount namespace here");
        const QString file = disk + u"/mailgauge/store"_s;
        const Told fresh = run(unshared(mount, disk, helper(u"send"_s, file)));
        QCOMPARE(fresh.exitCode, 3);
        QCOMPARE(fresh.lines.filter(u"error denied"_s).size(), 1);
        // The same for a store that is there already; it stays as it is.
        QCOMPARE(run(helper(u"send"_s, file)).exitCode, 0);
        const Told there = run(unshared(mount, disk, helper(u"send"_s, file)));
        QCOMPARE(there.exitCode, 3);
        QCOMPARE(there.lines.filter(u"error denied"_s).size(), 1);
        QCOMPARE(QDir(disk + u"/mailgauge"_s).entryList({u"*corrupt*"_s}).size(), 0);
    }

private:
    [[nodiscard]] QString path() const { return m_dir->filePath(u"store"_s); }
    static void waitUntilReady(QProcess &process)
    {
        while (!process.peek(4096).contains("ready"))
            QVERIFY(process.waitForReadyRead(60'000));
    }
    [[nodiscard]] QStringList sorted() const
    {
        QStringList list = states().values();
        list.sort();
        return list;
    }
    /// By session id.
    [[nodiscard]] QMap<QString, QString> states() const { return statesIn(path()); }
    [[nodiscard]] static QMap<QString, QString> statesIn(const QString &file)
    {
        auto connection = Store::Connection::open(file, Store::Connection::Access::ReadWrite);
        QMap<QString, QString> map;
        if (!connection)
            return map;
        const auto rows
            = (*connection)
                  ->rows(
                      u"SELECT s.id, o.state FROM outcomes o JOIN sessions s ON s.row = o.session"_s,
                      {}, [](const QSqlQuery &query) {
                          return std::pair(query.value(0).toString(), query.value(1).toString());
                      });
        if (rows) {
            for (const auto &[id, state] : *rows)
                map.insert(id, state);
        }
        return map;
    }

    // After whatever happened: opens, is sound, and holds at least what was announced.
    static void expectTold(const Told &told, const QString &file)
    {
        auto store = Database::open(file);
        QVERIFY2(store, store ? "" : qPrintable(store.error().detail));
        if (!told.states.isEmpty())
            QVERIFY2(
                (*store)->report().movedAside.isEmpty(), qPrintable((*store)->report().reason));
        store->reset();
        const auto ledger = statesIn(file);
        for (const auto &[id, announced] : told.states.asKeyValueRange()) {
            const QString state = ledger.value(id);
            if (announced == u"accepted"_s)
                QCOMPARE(state, u"accepted"_s);
            else if (announced == u"committing"_s) // never queued: that would send it again
                QVERIFY2(state == u"uncertain"_s || state == u"accepted"_s, qPrintable(state));
            else
                QVERIFY2(state == u"queued"_s || state == u"uncertain"_s, qPrintable(state));
        }
    }

    std::unique_ptr<QTemporaryDir> m_dir;
};

QTEST_GUILESS_MAIN(TestStoreProcesses)
#include "tst_storeprocesses.moc"
