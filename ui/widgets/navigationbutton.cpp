// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/navigationbutton.h"

#include <QEvent>
#include <QIcon>
#include <QPainter>
#include <QStyleOptionFocusRect>

using namespace Qt::StringLiterals;

namespace Mailgauge::Widgets {

namespace {
constexpr int IconSize = 22;
constexpr int Width = 84;

QColor withAlpha(QColor color, int alpha)
{
    color.setAlpha(alpha);
    return color;
}
} // namespace

NavigationButton::NavigationButton(const QString &iconName, const QString &title, QWidget *parent)
    : QAbstractButton(parent)
    , m_iconName(iconName)
    , m_title(title)
{
    setCheckable(true);
    setText(title);
    setAccessibleName(title);
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::ArrowCursor);
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.9);
    setFont(small);
}

void NavigationButton::setBadge(int number)
{
    m_badge = number;
    setAccessibleDescription(number > 0 ? tr("New: %1").arg(number) : QString());
    update();
}

QSize NavigationButton::sizeHint() const
{
    return {qMax(Width, fontMetrics().horizontalAdvance(m_title) + 16),
        12 + IconSize + 4 + fontMetrics().height() + 10};
}

void NavigationButton::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor accent = palette().color(QPalette::Highlight);
    const QRect tile = rect().adjusted(6, 2, -6, -2);
    if (isChecked() || underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(isChecked() ? withAlpha(accent, 48)
                                     : withAlpha(palette().color(QPalette::WindowText), 18));
        painter.drawRoundedRect(tile, 6, 6);
    }
    if (isChecked()) {
        painter.setBrush(accent);
        const int edge = isRightToLeft() ? width() - 3 : 0;
        painter.drawRoundedRect(QRect(edge, tile.top() + 10, 3, tile.height() - 20), 1.5, 1.5);
    }
    const QRect icon((width() - IconSize) / 2, 10, IconSize, IconSize);
    QIcon::fromTheme(m_iconName).paint(&painter, icon);
    QColor text = palette().color(QPalette::WindowText);
    painter.setPen(isChecked() ? text : withAlpha(text, 200));
    const QRect label(0, icon.bottom() + 4, width(), fontMetrics().height() + 2);
    painter.drawText(
        label, static_cast<int>(Qt::AlignHCenter | Qt::AlignVCenter | Qt::TextSingleLine), m_title);
    if (m_badge > 0)
        paintBadge(painter, icon);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(accent, 1.5));
        painter.drawRoundedRect(QRectF(tile).adjusted(0.75, 0.75, -0.75, -0.75), 6, 6);
    }
}

void NavigationButton::paintBadge(QPainter &painter, const QRect &icon) const
{
    const QString number = m_badge > 99 ? u"99+"_s : QString::number(m_badge);
    QFont tiny = font();
    tiny.setPointSizeF(tiny.pointSizeF() * 0.8);
    tiny.setBold(true);
    const QFontMetrics metrics(tiny);
    const int height = metrics.height();
    const QRect pill(icon.right() - 4, icon.top() - 5,
        qMax(height, metrics.horizontalAdvance(number) + 8), height);
    painter.setPen(Qt::NoPen);
    painter.setBrush(palette().color(QPalette::Highlight));
    painter.drawRoundedRect(pill, height / 2.0, height / 2.0);
    painter.setFont(tiny);
    painter.setPen(palette().color(QPalette::HighlightedText));
    painter.drawText(pill, Qt::AlignCenter, number);
}

void NavigationButton::changeEvent(QEvent *event)
{
    QAbstractButton::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        update();
}

void NavigationButton::enterEvent(QEnterEvent *event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void NavigationButton::leaveEvent(QEvent *event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

} // namespace Mailgauge::Widgets
