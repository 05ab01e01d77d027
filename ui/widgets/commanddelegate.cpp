// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/commanddelegate.h"

#include "models/commandmodel.h"

#include <QApplication>
#include <QPainter>

namespace Mailgauge::Widgets {

void CommandDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QPalette &colors = option.palette;
    if (selected) {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(colors.color(QPalette::Highlight));
        painter->drawRoundedRect(option.rect.adjusted(4, 1, -4, -1), 4, 4);
    }
    const QColor strong = colors.color(selected ? QPalette::HighlightedText : QPalette::Text);
    QColor quiet = strong;
    quiet.setAlpha(150);

    const bool mirrored = option.direction == Qt::RightToLeft;
    const auto place = [&](QRect r) {
        return mirrored ? QStyle::visualRect(Qt::RightToLeft, option.rect, r) : r;
    };
    QRect room = option.rect.adjusted(14, 0, -14, 0);
    const QRect iconRect(room.left(), room.center().y() - 7, 16, 16);
    index.data(Qt::DecorationRole)
        .value<QIcon>()
        .paint(
            painter, place(iconRect), Qt::AlignCenter, selected ? QIcon::Selected : QIcon::Normal);
    room.setLeft(iconRect.right() + 10);

    const QFontMetrics &metrics = option.fontMetrics;
    const int flags = static_cast<int>(Qt::AlignVCenter | Qt::AlignLeading | Qt::TextSingleLine);
    const QString shortcut = index.data(Models::CommandModel::ShortcutRole).toString();
    if (!shortcut.isEmpty()) {
        const int width = metrics.horizontalAdvance(shortcut);
        const QRect at(room.right() - width, room.top(), width + 1, room.height());
        painter->setPen(quiet);
        painter->drawText(place(at), flags, shortcut);
        room.setRight(at.left() - 12);
    }
    const QString title = index.data(Qt::DisplayRole).toString();
    painter->setPen(strong);
    const QString shown = metrics.elidedText(title, Qt::ElideRight, room.width());
    painter->drawText(place(room), flags, shown);
    room.setLeft(room.left() + metrics.horizontalAdvance(shown) + 12);
    painter->setPen(quiet);
    painter->drawText(place(room), flags,
        metrics.elidedText(
            index.data(Models::CommandModel::GroupRole).toString(), Qt::ElideRight, room.width()));
    painter->restore();
}

QSize CommandDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return {200, qMax(28, option.fontMetrics.height() + 12)};
}

} // namespace Mailgauge::Widgets
