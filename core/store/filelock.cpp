// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/filelock.h"

#include "base/literals.h"

#include <QFile>
#include <QRandomGenerator>
#include <QThread>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Mailgauge::Store {

namespace {

using namespace std::chrono_literals;

constexpr off_t OpeningByte = 0;
constexpr qint64 LargestOwner = Q_INT64_C(1) << 52;
constexpr auto Patience = 30s;
constexpr auto Pause = 20ms;

struct flock range(off_t at, short type)
{
    struct flock lock {};
    lock.l_type = type;
    lock.l_whence = SEEK_SET;
    lock.l_start = at;
    lock.l_len = 1;
    return lock;
}

// Locks of the open file description, not of the process: closing another descriptor of the same
// file must not lose them (POSIX locks do).
bool setLock(int descriptor, off_t at, short type)
{
    struct flock lock = range(at, type);
    return ::fcntl(descriptor, F_OFD_SETLK, &lock) == 0;
}

} // namespace

FileLock::FileLock(int descriptor, qint64 owner)
    : m_descriptor(descriptor)
    , m_owner(owner)
{
}

FileLock::~FileLock()
{
    ::close(m_descriptor);
}

Base::Result<std::unique_ptr<FileLock>> FileLock::create(const QString &path)
{
    const QByteArray name = QFile::encodeName(path);
    const int descriptor = ::open(name.constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        const int error = errno;
        return Base::fail(error == ENOSPC ? Base::Error::Kind::Full : Base::Error::Kind::Denied,
            u"%1: %2"_s.arg(path, qt_error_string(error)));
    }
    const qint64 owner = QRandomGenerator::system()->bounded(Q_INT64_C(1), LargestOwner);
    std::unique_ptr<FileLock> lock(new FileLock(descriptor, owner));
    if (!setLock(descriptor, owner, F_WRLCK)) {
        return Base::fail(Base::Error::Kind::Unsupported,
            u"%1: cannot be locked: %2"_s.arg(path, qt_error_string(errno)));
    }
    return lock;
}

bool FileLock::isAlive(qint64 owner) const
{
    if (owner == m_owner)
        return true;
    struct flock lock = range(owner, F_WRLCK);
    return ::fcntl(m_descriptor, F_OFD_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
}

Base::Result<void> FileLock::lockOpening(
    const std::stop_token &stop, const std::function<void()> &waits)
{
    // The kernel could wait for us, but for ever where the other process hangs.
    for (auto waited = 0ms; waited < Patience; waited += Pause) {
        if (setLock(m_descriptor, OpeningByte, F_WRLCK))
            return {};
        if (errno != EAGAIN && errno != EACCES)
            break;
        if (stop.stop_requested())
            return Base::fail(Base::Error::Kind::Cancelled, u"store: opening was given up"_s);
        if (waited == 0ms && waits)
            waits();
        QThread::sleep(Pause);
    }
    return Base::fail(Base::Error::Kind::Io, u"store: another process keeps opening it"_s);
}

void FileLock::unlockOpening()
{
    setLock(m_descriptor, OpeningByte, F_UNLCK);
}

} // namespace Mailgauge::Store
