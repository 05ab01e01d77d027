// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/profilesecrets.h"
#include "relays/fieldtexts.h"

#include <QList>
#include <QSet>

#include <optional>

namespace Mailgauge::Relays {

/// What is typed for one profile and not saved.
struct ProfileDraft {
    Relay::RelayProfile profile;
    Relay::TypedSecrets secrets;
    bool isNew = false; ///< The profile is kept nowhere yet.
    FieldTexts unread {}; ///< What is typed and is no value, so that it is in no profile.
    Relay::RelayProfile base {}; ///< As saved when it was typed; of no interest for a new one.
};

/// All of it, by profile: looking at another one loses nothing.
class ProfileDrafts final {
public:
    /// Replaces that of the same profile.
    void put(const ProfileDraft &draft);
    void drop(const QUuid &profile);
    [[nodiscard]] std::optional<ProfileDraft> of(const QUuid &profile) const;
    [[nodiscard]] bool contains(const QUuid &profile) const { return of(profile).has_value(); }
    [[nodiscard]] bool isEmpty() const { return m_drafts.isEmpty(); }
    [[nodiscard]] QSet<QUuid> profiles() const;
    /// Those that are kept nowhere yet, in the order they were begun.
    [[nodiscard]] QList<Relay::RelayProfile> newProfiles() const;

private:
    QList<ProfileDraft> m_drafts;
};

} // namespace Mailgauge::Relays
