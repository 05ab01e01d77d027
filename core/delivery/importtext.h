// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/comparison.h"
#include "transcript/dialogue.h"

#include <QMetaType>

namespace Mailgauge::Delivery {

/// A session read from what another program wrote. Its record has a finding "imported.FORMAT", and
/// says as much as the text told: an outcome per recipient, TLS, AUTH, the reply that decided.
struct ImportedSession {
    Transcript::StoredSession session;
    QByteArray content; ///< Octets of record.message; empty where the text did not hold them.
};

struct ImportedText {
    Transcript::FormatGuess guess; ///< What it was read as.
    QList<ImportedSession> sessions; ///< In the order of the text.
};

/// Reads a text as `format`, or as what it looks like most. No secret is left in the result.
/// `now` stands for the start where the text names no time. Pure; heavy for large texts, run it off
/// the GUI thread. InvalidInput where no dialogue is found, Full above the limits.
[[nodiscard]] Base::Result<ImportedText> importText(
    const QByteArray &text, std::optional<Transcript::SourceFormat> format, const QDateTime &now);

} // namespace Mailgauge::Delivery

Q_DECLARE_METATYPE(Mailgauge::Delivery::ImportedText)
