// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/secret.h"

#include <QByteArray>
#include <QString>
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
    explicit Verp(Base::Secret key);

    /// `base` is the plain bounce address. Empty where that is none, or too long to carry a token
    /// (RFC 5321 4.5.3.1.1), and without a key.
    [[nodiscard]] QByteArray encode(const QByteArray &base, const VerpToken &token) const;
    /// None for other addresses and for tokens that this key did not sign.
    [[nodiscard]] std::optional<VerpToken> decode(const QByteArray &address) const;

private:
    [[nodiscard]] QByteArray signature(const QByteArray &payload) const;

    Base::Secret m_key;
};

/// The key of this installation, for all its bounce addresses: from the file at `path` (mode 0600),
/// which is made where there is none. Two programs that begin at the same time get the same one.
/// Corrupt for a file that holds no key; Denied, Full, Io of the file.
[[nodiscard]] Base::Result<Base::Secret> loadVerpKey(const QString &path);

} // namespace Mailgauge::Bounce
