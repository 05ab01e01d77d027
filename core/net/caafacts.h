// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dns/answer.h"

#include <QByteArrayList>
#include <QMetaType>

#include <optional>

namespace Mailgauge::Net {

/// Which authorities may issue certificates for a name, as its zone publishes it (RFC 8659).
/// CaaLookup asks.
struct CaaFacts {
    enum class State : quint8 {
        None, ///< Neither the name nor one above it has records: every authority may issue.
        Found,
        Failed, ///< Whether there are records cannot be told: an authority must not issue then.
    };
    State state = State::None;
    QByteArray host {}; ///< Asked for.
    QByteArray
        owner {}; ///< Where the records are, or the question that failed: the host or above it.
    QByteArrayList aliases {}; ///< Behind the owner, where it is an alias: the last one has them.
    QList<Dns::Caa> records {};
    qsizetype malformed = 0; ///< Records that are none.
    quint32 ttl = 0; ///< Seconds.
    bool authenticated = false; ///< By DNSSEC; of an absence, all the way up.
    bool isBogus = false; ///< DNSSEC is why it failed.
    QString detail {}; ///< The answer that decided, as in a transcript.

    bool operator==(const CaaFacts &) const = default;
};

/// "none", "found", "failed".
[[nodiscard]] QByteArrayView caaStateName(CaaFacts::State state);
[[nodiscard]] std::optional<CaaFacts::State> caaStateFromName(QByteArrayView name);

/// The authority that an issue or issuewild property names; empty: none, which also is what a value
/// that is not well-formed says (RFC 8659 4.2).
[[nodiscard]] QByteArray issuerOf(const QByteArray &value);

enum class Issuance : quint8 {
    Unrestricted, ///< No property is about such certificates.
    Restricted, ///< To the authorities that are named.
    Forbidden, ///< Properties are there, and name none.
};
/// For names without a wildcard, or with one (RFC 8659 4.2, 4.3), of records that were found.
[[nodiscard]] Issuance issuanceOf(const QList<Dns::Caa> &records, bool wildcard);

/// Properties that are critical and in no registry: authorities that follow the rules refuse.
[[nodiscard]] QByteArrayList unknownCriticalTags(const QList<Dns::Caa> &records);

} // namespace Mailgauge::Net

Q_DECLARE_METATYPE(Mailgauge::Net::CaaFacts)
