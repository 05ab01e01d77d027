// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/diagnosismodels.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "models/comparisontext.h"
#include "models/diagnosistext.h"
#include "models/outcometext.h"
#include "models/plaintip.h"
#include "models/roles.h"
#include "transcript/entry.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Models {

namespace {

QString marked(const QString &symbol, const QString &word)
{
    return symbol + u"  "_s + word;
}

QString resultOf(const Diagnose::CheckResult &result)
{
    if (result.verdict == Diagnose::Verdict::NotTested && !result.reason.isEmpty())
        return Explain::explainFinding(result.reason, result.detail).text;
    if (!result.findings.isEmpty()) {
        const auto worst = std::ranges::max_element(
            result.findings, {}, &Diagnose::Finding::severity);
        const QString text = Explain::explainFinding(worst->id, worst->subject).text;
        const auto more = static_cast<int>(result.findings.size()) - 1;
        return more == 0 ? text : ChecksModel::tr("%1 (and %n more)", nullptr, more).arg(text);
    }
    return {};
}

Meaning meaningOf(const Diagnose::CheckResult &result)
{
    const bool isError = std::ranges::contains(
        result.findings, Base::Severity::Error, &Diagnose::Finding::severity);
    return result.verdict == Diagnose::Verdict::Finding && isError
        ? Meaning::Bad
        : DiagnosisText::meaning(result.verdict);
}

} // namespace

// --- Findings -----------------------------------------------------------------------------------

DiagnosisFindingsModel::DiagnosisFindingsModel(QObject *parent)
    : RowsModel({tr("Severity"), tr("Finding"), tr("What to do")}, parent)
{
}

QVariant DiagnosisFindingsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Diagnose::Finding &finding = row(index);
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole: {
        if (index.column() == Severity)
            return role == Qt::ToolTipRole ? QVariant()
                                           : marked(ComparisonText::symbol(finding.severity),
                                                 ComparisonText::of(finding.severity));
        const Explain::Explanation why = Explain::explainFinding(finding.id, finding.subject);
        const QString text = index.column() == Sentence ? why.text : why.nextStep;
        return role == Qt::ToolTipRole ? plainTip(text) : text;
    }
    case SortRole:
        if (index.column() == Severity) // Ascending: the worst first.
            return -std::to_underlying(finding.severity);
        return data(index, Qt::DisplayRole);
    case MeaningRole:
        return index.column() == Severity
            ? QVariant::fromValue(DiagnosisText::meaning(finding.severity))
            : QVariant();
    default:
        return {};
    }
}

// --- Checks -------------------------------------------------------------------------------------

ChecksModel::ChecksModel(QObject *parent)
    : RowsModel({tr("Verdict"), tr("Check"), tr("Result"), tr("Time")}, parent)
{
}

void ChecksModel::setResult(const Diagnose::CheckResult &result)
{
    const auto found = std::ranges::find(rows(), result.key(), &Diagnose::CheckResult::key);
    if (found == rows().end())
        append(result);
    else
        replace(static_cast<int>(found - rows().begin()), result);
}

QVariant ChecksModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Diagnose::CheckResult &result = row(index);
    switch (role) {
    case Qt::DisplayRole:
        switch (static_cast<Column>(index.column())) {
        case Verdict:
            return marked(DiagnosisText::symbol(result.verdict), DiagnosisText::of(result.verdict));
        case Check:
            return result.host.isEmpty()
                ? DiagnosisText::of(result.check)
                : Transcript::visibleText(result.host) + u": "_s + DiagnosisText::of(result.check);
        case Result:
            return resultOf(result);
        case Time:
            return result.us > 0 ? OutcomeText::duration(result.us) : QString();
        }
        return {};
    case Qt::ToolTipRole:
        return plainTip(
            index.column() == Result ? resultOf(result) : DiagnosisText::purpose(result.check));
    case MeaningRole:
        return index.column() == Verdict ? QVariant::fromValue(meaningOf(result)) : QVariant();
    default:
        return {};
    }
}

// --- Probes -------------------------------------------------------------------------------------

ProbesModel::ProbesModel(QObject *parent)
    : RowsModel({tr("Verdict"), tr("What"), tr("Command"), tr("Reply")}, parent)
{
}

QVariant ProbesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Diagnose::Probe &probe = row(index);
    const auto text = [&probe](int column) -> QString {
        switch (static_cast<Column>(column)) {
        case Verdict:
            return marked(DiagnosisText::symbol(probe.verdict), DiagnosisText::of(probe.verdict));
        case What:
            return Transcript::visibleText(probe.what);
        case Command:
            return Transcript::visibleText(probe.command);
        case Answer:
            return probe.answer.isEmpty() ? tr("none") : Transcript::visibleText(probe.answer);
        }
        return {};
    };
    switch (role) {
    case Qt::DisplayRole:
        return text(index.column());
    case Qt::ToolTipRole:
        return plainTip(text(index.column()));
    case MeaningRole:
        return index.column() == Verdict
            ? QVariant::fromValue(DiagnosisText::meaning(probe.verdict))
            : QVariant();
    default:
        return {};
    }
}

} // namespace Mailgauge::Models
