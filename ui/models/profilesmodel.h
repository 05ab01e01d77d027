// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/roles.h"
#include "relay/relayprofile.h"

#include <QAbstractListModel>
#include <QSet>

namespace Mailgauge::Models {

/// Relay profiles in the order given. Answers IdRole; HostRole is "host:port", UnsavedRole whether
/// there is something typed that is not saved.
class ProfilesModel final : public QAbstractListModel {
    Q_OBJECT

public:
    enum : int {
        HostRole = SortRole + 1,
        UnsavedRole,
    };

    using QAbstractListModel::QAbstractListModel;

    void setProfiles(const QList<Relay::RelayProfile> &profiles, const QSet<QUuid> &unsaved = {});
    [[nodiscard]] const Relay::RelayProfile &profile(int row) const { return m_profiles.at(row); }
    [[nodiscard]] int rowOf(const QUuid &id) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    QList<Relay::RelayProfile> m_profiles;
    QSet<QUuid> m_unsaved;
};

} // namespace Mailgauge::Models
