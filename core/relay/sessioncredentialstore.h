// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/credentialstore.h"

#include <QHash>

namespace Mailgauge::Relay {

/// Passwords in memory, gone with the program.
class SessionCredentialStore final : public CredentialStore {
public:
    [[nodiscard]] Backend backend() const override { return Backend::SessionOnly; }
    QFuture<Base::Result<std::optional<Base::Secret>>> read(QUuid profile) override;
    QFuture<Base::Result<void>> write(QUuid profile, Base::Secret secret) override;
    QFuture<Base::Result<void>> remove(QUuid profile) override;

private:
    QHash<QUuid, Base::Secret> m_secrets;
};

} // namespace Mailgauge::Relay
