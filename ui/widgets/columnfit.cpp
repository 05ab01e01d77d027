// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/columnfit.h"

#include <QEvent>
#include <QHeaderView>
#include <QScopedValueRollback>
#include <QTableView>

namespace Mailgauge::Widgets {

ColumnFit::ColumnFit(QTableView *table, const QList<ColumnWidth> &widths, int stretch)
    : QObject(table)
    , m_table(table)
    , m_widths(widths)
    , m_stretch(stretch)
{
    QHeaderView *header = table->horizontalHeader();
    header->setStretchLastSection(false);
    header->setMinimumSectionSize(32);
    connect(header, &QHeaderView::sectionResized, this, [this](int, int before, int after) {
        if (m_fitting || m_chosen)
            return;
        // Hidden or shown; the header has not finished with it yet.
        if (before == 0 || after == 0)
            QMetaObject::invokeMethod(this, &ColumnFit::fitAgain, Qt::QueuedConnection);
        else
            m_chosen = true;
    });
    table->viewport()->installEventFilter(this);
    fit();
}

bool ColumnFit::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Resize)
        fitAgain();
    return QObject::eventFilter(watched, event);
}

void ColumnFit::fitAgain()
{
    if (!m_chosen)
        fit();
}

void ColumnFit::fit()
{
    const QScopedValueRollback fitting(m_fitting, true);
    int preferred = 0;
    int least = 0;
    for (int column = 0; column < int(m_widths.size()); ++column) {
        if (m_table->isColumnHidden(column))
            continue;
        preferred += m_widths.at(column).preferred;
        least += m_widths.at(column).least;
    }
    const int room = m_table->viewport()->width();
    // All give way by the same share of what they can spare.
    const double spare = preferred == least
        ? 1.0
        : qBound(0.0, double(room - least) / double(preferred - least), 1.0);
    int used = 0;
    for (int column = 0; column < int(m_widths.size()); ++column) {
        if (m_table->isColumnHidden(column))
            continue;
        const ColumnWidth &width = m_widths.at(column);
        const int size = width.least + int(spare * (width.preferred - width.least));
        m_table->setColumnWidth(column, size);
        used += column == m_stretch ? 0 : size;
    }
    m_table->setColumnWidth(m_stretch, qMax(m_table->columnWidth(m_stretch), room - used));
}

} // namespace Mailgauge::Widgets
