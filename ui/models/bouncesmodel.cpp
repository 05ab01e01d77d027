// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/bouncesmodel.h"

#include "base/literals.h"
#include "models/outcometext.h"
#include "transcript/entry.h"

#include <QLocale>

#include <algorithm>

namespace Mailgauge::Models {

namespace {

QString text(const Bounce::BounceRecord &bounce, int column)
{
    const Bounce::Report &report = bounce.report;
    switch (static_cast<BouncesModel::Column>(column)) {
    case BouncesModel::Arrived:
        return QLocale().toString(bounce.arrivedAt.toLocalTime(), QLocale::ShortFormat);
    case BouncesModel::Recipient:
        return Transcript::visibleText(
            report.originalRecipient.isEmpty() ? report.recipient : report.originalRecipient);
    case BouncesModel::Hardness:
        return OutcomeText::hardness(report.hard);
    case BouncesModel::Status:
        return Transcript::visibleText(report.status);
    case BouncesModel::Reason:
        return Transcript::visibleText(report.reason);
    case BouncesModel::Diagnostic:
        return Transcript::visibleText(report.diagnostic);
    case BouncesModel::Joined:
        return bounce.session.isNull() ? BouncesModel::tr("unverified") : BouncesModel::tr("yes");
    case BouncesModel::ColumnCount:
        break;
    }
    return {};
}

} // namespace

void BouncesModel::setBounces(const QList<Bounce::BounceRecord> &bounces)
{
    beginResetModel();
    m_bounces = bounces;
    endResetModel();
}

int BouncesModel::rowOf(const QUuid &bounce) const
{
    const auto found = std::ranges::find(m_bounces, bounce, &Bounce::BounceRecord::id);
    return found == m_bounces.end() ? -1 : static_cast<int>(found - m_bounces.begin());
}

int BouncesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_bounces.size());
}

int BouncesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant BouncesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Bounce::BounceRecord &bounce = m_bounces.at(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(bounce, index.column());
    case Qt::ToolTipRole:
        return index.column() == Diagnostic
            ? QVariant(u"<qt>%1</qt>"_s.arg(text(bounce, Diagnostic).toHtmlEscaped()))
            : QVariant();
    case OutcomeRole:
        return static_cast<int>(!bounce.report.hard ? Smtp::Outcome::Uncertain
                : *bounce.report.hard               ? Smtp::Outcome::Rejected
                                                    : Smtp::Outcome::Deferred);
    case IdRole:
        return bounce.session;
    case SortRole:
        return index.column() == Arrived ? QVariant(bounce.arrivedAt)
                                         : QVariant(text(bounce, index.column()));
    default:
        return {};
    }
}

QVariant BouncesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Arrived:
        return tr("Arrived");
    case Recipient:
        return tr("Recipient");
    case Hardness:
        return tr("Kind");
    case Status:
        return tr("Status");
    case Reason:
        return tr("Reason");
    case Diagnostic:
        return tr("Diagnostic");
    case Joined:
        return tr("Joined");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace Mailgauge::Models
