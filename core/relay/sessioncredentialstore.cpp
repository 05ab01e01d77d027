// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/sessioncredentialstore.h"

namespace Mailgauge::Relay {

QFuture<Base::Result<std::optional<Base::Secret>>> SessionCredentialStore::read(QUuid profile)
{
    const auto found = m_secrets.constFind(profile);
    return QtFuture::makeReadyValueFuture(Base::Result<std::optional<Base::Secret>>(
        found == m_secrets.cend() ? std::nullopt : std::optional(*found)));
}

QFuture<Base::Result<void>> SessionCredentialStore::write(QUuid profile, Base::Secret secret)
{
    m_secrets.insert(profile, std::move(secret));
    return QtFuture::makeReadyValueFuture(Base::Result<void>());
}

QFuture<Base::Result<void>> SessionCredentialStore::remove(QUuid profile)
{
    m_secrets.remove(profile);
    return QtFuture::makeReadyValueFuture(Base::Result<void>());
}

} // namespace Mailgauge::Relay
