// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/comparisonmodels.h"

#include "base/literals.h"
#include "models/comparisontext.h"
#include "models/plaintip.h"

#include <algorithm>

namespace Mailgauge::Models {

namespace {

qint64 lineOf(const std::optional<Transcript::Exchange> &exchange)
{
    if (!exchange)
        return -1;
    return exchange->replyEntry >= 0 ? exchange->replyEntry : exchange->commandEntry;
}

} // namespace

// --- Steps --------------------------------------------------------------------------------------

void ComparisonModel::setComparison(const Transcript::Comparison &comparison)
{
    m_comparison = comparison;
    applyFilter();
}

void ComparisonModel::setFilter(bool differencesOnly, bool noise)
{
    m_differencesOnly = differencesOnly;
    m_noise = noise;
    applyFilter();
}

void ComparisonModel::applyFilter()
{
    beginResetModel();
    m_shown.clear();
    for (qsizetype i = 0; i < m_comparison.steps.size(); ++i) {
        const Transcript::ComparedStep &step = m_comparison.steps[i];
        const bool differs = !step.differences.isEmpty() || (m_noise && !step.noise.isEmpty());
        if (differs || !m_differencesOnly)
            m_shown.append(i);
    }
    endResetModel();
}

int ComparisonModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int ComparisonModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

int ComparisonModel::severityOf(const Transcript::ComparedStep &step) const
{
    int worst = -1;
    for (const qsizetype i : step.differences)
        worst = std::max(worst, static_cast<int>(m_comparison.differences[i].severity));
    return worst;
}

QString ComparisonModel::text(const Transcript::ComparedStep &step, int column) const
{
    switch (static_cast<Column>(column)) {
    case Step:
        return ComparisonText::step(step.any());
    case Left:
        return step.left ? ComparisonText::reply(*step.left) : u"–"_s;
    case Link:
        if (step.differences.isEmpty())
            return m_noise && !step.noise.isEmpty() ? u"≈"_s : u"="_s;
        return !step.right ? u"◀"_s : !step.left ? u"▶"_s : u"≠"_s;
    case Right:
        return step.right ? ComparisonText::reply(*step.right) : u"–"_s;
    case ColumnCount:
        break;
    }
    return {};
}

QVariant ComparisonModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Transcript::ComparedStep &step = m_comparison.steps[m_shown[index.row()]];
    switch (role) {
    case Qt::DisplayRole:
        return text(step, index.column());
    case Qt::TextAlignmentRole:
        return int(index.column() == Link ? Qt::AlignCenter : Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::ToolTipRole: {
        if (index.column() != Link)
            return plainTip(text(step, index.column()));
        QStringList sentences;
        for (const qsizetype i : step.differences)
            sentences.append(ComparisonText::sentence(m_comparison.differences[i]));
        for (const qsizetype i : m_noise ? step.noise : QList<qsizetype>())
            sentences.append(ComparisonText::sentence(m_comparison.noise[i]));
        return sentences.isEmpty() ? QVariant() : plainTip(sentences.join(u'\n'));
    }
    case Qt::AccessibleTextRole:
        if (index.column() != Link)
            return text(step, index.column());
        if (step.differences.isEmpty())
            return m_noise && !step.noise.isEmpty() ? tr("different without a meaning")
                                                    : tr("the same");
        return !step.right ? tr("only in the first")
            : !step.left   ? tr("only in the second")
                           : tr("different");
    case SeverityRole:
        return severityOf(step);
    case LeftEntryRole:
        return lineOf(step.left);
    case RightEntryRole:
        return lineOf(step.right);
    case NoiseRole:
        return step.differences.isEmpty() && !step.noise.isEmpty();
    case SideRole:
        return !step.right ? -1 : !step.left ? 1 : 0;
    default:
        return {};
    }
}

QVariant ComparisonModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Step:
        return tr("Step");
    case Left:
        return tr("First session");
    case Right:
        return tr("Second session");
    case Link:
    case ColumnCount:
        break;
    }
    return {};
}

// --- Differences --------------------------------------------------------------------------------

void DifferencesModel::setComparison(const Transcript::Comparison &comparison)
{
    beginResetModel();
    m_comparison = comparison;
    endResetModel();
}

void DifferencesModel::setNoise(bool shown)
{
    beginResetModel();
    m_noise = shown;
    endResetModel();
}

const Transcript::Difference &DifferencesModel::difference(int row) const
{
    return isNoise(row) ? m_comparison.noise[row - m_comparison.differences.size()]
                        : m_comparison.differences[row];
}

int DifferencesModel::rowCount(const QModelIndex &parent) const
{
    if (parent.isValid())
        return 0;
    return static_cast<int>(
        m_comparison.differences.size() + (m_noise ? m_comparison.noise.size() : 0));
}

int DifferencesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant DifferencesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Transcript::Difference &one = difference(index.row());
    switch (role) {
    case Qt::DisplayRole:
        switch (static_cast<Column>(index.column())) {
        case SeverityColumn:
            return isNoise(index.row())
                ? tr("≈  Noise")
                : ComparisonText::symbol(one.severity) + u"  "_s + ComparisonText::of(one.severity);
        case StageColumn:
            return QString::fromLatin1(Smtp::stageName(one.stage));
        case Subject:
            return Transcript::visibleText(one.subject);
        case Sentence:
            return ComparisonText::sentence(one);
        case ColumnCount:
            break;
        }
        return {};
    case Qt::ToolTipRole:
        return plainTip(ComparisonText::sentence(one));
    case SeverityRole:
        return isNoise(index.row()) ? -1 : static_cast<int>(one.severity);
    case LeftEntryRole:
        return one.leftEntry;
    case RightEntryRole:
        return one.rightEntry;
    case NoiseRole:
        return isNoise(index.row());
    default:
        return {};
    }
}

QVariant DifferencesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case SeverityColumn:
        return tr("Severity");
    case StageColumn:
        return tr("Stage");
    case Subject:
        return tr("What");
    case Sentence:
        return tr("Difference");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace Mailgauge::Models
