// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/providersmodel.h"

#include <algorithm>

namespace Mailgauge::Models {

ProvidersModel::ProvidersModel(QList<Relay::ProviderPreset> presets, QObject *parent)
    : QAbstractListModel(parent)
    , m_presets(std::move(presets))
{
    std::ranges::sort(
        m_presets, [](const Relay::ProviderPreset &one, const Relay::ProviderPreset &other) {
            return one.name.compare(other.name, Qt::CaseInsensitive) < 0;
        });
}

int ProvidersModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_presets.size());
}

QVariant ProvidersModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Relay::ProviderPreset &preset = m_presets.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return preset.name;
    case Qt::ToolTipRole:
        return preset.host;
    case SearchRole:
        return QString(preset.name + u' ' + preset.host + u' ' + preset.note);
    default:
        return {};
    }
}

} // namespace Mailgauge::Models
