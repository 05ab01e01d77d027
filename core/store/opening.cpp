// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/opening.h"

#include "base/literals.h"
#include "base/logging.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace Mailgauge::Store {

namespace {

using Kind = Base::Error::Kind;

constexpr auto OwnerOnly = QFileDevice::ReadOwner | QFileDevice::WriteOwner;
// A full check reads the whole file: about a second per gigabyte. Beyond this it is made only
// after an unclean end.
constexpr qint64 AlwaysCheckedSize = 256 * 1024 * 1024;

QString suspectMark(const QString &path)
{
    return path + u".suspect"_s;
}

QString freeName(const QString &stem)
{
    const QString stamped = stem
        + QDateTime::currentDateTimeUtc().toString(u"yyyyMMdd'T'HHmmss'Z'"_s);
    const auto taken = [](const QString &name) {
        return QFile::exists(name) || QFile::exists(name + u"-wal"_s)
            || QFile::exists(name + u"-shm"_s) || QFile::exists(name + u"-journal"_s);
    };
    QString name = stamped;
    for (int n = 2; taken(name); ++n)
        name = stamped + u'-' + QString::number(n);
    return name;
}

// The log belongs to the file: recovering it into another one would be damage of its own.
Base::Result<QString> moveAside(const QString &path)
{
    const QString target = freeName(path + u".corrupt-"_s);
    for (const auto suffix : {""_L1, "-wal"_L1, "-shm"_L1, "-journal"_L1}) {
        QFile file(path + suffix);
        if (file.exists() && !file.rename(target + suffix)) {
            return Base::fail(Kind::Denied,
                u"%1: cannot be moved aside: %2"_s.arg(path + suffix, file.errorString()));
        }
    }
    QFile::remove(suspectMark(path));
    return target;
}

Base::Result<void> checkHeader(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return Base::fail(Kind::Denied, u"%1: %2"_s.arg(path, file.errorString()));
    if (file.size() == 0)
        return Base::fail(Kind::Corrupt, u"the file is empty"_s);
    const QByteArray header = file.read(100);
    if (!header.startsWith(QByteArray("SQLite format 3\0", 16)) || header.size() < 100)
        return Base::fail(Kind::Corrupt, u"the file is not a database"_s);
    // Read and write version (sqlite.org/fileformat.html 1.3): with others SQLite only says that it
    // may not write.
    if (header[18] < 1 || header[18] > 2 || header[19] < 1 || header[19] > 2)
        return Base::fail(Kind::Corrupt, u"the file's header is damaged"_s);
    return {};
}

Base::Result<void> checkVersion(Connection &connection, const SchemaSteps &steps)
{
    const auto application = connection.number(u"PRAGMA application_id"_s);
    if (!application)
        return std::unexpected(application.error());
    const auto version = connection.number(u"PRAGMA user_version"_s);
    if (!version)
        return std::unexpected(version.error());
    if (application->value_or(0) != ApplicationId || version->value_or(0) < 1)
        return Base::fail(Kind::Corrupt, u"the database is another program's"_s);
    if (version->value_or(0) > steps.size()) {
        return Base::fail(Kind::Unsupported,
            u"store: version %1 is newer than this program's %2"_s.arg(version->value_or(0))
                .arg(steps.size()));
    }
    return {};
}

Base::Result<void> checkTables(Connection &connection)
{
    const auto found = connection.rows(u"SELECT name FROM sqlite_schema WHERE type = 'table'"_s, {},
        [](const QSqlQuery &query) { return query.value(0).toString(); });
    if (!found)
        return std::unexpected(found.error());
    for (const QString &table : schemaTables()) {
        if (!found->contains(table))
            return Base::fail(Kind::Corrupt, u"the table %1 is missing"_s.arg(table));
    }
    return {};
}

Base::Result<void> quickCheck(Connection &connection)
{
    const auto verdict = connection.row(u"PRAGMA quick_check(1)"_s, {},
        [](const QSqlQuery &query) { return query.value(0).toString(); });
    if (!verdict)
        return std::unexpected(verdict.error());
    if (verdict->value_or(QString()) != u"ok"_s)
        return Base::fail(Kind::Corrupt, u"the check says: "_s + verdict->value_or(QString()));
    return {};
}

// Read-only, so that a log of unknown origin is not written into the file before it was judged.
Base::Result<void> judge(const QString &path, const SchemaSteps &steps)
{
    if (auto header = checkHeader(path); !header)
        return header;
    const bool full = QFileInfo(path).size() <= AlwaysCheckedSize
        || QFileInfo(path + u"-wal"_s).size() > 0 || QFile::exists(suspectMark(path));
    // A rollback journal is there when the very first start was interrupted; SQLite must undo what
    // it tells of before anything can be read.
    auto connection = Connection::open(path,
        QFile::exists(path + u"-journal"_s) ? Connection::Access::ReadWrite
                                            : Connection::Access::ReadOnly);
    if (!connection)
        return std::unexpected(connection.error());
    return checkFile(**connection, steps)
        .and_then([&] { return full ? quickCheck(**connection) : Base::Result<void>(); })
        .transform([&] { QFile::remove(suspectMark(path)); });
}

// Made by us, so that it is never readable for others; SQLite gives -wal and -shm the same mode.
Base::Result<void> createEmpty(const QString &path)
{
    const int descriptor = ::open(
        QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return Base::fail(errno == ENOSPC ? Kind::Full : Kind::Denied,
            u"%1: %2"_s.arg(path, qt_error_string(errno)));
    }
    ::close(descriptor);
    return {};
}

// VACUUM INTO does not wait for the disk.
Base::Result<void> toDisk(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadWrite) || ::fsync(file.handle()) != 0)
        return Base::fail(Kind::Io, u"%1: %2"_s.arg(path, qt_error_string(errno)));
    return {};
}

