// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"
#include "smtp/stage.h"

#include <QByteArray>
#include <QList>
#include <QMetaType>
#include <QUuid>

#include <optional>

namespace Mailgauge::Transcript {

enum class Direction : quint8 {
    Client,
    Server,
    Event, ///< Something we note: connected, TLS established, content sent, closed.
};

/// "client", "server", "event".
[[nodiscard]] QByteArrayView directionName(Direction direction);
[[nodiscard]] std::optional<Direction> directionFromName(QByteArrayView name);

/// A place in `Entry::text` where a secret was cut out; the text holds `<redacted: LABEL>` there.
struct Redaction {
    qsizetype at = 0;
    QByteArray label;
    /// The bytes themselves, only in memory and only if the user chose to keep this run's secrets
    /// before sending.
    Base::Secret kept;

    bool operator==(const Redaction &) const = default;
};

/// Refers to a stretch of the message that was sent, which is stored once and elsewhere.
struct ContentRange {
    QUuid message;
    qint64 from = 0;
    qint64 to = 0;

    bool operator==(const ContentRange &) const = default;
};

/// One line of a session, either way, or one event. Append-only: an entry never changes.
struct Entry {
    qint64 n = 0; ///< From 0, without gaps, per session.
    qint64 us = 0; ///< Microseconds of the steady clock since the session started.
    Direction direction = Direction::Event;
    Smtp::Stage stage = Smtp::Stage::Connect;
    bool tls = false; ///< It travelled inside TLS.
    /// A line of the server that is not what the command of its stage hopes for
    /// (Smtp::isHopedFor), or that came when no reply was owed.
    bool unexpected = false;
    QByteArray
        text; ///< Without line end; bytes as on the wire, secrets cut out. Need not be UTF-8.
    QList<Redaction> redactions;
    std::optional<ContentRange> content;

    bool operator==(const Entry &) const = default;
};

/// Whether direction, stage and text alone tell that the entry is unexpected: for what was written
/// before entries knew it, and for what other programs wrote.
[[nodiscard]] bool isUnexpected(const Entry &entry);

/// `bytes` (one line) with `spans` cut out; overlapping spans become one hole. The redactions are
/// appended to `redactions`, if given; they hold the bytes only under `keepSecrets`.
[[nodiscard]] QByteArray redact(const QByteArray &bytes, const QList<Base::SecretSpan> &spans,
    QList<Redaction> *redactions, bool keepSecrets);

/// An alert or a message of the TLS handshake (Tls::TlsTrace): detail of a step that is told as a
/// whole beside it.
[[nodiscard]] bool isHandshakeNote(const Entry &entry);

/// The text with those secrets back in it that the user chose to keep for this run.
[[nodiscard]] QByteArray revealed(const Entry &entry);

/// Text for people: valid UTF-8 is kept, control characters, bidi controls, zero-width characters
/// and bytes that are not UTF-8 become visible escapes (`\x1b`, `\u202e`). The result holds no
/// control character (faults B6).
[[nodiscard]] QString visibleText(const QByteArray &bytes);
[[nodiscard]] QString visibleText(const QString &text);

} // namespace Mailgauge::Transcript

Q_DECLARE_METATYPE(Mailgauge::Transcript::Entry)
