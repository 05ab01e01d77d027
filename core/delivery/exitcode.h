// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// From what a session established to one word, one exit code and the name of an error: the table
/// that scripts rely on. Pure functions.
#include "smtp/session.h"
#include "transcript/sessionrecord.h"

#include <QByteArray>

namespace Mailgauge::Delivery {

/// Begins the detail of every error of the store itself: our output, not an input that could not be
/// read. What a repository tells of the content it was given begins otherwise.
inline constexpr QLatin1StringView storePrefix("store: ");

/// What a session established, as far as the verdict needs it.
struct SessionFacts {
    QList<Smtp::RecipientOutcome> recipients; ///< None in a relay test.
    std::optional<Smtp::Failure> failure;
    std::optional<Smtp::Reply> refusal; ///< The reply that made the failure, if one did.
    bool stopped = false; ///< A StopRule was reached.
    Smtp::TlsPolicy tls = Smtp::TlsPolicy::None;
};

/// How many recipients each outcome had.
struct OutcomeCounts {
    qint64 accepted = 0;
    qint64 deferred = 0;
    qint64 rejected = 0;
    qint64 uncertain = 0;
    qint64 others = 0; ///< Failed and stopped.

    OutcomeCounts &operator+=(const OutcomeCounts &more);
    bool operator==(const OutcomeCounts &) const = default;
};

[[nodiscard]] OutcomeCounts countsOf(const QList<Smtp::RecipientOutcome> &recipients);

struct Verdict {
    Transcript::WholeOutcome outcome = Transcript::WholeOutcome::Failed;
    int exitCode = 70;

    bool operator==(const Verdict &) const = default;
};

[[nodiscard]] Verdict verdictOf(const SessionFacts &facts);
/// The same for many messages together; `facts.recipients` are not looked at.
[[nodiscard]] Verdict verdictOf(const OutcomeCounts &counts, const SessionFacts &facts);

/// "dns", "connect", "timeout", "lost", "protocol", "auth", "authUnsupported", "tls",
/// "unsupported", "input", "noinput", "output", "state" or "internal".
[[nodiscard]] QByteArrayView errorKindName(const Smtp::Failure &failure);

} // namespace Mailgauge::Delivery