Base::Result<QString> backUp(Connection &connection, const QString &path, qint64 version)
{
    const QString target = freeName(path + u".backup-v%1-"_s.arg(version));
    // Not a plain copy of the file: what is still in the log belongs to it.
    return createEmpty(target)
        .and_then([&] { return connection.run(u"VACUUM INTO ?"_s, {target}); })
        .and_then([&](int) { return toDisk(target); })
        .transform([&] { return target; })
        .transform_error([&](Base::Error error) {
            QFile::remove(target);
            return error;
        });
}

// So that room can be given back in small steps. The file is written anew for it, which needs room
// itself: without it the store works as well, and stays as large as it once was.
void makeShrinkable(Connection &connection)
{
    const auto mode = connection.number(u"PRAGMA auto_vacuum"_s);
    if (!mode || mode->value_or(0) == IncrementalVacuum)
        return;
    const auto done
        = connection.run(u"PRAGMA auto_vacuum = %1"_s.arg(IncrementalVacuum)).and_then([&](int) {
              return connection.run(u"VACUUM"_s);
          });
    if (!done)
        qCInfo(Base::logStore) << "the store will not shrink:" << Base::kindName(done.error().kind);
}

void tellStep(const TellStep &tell, OpenStep step)
{
    if (tell)
        tell(step);
}

Base::Result<void> bringUpToDate(
    const QString &path, const SchemaSteps &steps, OpenReport &report, const TellStep &tell)
{
    auto connection = Connection::open(path, Connection::Access::ReadWrite);
    if (!connection)
        return std::unexpected(connection.error());
    const auto version = (*connection)->number(u"PRAGMA user_version"_s);
    if (!version)
        return std::unexpected(version.error());
    const qint64 from = version->value_or(0);
    if (from == steps.size())
        return {};
    if (from > 0) {
        tellStep(tell, OpenStep::Updating);
        auto backup = backUp(**connection, path, from);
        if (!backup)
            return std::unexpected(backup.error());
        report.backup = *backup;
    }
    makeShrinkable(**connection);
    return migrate(**connection, steps);
}

} // namespace

Base::Result<void> checkFile(Connection &connection, const SchemaSteps &steps)
{
    return checkVersion(connection, steps).and_then([&]() -> Base::Result<void> {
        const auto version = connection.number(u"PRAGMA user_version"_s);
        // Older versions get what they lack by migration.
        return version && version->value_or(0) == schemaSteps().size() ? checkTables(connection)
                                                                       : Base::Result<void>();
    });
}

void markSuspect(const QString &path)
{
    QFile mark(suspectMark(path));
    // Best effort: a disk that takes no empty file will not lose the damage either.
    if (mark.open(QIODevice::WriteOnly))
        mark.setPermissions(OwnerOnly);
}

Base::Result<OpenReport> prepareFile(
    const QString &path, const SchemaSteps &steps, const TellStep &tell)
{
    OpenReport report;
    const bool exists = QFile::exists(path);
    tellStep(tell, OpenStep::Checking);
    Base::Result<void> verdict;
    if (exists)
        verdict = judge(path, steps);
    else if (QFile::exists(path + u"-wal"_s))
        verdict = Base::fail(Kind::Corrupt, u"a write-ahead log without its database"_s);
    if (!verdict) {
        if (verdict.error().kind != Kind::Corrupt)
            return std::unexpected(verdict.error());
        tellStep(tell, OpenStep::MovingAside);
        auto moved = moveAside(path);
        if (!moved)
            return std::unexpected(moved.error());
        qCInfo(Base::logStore) << "a damaged store was moved aside";
        report.movedAside = *moved;
        report.reason = verdict.error().detail;
    }
    const bool fresh = !exists || !verdict;
    if (fresh) {
        if (auto created = createEmpty(path); !created)
            return std::unexpected(created.error());
    } else {
        QFile::setPermissions(path, OwnerOnly);
    }
    if (auto done = bringUpToDate(path, steps, report, tell); !done) {
        // An empty file would look like a lost one at the next start.
        if (fresh)
            QFile::remove(path);
        return std::unexpected(done.error());
    }
    return report;
}

} // namespace Mailgauge::Store
