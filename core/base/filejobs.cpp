// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/filejobs.h"

#include "base/literals.h"

#include <QThreadPool>
#include <QtConcurrentRun>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Mailgauge::Base {

namespace {

using Kind = Error::Kind;

QString kindOfFile(mode_t mode)
{
    if (S_ISDIR(mode))
        return u"a directory"_s;
    if (S_ISFIFO(mode))
        return u"a FIFO"_s;
    if (S_ISCHR(mode) || S_ISBLK(mode))
        return u"a device"_s;
    if (S_ISSOCK(mode))
        return u"a socket"_s;
    return u"not a regular file"_s;
}

std::unexpected<Error> systemFailure(const QString &path)
{
    const int error = errno;
    return fail(Kind::Io, path + u": "_s + qt_error_string(error));
}

} // namespace

QThreadPool &filePool()
{
    static QThreadPool pool;
    return pool;
}

Result<std::unique_ptr<QFile>> openRegularFile(const QString &path)
{
    if (path.contains(QChar(u'\0')))
        return fail(Kind::InvalidInput, u"NUL in a file name"_s);
    const QByteArray name = QFile::encodeName(path);
    struct stat facts {};
    // Looked at before it is opened: opening alone can already rewind a tape or wake a writer.
    if (::stat(name.constData(), &facts) != 0)
        return systemFailure(path);
    if (!S_ISREG(facts.st_mode))
        return fail(Kind::InvalidInput, path + u": is "_s + kindOfFile(facts.st_mode));
    // Not blocking, in case it was exchanged for a FIFO meanwhile; then looked at again.
    const int descriptor = ::open(name.constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return systemFailure(path);
    auto file = std::make_unique<QFile>(path);
    if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)
        || !file->open(descriptor, QIODevice::ReadOnly | QIODevice::Unbuffered,
            QFileDevice::AutoCloseHandle)) {
        ::close(descriptor);
        return fail(Kind::InvalidInput, path + u": is not a regular file"_s);
    }
    return file;
}

Result<QByteArray> readRegularFile(const QString &path, qint64 most)
{
    const auto file = openRegularFile(path);
    if (!file)
        return std::unexpected(file.error());
    QByteArray bytes;
    while (bytes.size() <= most) {
        const QByteArray chunk = (*file)->read(qMin<qint64>(most + 1 - bytes.size(), 1 << 20));
        if (chunk.isEmpty())
            break;
        bytes += chunk;
    }
    if ((*file)->error() != QFileDevice::NoError)
        return fail(Kind::Io, path + u": "_s + (*file)->errorString());
    if (bytes.size() > most)
        return fail(
            Kind::InvalidInput, u"%1: larger than %2 bytes"_s.arg(path, QString::number(most)));
    return bytes;
}

QFuture<Result<QByteArray>> readFileLater(const QString &path, qint64 most)
{
    return QtConcurrent::run(&filePool(), &readRegularFile, path, most);
}

QFuture<Result<void>> writeFileLater(const QString &path, const QByteArray &bytes)
{
    return QtConcurrent::run(
        &filePool(), [path, bytes] { return writeFile(path, bytes, FileWriter::Access::Default); });
}

} // namespace Mailgauge::Base
