// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/secret.h"

#include <QMap>
#include <QUuid>

namespace Mailgauge::Relay {

/// The vault: passwords in one file under a passphrase, for desktops without a keyring. The key
/// comes from scrypt (RFC 7914), the content is sealed by AES-256-GCM with a fresh nonce each time;
/// everything before the ciphertext is authenticated with it. Pure functions.
///
/// Layout, big endian: "MGVAULT1", version, log2 N, r, p (one byte each), salt (16), nonce (12),
/// ciphertext, tag (16).
using VaultEntries = QMap<QUuid, Base::Secret>;

/// No vault is larger: a file that is need not be read.
inline constexpr qint64 LargestVault = 16 * 1024 * 1024;

/// What scrypt costs: 128 * r * 2^logN octets of memory. The default takes 128 MiB.
struct KdfCost {
    quint8 logN = 17;
    quint8 r = 8;
    quint8 p = 1;

    bool operator==(const KdfCost &) const = default;
};

/// A key with what it was made from, so that one derivation serves for many reads and writes.
struct VaultKey {
    Base::Secret key;
    QByteArray salt;
    KdfCost cost;

    bool operator==(const VaultKey &) const = default;
};

/// A key with a new salt. Takes about half a second by design: run it off the GUI thread.
[[nodiscard]] Base::Result<VaultKey> newVaultKey(const Base::Secret &passphrase, KdfCost cost = {});

/// The key for an existing vault. Corrupt for what is no vault or asks for more memory than 1 GiB,
/// Unsupported for a newer version. Whether the passphrase is right shows at openVault().
[[nodiscard]] Base::Result<VaultKey> vaultKeyFor(
    const QByteArray &vault, const Base::Secret &passphrase);

[[nodiscard]] Base::Result<QByteArray> sealVault(const VaultEntries &entries, const VaultKey &key);

/// Denied where the passphrase is wrong or a single bit was changed: the two cannot be told apart.
/// Also for a key that was made for another salt or cost.
[[nodiscard]] Base::Result<VaultEntries> openVault(const QByteArray &vault, const VaultKey &key);

} // namespace Mailgauge::Relay
