// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// One cell of the connectivity grid: a port, a family of addresses and a way to be secure, tried
/// by a session of its own whose transcript is kept.
#include "smtp/capabilities.h"
#include "smtp/outcome.h"
#include "tls/tlsfacts.h"

#include <QMap>
#include <QUuid>

#include <compare>
#include <optional>

namespace Mailgauge::Diagnose {

enum class Family : quint8 {
    IPv4,
    IPv6,
};

enum class TlsMode : quint8 {
    Clear,
    StartTls,
    Implicit,
};

/// "ipv4", "ipv6".
[[nodiscard]] QByteArrayView familyName(Family family);
[[nodiscard]] std::optional<Family> familyFromName(QByteArrayView name);
/// "clear", "starttls", "implicit".
[[nodiscard]] QByteArrayView tlsModeName(TlsMode mode);
[[nodiscard]] std::optional<TlsMode> tlsModeFromName(QByteArrayView name);

struct CellKey {
    quint16 port = 25;
    Family family = Family::IPv4;
    TlsMode mode = TlsMode::Clear;
    QString host {}; ///< One of a domain's mail exchangers; empty: the relay that was named.

    /// The order of one host's cells: by port, then family, then mode.
    auto operator<=>(const CellKey &) const = default;
};

enum class CellState : quint8 {
    Waiting,
    Running,
    Works, ///< Greeting and hello, and TLS where the mode asks for it, whatever the certificate.
    NoAddress, ///< The host has none of this family, or there is no such host.
    Refused, ///< Nobody listens there, or no way leads there.
    TimedOut,
    Lost, ///< The server closed the connection before it told enough.
    NotSmtp, ///< What came is no greeting of a mail server.
    TlsExpected, ///< Asked in clear, the server speaks TLS from the first byte.
    ClearExpected, ///< Asked for TLS at once, the server greets in clear.
    NotOffered, ///< STARTTLS is not announced. Never concluded from a 421 or another 4yz.
    TlsFailed, ///< The handshake failed, or STARTTLS was refused for good.
    Busy, ///< A 4yz, also after having waited: nothing is known about this cell.
    Rejected, ///< A 5yz to the connection or to EHLO.
    Failed, ///< Something else; the failure tells.
    Cancelled,
};

/// "works", "noAddress" …
[[nodiscard]] QByteArrayView cellStateName(CellState state);
[[nodiscard]] std::optional<CellState> cellStateFromName(QByteArrayView name);
/// The session is over, or there will be none.
[[nodiscard]] constexpr bool isOver(CellState state)
{
    return state != CellState::Waiting && state != CellState::Running;
}

struct Cell {
    CellKey key {};
    CellState state = CellState::Waiting;
    QUuid session {}; ///< Its transcript; null before there is one.
    QString address {}; ///< Connected to; empty before.
    QByteArray greeting {}; ///< The first line's text.
    std::optional<Smtp::Capabilities> inClear {}; ///< Announced before TLS; none: not asked there.
    std::optional<Smtp::Capabilities> inTls {}; ///< Announced inside TLS.
    std::optional<Tls::TlsFacts> tls {}; ///< Version, cipher, chain and verdict.
    std::optional<Smtp::Reply> reply {}; ///< The refusal that decided, where there was one.
    std::optional<Smtp::Failure> failure {};
    QMap<Smtp::Stage, qint64> timings {}; ///< Microseconds per stage reached.
    qint64 totalUs = 0;
    int tries = 0; ///< More than one where a 421 or 4yz made us wait and try again.

    bool operator==(const Cell &) const = default;
};

/// What would be announced last: inside TLS where there is TLS.
[[nodiscard]] const Smtp::Capabilities *capabilitiesOf(const Cell &cell);

} // namespace Mailgauge::Diagnose

Q_DECLARE_METATYPE(Mailgauge::Diagnose::Cell)
