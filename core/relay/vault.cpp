// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/vault.h"

#include "base/literals.h"

#include <QDataStream>
#include <QIODevice>

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

namespace Mailgauge::Relay {

namespace {

using Kind = Base::Error::Kind;

constexpr QByteArrayView Magic("MGVAULT1");
constexpr char Version = 1;
constexpr qsizetype SaltSize = 16;
constexpr qsizetype NonceSize = 12;
constexpr qsizetype TagSize = 16;
constexpr qsizetype KeySize = 32;
constexpr qsizetype SaltAt = 12;
constexpr qsizetype NonceAt = SaltAt + SaltSize;
constexpr qsizetype HeaderSize = NonceAt + NonceSize;
// A file may not make us allocate what it likes.
constexpr quint64 MostMemory = Q_UINT64_C(1) << 30;
constexpr quint32 MostEntries = 100'000;

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX *context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

unsigned char *octets(QByteArray &bytes)
{
    return reinterpret_cast<unsigned char *>(bytes.data());
}

const unsigned char *octets(QByteArrayView bytes)
{
    return reinterpret_cast<const unsigned char *>(bytes.data());
}

QByteArray randomBytes(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    return RAND_bytes(octets(bytes), static_cast<int>(size)) == 1 ? bytes : QByteArray();
}

quint64 memoryOf(KdfCost cost)
{
    return Q_UINT64_C(128) * cost.r << cost.logN;
}

bool isAllowed(KdfCost cost)
{
    return cost.logN >= 1 && cost.logN < 32 && cost.r >= 1 && cost.p >= 1 && cost.p <= 16
        && memoryOf(cost) <= MostMemory;
}

Base::Result<VaultKey> derive(const Base::Secret &passphrase, const QByteArray &salt, KdfCost cost)
{
    if (!isAllowed(cost))
        return Base::fail(Kind::Corrupt, u"vault: the key would cost too much"_s);
    const QByteArray &phrase = passphrase.reveal();
    QByteArray key(KeySize, Qt::Uninitialized);
    // Room for the p blocks beside the table.
    const quint64 memory = memoryOf(cost) + Q_UINT64_C(128) * cost.r * (cost.p + 2u) + 4096;
    const int done = EVP_PBE_scrypt(phrase.constData(), static_cast<std::size_t>(phrase.size()),
        octets(QByteArrayView(salt)), static_cast<std::size_t>(salt.size()),
        Q_UINT64_C(1) << cost.logN, cost.r, cost.p, memory, octets(key), KeySize);
    if (done != 1)
        return Base::fail(Kind::Io, u"vault: scrypt failed"_s);
    return VaultKey {Base::Secret(std::move(key)), salt, cost};
}

QByteArray headerOf(const VaultKey &key, const QByteArray &nonce)
{
    QByteArray header = Magic.toByteArray();
    header += Version;
    header += static_cast<char>(key.cost.logN);
    header += static_cast<char>(key.cost.r);
    header += static_cast<char>(key.cost.p);
    return header + key.salt + nonce;
}

Base::Result<void> checkHeader(const QByteArray &vault)
{
    if (!vault.startsWith(Magic) || vault.size() < HeaderSize + TagSize
        || vault.size() > LargestVault)
        return Base::fail(Kind::Corrupt, u"vault: the file is no vault"_s);
    if (vault[Magic.size()] != Version)
        return Base::fail(Kind::Unsupported, u"vault: made by a newer version"_s);
    return {};
}

Base::Secret pack(const VaultEntries &entries)
{
    qsizetype size = 64;
    for (const Base::Secret &secret : entries)
        size += secret.reveal().size() + 32;
    QByteArray bytes;
    // Growing would leave copies behind in freed memory.
    bytes.reserve(size);
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_8);
    stream << static_cast<quint32>(entries.size());
    for (const auto &[id, secret] : entries.asKeyValueRange())
        stream << id << secret.reveal();
    return Base::Secret(std::move(bytes));
}

Base::Result<VaultEntries> unpack(const Base::Secret &plain)
{
    QDataStream stream(plain.reveal());
    stream.setVersion(QDataStream::Qt_6_8);
    quint32 count = 0;
    stream >> count;
    VaultEntries entries;
    for (quint32 i = 0; i < qMin(count, MostEntries) && stream.status() == QDataStream::Ok; ++i) {
        QUuid id;
        QByteArray secret;
        stream >> id >> secret;
        entries.insert(id, Base::Secret(std::move(secret)));
    }
    if (stream.status() != QDataStream::Ok || count > MostEntries || !stream.atEnd())
        return Base::fail(Kind::Corrupt, u"vault: its content is damaged"_s);
    return entries;
}

} // namespace

