// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/formatter.h"

#include <functional>

class QIODevice;

namespace Mailgauge::Transcript {

/// A session, or the part of it that leaves.
struct ExportedSession {
    SessionRecord record;
    QList<Entry> entries;

    bool operator==(const ExportedSession &) const = default;
};

/// Called now and then with the part that is done, 0 to 1, on the thread that works; false ends the
/// work with an Error of kind Cancelled.
using Progress = std::function<bool(double)>;

/// For a step that is the part between `from` and `to` of the whole work; empty if `progress` is.
[[nodiscard]] Progress partOf(const Progress &progress, double from, double to);

/// Writes whole sessions; the program and the command line call the same one. Values in, bytes out:
/// may be used on any thread.
class SessionExporter final {
public:
    /// Error kinds: those of Base::writeAll(), Cancelled.
    [[nodiscard]] static Base::Result<void> write(const QList<ExportedSession> &sessions,
        ExportFormat format, const ExportOptions &options, QIODevice &device,
        const Progress &progress = {});
    [[nodiscard]] static Base::Result<void> write(const SessionRecord &record,
        const QList<Entry> &entries, ExportFormat format, const ExportOptions &options,
        QIODevice &device);

    /// The same into a file that appears whole or not at all (Base::FileWriter).
    [[nodiscard]] static Base::Result<void> writeFile(const SessionRecord &record,
        const QList<Entry> &entries, ExportFormat format, const ExportOptions &options,
        const QString &path);
};

} // namespace Mailgauge::Transcript
