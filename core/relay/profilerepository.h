// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "relay/relayprofile.h"

#include <QFuture>
#include <QList>

namespace Mailgauge::Relay {

/// A profile that is kept but cannot be used: damaged, or not as profileFromJson() wants it.
struct UnreadableProfile {
    QUuid id;
    QString name;
    Base::Error error; ///< Corrupt or Unsupported; `detail` names the key.
};

/// One that cannot be read never hides the others.
struct StoredProfiles {
    QList<RelayProfile> profiles; ///< By name.
    QList<UnreadableProfile> unreadable;
};

/// Where profiles are kept. Implemented by store/. Any thread; futures complete on the store's
/// threads.
class ProfileRepository {
public:
    virtual ~ProfileRepository() = default;
    virtual QFuture<Base::Result<StoredProfiles>> profiles() = 0;
    /// Inserts, or replaces the one with the same id. InvalidInput where checkProfile() refuses it
    /// or the name is taken by another.
    virtual QFuture<Base::Result<void>> save(RelayProfile profile) = 0;
    virtual QFuture<Base::Result<void>> remove(QUuid id) = 0;
};

} // namespace Mailgauge::Relay
