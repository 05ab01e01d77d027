// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/database.h"

#include "base/literals.h"
#include "store/bouncestore.h"
#include "store/inboxstore.h"
#include "store/ledger.h"
#include "store/opening.h"
#include "store/profilestore.h"
#include "store/samplestore.h"
#include "store/sessionstore.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <cerrno>

namespace Mailgauge::Store {

namespace {

using Kind = Base::Error::Kind;

Base::Result<void> makeDirectory(const QString &directory)
{
    if (QDir(directory).exists())
        return {};
    errno = 0;
    if (!QDir().mkpath(directory)) {
        return Base::fail(errno == ENOSPC ? Kind::Full : Kind::Denied,
            u"%1: %2"_s.arg(directory, qt_error_string(errno)));
    }
    QFile::setPermissions(
        directory, QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner);
    return {};
}

// Under the opening lock: checked, migrated, recovered.
Base::Result<OpenReport> prepareAndRecover(
    const QString &path, FileLock &lock, const OpenOptions &options)
{
    const auto waits = [&options] {
        if (options.tell)
            options.tell(OpenStep::Waiting);
    };
    if (auto locked = lock.lockOpening(options.stop, waits); !locked)
        return std::unexpected(locked.error());
    auto report = options.stop.stop_requested()
        ? Base::Result<OpenReport>(Base::fail(Kind::Cancelled, u"store: opening was given up"_s))
        : prepareFile(path, schemaSteps(), options.tell);
    if (report) {
        auto connection = Connection::open(path, Connection::Access::ReadWrite);
        auto recovered = connection ? recover(**connection, lock, *report)
                                    : Base::Result<void>(std::unexpected(connection.error()));
        if (!recovered)
            report = std::unexpected(recovered.error());
    }
    lock.unlockOpening();
    return report;
}

// Where no log can be made beside it, and none was left, the file alone is the truth.
Connection::Access readOnlyAccess(const QString &path)
{
    const bool loose = !QFile::exists(path + u"-wal"_s)
        && !QFileInfo(QFileInfo(path).path()).isWritable();
    return loose ? Connection::Access::Immutable : Connection::Access::ReadOnly;
}

} // namespace

struct Database::Parts {
    Parts(const QString &path, std::unique_ptr<FileLock> heldLock, Connection::Access readAccess,
        std::optional<Base::Error> refusal)
        : lock(std::move(heldLock))
        , writer(path, std::move(refusal))
        , reader(path, readAccess)
        , sessions(writer, reader, owner())
        , profiles(writer, reader)
        , bounces(writer, reader)
        , inbox(writer, reader, owner())
        , samples(reader)
    {
    }
    [[nodiscard]] qint64 owner() const { return lock ? lock->owner() : 0; }

    std::unique_ptr<FileLock> lock; ///< First: what waits is written under it.
    Writer writer;
    Reader reader;
    SessionStore sessions;
    ProfileStore profiles;
    BounceStore bounces;
    InboxStore inbox;
    SampleStore samples;
};

Database::Database(QString path, OpenReport report, std::unique_ptr<Parts> parts)
    : m_path(std::move(path))
    , m_report(std::move(report))
    , m_parts(std::move(parts))
{
}

Database::~Database() = default;

Base::Result<std::unique_ptr<Database>> Database::open(const QString &path, OpenOptions options)
{
    if (options.access == OpenOptions::Access::ReadOnly) {
        if (!QFile::exists(path))
            return Base::fail(Kind::Denied, u"%1: does not exist"_s.arg(path));
        const auto access = readOnlyAccess(path);
        auto connection = Connection::open(path, access);
        if (!connection)
            return std::unexpected(connection.error());
        if (auto checked = checkFile(**connection, schemaSteps()); !checked)
            return std::unexpected(checked.error());
        const auto version = (*connection)->number(u"PRAGMA user_version"_s);
        if (version && version->value_or(0) < schemaSteps().size()) {
            return Base::fail(Kind::Unsupported,
                u"store: version %1 must be opened for writing once"_s.arg(version->value_or(0)));
        }
        return std::unique_ptr<Database>(new Database(path, {},
            std::make_unique<Parts>(path, nullptr, access,
                Base::Error {Kind::Denied, u"store: opened for reading only"_s, {}})));
    }
    if (auto made = makeDirectory(QFileInfo(path).absolutePath()); !made)
        return std::unexpected(made.error());
    auto lock = FileLock::create(path + u".lock"_s);
    if (!lock)
        return std::unexpected(lock.error());
    auto report = prepareAndRecover(path, **lock, options);
    if (!report)
        return std::unexpected(report.error());
    return std::unique_ptr<Database>(new Database(path, *std::move(report),
        std::make_unique<Parts>(
            path, std::move(*lock), Connection::Access::ReadOnly, std::nullopt)));
}

Transcript::SessionLibrary &Database::sessions()
{
    return m_parts->sessions;
}

Relay::ProfileRepository &Database::profiles()
{
    return m_parts->profiles;
}

Bounce::BounceRepository &Database::bounces()
{
    return m_parts->bounces;
}

Sandbox::InboxRepository &Database::inbox()
{
    return m_parts->inbox;
}

Stats::SampleSource &Database::samples()
{
    return m_parts->samples;
}

} // namespace Mailgauge::Store
