// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/sessioncredentialstore.h"
#include "relay/vaultcredentialstore.h"

#include <QObject>

#include <memory>

namespace Mailgauge::Relay {

/// Where passwords go: the keyring while there is one that answers, else the vault while it is
/// unlocked, else this session's memory. A keyring that turns out not to work is given up, and
/// backendChanged() says so; one that merely refuses (Denied) is not bypassed.
///
/// Reading looks at all places that are open, so that a password is found wherever it was put.
class Credentials final : public QObject, public CredentialStore {
    Q_OBJECT

public:
    /// `keyring` may be null: there is none. An empty `vaultFile`: nothing can be saved.
    Credentials(std::unique_ptr<CredentialStore> keyring, const QString &vaultFile,
        KdfCost cost = {}, QObject *parent = nullptr);

    /// With the desktop's keyring, if there is one.
    [[nodiscard]] static std::unique_ptr<Credentials> forDesktop(const QString &vaultFile);

    /// To make, unlock or lock it; null where nothing can be saved.
    [[nodiscard]] VaultCredentialStore *vault() { return m_vault.get(); }

    [[nodiscard]] Backend backend() const override;
    QFuture<Base::Result<std::optional<Base::Secret>>> read(QUuid profile) override;
    QFuture<Base::Result<void>> write(QUuid profile, Base::Secret secret) override;
    /// From all places that are open.
    QFuture<Base::Result<void>> remove(QUuid profile) override;

Q_SIGNALS:
    void backendChanged();

private:
    using SecretResult = Base::Result<std::optional<Base::Secret>>;

    [[nodiscard]] bool vaultIsOpen() const;
    [[nodiscard]] bool givesUpKeyring(const Base::Error &error);
    QFuture<SecretResult> readWithoutKeyring(QUuid profile);
    QFuture<Base::Result<void>> writeWithoutKeyring(QUuid profile, const Base::Secret &secret);
    QFuture<Base::Result<void>> removeWithoutKeyring(QUuid profile);

    std::unique_ptr<CredentialStore> m_keyring;
    bool m_keyringWorks;
    std::unique_ptr<VaultCredentialStore> m_vault;
    SessionCredentialStore m_session;
};

} // namespace Mailgauge::Relay
