// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/griddelegate.h"

#include "models/connectivitymodel.h"
#include "models/meaning.h"
#include "theme/meaningdelegate.h"

#include <QApplication>
#include <QPainter>
#include <QStyle>

namespace Mailgauge::Diagnose {

namespace {

using Models::ConnectivityModel;
using Models::Meaning;

constexpr int Margin = 8;
constexpr int Gap = 2; ///< Between the tinted cells.

bool isTinted(Meaning meaning)
{
    return meaning == Meaning::Good || meaning == Meaning::Careful || meaning == Meaning::Bad;
}

} // namespace

GridDelegate::GridDelegate(const Theme::Theme &theme, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{
}

QSize GridDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return {120, 2 * option.fontMetrics.height() + 12};
}

void GridDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const QVariant fact = index.data(Models::MeaningRole);
    if (!fact.isValid()) // Not asked for.
        return;
    const auto meaning = fact.value<Meaning>();
    const Theme::Role role = Theme::roleOf(meaning);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QRect rect = option.rect.adjusted(Gap, Gap, -Gap, -Gap);
    const auto color = [&](Theme::Role wanted) {
        return selected ? option.palette.color(QPalette::HighlightedText) : m_theme.color(wanted);
    };

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(selected  ? option.palette.color(QPalette::Highlight)
            : isTinted(meaning) ? m_theme.tint(role)
                                : option.palette.color(QPalette::AlternateBase));
    painter->drawRoundedRect(rect, 4, 4);

    const QRect inner = rect.adjusted(Margin, 2, -Margin, -2);
    const QRect top(inner.left(), inner.top(), inner.width(), inner.height() / 2);
    const QRect bottom(inner.left(), top.bottom() + 1, inner.width(), inner.height() / 2);
    painter->setFont(m_theme.tabularFont());
    painter->setPen(color(Theme::Role::Muted));
    const QString time = index.data(ConnectivityModel::TimeRole).toString();
    const int timeWidth = time.isEmpty() ? 0 : painter->fontMetrics().horizontalAdvance(time) + 8;
    painter->drawText(top, Qt::AlignRight | Qt::AlignVCenter, time);
    painter->drawText(bottom, Qt::AlignLeft | Qt::AlignVCenter,
        painter->fontMetrics().elidedText(
            index.data(ConnectivityModel::SummaryRole).toString(), Qt::ElideRight, bottom.width()));

    QFont bold = option.font;
    bold.setBold(isTinted(meaning));
    painter->setFont(bold);
    painter->setPen(color(role));
    painter->drawText(top, Qt::AlignLeft | Qt::AlignVCenter,
        painter->fontMetrics().elidedText(index.data(ConnectivityModel::StateRole).toString(),
            Qt::ElideRight, top.width() - timeWidth));
    painter->restore();

    if (option.state.testFlag(QStyle::State_HasFocus)) {
        QStyleOptionFocusRect focus;
        focus.QStyleOption::operator=(option);
        focus.rect = option.rect;
        const QStyle *style = option.widget ? option.widget->style() : QApplication::style();
        style->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, painter, option.widget);
    }
}

} // namespace Mailgauge::Diagnose
