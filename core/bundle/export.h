// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bundle/bundlefiles.h"
#include "transcript/formatter.h"

namespace Mailgauge::Bundle {

struct ExportRequest {
    std::optional<Transcript::ExportFormat> format {}; ///< Nothing: a support bundle.
    Transcript::RedactionLevel level = Transcript::defaultRedaction;
    Transcript::ExportOptions
        options {}; ///< Secrets are shown at level Secrets only, never bundled.
    BundleSource source {}; ///< Without a bundle only the sessions and the logins count.
};

/// The files that leave, and nothing else leaves: one for a transcript, several for a bundle.
/// Error kinds: Cancelled.
[[nodiscard]] Base::Result<QList<BundleFile>> makeExport(
    const ExportRequest &request, const Transcript::Progress &progress = {});

/// The octets of the file to save: those of the only one, or an archive of all.
[[nodiscard]] Base::Result<QByteArray> packExport(
    const ExportRequest &request, const QList<BundleFile> &files);

/// "smtp-mx.example.net-20260102-030405.zip", without anything that is no good in a file name.
[[nodiscard]] QString proposedFileName(const ExportRequest &request);

/// "txt", "html", "jsonl", "zip".
[[nodiscard]] QString fileSuffix(const std::optional<Transcript::ExportFormat> &format);

} // namespace Mailgauge::Bundle
