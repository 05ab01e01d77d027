// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/profilesmodel.h"

#include "base/literals.h"

#include <algorithm>

namespace Mailgauge::Models {

void ProfilesModel::setProfiles(const QList<Relay::RelayProfile> &profiles)
{
    if (profiles == m_profiles)
        return;
    beginResetModel();
    m_profiles = profiles;
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
    case SortRole:
        return profile.name;
    case Qt::ToolTipRole:
        return u"<qt>%1</qt>"_s.arg(host.toHtmlEscaped());
    case IdRole:
        return profile.id;
    case HostRole:
        return host;
    default:
        return {};
    }
}

} // namespace Mailgauge::Models
