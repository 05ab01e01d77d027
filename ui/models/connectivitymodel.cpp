// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/connectivitymodel.h"

#include "base/literals.h"
#include "models/diagnosistext.h"
#include "models/outcometext.h"
#include "models/plaintip.h"
#include "models/roles.h"
#include "transcript/entry.h"

#include <algorithm>

namespace Mailgauge::Models {

namespace {

using Diagnose::Cell;

QString timeOf(const Cell &cell)
{
    return Diagnose::isOver(cell.state) && cell.totalUs > 0 ? OutcomeText::duration(cell.totalUs)
                                                            : QString();
}

QString wholeText(const Cell &cell)
{
    QStringList parts {DiagnosisText::of(cell.state), timeOf(cell), DiagnosisText::summary(cell)};
    parts.removeAll(QString());
    return parts.join(u", "_s);
}

QString tipOf(const Cell &cell)
{
    QStringList lines {DiagnosisText::of(cell.key), wholeText(cell)};
    if (!cell.greeting.isEmpty())
        lines.append(Transcript::visibleText(cell.greeting));
    QString tip = u"<qt>"_s;
    for (const QString &line : std::as_const(lines))
        tip += line.toHtmlEscaped() + u"<br>"_s;
    return tip + u"</qt>"_s;
}

} // namespace

void ConnectivityModel::setCells(const QList<Cell> &cells)
{
    beginResetModel();
    m_cells = cells;
    m_hosts.clear();
    m_rows.clear();
    m_modes.clear();
    for (const Cell &cell : cells) {
        if (!m_hosts.contains(cell.key.host))
            m_hosts.append(cell.key.host);
        const Row row {m_hosts.indexOf(cell.key.host), cell.key.port, cell.key.family};
        if (!m_rows.contains(row))
            m_rows.append(row);
        if (!m_modes.contains(cell.key.mode))
            m_modes.append(cell.key.mode);
    }
    std::ranges::sort(m_rows);
    std::ranges::sort(m_modes);
    endResetModel();
}

void ConnectivityModel::setCell(const Cell &cell)
{
    const auto found = std::ranges::find(m_cells, cell.key, &Cell::key);
    if (found == m_cells.end())
        return;
    *found = cell;
    const QModelIndex at = indexOf(cell.key);
    Q_EMIT dataChanged(at, at);
}

const Cell *ConnectivityModel::cell(const QModelIndex &index) const
{
    if (!index.isValid())
        return nullptr;
    const Row &row = m_rows.at(index.row());
    const Diagnose::CellKey key {
        row.port, row.family, m_modes.at(index.column()), m_hosts.at(row.host)};
    const auto found = std::ranges::find(m_cells, key, &Cell::key);
    return found == m_cells.end() ? nullptr : &*found;
}

QModelIndex ConnectivityModel::indexOf(const Diagnose::CellKey &key) const
{
    const auto row = m_rows.indexOf(Row {m_hosts.indexOf(key.host), key.port, key.family});
    const auto column = m_modes.indexOf(key.mode);
    return row < 0 || column < 0 ? QModelIndex()
                                 : index(static_cast<int>(row), static_cast<int>(column));
}

int ConnectivityModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ConnectivityModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_modes.size());
}

QVariant ConnectivityModel::data(const QModelIndex &index, int role) const
{
    const Cell *one = cell(index);
    if (!one)
        return role == Qt::AccessibleTextRole ? QVariant(tr("not asked for")) : QVariant();
    switch (role) {
    case Qt::DisplayRole:
        return wholeText(*one);
    case Qt::AccessibleTextRole:
        return DiagnosisText::of(one->key) + u": "_s + wholeText(*one);
    case Qt::ToolTipRole:
        return tipOf(*one);
    case StateRole:
        return DiagnosisText::symbol(one->state) + u"  "_s + DiagnosisText::of(one->state);
    case TimeRole:
        return timeOf(*one);
    case SummaryRole:
        return DiagnosisText::summary(*one);
    case MeaningRole:
        // A certificate that nobody would vouch for is not all that well.
        return QVariant::fromValue(one->state == Diagnose::CellState::Works && one->tls
                    && !(one->tls->chainTrusted && one->tls->nameMatches)
                ? Meaning::Careful
                : DiagnosisText::meaning(one->state));
    case IdRole:
        return one->session;
    default:
        return {};
    }
}

QVariant ConnectivityModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    if (orientation == Qt::Horizontal)
        return role == Qt::DisplayRole && section < m_modes.size()
            ? DiagnosisText::of(m_modes.at(section))
            : QVariant();
    if (section >= m_rows.size())
        return {};
    const QString text = title(m_rows.at(section));
    return role == Qt::DisplayRole ? text : plainTip(text);
}

QString ConnectivityModel::title(const Row &row) const
{
    const QString place = u"%1  %2"_s.arg(QString::number(row.port), DiagnosisText::of(row.family));
    const QString &host = m_hosts.at(row.host);
    return host.isEmpty() ? place : Transcript::visibleText(host) + u'\n' + place;
}

Qt::ItemFlags ConnectivityModel::flags(const QModelIndex &index) const
{
    return cell(index) ? QAbstractTableModel::flags(index) : Qt::NoItemFlags;
}

} // namespace Mailgauge::Models
