// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/roles.h"
#include "relay/presets.h"

#include <QAbstractListModel>

namespace Mailgauge::Models {

/// Well-known providers by name. SearchRole is all a person might look for: name, host, notes.
class ProvidersModel final : public QAbstractListModel {
    Q_OBJECT

public:
    enum : int {
        SearchRole = SortRole + 1,
    };

    explicit ProvidersModel(QList<Relay::ProviderPreset> presets, QObject *parent = nullptr);

    [[nodiscard]] const Relay::ProviderPreset &preset(int row) const { return m_presets.at(row); }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    QList<Relay::ProviderPreset> m_presets;
};

} // namespace Mailgauge::Models
