// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "smtp/mailbox.h"
#include "smtp/reply.h"
#include "smtp/stage.h"

#include <QMetaType>

#include <array>
#include <optional>

namespace Mailgauge::Smtp {

/// Why a session could not go on, and where.
struct Failure {
    Base::Error error;
    Stage stage = Stage::Connect;

    bool operator==(const Failure &) const = default;
};

/// What became of a message for one recipient.
///
/// The first four are the ledger's (accepted 2yz, deferred 4yz or lost before the dot, rejected
/// 5yz, uncertain: lost after the dot). Failed: never offered to the relay, because something else
/// was refused or broke first (bad certificate, wrong password …). Stopped: never offered because
/// the user asked to stop before.
enum class Outcome : quint8 {
    Accepted,
    Deferred,
    Rejected,
    Uncertain,
    Failed,
    Stopped,
};

inline constexpr std::array allOutcomes {Outcome::Accepted, Outcome::Deferred, Outcome::Rejected,
    Outcome::Uncertain, Outcome::Failed, Outcome::Stopped};

/// "accepted" … "stopped".
[[nodiscard]] QByteArrayView outcomeName(Outcome outcome);
[[nodiscard]] std::optional<Outcome> outcomeFromName(QByteArrayView name);

/// What a reply that decides means. 1yz and 3yz decide nothing where the end was due: Failed.
[[nodiscard]] Outcome outcomeOfReply(const Reply &reply);

/// The outcome for one recipient with the reply that decided it.
struct RecipientOutcome {
    Mailbox recipient;
    Outcome outcome = Outcome::Failed;
    Stage stage = Stage::Rcpt; ///< Where it was decided.
    std::optional<Reply> reply; ///< None where the connection was lost or no reply decided.
    std::optional<Failure> failure; ///< What broke, where no reply decided.

    bool operator==(const RecipientOutcome &) const = default;
};

} // namespace Mailgauge::Smtp

Q_DECLARE_METATYPE(Mailgauge::Smtp::Failure)
Q_DECLARE_METATYPE(Mailgauge::Smtp::RecipientOutcome)
