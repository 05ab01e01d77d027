// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/attachment.h"

#include "base/literals.h"

#include <QCryptographicHash>
#include <QFileInfo>
#include <QMimeDatabase>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace Mailgauge::Mime {

namespace {

using Kind = Base::Error::Kind;

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

std::unexpected<Base::Error> systemFailure(const QString &path)
{
    const int error = errno;
    return Base::fail(Kind::Io, path + u": "_s + QString::fromLocal8Bit(strerror(error)));
}

QDateTime modifiedOf(const struct stat &facts)
{
    return QDateTime::fromMSecsSinceEpoch(
        qint64(facts.st_mtim.tv_sec) * 1000 + facts.st_mtim.tv_nsec / 1'000'000, QTimeZone::utc());
}

} // namespace

Base::Result<std::unique_ptr<QFile>> openRegularFile(const QString &path)
{
    if (path.contains(QChar(u'\0')))
        return Base::fail(Kind::InvalidInput, u"NUL in a file name"_s);
    const QByteArray name = QFile::encodeName(path);
    struct stat facts {};
    // Looked at before it is opened: opening alone can already rewind a tape or wake a writer.
    if (::stat(name.constData(), &facts) != 0)
        return systemFailure(path);
    if (!S_ISREG(facts.st_mode))
        return Base::fail(Kind::InvalidInput, path + u": is "_s + kindOfFile(facts.st_mode));
    // Not blocking, in case it was exchanged for a FIFO meanwhile; then looked at again.
    const int descriptor = ::open(name.constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return systemFailure(path);
    auto file = std::make_unique<QFile>(path);
    if (::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)
        || !file->open(descriptor, QIODevice::ReadOnly | QIODevice::Unbuffered,
            QFileDevice::AutoCloseHandle)) {
        ::close(descriptor);
        return Base::fail(Kind::InvalidInput, path + u": is not a regular file"_s);
    }
    return file;
}

Base::Result<QByteArray> sha256Of(QFile *file)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    if (!file->seek(0))
        return Base::fail(Kind::Io, file->fileName() + u": "_s + file->errorString());
    QByteArray chunk(256 * 1024, Qt::Uninitialized);
    for (;;) {
        const qint64 got = file->read(chunk.data(), chunk.size());
        if (got < 0)
            return Base::fail(Kind::Io, file->fileName() + u": "_s + file->errorString());
        if (got == 0)
            return hash.result().toHex();
        hash.addData(QByteArrayView(chunk).first(got));
    }
}

Base::Result<void> checkUnchanged(const QFile &file, const Attachment &attachment)
{
    struct stat facts {};
    if (::fstat(file.handle(), &facts) != 0)
        return systemFailure(attachment.path);
    if (qint64(facts.st_size) != attachment.size)
        return Base::fail(Kind::InvalidInput,
            u"%1: changed since it was attached (size %2, now %3)"_s.arg(attachment.path,
                QString::number(attachment.size), QString::number(qint64(facts.st_size))));
    if (modifiedOf(facts) != attachment.modified)
        return Base::fail(Kind::InvalidInput,
            u"%1: changed since it was attached (written at %2)"_s.arg(
                attachment.path, modifiedOf(facts).toString(Qt::ISODateWithMs)));
    return {};
}

Base::Result<Attachment> attachmentFromFile(const QString &path)
{
    const auto opened = openRegularFile(path);
    if (!opened)
        return std::unexpected(opened.error());
    QFile &file = **opened;
    struct stat facts {};
    if (::fstat(file.handle(), &facts) != 0)
        return systemFailure(path);

    const QByteArray head = file.peek(4096);
    const auto digest = sha256Of(&file);
    if (!digest)
        return std::unexpected(digest.error());
    if (file.pos() != qint64(facts.st_size))
        return Base::fail(Kind::InvalidInput, path + u": changes while it is read"_s);

    const QString name = QFileInfo(path).fileName();
    return Attachment {.path = QFileInfo(path).absoluteFilePath(),
        .fileName = name,
        .mimeType = QMimeDatabase().mimeTypeForFileNameAndData(name, head).name().toLatin1(),
        .contentId = {},
        .size = qint64(facts.st_size),
        .modified = modifiedOf(facts),
        .sha256 = *digest};
}

} // namespace Mailgauge::Mime
