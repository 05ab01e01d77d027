// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/reportmodels.h"

#include "base/literals.h"
#include "explain/difference.h"
#include "models/diagnosistext.h"
#include "models/plaintip.h"
#include "models/roles.h"
#include "transcript/entry.h"

#include <QLocale>

namespace Mailgauge::Models {

namespace {

using Diagnose::ReportDifference;
using Diagnose::ReportSummary;

QString changeOf(const ReportDifference &one)
{
    if (one.former.isEmpty() && !one.later.isEmpty())
        return ReportDifferencesModel::tr("+  New");
    if (one.later.isEmpty() && !one.former.isEmpty())
        return ReportDifferencesModel::tr("−  Gone");
    return ReportDifferencesModel::tr("≠  Changed");
}

QVariant figure(qsizetype count, Meaning meaning, int role)
{
    if (role == Qt::DisplayRole)
        return count == 0 ? u"–"_s : QLocale().toString(count);
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role == SortRole)
        return count;
    if (role == MeaningRole)
        return QVariant::fromValue(count == 0 ? Meaning::Muted : meaning);
    return {};
}

} // namespace

// --- Reports ------------------------------------------------------------------------------------

ReportsModel::ReportsModel(QObject *parent)
    : RowsModel({tr("Started"), tr("Relay"), tr("Errors"), tr("Warnings")}, parent)
{
}

QVariant ReportsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const ReportSummary &summary = row(index);
    if (role == IdRole)
        return summary.id;
    const auto relay = [&summary] {
        return DiagnosisText::relay(summary.host, summary.domain, summary.profileName);
    };
    switch (static_cast<Column>(index.column())) {
    case Started:
        if (role == Qt::DisplayRole)
            return QLocale().toString(summary.startedAt.toLocalTime(), QLocale::ShortFormat);
        return role == SortRole ? QVariant(summary.startedAt) : QVariant();
    case Relay:
        if (role == Qt::ToolTipRole)
            return plainTip(relay());
        return role == Qt::DisplayRole || role == SortRole ? QVariant(relay()) : QVariant();
    case Errors:
        return figure(summary.errors, Meaning::Bad, role);
    case Warnings:
        return figure(summary.warnings, Meaning::Careful, role);
    }
    return {};
}

// --- Differences --------------------------------------------------------------------------------

ReportDifferencesModel::ReportDifferencesModel(QObject *parent)
    : RowsModel({tr("Change"), tr("What"), tr("Before"), tr("Now"), tr("Meaning")}, parent)
{
}

QVariant ReportDifferencesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const ReportDifference &one = row(index);
    const auto side = [](const QByteArray &bytes) {
        return bytes.isEmpty() ? u"–"_s : Transcript::visibleText(bytes);
    };
    const auto text = [&](int column) -> QString {
        switch (static_cast<Column>(column)) {
        case Change:
            return changeOf(one);
        case Subject:
            return Transcript::visibleText(one.subject);
        case Former:
            return side(one.former);
        case Later:
            return side(one.later);
        case Sentence:
            return Explain::explainDifference(one.id, one.subject, one.former, one.later).text;
        }
        return {};
    };
    switch (role) {
    case Qt::DisplayRole:
        return text(index.column());
    case Qt::ToolTipRole:
        return plainTip(text(index.column()));
    case MeaningRole:
        return index.column() == Change ? QVariant::fromValue(DiagnosisText::meaning(one.severity))
                                        : QVariant();
    default:
        return {};
    }
}

} // namespace Mailgauge::Models