Base::Result<VaultKey> newVaultKey(const Base::Secret &passphrase, KdfCost cost)
{
    const QByteArray salt = randomBytes(SaltSize);
    if (salt.isEmpty())
        return Base::fail(Kind::Io, u"vault: no random numbers"_s);
    return derive(passphrase, salt, cost);
}

Base::Result<VaultKey> vaultKeyFor(const QByteArray &vault, const Base::Secret &passphrase)
{
    return checkHeader(vault).and_then([&] {
        const auto at = [&](qsizetype i) { return static_cast<quint8>(vault[Magic.size() + i]); };
        return derive(passphrase, vault.sliced(SaltAt, SaltSize), {at(1), at(2), at(3)});
    });
}

Base::Result<QByteArray> sealVault(const VaultEntries &entries, const VaultKey &key)
{
    const QByteArray nonce = randomBytes(NonceSize);
    if (nonce.isEmpty())
        return Base::fail(Kind::Io, u"vault: no random numbers"_s);
    const QByteArray header = headerOf(key, nonce);
    const Base::Secret plain = pack(entries);
    QByteArray sealed(plain.reveal().size(), Qt::Uninitialized);
    QByteArray tag(TagSize, Qt::Uninitialized);
    const Cipher cipher(EVP_CIPHER_CTX_new());
    int length = 0;
    const bool done = EVP_EncryptInit_ex2(cipher.get(), EVP_aes_256_gcm(),
                          octets(QByteArrayView(key.key.reveal())), octets(QByteArrayView(nonce)),
                          nullptr)
            == 1
        && EVP_EncryptUpdate(cipher.get(), nullptr, &length, octets(QByteArrayView(header)),
               static_cast<int>(header.size()))
            == 1
        && EVP_EncryptUpdate(cipher.get(), octets(sealed), &length,
               octets(QByteArrayView(plain.reveal())), static_cast<int>(sealed.size()))
            == 1
        && EVP_EncryptFinal_ex(cipher.get(), octets(sealed) + length, &length) == 1
        && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, TagSize, tag.data()) == 1;
    if (!done)
        return Base::fail(Kind::Io, u"vault: sealing failed"_s);
    return header + sealed + tag;
}

Base::Result<VaultEntries> openVault(const QByteArray &vault, const VaultKey &key)
{
    if (auto header = checkHeader(vault); !header)
        return std::unexpected(header.error());
    QByteArray tag = vault.last(TagSize);
    const QByteArrayView header = QByteArrayView(vault).first(HeaderSize);
    const QByteArrayView sealed = QByteArrayView(vault).sliced(
        HeaderSize, vault.size() - HeaderSize - TagSize);
    QByteArray plain(sealed.size(), Qt::Uninitialized);
    const Cipher cipher(EVP_CIPHER_CTX_new());
    int length = 0;
    const bool done = EVP_DecryptInit_ex2(cipher.get(), EVP_aes_256_gcm(),
                          octets(QByteArrayView(key.key.reveal())), octets(header) + NonceAt,
                          nullptr)
            == 1
        && EVP_DecryptUpdate(
               cipher.get(), nullptr, &length, octets(header), static_cast<int>(header.size()))
            == 1
        && EVP_DecryptUpdate(cipher.get(), octets(plain), &length, octets(sealed),
               static_cast<int>(sealed.size()))
            == 1
        && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, TagSize, tag.data()) == 1
        && EVP_DecryptFinal_ex(cipher.get(), octets(plain) + length, &length) == 1;
    const Base::Secret opened(std::move(plain));
    if (!done)
        return Base::fail(Kind::Denied, u"vault: wrong passphrase, or the file was changed"_s);
    return unpack(opened);
}

} // namespace Mailgauge::Relay
