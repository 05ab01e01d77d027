// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/attachment.h"

#include "base/literals.h"

#include <QCryptographicHash>
#include <QFileInfo>
#include <QMimeDatabase>

#include <cerrno>
#include <sys/stat.h>

namespace Mailgauge::Mime {

namespace {

using Kind = Base::Error::Kind;

QDateTime modifiedOf(const struct stat &facts)
{
    return QDateTime::fromMSecsSinceEpoch(
        qint64(facts.st_mtim.tv_sec) * 1000 + facts.st_mtim.tv_nsec / 1'000'000, QTimeZone::utc());
}

} // namespace

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
        return Base::fail(Kind::Io, attachment.path + u": "_s + qt_error_string(errno));
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
        return Base::fail(Kind::Io, path + u": "_s + qt_error_string(errno));

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
