// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"

#include <QByteArray>

#include <optional>

namespace Mailgauge::Sasl {

/// The keys of RFC 5802 3 with SHA-256. A server keeps storedKey and serverKey.
struct ScramKeys {
    Base::Secret clientKey;
    QByteArray storedKey;
    QByteArray serverKey;

    /// `password` is prepared already (saslPrep).
    [[nodiscard]] static ScramKeys derive(
        const Base::Secret &password, const QByteArray &salt, int iterations);
    [[nodiscard]] QByteArray clientProof(const QByteArray &authMessage) const;
    /// Whether `proof` was made with the client key that belongs to storedKey.
    [[nodiscard]] bool accepts(const QByteArray &proof, const QByteArray &authMessage) const;
    [[nodiscard]] QByteArray serverSignature(const QByteArray &authMessage) const;
};

/// The value behind `name=` where `part` of a SCRAM message is that attribute (RFC 5802 5.1).
[[nodiscard]] std::optional<QByteArray> scramAttribute(const QByteArray &part, char name);

} // namespace Mailgauge::Sasl
