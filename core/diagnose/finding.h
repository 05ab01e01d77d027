// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/severity.h"
#include "transcript/entry.h"

#include <QByteArray>
#include <QList>
#include <QMetaType>
#include <QUuid>

#include <optional>

namespace Mailgauge::Diagnose {

/// Something that a finding rests on, so that a reader can judge for himself.
struct Evidence {
    enum class Kind : quint8 {
        Line, ///< A line of a transcript: `session`, `entry`, `direction`.
        Certificate, ///< `text` is its subject.
        Record, ///< Of the DNS, as Dns::describe() tells it.
    };
    Kind kind = Kind::Line;
    QUuid session {}; ///< Null where it belongs to none.
    qint64 entry = -1; ///< Entry::n in that session; -1: none.
    Transcript::Direction direction = Transcript::Direction::Event;
    QByteArray text {}; ///< Secrets cut out; bytes as on the wire, show it by visibleText().

    bool operator==(const Evidence &) const = default;
};

/// "line", "certificate", "record".
[[nodiscard]] QByteArrayView evidenceKindName(Evidence::Kind kind);
[[nodiscard]] std::optional<Evidence::Kind> evidenceKindFromName(QByteArrayView name);

/// What a diagnosis found out and somebody should know. Its sentence, the cause and what to do are
/// Explain::explainFinding(id, subject).
struct Finding {
    QByteArray id; ///< "relay.open", "tls.version.old" …
    Base::Severity severity = Base::Severity::Warning;
    QByteArray subject {}; ///< What it is about: a keyword, an address form, a port; may be empty.
    QList<Evidence> evidence {};

    bool operator==(const Finding &) const = default;
};

/// Adds `finding`, or its evidence to the one that says the same already. Whether it was new.
bool addFinding(QList<Finding> &findings, const Finding &finding);

} // namespace Mailgauge::Diagnose

Q_DECLARE_METATYPE(Mailgauge::Diagnose::Finding)
