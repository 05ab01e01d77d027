// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// A ClientHello written by hand (RFC 8446 4.1.2, RFC 5246 7.4.1.2, RFC 6101 5.6.1.2), to ask a
/// server about what OpenSSL itself would never offer. Nothing is ever agreed on by it: whoever
/// sends it reads the answer and leaves.
#include "base/error.h"

#include <QByteArray>
#include <QList>

namespace Mailgauge::Tls {

/// The public half of a key, of which the other half is forgotten.
struct KeyShare {
    quint16 group = 0;
    QByteArray publicKey;

    bool operator==(const KeyShare &) const = default;
};

/// By OpenSSL. Unsupported where it has no such group.
[[nodiscard]] Base::Result<KeyShare> makeKeyShare(quint16 group);

struct ClientHello {
    /// The only version offered where it is TLS 1.3, else the newest: a server may choose an older
    /// one. SSL 3.0 has no extensions: names and groups stay away.
    quint16 version = 0x0303;
    QList<quint16> suites; ///< In the order of preference.
    QByteArray serverName; ///< A host name in A-labels; empty: no server_name.
    QList<quint16> groups;
    QList<quint16> signatureSchemes; ///< From TLS 1.2 on.
    QList<KeyShare> keyShares; ///< TLS 1.3.
    QByteArray cookie; ///< Of a HelloRetryRequest, given back.
    QByteArray random; ///< 32 octets.
    QByteArray sessionId; ///< At most 32 octets; TLS 1.3 wants some (RFC 8446 D.4).
    bool isSecond = false; ///< The answer to a HelloRetryRequest.

    /// Filled with new random octets.
    [[nodiscard]] static ClientHello create(quint16 version);
    /// The whole record. InvalidInput where a field does not fit its length.
    [[nodiscard]] Base::Result<QByteArray> encode() const;

    bool operator==(const ClientHello &) const = default;
};

/// What to send before leaving in the middle of a handshake, so that the server's log tells what it
/// was (RFC 8446 6.1).
[[nodiscard]] QByteArray farewellAlerts(quint16 version);

} // namespace Mailgauge::Tls
