// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/waterfallmodel.h"

#include "base/literals.h"
#include "models/outcometext.h"

#include <algorithm>

namespace Mailgauge::Models {

void WaterfallModel::setSpans(
    const QList<Transcript::StageSpan> &spans, std::optional<Smtp::Stage> failed)
{
    if (spans == m_spans && failed == m_failed)
        return;
    beginResetModel();
    m_spans = spans;
    m_failed = failed;
    m_totalUs = 0;
    for (const Transcript::StageSpan &span : std::as_const(m_spans))
        m_totalUs = std::max(m_totalUs, span.untilUs());
    endResetModel();
}

int WaterfallModel::rowOf(qint64 line) const
{
    // The narrowest one: pipelined visits lie inside each other.
    int best = -1;
    const auto lines = [this](int row) { return m_spans.at(row).last - m_spans.at(row).first; };
    for (int row = 0; row < m_spans.size(); ++row) {
        if (line >= m_spans.at(row).first && line <= m_spans.at(row).last
            && (best < 0 || lines(row) <= lines(best)))
            best = row;
    }
    return best;
}

int WaterfallModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_spans.size());
}

int WaterfallModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(ColumnCount);
}

QString WaterfallModel::describe(int row) const
{
    const Transcript::StageSpan &span = m_spans.at(row);
    return tr("%1: begins at %2, lasts %3, ends at %4")
        .arg(QString::fromLatin1(Smtp::stageName(span.stage)), OutcomeText::duration(span.fromUs),
            OutcomeText::duration(span.us), OutcomeText::duration(span.untilUs()));
}

QVariant WaterfallModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Transcript::StageSpan &span = m_spans.at(index.row());
    const double total = m_totalUs > 0 ? double(m_totalUs) : 1.0;
    switch (role) {
    case Qt::DisplayRole:
        switch (static_cast<Column>(index.column())) {
        case StageColumn:
            return QString::fromLatin1(Smtp::stageName(span.stage));
        case Start:
            return OutcomeText::duration(span.fromUs);
        case Duration:
            return OutcomeText::duration(span.us);
        case Bar:
        case ColumnCount:
            return {};
        }
        return {};
    case Qt::ToolTipRole:
        return describe(index.row());
    case Qt::AccessibleTextRole:
        return index.column() == Bar ? QVariant(describe(index.row()))
                                     : data(index, Qt::DisplayRole);
    case Qt::TextAlignmentRole:
        return index.column() == Start || index.column() == Duration
            ? QVariant::fromValue(Qt::AlignRight | Qt::AlignVCenter)
            : QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    case FromRole:
        return double(span.fromUs) / total;
    case UntilRole:
        return double(span.untilUs()) / total;
    case StageRole:
        return static_cast<int>(span.stage);
    case FailedRole:
        // A stage may be entered twice; the session broke in the latest visit.
        return m_failed == span.stage
            && std::none_of(m_spans.begin() + index.row() + 1, m_spans.end(),
                [&span](const Transcript::StageSpan &later) { return later.stage == span.stage; });
    default:
        return {};
    }
}

QVariant WaterfallModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case StageColumn:
        return tr("Stage");
    case Start:
        return tr("Begins at");
    case Duration:
        return tr("Lasts");
    case Bar:
        return tr("Time");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace Mailgauge::Models
