// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/credentialstore.h"

#include <QObject>

#include <chrono>
#include <functional>

namespace QKeychain {
class Job;
}

namespace Mailgauge::Relay {

/// Passwords in the desktop's keyring (Secret Service, KWallet) through QtKeychain; its clear-text
/// fallback stays off.
///
/// Error kinds: Unsupported where no keyring answers, Denied where the user or the keyring refuses,
/// Timeout where it takes longer than the limit (a locked one asks the user meanwhile).
class KeyringCredentialStore final : public QObject, public CredentialStore {
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds DefaultLimit {60'000};

    explicit KeyringCredentialStore(
        std::chrono::milliseconds limit = DefaultLimit, QObject *parent = nullptr);

    /// Whether there is one to ask; it may still refuse.
    [[nodiscard]] static bool isAvailable();

    [[nodiscard]] Backend backend() const override { return Backend::Keyring; }
    QFuture<Base::Result<std::optional<Base::Secret>>> read(QUuid profile) override;
    QFuture<Base::Result<void>> write(QUuid profile, Base::Secret secret) override;
    QFuture<Base::Result<void>> remove(QUuid profile) override;

private:
    template <typename T>
    QFuture<Base::Result<T>> run(
        QKeychain::Job *job, std::function<Base::Result<T>(QKeychain::Job *)> result);

    std::chrono::milliseconds m_limit;
};

} // namespace Mailgauge::Relay
