// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/wholeoutcome.h"

#include <QDateTime>
#include <QList>
#include <QString>
#include <QUuid>

#include <optional>

namespace Mailgauge::Transcript {

/// One condition of a search among the stored sessions. Texts: any part counts, upper and lower
/// case are the same.
struct SessionTerm {
    enum class Field : quint8 {
        Any, ///< Relay, subject, recipients, replies, tags or note.
        Relay, ///< Host or name of the profile.
        Outcome, ///< One of `outcomes`.
        Recipient,
        Reply, ///< Code and text of a reply, or the bytes on which the session broke.
        Tag, ///< A whole tag.
        Note,
        Before, ///< Started before `time`.
        After, ///< Started at `time` or later.
        Id, ///< The beginning of the session's id.
    };

    Field field = Field::Any;
    QString text {};
    QList<WholeOutcome> outcomes {};
    QDateTime time {};
    bool negated = false;

    bool operator==(const SessionTerm &) const = default;
};

/// Which sessions to list, newest first.
struct SessionQuery {
    enum class From : quint8 {
        Kept,
        Bin, ///< Deleted, and not yet purged.
    };
    /// Where a page ended: the last session of it. Later pages stay right while sessions arrive.
    struct Place {
        QDateTime startedAt;
        QUuid session;

        bool operator==(const Place &) const = default;
    };

    QList<SessionTerm> terms {}; ///< All of them hold; none: every session.
    From from = From::Kept;
    int limit = 500;
    std::optional<Place> behind {};
};

} // namespace Mailgauge::Transcript
