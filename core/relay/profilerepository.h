// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "relay/relayprofile.h"

#include <QFuture>
#include <QList>

namespace Mailgauge::Relay {

/// Where profiles are kept. Implemented by store/. Any thread; futures complete on the store's
/// threads.
class ProfileRepository {
public:
    virtual ~ProfileRepository() = default;
    virtual QFuture<Base::Result<QList<RelayProfile>>> profiles() = 0;
    /// Inserts, or replaces the one with the same id. InvalidInput where the name is taken by
    /// another.
    virtual QFuture<Base::Result<void>> save(RelayProfile profile) = 0;
    virtual QFuture<Base::Result<void>> remove(QUuid id) = 0;
};

} // namespace Mailgauge::Relay
