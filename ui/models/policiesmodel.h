// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/hostpolicies.h"
#include "models/meaning.h"
#include "models/rowsmodel.h"

namespace Mailgauge::Models {

/// What one kind of sender does at one address of a relay.
struct PolicyRow {
    int table = 0; ///< Which of the lists that the rows were made of.
    QString where; ///< "mx.example.org, 192.0.2.1"
    Net::PolicyVerdict verdict;
};

/// A row per address and sender, in the order given.
[[nodiscard]] QList<PolicyRow> policyRows(const QList<Diagnose::HostPolicies> &policies);

/// The truth table of what is published: who does what where, and why.
class PoliciesModel final : public RowsModel<PolicyRow> {
    Q_OBJECT

public:
    enum Column : quint8 {
        Conduct,
        Sender,
        Where,
        Why,
    };

    explicit PoliciesModel(QObject *parent = nullptr);

    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
};

} // namespace Mailgauge::Models
