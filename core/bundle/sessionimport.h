// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bundle/bundlearchive.h"
#include "transcript/jsonlinesreader.h"

namespace Mailgauge::Bundle {

struct ImportLimits {
    Transcript::ReadLimits lines {};
    ArchiveLimits archive {};
};

/// The sessions of a JSON Lines transcript or of a support bundle, whichever the bytes say it is;
/// a bundle brings the messages too. A regular file only; nothing in it is trusted.
///
/// Error kinds: those of readJsonLines() and unpackArchive(), their details behind "import: "; for
/// what is no file those of Mime::openRegularFile().
[[nodiscard]] Base::Result<QList<BundledSession>> readSessions(
    const QString &path, const ImportLimits &limits = {});
[[nodiscard]] Base::Result<QList<BundledSession>> readSessions(
    QIODevice &device, const ImportLimits &limits = {});

/// Whether the bytes begin as those of a JSON Lines transcript or an archive do, or are none.
[[nodiscard]] bool beginsAsSessions(QIODevice &device);

/// A session whose id is in use, with one of its own; "originalId" names the first. Its message has
/// a new id too: what came with it need not be what is kept under the old one.
[[nodiscard]] Transcript::ExportedSession underNewId(Transcript::ExportedSession session);

/// Whether a file's name says that readSessions() is for it.
[[nodiscard]] bool looksLikeSessions(const QString &path);

} // namespace Mailgauge::Bundle
