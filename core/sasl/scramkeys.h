// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"

#include <QByteArray>
#include <QCryptographicHash>

#include <optional>

namespace Mailgauge::Sasl {

/// The keys of RFC 5802 3. A server keeps storedKey and serverKey.
struct ScramKeys {
    Base::Secret clientKey;
    QByteArray storedKey;
    QByteArray serverKey;
    QCryptographicHash::Algorithm hash = QCryptographicHash::Sha256;

    /// `password` is prepared already (saslPrep). The hash is SHA-1, SHA-256 or SHA-512.
    [[nodiscard]] static ScramKeys derive(const Base::Secret &password, const QByteArray &salt,
        int iterations, QCryptographicHash::Algorithm hash = QCryptographicHash::Sha256);
    [[nodiscard]] QByteArray clientProof(const QByteArray &authMessage) const;
    /// Whether `proof` was made with the client key that belongs to storedKey.
    [[nodiscard]] bool accepts(const QByteArray &proof, const QByteArray &authMessage) const;
    [[nodiscard]] QByteArray serverSignature(const QByteArray &authMessage) const;
};

/// "SCRAM-SHA-1", "SCRAM-SHA-256" or "SCRAM-SHA-512".
[[nodiscard]] QByteArray scramName(QCryptographicHash::Algorithm hash);

/// The value behind `name=` where `part` of a SCRAM message is that attribute (RFC 5802 5.1).
[[nodiscard]] std::optional<QByteArray> scramAttribute(const QByteArray &part, char name);

} // namespace Mailgauge::Sasl
