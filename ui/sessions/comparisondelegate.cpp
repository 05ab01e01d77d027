// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/comparisondelegate.h"

#include "base/severity.h"
#include "models/comparisonmodels.h"

#include <QApplication>
#include <QPainter>
#include <QStyle>

#include <optional>

namespace Mailgauge::Sessions {

ComparisonDelegate::ComparisonDelegate(const Theme::Theme &theme, int linkColumn, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
    , m_linkColumn(linkColumn)
{
}

std::optional<Theme::Role> ComparisonDelegate::roleOf(const QModelIndex &index) const
{
    const int severity = index.data(Models::SeverityRole).toInt();
    if (severity < 0)
        return index.data(Models::NoiseRole).toBool() ? std::optional(Theme::Role::Muted)
                                                      : std::nullopt;
    switch (static_cast<Base::Severity>(severity)) {
    case Base::Severity::Info:
        return Theme::Role::Client;
    case Base::Severity::Warning:
        return Theme::Role::Deferred;
    case Base::Severity::Error:
        return Theme::Role::Rejected;
    }
    return std::nullopt;
}

void ComparisonDelegate::initStyleOption(
    QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const auto role = roleOf(index);
    if (!role || option->state.testFlag(QStyle::State_Selected))
        return;
    if (m_linkColumn >= 0) {
        option->backgroundBrush = m_theme.tint(*role);
        return;
    }
    if (index.column() == 0)
        option->palette.setColor(QPalette::Text, m_theme.color(*role));
}

void ComparisonDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    if (index.column() != m_linkColumn) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    QStyleOptionViewItem empty = option;
    initStyleOption(&empty, index);
    const QString sign = empty.text;
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QColor color = selected ? option.palette.color(QPalette::HighlightedText)
                                  : m_theme.color(roleOf(index).value_or(Theme::Role::Muted));
    // The background alone: without an index the facts would be those of no row at all.
    const QStyle *style = option.widget ? option.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &empty, painter, option.widget);
    const int side = index.data(Models::SideRole).toInt();
    const QRect rect = option.rect;
    const QPoint middle = rect.center();
    constexpr int Radius = 9;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(color, 1.5));
    if (side <= 0)
        painter->drawLine(rect.left(), middle.y(), middle.x() - Radius, middle.y());
    if (side >= 0)
        painter->drawLine(middle.x() + Radius, middle.y(), rect.right(), middle.y());
    QFont font = option.font;
    font.setBold(index.data(Models::SeverityRole).toInt() >= 0);
    painter->setFont(font);
    painter->drawText(rect, Qt::AlignCenter, sign);
    painter->restore();
}

} // namespace Mailgauge::Sessions
