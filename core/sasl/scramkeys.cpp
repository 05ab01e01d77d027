// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/scramkeys.h"

#include "base/literals.h"

#include <QMessageAuthenticationCode>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>

namespace Mailgauge::Sasl {

namespace {

using Hash = QCryptographicHash::Algorithm;

const EVP_MD *openSslHash(Hash hash)
{
    return hash == Hash::Sha1 ? EVP_sha1() : hash == Hash::Sha512 ? EVP_sha512() : EVP_sha256();
}

QByteArray exclusiveOr(QByteArray a, const QByteArray &b)
{
    for (qsizetype i = 0; i < a.size(); ++i)
        a[i] = static_cast<char>(a[i] ^ b[i]);
    return a;
}

} // namespace

ScramKeys ScramKeys::derive(
    const Base::Secret &password, const QByteArray &salt, int iterations, Hash hash)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> salted {};
    const QByteArray &bytes = password.reveal();
    const int size = QCryptographicHash::hashLength(hash);
    const int done = PKCS5_PBKDF2_HMAC(bytes.constData(), static_cast<int>(bytes.size()),
        reinterpret_cast<const unsigned char *>(salt.constData()), static_cast<int>(salt.size()),
        iterations, openSslHash(hash), size, salted.data());
    Q_ASSERT(done == 1); // Fails for impossible arguments only.
    const Base::Secret key(
        done == 1 ? QByteArray(reinterpret_cast<const char *>(salted.data()), size) : ""_ba);
    OPENSSL_cleanse(salted.data(), salted.size());

    const auto keyed = [&key, hash](const QByteArray &text) {
        return QMessageAuthenticationCode::hash(text, key.reveal(), hash);
    };
    ScramKeys keys;
    keys.hash = hash;
    keys.clientKey = Base::Secret(keyed("Client Key"_ba));
    keys.storedKey = QCryptographicHash::hash(keys.clientKey.reveal(), hash);
    keys.serverKey = keyed("Server Key"_ba);
    return keys;
}

QByteArray ScramKeys::clientProof(const QByteArray &authMessage) const
{
    return exclusiveOr(
        QMessageAuthenticationCode::hash(authMessage, storedKey, hash), clientKey.reveal());
}

bool ScramKeys::accepts(const QByteArray &proof, const QByteArray &authMessage) const
{
    if (proof.size() != storedKey.size())
        return false;
    const QByteArray signature = QMessageAuthenticationCode::hash(authMessage, storedKey, hash);
    return QCryptographicHash::hash(exclusiveOr(proof, signature), hash) == storedKey;
}

QByteArray ScramKeys::serverSignature(const QByteArray &authMessage) const
{
    return QMessageAuthenticationCode::hash(authMessage, serverKey, hash);
}

QByteArray scramName(Hash hash)
{
    return hash == Hash::Sha1  ? "SCRAM-SHA-1"_ba
        : hash == Hash::Sha512 ? "SCRAM-SHA-512"_ba
                               : "SCRAM-SHA-256"_ba;
}

std::optional<QByteArray> scramAttribute(const QByteArray &part, char name)
{
    if (part.size() < 2 || part[0] != name || part[1] != '=')
        return std::nullopt;
    return part.sliced(2);
}

} // namespace Mailgauge::Sasl
