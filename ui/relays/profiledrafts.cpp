// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/profiledrafts.h"

#include <algorithm>

namespace Mailgauge::Relays {

namespace {

QUuid idOf(const ProfileDraft &draft)
{
    return draft.profile.id;
}

} // namespace

void ProfileDrafts::put(const ProfileDraft &draft)
{
    const auto found = std::ranges::find(m_drafts, draft.profile.id, idOf);
    if (found == m_drafts.end())
        m_drafts.append(draft);
    else
        *found = draft;
}

void ProfileDrafts::drop(const QUuid &profile)
{
    m_drafts.removeIf([&profile](const ProfileDraft &draft) { return idOf(draft) == profile; });
}

std::optional<ProfileDraft> ProfileDrafts::of(const QUuid &profile) const
{
    const auto found = std::ranges::find(m_drafts, profile, idOf);
    return found == m_drafts.end() ? std::nullopt : std::optional(*found);
}

QSet<QUuid> ProfileDrafts::profiles() const
{
    QSet<QUuid> ids;
    for (const ProfileDraft &draft : m_drafts)
        ids.insert(idOf(draft));
    return ids;
}

QList<Relay::RelayProfile> ProfileDrafts::newProfiles() const
{
    QList<Relay::RelayProfile> profiles;
    for (const ProfileDraft &draft : m_drafts) {
        if (draft.isNew)
            profiles.append(draft.profile);
    }
    return profiles;
}

} // namespace Mailgauge::Relays
