// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/roles.h"
#include "smtp/outcome.h"

#include <QAbstractTableModel>

namespace Mailgauge::Models {

/// The outcomes of one session, one recipient per row. Answers OutcomeRole.
class RecipientsModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column : quint8 {
        Address,
        Outcome,
        Stage,
        Code,
        Reply,
        ColumnCount,
    };

    using QAbstractTableModel::QAbstractTableModel;

    /// `provider`: whose server decided (explain/provider.h).
    void setRecipients(
        const QList<Smtp::RecipientOutcome> &recipients, const QByteArray &provider = {});
    [[nodiscard]] const QList<Smtp::RecipientOutcome> &recipients() const { return m_recipients; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(
        int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    QList<Smtp::RecipientOutcome> m_recipients;
    QByteArray m_provider;
};

} // namespace Mailgauge::Models
