// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// What is different between two sessions, aligned by the state of the protocol and not by lines:
/// greeting with greeting, EHLO before TLS with EHLO before TLS, each RCPT with that to the same
/// recipient, transactions by their position. Differences that mean something are told with a
/// severity; what only looks different (queue ids, dates, names of hosts) is noise and kept apart.
/// Pure functions, any thread. Sentences: explain/difference.h.
#include "base/severity.h"
#include "transcript/exchange.h"
#include "transcript/sessionrecord.h"

#include <chrono>

namespace Mailgauge::Transcript {

/// A session as it was stored, or as it was imported.
struct StoredSession {
    SessionRecord record;
    QList<Entry> entries;
};

struct Difference {
    /// "capability.lost", "tls.version", "reply.code" …: the key of its sentence.
    QByteArray id;
    Base::Severity severity = Base::Severity::Info;
    Smtp::Stage stage = Smtp::Stage::Greeting;
    QByteArray subject {}; ///< What differs: a keyword, a recipient, a stage; may be empty.
    QByteArray left {}; ///< Empty: not there.
    QByteArray right {};
    qint64 leftEntry = -1; ///< Entry::n of the line to look at; -1: none.
    qint64 rightEntry = -1;

    bool operator==(const Difference &) const = default;
};

/// A step of both sessions, or of one.
struct ComparedStep {
    std::optional<Exchange> left;
    std::optional<Exchange> right;
    QList<qsizetype> differences; ///< Indexes in Comparison::differences.
    QList<qsizetype> noise; ///< Indexes in Comparison::noise.

    [[nodiscard]] const Exchange &any() const { return left ? *left : *right; }
};

struct Comparison {
    QList<ComparedStep> steps;
    QList<Difference> differences; ///< In the order of the session.
    QList<Difference> noise;

    [[nodiscard]] bool isEqual() const { return differences.isEmpty(); }
    [[nodiscard]] qsizetype count(Base::Severity severity) const;
};

struct CompareOptions {
    /// Times differ where one is longer by at least this much, and at least twice the other.
    std::chrono::milliseconds timing {1000};
};

[[nodiscard]] Comparison compare(
    const StoredSession &left, const StoredSession &right, const CompareOptions &options = {});

} // namespace Mailgauge::Transcript
