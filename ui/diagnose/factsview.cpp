// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/factsview.h"

#include "base/literals.h"
#include "models/plaintip.h"
#include "theme/meaningdelegate.h"
#include "widgets/roomydelegate.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>

namespace Mailgauge::Diagnose {

FactsView::FactsView(const Theme::Theme &theme, const QString &accessibleName, QWidget *parent)
    : QTreeWidget(parent)
    , m_theme(theme)
{
    setAccessibleName(accessibleName);
    setColumnCount(2);
    setHeaderHidden(true);
    setRootIsDecorated(false);
    setIndentation(8);
    setUniformRowHeights(true);
    setItemDelegate(new Widgets::RoomyDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setTextElideMode(Qt::ElideRight);
    header()->setStretchLastSection(true);
    header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    connect(&theme, &Theme::Theme::changed, this, [this] {
        for (int row = 0; row < topLevelItemCount(); ++row)
            paint(topLevelItem(row));
    });
}

void FactsView::add(const QString &name, const QString &value, Models::Meaning meaning)
{
    if (value.isEmpty())
        return;
    auto *item = new QTreeWidgetItem(this, {name, value});
    item->setData(1, Models::MeaningRole, QVariant::fromValue(meaning));
    item->setToolTip(1, Models::plainTip(value));
    paint(item);
}

QString FactsView::value(const QString &name) const
{
    const QList<QTreeWidgetItem *> found = findItems(name, Qt::MatchExactly, 0);
    return found.isEmpty() ? QString() : found.first()->text(1);
}

void FactsView::paint(QTreeWidgetItem *item) const
{
    item->setForeground(0, m_theme.color(Theme::Role::Muted));
    const auto meaning = item->data(1, Models::MeaningRole).value<Models::Meaning>();
    item->setForeground(1, m_theme.color(Theme::roleOf(meaning)));
}

void FactsView::keyPressEvent(QKeyEvent *event)
{
    if (!event->matches(QKeySequence::Copy)) {
        QTreeWidget::keyPressEvent(event);
        return;
    }
    QStringList lines;
    for (int row = 0; row < topLevelItemCount(); ++row) {
        const QTreeWidgetItem *item = topLevelItem(row);
        if (item->isSelected())
            lines.append(item->text(0) + u": "_s + item->text(1));
    }
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

} // namespace Mailgauge::Diagnose
