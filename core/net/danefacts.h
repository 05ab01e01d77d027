// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "dns/answer.h"
#include "tls/dane.h"

#include <QMetaType>

#include <optional>

namespace Mailgauge::Net {

/// What the DNS says about DANE at one host and port (RFC 7672 2.2). DaneLookup asks.
struct DaneFacts {
    enum class State : quint8 {
        None, ///< Nothing that DNSSEC vouches for: TLS where offered.
        Usable, ///< TLS is required, and `records` judge it.
        Unusable, ///< Records, none of which SMTP can use: TLS is required, without a judge.
        Failed, ///< Whether there are records cannot be told: the host must not be used now.
    };
    State state = State::None;
    /// "dane.addressInsecure", "dane.noRecords", "dane.recordsInsecure", "dane.usable",
    /// "dane.unusable", "dane.bogus", "dane.failed".
    QByteArray reason {};
    QByteArray baseDomain {}; ///< Whose TLSA records count: the host, or what it is an alias of.
    QList<Tls::TlsaRecord> records {};
    bool isMxAuthenticated = true; ///< Nobody between the DNS and us put the host's name there.
    QString detail {}; ///< The answer that decided, as in a transcript.

    bool operator==(const DaneFacts &) const = default;
};

/// "none", "usable", "unusable", "failed".
[[nodiscard]] QByteArrayView daneStateName(DaneFacts::State state);

/// What judges the host's certificate. Of usage 2 it may bear the base domain, or `domain` (the one
/// whose MX led there; may be empty) where nobody can have forged that way (RFC 7672 3.2.2).
[[nodiscard]] Tls::DaneAnchors anchorsOf(const DaneFacts &facts, const QByteArray &domain);

/// From the answer to a TLSA question of `_PORT._tcp.BASE` (RFC 7672 2.2.3). Nothing where the base
/// domain has none that count, so that another one may be asked.
[[nodiscard]] DaneFacts daneFactsOf(const QByteArray &baseDomain, const Dns::Answer &tlsa);

/// The base domains to ask TLSA records of, in their order, from the answers to A and AAAA of
/// `host` (RFC 7672 2.2.2): what it is an alias of first, then itself. `alias` is the answer to a
/// CNAME question of `host`, which only needs asking where the aliases are not authenticated as a
/// whole; see needsAlias().
struct DaneBases {
    QByteArrayList names {}; ///< Empty: nothing is authenticated, or no address; see `facts`.
    DaneFacts facts {}; ///< Of a host without any.
};
[[nodiscard]] DaneBases daneBasesOf(const QByteArray &host, const QList<Dns::Answer> &addresses,
    const std::optional<Dns::Answer> &alias);
[[nodiscard]] bool needsAlias(const QList<Dns::Answer> &addresses);

} // namespace Mailgauge::Net

Q_DECLARE_METATYPE(Mailgauge::Net::DaneFacts)
