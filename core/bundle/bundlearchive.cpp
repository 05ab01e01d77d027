// SPDX-License-Identifier: GPL-3.0-or-later
#include "bundle/bundlearchive.h"

#include "base/literals.h"

#include <KZip>

#include <QBuffer>
#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <memory>

namespace Mailgauge::Bundle {

namespace {

using Kind = Base::Error::Kind;

constexpr mode_t PlainFile = 0100644;
constexpr qint64 PieceSize = 256 * 1024;
constexpr qint64 LargestManifest = 8 * 1024 * 1024;
constexpr int DeepestFolder = 4;

/// A name that means the same wherever an archive is unpacked, and nothing outside it.
bool isSafeName(const QString &name)
{
    return !name.isEmpty() && name != ".."_L1 && name != "."_L1 && !name.contains(u'/')
        && !name.contains(u'\\') && !name.contains(u':')
        && std::ranges::none_of(name, [](QChar c) { return c.category() == QChar::Other_Control; });
}

/// Looks at every name before anything is read.
Base::Result<void> checkFolder(
    const KArchiveDirectory &folder, int depth, qsizetype &count, const ArchiveLimits &limits)
{
    const QStringList names = folder.entries();
    for (const QString &name : names) {
        if (++count > limits.files || depth > DeepestFolder)
            return Base::fail(Kind::Full, u"the archive has too many files"_s);
        const KArchiveEntry *entry = folder.entry(name);
        if (!isSafeName(name) || !entry || !entry->symLinkTarget().isEmpty())
            return Base::fail(Kind::Corrupt, u"a file name in the archive leads outside of it"_s);
        if (!entry->isDirectory())
            continue;
        if (auto checked = checkFolder(
                *static_cast<const KArchiveDirectory *>(entry), depth + 1, count, limits);
            !checked)
            return checked;
    }
    return {};
}

std::unexpected<Base::Error> damaged(const QString &name)
{
    return Base::fail(Kind::Corrupt, u"%1 in the archive is damaged or cut off"_s.arg(name));
}

/// At most `limit` octets, whatever the archive says the size is.
Base::Result<QByteArray> contentOf(const KArchiveFile &file, const QString &name, qint64 limit)
{
    if (file.size() < 0 || file.size() > limit)
        return Base::fail(Kind::Full, u"%1 in the archive is too large"_s.arg(name));
    const std::unique_ptr<QIODevice> device(file.createDevice());
    if (!device || (!device->isOpen() && !device->open(QIODevice::ReadOnly)))
        return damaged(name);
    QByteArray bytes;
    while (true) {
        const QByteArray piece = device->read(PieceSize);
        if (piece.isEmpty())
            break;
        bytes += piece;
        // More than it said it would be.
        if (bytes.size() > file.size())
            return damaged(name);
    }
    if (bytes.size() != file.size())
        return damaged(name);
    return bytes;
}

Base::Result<QJsonArray> filesOf(const QByteArray &manifest)
{
    const QJsonObject object = QJsonDocument::fromJson(manifest).object();
    if (object.value("format"_L1).toString() != bundleFormat)
        return Base::fail(Kind::InvalidInput, u"the archive is no Mailgauge support bundle"_s);
    const qint64 version = object.value("version"_L1).toInteger();
    if (version > bundleVersion) {
        return Base::fail(Kind::Unsupported,
            u"support bundle version %1, this program reads %2"_s.arg(version).arg(bundleVersion));
    }
    if (version < 1 || !object.value("files"_L1).isArray())
        return damaged(manifestName);
    return object.value("files"_L1).toArray();
}

} // namespace

Base::Result<QByteArray> packArchive(const QList<BundleFile> &files, const QDateTime &time)
{
    QBuffer buffer;
    KZip zip(&buffer);
    if (!zip.open(QIODevice::WriteOnly))
        return Base::fail(Kind::Io, zip.errorString());
    for (const BundleFile &file : files) {
        if (!zip.writeFile(file.name, file.bytes, PlainFile, {}, {}, time, time, time))
            return Base::fail(Kind::Io, zip.errorString());
    }
    if (!zip.close())
        return Base::fail(Kind::Io, zip.errorString());
    return buffer.data();
}

Base::Result<QList<BundleFile>> unpackArchive(QIODevice &device, const ArchiveLimits &limits)
{
    if (device.size() > limits.archive)
        return Base::fail(Kind::Full, u"the archive is too large"_s);
    KZip zip(&device);
    if (!zip.open(QIODevice::ReadOnly))
        return Base::fail(Kind::Corrupt, u"the archive is damaged or cut off"_s);
    qsizetype count = 0;
    if (auto checked = checkFolder(*zip.directory(), 0, count, limits); !checked)
        return std::unexpected(checked.error());
    const KArchiveFile *first = zip.directory()->file(manifestName);
    if (!first)
        return Base::fail(Kind::InvalidInput, u"the archive is no Mailgauge support bundle"_s);
    const auto manifest = contentOf(*first, manifestName, LargestManifest);
    if (!manifest)
        return std::unexpected(manifest.error());
    const auto listed = filesOf(*manifest);
    if (!listed)
        return std::unexpected(listed.error());

    QList<BundleFile> files {{manifestName, *manifest}};
    qint64 total = manifest->size();
    for (const QJsonValue &one : *listed) {
        const QString name = one[u"name"_s].toString();
        const KArchiveFile *file = zip.directory()->file(name);
        if (!file)
            return damaged(name.left(80));
        auto bytes = contentOf(*file, name, std::min(limits.file, limits.total - total));
        if (!bytes)
            return std::unexpected(bytes.error());
        total += bytes->size();
        const QByteArray digest
            = QCryptographicHash::hash(*bytes, QCryptographicHash::Sha256).toHex();
        if (QString::fromLatin1(digest) != one[u"sha256"_s].toString())
            return damaged(name);
        files.append({name, *std::move(bytes)});
    }
    return files;
}

} // namespace Mailgauge::Bundle
