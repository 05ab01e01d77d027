// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/roles.h"
#include "relay/relayprofile.h"

#include <QAbstractListModel>

namespace Mailgauge::Models {

/// Relay profiles by name, the built-in one first. Answers IdRole; HostRole is "host:port".
class ProfilesModel final : public QAbstractListModel {
    Q_OBJECT

public:
    enum : int {
        HostRole = SortRole + 1,
    };

    using QAbstractListModel::QAbstractListModel;

    void setProfiles(const QList<Relay::RelayProfile> &profiles);
    [[nodiscard]] const Relay::RelayProfile &profile(int row) const { return m_profiles.at(row); }
    [[nodiscard]] int rowOf(const QUuid &id) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    QList<Relay::RelayProfile> m_profiles;
};

} // namespace Mailgauge::Models
