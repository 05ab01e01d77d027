// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/report.h"
#include "models/meaning.h"
#include "models/rowsmodel.h"

namespace Mailgauge::Models {

/// Findings with their sentences; SortRole puts the worst first. Answers MeaningRole in the first
/// column.
class DiagnosisFindingsModel final : public RowsModel<Diagnose::Finding> {
    Q_OBJECT

public:
    enum Column : quint8 {
        Severity,
        Sentence,
        NextStep,
    };

    explicit DiagnosisFindingsModel(QObject *parent = nullptr);

    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
};

/// The behaviour checks and how each turned out, as asked for.
class ChecksModel final : public RowsModel<Diagnose::CheckResult> {
    Q_OBJECT

public:
    enum Column : quint8 {
        Verdict,
        Check,
        Result,
        Time,
    };

    explicit ChecksModel(QObject *parent = nullptr);

    /// Takes the result in at its place; one that was not asked for comes last.
    void setResult(const Diagnose::CheckResult &result);

    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
};

/// What one check asked of the relay, and what came back.
class ProbesModel final : public RowsModel<Diagnose::Probe> {
    Q_OBJECT

public:
    enum Column : quint8 {
        Verdict,
        What,
        Command,
        Answer,
    };

    explicit ProbesModel(QObject *parent = nullptr);

    [[nodiscard]] QVariant data(
        const QModelIndex &index, int role = Qt::DisplayRole) const override;
};

} // namespace Mailgauge::Models
