// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/markscrollbar.h"

#include "theme/theme.h"

#include <QPainter>
#include <QStyle>
#include <QStyleOptionSlider>

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {
/// More cannot be told apart on any screen.
constexpr int Steps = 1000;
constexpr double MarkHeight = 2;
} // namespace

MarkScrollBar::MarkScrollBar(const Theme::Theme &theme, QWidget *parent)
    : QScrollBar(Qt::Vertical, parent)
    , m_theme(theme)
{
}

void MarkScrollBar::setMarks(Kind kind, const QList<int> &rows, int total)
{
    QList<double> places;
    int last = -1;
    for (const int row : rows) {
        const int step = static_cast<int>(static_cast<qint64>(row) * Steps / std::max(1, total));
        if (step == last)
            continue;
        last = step;
        places.append(static_cast<double>(step) / Steps);
    }
    if (m_places.value(kind) == places)
        return;
    m_places.insert(kind, places);
    update();
}

void MarkScrollBar::paintEvent(QPaintEvent *event)
{
    QScrollBar::paintEvent(event);
    QStyleOptionSlider option;
    initStyleOption(&option);
    const QRectF groove = style()->subControlRect(
        QStyle::CC_ScrollBar, &option, QStyle::SC_ScrollBarGroove, this);
    QPainter painter(this);
    const auto paint = [&](Kind kind, Theme::Role role, double from, double to) {
        const QColor color = m_theme.color(role);
        const QList<double> places = m_places.value(kind);
        for (const double place : places) {
            painter.fillRect(QRectF(groove.left() + groove.width() * from,
                                 groove.top() + place * (groove.height() - MarkHeight),
                                 groove.width() * (to - from), MarkHeight),
                color);
        }
    };
    paint(Kind::Refused, Theme::Role::Rejected, 0.1, 0.4);
    paint(Kind::Found, Theme::Role::Deferred, 0.35, 0.7);
    paint(Kind::Marked, Theme::Role::Accent, 0.65, 0.95);
}

} // namespace Mailgauge::Transcript
