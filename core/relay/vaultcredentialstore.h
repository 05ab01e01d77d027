// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/credentialstore.h"
#include "relay/vault.h"

#include <QObject>

namespace Mailgauge::Relay {

/// Passwords in a vault file (mode 0600, replaced whole or not at all). Only the key stays in
/// memory while it is unlocked; entries are read from the file each time, so that two programs may
/// share it. Reading and writing are Denied while it is locked.
class VaultCredentialStore final : public QObject, public CredentialStore {
    Q_OBJECT

public:
    enum class State : quint8 {
        None, ///< No file yet.
        Locked,
        Unlocked,
    };

    explicit VaultCredentialStore(QString path, KdfCost cost = {}, QObject *parent = nullptr);

    [[nodiscard]] State state() const;
    /// Makes an empty vault and leaves it unlocked. InvalidInput where there is one, or for an
    /// empty passphrase; Full, Denied, Io of the file.
    QFuture<Base::Result<void>> create(Base::Secret passphrase);
    /// Denied for a wrong passphrase; Corrupt, Unsupported, Io of the file.
    QFuture<Base::Result<void>> unlock(Base::Secret passphrase);
    void lock();

    [[nodiscard]] Backend backend() const override { return Backend::Vault; }
    QFuture<Base::Result<std::optional<Base::Secret>>> read(QUuid profile) override;
    QFuture<Base::Result<void>> write(QUuid profile, Base::Secret secret) override;
    QFuture<Base::Result<void>> remove(QUuid profile) override;

Q_SIGNALS:
    void stateChanged();

private:
    [[nodiscard]] Base::Result<QByteArray> readFile() const;
    [[nodiscard]] Base::Result<VaultEntries> entries() const;
    [[nodiscard]] Base::Result<void> replace(
        const VaultEntries &entries, const VaultKey &key) const;
    QFuture<Base::Result<void>> change(QUuid profile, std::optional<Base::Secret> secret);

    QString m_path;
    KdfCost m_cost;
    std::optional<VaultKey> m_key;
};

} // namespace Mailgauge::Relay
