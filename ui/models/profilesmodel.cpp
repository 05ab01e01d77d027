// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profilesmodel.h"

#include "base/literals.h"

#include <algorithm>

namespace Mailgauge::Models {

void ProfilesModel::setProfiles(
    const QList<Relay::RelayProfile> &profiles, const QSet<QUuid> &unsaved)
{
    if (profiles == m_profiles) {
        // The selection stays: only the marks differ.
        m_unsaved = unsaved;
        if (!profiles.isEmpty())
            Q_EMIT dataChanged(index(0), index(rowCount() - 1));
        return;
    }
    beginResetModel();
    m_profiles = profiles;
    m_unsaved = unsaved;
    endResetModel();
}

int ProfilesModel::rowOf(const QUuid &id) const
{
    const auto found = std::ranges::find(m_profiles, id, &Relay::RelayProfile::id);
    return found == m_profiles.end() ? -1 : static_cast<int>(found - m_profiles.begin());
}

int ProfilesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_profiles.size());
}

QVariant ProfilesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Relay::RelayProfile &profile = m_profiles.at(index.row());
    const QString host = profile.unixSocket ? profile.host
                                            : u"%1:%2"_s.arg(profile.host).arg(profile.port);
    switch (role) {
    case Qt::DisplayRole:
        return m_unsaved.contains(profile.id) ? u"• "_s + profile.name : profile.name;
    case Qt::AccessibleTextRole:
        return m_unsaved.contains(profile.id) ? tr("%1, not saved").arg(profile.name)
                                              : profile.name;
    case UnsavedRole:
        return m_unsaved.contains(profile.id);
    case SortRole:
        return profile.name;
    case Qt::ToolTipRole:
        return u"<qt>%1</qt>"_s.arg(
            (m_unsaved.contains(profile.id) ? tr("%1 (changes not saved)").arg(host) : host)
                .toHtmlEscaped());
    case IdRole:
        return profile.id;
    case HostRole:
        return host;
    default:
        return {};
    }
}

} // namespace Mailgauge::Models
