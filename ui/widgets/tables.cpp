// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tables.h"

#include "models/roles.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QSortFilterProxyModel>

namespace Mailgauge::Widgets {

void makeList(QTableView *table, const QString &accessibleName)
{
    table->setAccessibleName(accessibleName);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->setTextElideMode(Qt::ElideRight);
    table->setTabKeyNavigation(false);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setFrameShape(QFrame::NoFrame);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 10);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->horizontalHeader()->setStretchLastSection(true);
}

QSortFilterProxyModel *showFiltered(
    QTableView *table, QLineEdit *filter, QAbstractItemModel *source)
{
    auto *proxy = new QSortFilterProxyModel(table);
    proxy->setSourceModel(source);
    proxy->setFilterKeyColumn(-1);
    proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    proxy->setSortRole(Models::SortRole);
    table->setModel(proxy);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    filter->setClearButtonEnabled(true);
    filter->setMaximumWidth(320);
    QObject::connect(
        filter, &QLineEdit::textChanged, proxy, &QSortFilterProxyModel::setFilterFixedString);
    return proxy;
}

} // namespace Mailgauge::Widgets
