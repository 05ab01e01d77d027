// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/scramkeys.h"

#include "base/literals.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>

namespace Mailgauge::Sasl {

namespace {

constexpr qsizetype DigestSize = 32;

QByteArray hmac(const QByteArray &key, const QByteArray &message)
{
    return QMessageAuthenticationCode::hash(message, key, QCryptographicHash::Sha256);
}

QByteArray sha256(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256);
}

QByteArray exclusiveOr(QByteArray a, const QByteArray &b)
{
    for (qsizetype i = 0; i < a.size(); ++i)
        a[i] = static_cast<char>(a[i] ^ b[i]);
    return a;
}

} // namespace

ScramKeys ScramKeys::derive(const Base::Secret &password, const QByteArray &salt, int iterations)
{
    std::array<unsigned char, DigestSize> salted {};
    const QByteArray &bytes = password.reveal();
    const int done = PKCS5_PBKDF2_HMAC(bytes.constData(), static_cast<int>(bytes.size()),
        reinterpret_cast<const unsigned char *>(salt.constData()), static_cast<int>(salt.size()),
        iterations, EVP_sha256(), DigestSize, salted.data());
    Q_ASSERT(done == 1); // Fails for impossible arguments only.
    const Base::Secret key(
        done == 1 ? QByteArray(reinterpret_cast<const char *>(salted.data()), DigestSize) : ""_ba);
    OPENSSL_cleanse(salted.data(), salted.size());

    ScramKeys keys;
    keys.clientKey = Base::Secret(hmac(key.reveal(), "Client Key"_ba));
    keys.storedKey = sha256(keys.clientKey.reveal());
    keys.serverKey = hmac(key.reveal(), "Server Key"_ba);
    return keys;
}

QByteArray ScramKeys::clientProof(const QByteArray &authMessage) const
{
    return exclusiveOr(hmac(storedKey, authMessage), clientKey.reveal());
}

bool ScramKeys::accepts(const QByteArray &proof, const QByteArray &authMessage) const
{
    return proof.size() == DigestSize
        && sha256(exclusiveOr(proof, hmac(storedKey, authMessage))) == storedKey;
}

QByteArray ScramKeys::serverSignature(const QByteArray &authMessage) const
{
    return hmac(serverKey, authMessage);
}

std::optional<QByteArray> scramAttribute(const QByteArray &part, char name)
{
    if (part.size() < 2 || part[0] != name || part[1] != '=')
        return std::nullopt;
    return part.sliced(2);
}

} // namespace Mailgauge::Sasl
