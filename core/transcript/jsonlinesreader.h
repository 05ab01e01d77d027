// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionrecord.h"

class QIODevice;

namespace Mailgauge::Transcript {

/// A transcript read from a file.
struct ImportedTranscript {
    SessionRecord record; ///< As far as the first line tells, with what is unknown in the file.
    QList<Entry> entries;
};

struct ReadLimits {
    qint64 lineSize = 8 * 1024 * 1024; ///< Octets.
    qsizetype entries = 5'000'000;
    qint64 total = 1024LL * 1024 * 1024; ///< Octets.
    qsizetype sessions = 10'000;
};

/// Reads JSON Lines, version 1: one session, or several one behind the other. Files of versions
/// that did not write "unexpected" get it from what their lines say (isUnexpected()). The file may
/// come from anybody: nothing in it is trusted, and the limits hold whatever it claims. Blank lines
/// are skipped.
///
/// Error kinds: InvalidInput (no transcript), Unsupported (a newer version), Corrupt (with the
/// line's number; also a file that ends too early), Full (beyond the limits), Io.
[[nodiscard]] Base::Result<QList<ImportedTranscript>> readJsonLines(
    QIODevice &device, const ReadLimits &limits = {});

} // namespace Mailgauge::Transcript
