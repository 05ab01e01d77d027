// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/formatter.h"

class QIODevice;

namespace Mailgauge::Transcript {

/// Writes whole sessions; the program and the command line call the same one. Values in, bytes out:
/// may be used on any thread.
class SessionExporter final {
public:
    /// Error kinds: those of Base::writeAll().
    [[nodiscard]] static Base::Result<void> write(const SessionRecord &record,
        const QList<Entry> &entries, ExportFormat format, const ExportOptions &options,
        QIODevice &device);

    /// The same into a file that appears whole or not at all (Base::FileWriter).
    [[nodiscard]] static Base::Result<void> writeFile(const SessionRecord &record,
        const QList<Entry> &entries, ExportFormat format, const ExportOptions &options,
        const QString &path);
};

} // namespace Mailgauge::Transcript
