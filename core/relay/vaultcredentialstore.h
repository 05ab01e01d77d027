// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/credentialstore.h"
#include "relay/vault.h"

#include <QObject>
#include <QThreadPool>

#include <stop_token>

namespace Mailgauge::Relay {

/// Passwords in a vault file (mode 0600, replaced whole or not at all). Only the key stays in
/// memory while it is unlocked; entries are read from the file each time, so that two programs may
/// share it. Reading and writing are Denied while it is locked.
///
/// Key derivation, ciphers and the file are the work of one thread of its own, in the order asked
/// for, so that two changes never undo each other.
class VaultCredentialStore final : public QObject, public CredentialStore {
    Q_OBJECT

public:
    enum class State : quint8 {
        None, ///< No file yet.
        Locked,
        Unlocked,
    };

    explicit VaultCredentialStore(QString path, KdfCost cost = {}, QObject *parent = nullptr);
    /// Waits for what is being written.
    ~VaultCredentialStore() override;

    [[nodiscard]] State state() const;
    /// Makes an empty vault and leaves it unlocked. InvalidInput where there is one, or for an
    /// empty passphrase; Full, Denied, Io of the file.
    QFuture<Base::Result<void>> create(Base::Secret passphrase);
    /// Denied for a wrong passphrase; Corrupt, Unsupported, Io of the file.
    QFuture<Base::Result<void>> unlock(Base::Secret passphrase);
    void lock();
    /// Gives up a create() or unlock() that is under way: Cancelled, and nothing has changed,
    /// unless it was done already.
    void cancel();

    [[nodiscard]] Backend backend() const override { return Backend::Vault; }
    QFuture<Base::Result<std::optional<Base::Secret>>> read(QUuid profile) override;
    QFuture<Base::Result<void>> write(QUuid profile, Base::Secret secret) override;
    QFuture<Base::Result<void>> remove(QUuid profile) override;

Q_SIGNALS:
    void stateChanged();

private:
    QFuture<Base::Result<void>> take(QFuture<Base::Result<VaultKey>> making);
    QFuture<Base::Result<void>> change(QUuid profile, std::optional<Base::Secret> secret);

    QString m_path;
    KdfCost m_cost;
    std::optional<VaultKey> m_key;
    std::stop_source m_stop; ///< Of what makes a key.
    QThreadPool m_pool; ///< Last: it ends first, and waits.
};

} // namespace Mailgauge::Relay
