// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/secret.h"

#include <QFuture>
#include <QUuid>

#include <optional>

namespace Mailgauge::Relay {

/// Passwords by profile id: the desktop's keyring, a vault under a passphrase, or this session's
/// memory. Never in clear on disk, never exported. Asynchronous because keyrings are slow or
/// locked. Called in the thread of its owner; futures may complete in another one.
class CredentialStore {
public:
    /// Where secrets go now; the user sees it.
    enum class Backend : quint8 {
        Keyring,
        Vault,
        SessionOnly,
    };
    virtual ~CredentialStore() = default;
    [[nodiscard]] virtual Backend backend() const = 0;
    virtual QFuture<Base::Result<std::optional<Base::Secret>>> read(QUuid profile) = 0;
    virtual QFuture<Base::Result<void>> write(QUuid profile, Base::Secret secret) = 0;
    virtual QFuture<Base::Result<void>> remove(QUuid profile) = 0;
};

} // namespace Mailgauge::Relay
