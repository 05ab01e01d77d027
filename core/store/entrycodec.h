// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "transcript/entry.h"

namespace Mailgauge::Store {

/// A chunk of transcript entries as the store keeps it, compressed. Secrets that were kept in
/// memory for this run stay there: `Redaction::kept` is never written (faults E1).
[[nodiscard]] QByteArray packEntries(const QList<Transcript::Entry> &entries);

/// Corrupt for what packEntries() did not make; Unsupported for a newer form.
[[nodiscard]] Base::Result<QList<Transcript::Entry>> unpackEntries(const QByteArray &chunk);

} // namespace Mailgauge::Store
