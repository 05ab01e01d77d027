// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "explain/explain.h"
#include "transcript/linefacts.h"
#include "transcript/sessionrecord.h"

#include <QCoreApplication>

#include <optional>

namespace Mailgauge::Models {

/// A name, what it says, and what that means. Plain text.
struct NamedValue {
    QString label;
    QString value;
    QString note; ///< May be empty.
    bool secret = false; ///< Must not be copied.

    bool operator==(const NamedValue &) const = default;
};

/// What a line of the transcript means, in the window's words: for the details and for tooltips.
class LineMeaning {
    Q_DECLARE_TR_FUNCTIONS(LineMeaning)

public:
    /// Of a reply: why, who must act, what next; of a command, a capability, an event: what it is.
    [[nodiscard]] static std::optional<Explain::Explanation> explanation(
        const Transcript::Transcript &transcript, qsizetype row,
        const Transcript::SessionRecord &record);
    /// What can be decoded in it.
    [[nodiscard]] static QList<NamedValue> decoded(
        const Transcript::Transcript &transcript, qsizetype row, Transcript::Secrets secrets);
    /// Version, cipher, verdict and chain.
    [[nodiscard]] static QList<NamedValue> tls(const Tls::TlsFacts &facts);
    /// The short form: the sentence and what was decoded, never a secret.
    [[nodiscard]] static QString brief(const Transcript::Transcript &transcript, qsizetype row,
        const Transcript::SessionRecord &record);

    [[nodiscard]] static NamedValue named(const Transcript::LineFact &fact);
    /// "24,576 bytes (24.00 KiB)"
    [[nodiscard]] static QString octets(qint64 number);
};

} // namespace Mailgauge::Models
