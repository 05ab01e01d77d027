// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"

#include <QByteArray>
#include <QUuid>

#include <optional>

namespace Mailgauge::Bounce {

/// What a variable envelope return path says about the mail that bounced.
struct VerpToken {
    QUuid session;
    quint32 recipient = 0; ///< Index in the session's envelope.

    bool operator==(const VerpToken &) const = default;
};

/// Reverse-paths that carry which message bounced: `bounces+TOKEN@example.org`. The token is signed
/// (HMAC-SHA-256, 64 bits), so that a forged bounce counts for nothing (faults G15), and survives
/// relays that change the case of the local part.
class Verp {
public:
    /// `base` is the plain bounce address.
    Verp(QByteArray base, Base::Secret key);

    /// Empty where the base address is none, or too long to carry a token (RFC 5321 4.5.3.1.1).
    [[nodiscard]] QByteArray encode(const VerpToken &token) const;
    /// None for other addresses and for tokens that this key did not sign.
    [[nodiscard]] std::optional<VerpToken> decode(const QByteArray &address) const;

private:
    [[nodiscard]] QByteArray signature(const QByteArray &payload) const;

    QByteArray m_localPart;
    QByteArray m_domain;
    Base::Secret m_key;
};

} // namespace Mailgauge::Bounce
