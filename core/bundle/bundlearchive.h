// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bundle/bundlefiles.h"

#include <QDateTime>

class QIODevice;

namespace Mailgauge::Bundle {

struct ArchiveLimits {
    qint64 archive = 512LL * 1024 * 1024; ///< Octets of the archive itself.
    qint64 file = 512LL * 1024 * 1024; ///< Octets of one file, unpacked.
    qint64 total = 768LL * 1024 * 1024; ///< Of all that are read.
    qsizetype files = 20'000; ///< In the archive, read or not.
};

/// The files as one zip archive; `time` is that of each. It names no user and no host.
[[nodiscard]] Base::Result<QByteArray> packArchive(
    const QList<BundleFile> &files, const QDateTime &time);

/// The manifest and the files of an archive that the manifest names, into memory: nothing is ever
/// unpacked to disk, and names are only looked up. What the manifest does not name is not read. The
/// archive may come from anybody. Error kinds: InvalidInput (no bundle of ours), Unsupported (a
/// newer version), Corrupt (damaged, cut off, not what the manifest says, a name that leads
/// outside), Full (beyond the limits).
[[nodiscard]] Base::Result<QList<BundleFile>> unpackArchive(
    QIODevice &device, const ArchiveLimits &limits = {});

} // namespace Mailgauge::Bundle
