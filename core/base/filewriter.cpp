// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/filewriter.h"

#include "base/literals.h"

#include <QFileInfo>
#include <QSaveFile>

#include <cerrno>

namespace Mailgauge::Base {

namespace {

// errno outlives Qt's own bookkeeping between the failed call and here; where Qt did not call the
// system at all it says ResourceError by itself.
std::unexpected<Error> writeError(const QIODevice &device, int error)
{
    const auto *file = qobject_cast<const QFileDevice *>(&device);
    const QString name = file ? file->fileName() : QString();
    const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    return fail(full ? Error::Kind::Full : Error::Kind::Io,
        u"write %1: %2"_s.arg(name, full ? qt_error_string(error) : device.errorString()));
}

std::unexpected<Error> openError(const QFileDevice &file)
{
    const auto kind = file.error() == QFileDevice::PermissionsError ? Error::Kind::Denied
        : file.error() == QFileDevice::ResourceError                ? Error::Kind::Full
                                                                    : Error::Kind::Io;
    return fail(kind, u"open %1: %2"_s.arg(file.fileName(), file.errorString()));
}

} // namespace

Result<void> writeAll(QIODevice &device, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        errno = 0;
        const qint64 written = device.write(bytes.data(), bytes.size());
        if (written <= 0)
            return writeError(device, errno);
        // Asked again, the system tells why it took less (or takes the rest).
        bytes = bytes.sliced(written);
    }
    return {};
}

FileWriter::FileWriter(std::unique_ptr<QIODevice> device)
    : m_device(std::move(device))
{
}

FileWriter::~FileWriter() = default;

Result<std::unique_ptr<FileWriter>> FileWriter::open(const QString &path, Access access)
{
    const QFileInfo info(path);
    if (info.isDir())
        return fail(Error::Kind::Io, u"open %1: is a directory"_s.arg(path));
    std::unique_ptr<QFileDevice> file;
    if (info.exists() && !info.isFile())
        file = std::make_unique<QFile>(path);
    else
        file = std::make_unique<QSaveFile>(path);
    // Unbuffered: a full disk shows at the write that meets it, not at the next one.
    if (!file->open(QIODevice::WriteOnly | QIODevice::Unbuffered))
        return openError(*file);
    if (access == Access::OwnerOnly
        && !file->setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner))
        return openError(*file);
    return std::unique_ptr<FileWriter>(new FileWriter(std::move(file)));
}

Result<void> FileWriter::write(QByteArrayView bytes)
{
    return writeAll(*m_device, bytes).or_else([this](Error error) -> Result<void> {
        if (auto *file = qobject_cast<QSaveFile *>(m_device.get()))
            file->cancelWriting();
        return std::unexpected(std::move(error));
    });
}

Result<void> FileWriter::commit()
{
    errno = 0;
    if (auto *file = qobject_cast<QSaveFile *>(m_device.get())) {
        if (!file->commit())
            return writeError(*file, errno);
        return {};
    }
    auto *file = static_cast<QFile *>(m_device.get());
    if (!file->flush() || file->error() != QFileDevice::NoError)
        return writeError(*file, errno);
    file->close();
    return {};
}

Result<void> writeFile(const QString &path, QByteArrayView bytes, FileWriter::Access access)
{
    auto writer = FileWriter::open(path, access);
    if (!writer)
        return std::unexpected(writer.error());
    return (*writer)->write(bytes).and_then([&] { return (*writer)->commit(); });
}

} // namespace Mailgauge::Base
