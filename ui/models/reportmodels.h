// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/reportcomparison.h"
#include "diagnose/reportrepository.h"
#include "models/meaning.h"
#include "models/rowsmodel.h"

namespace Mailgauge::Models {

/// Reports that are kept, the newest first. Answers IdRole and SortRole.
class ReportsModel final : public RowsModel<Diagnose::ReportSummary> {
    Q_OBJECT

public:
    enum Column : quint8 {
        Started,
        Relay,
        Errors,
        Warnings,
    };

    explicit ReportsModel(QObject *parent = nullptr);

    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
};

/// What differs between two reports of a relay.
class ReportDifferencesModel final : public RowsModel<Diagnose::ReportDifference> {
    Q_OBJECT

public:
    enum Column : quint8 {
        Change, ///< New, gone or changed, by symbol and word.
        Subject,
        Former,
        Later,
        Sentence,
    };

    explicit ReportDifferencesModel(QObject *parent = nullptr);

    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
};

} // namespace Mailgauge::Models
