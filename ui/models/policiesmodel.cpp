// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/policiesmodel.h"

#include "base/literals.h"
#include "models/plaintip.h"
#include "models/policytext.h"
#include "models/roles.h"

namespace Mailgauge::Models {

QList<PolicyRow> policyRows(const QList<Diagnose::HostPolicies> &policies)
{
    QList<PolicyRow> rows;
    for (int table = 0; table < static_cast<int>(policies.size()); ++table) {
        const Diagnose::HostPolicies &one = policies.at(table);
        for (const Net::PolicyVerdict &verdict : one.verdicts)
            rows.append({table, PolicyText::where(one), verdict});
    }
    return rows;
}

PoliciesModel::PoliciesModel(QObject *parent)
    : RowsModel({tr("What it does"), tr("Sender"), tr("Where"), tr("Why")}, parent)
{
}

QVariant PoliciesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const PolicyRow &one = row(index);
    switch (role) {
    case Qt::DisplayRole:
    case SortRole:
        switch (static_cast<Column>(index.column())) {
        case Conduct:
            return PolicyText::symbol(one.verdict) + u"  "_s + PolicyText::of(one.verdict);
        case Sender:
            return PolicyText::of(one.verdict.sender);
        case Where:
            return one.where;
        case Why:
            return PolicyText::why(one.verdict).text;
        }
        return {};
    case Qt::ToolTipRole:
        if (index.column() == Why)
            return PolicyText::tip(one.verdict);
        return index.column() == Where ? plainTip(one.where) : QString();
    case MeaningRole:
        return index.column() == Conduct ? QVariant::fromValue(PolicyText::meaning(one.verdict))
                                         : QVariant();
    default:
        return {};
    }
}

} // namespace Mailgauge::Models
