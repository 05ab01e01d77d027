// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/sequencepainter.h"

#include "base/literals.h"
#include "models/outcometext.h"
#include "models/sequencemodel.h"
#include "models/sequencetext.h"
#include "theme/theme.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPainterPath>

namespace Mailgauge::Transcript {

namespace {

using Theme::Role;
using Tone = SequenceArrow::Tone;
using From = SequenceArrow::From;

constexpr int Padding = 8;
constexpr int TimeWidth = 72; ///< At the left: when.
constexpr int LifeMargin = 24; ///< From the times, and from the right edge, to a life line.
constexpr int WidestDiagram = 860; ///< Farther apart, sentence and arrow lose each other.
constexpr int ArrowGap = 12; ///< Below the sentence.
constexpr int ToneSize = 13;

struct Lanes {
    double we = 0;
    double relay = 0;
};

Lanes lanesIn(const QRect &rect)
{
    const int width = std::min(rect.width(), WidestDiagram);
    return {double(rect.left() + TimeWidth + LifeMargin),
        double(rect.left() + std::max(width - LifeMargin, TimeWidth + 3 * LifeMargin))};
}

QRect textRect(const QRect &rect)
{
    const Lanes lanes = lanesIn(rect);
    return {int(lanes.we) + Padding + ToneSize, rect.top(),
        std::max(40, int(lanes.relay - lanes.we) - 2 * (Padding + ToneSize)), rect.height()};
}

} // namespace

SequencePainter::SequencePainter(const Models::SequenceModel &model, const Theme::Theme &theme)
    : m_model(model)
    , m_theme(theme)
{
}

QFont SequencePainter::smallFont() const
{
    QFont font = m_theme.tabularFont();
    font.setPointSizeF(m_font.pointSizeF() * 0.85);
    return font;
}

QColor SequencePainter::toneColor(Tone tone) const
{
    switch (tone) {
    case Tone::Neutral:
        return m_theme.color(Role::Client);
    case Tone::Good:
        return m_theme.color(Role::Accepted);
    case Tone::Deferred:
        return m_theme.color(Role::Deferred);
    case Tone::Bad:
        return m_theme.color(Role::Rejected);
    case Tone::Uncertain:
        return m_theme.color(Role::Uncertain);
    }
    Q_UNREACHABLE_RETURN({});
}

SequencePainter::Place SequencePainter::placeOf(int row) const
{
    const int last = m_model.rowCount() - 1;
    const SequenceArrow &arrow = m_model.arrow(row);
    return {.stepBegins = row == 0 || m_model.arrow(row - 1).step != arrow.step,
        .tlsBegins = arrow.tls && (row == 0 || !m_model.arrow(row - 1).tls),
        .tlsEnds = arrow.tls && (row == last || !m_model.arrow(row + 1).tls)};
}

int SequencePainter::headHeight() const
{
    return QFontMetrics(m_font).height() + 2 * Padding;
}

int SequencePainter::rowHeight(int row, int width) const
{
    const QString text = m_model.index(row).data().toString();
    const QRect room = textRect({0, 0, width, 0});
    const int height = QFontMetrics(m_font)
                           .boundingRect(QRect(0, 0, room.width(), 10'000),
                               Qt::AlignHCenter | Qt::TextWordWrap, text)
                           .height();
    return height + ArrowGap + (placeOf(row).stepBegins ? Padding : 2);
}

void SequencePainter::paintHead(QPainter &painter, const QRect &rect, int room) const
{
    const Lanes lanes = lanesIn(rect);
    QFont bold = m_font;
    bold.setBold(true);
    const QFontMetrics metrics(bold);
    painter.setFont(bold);
    painter.setPen(m_palette.color(QPalette::Text));
    // Above its life line, but inside the room that there is.
    const auto name = [&](const QString &text, double x) {
        const QString shown = metrics.elidedText(text, Qt::ElideMiddle, int(lanes.relay - x / 2));
        const int width = metrics.horizontalAdvance(shown);
        const int left = std::max(rect.left() + 4, std::min(int(x) - width / 2, room - 4 - width));
        painter.drawText(
            QRect(left, rect.top(), width + 2, rect.height()), Qt::AlignVCenter, shown);
    };
    name(QCoreApplication::translate("SequencePainter", "We"), lanes.we);
    name(Models::SequenceText::relayName(m_model.record()), lanes.relay);
    painter.setPen(QPen(m_theme.color(Role::Muted), 1));
    painter.drawLine(int(lanes.we), rect.bottom(), int(lanes.relay), rect.bottom());
}

void SequencePainter::paintLines(
    QPainter &painter, const QRect &rect, int row, const Place &place) const
{
    const Lanes lanes = lanesIn(rect);
    const SequenceArrow &arrow = m_model.arrow(row);
    const QRectF between(lanes.we, rect.top(), lanes.relay - lanes.we, rect.height());
    if (!arrow.tls) {
        painter.setPen(QPen(m_theme.color(Role::Muted), 1));
        for (const double x : {lanes.we, lanes.relay})
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom() + 1));
        return;
    }
    painter.fillRect(between, m_theme.tint(Role::Accent));
    painter.setPen(QPen(m_theme.color(Role::Accent), 3, Qt::SolidLine, Qt::FlatCap));
    for (const double x : {lanes.we, lanes.relay})
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom() + 1));
    painter.setPen(QPen(m_theme.color(Role::Accent), 2));
    if (place.tlsBegins)
        painter.drawLine(between.topLeft(), between.topRight());
    if (place.tlsEnds)
        painter.drawLine(QPointF(lanes.we, rect.bottom()), QPointF(lanes.relay, rect.bottom()));
}

void SequencePainter::paintTone(QPainter &painter, Tone tone, const QPointF &center) const
{
    if (tone == Tone::Neutral)
        return;
    // A shape of its own for each outcome, with a mark in it: colours alone tell nobody.
    const double r = ToneSize / 2.0;
    const auto at = [&center, r](double x, double y) {
        return QPointF(center.x() + x * r, center.y() + y * r);
    };
    QPainterPath shape;
    QPainterPath mark;
    switch (tone) {
    case Tone::Neutral:
        return;
    case Tone::Good:
        shape.addEllipse(center, r, r);
        mark.moveTo(at(-0.45, 0.05));
        mark.lineTo(at(-0.1, 0.4));
        mark.lineTo(at(0.5, -0.35));
        break;
    case Tone::Deferred:
        shape.addPolygon(QPolygonF {at(0, -1.1), at(1.15, 0.9), at(-1.15, 0.9)});
        shape.closeSubpath();
        mark.moveTo(at(0, -0.35));
        mark.lineTo(at(0, 0.3));
        mark.moveTo(at(0, 0.58));
        mark.lineTo(at(0, 0.62));
        break;
    case Tone::Bad:
        shape.addRect(QRectF(center.x() - r, center.y() - r, 2 * r, 2 * r));
        mark.moveTo(at(-0.45, -0.45));
        mark.lineTo(at(0.45, 0.45));
        mark.moveTo(at(0.45, -0.45));
        mark.lineTo(at(-0.45, 0.45));
        break;
    case Tone::Uncertain:
        shape.addPolygon(QPolygonF {at(0, -1.25), at(1.25, 0), at(0, 1.25), at(-1.25, 0)});
        shape.closeSubpath();
        mark.moveTo(at(-0.3, -0.3));
        mark.cubicTo(at(-0.2, -0.75), at(0.6, -0.55), at(0.15, -0.05));
        mark.lineTo(at(0, 0.2));
        mark.moveTo(at(0, 0.5));
        mark.lineTo(at(0, 0.54));
        break;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(toneColor(tone));
    painter.drawPath(shape);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(
        QPen(m_palette.color(QPalette::Base), 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(mark);
}

void SequencePainter::paintArrow(
    QPainter &painter, const SequenceArrow &arrow, double y, double from, double to) const
{
    const QColor color = arrow.tone == Tone::Good ? m_theme.color(Role::Client)
                                                  : toneColor(arrow.tone);
    const bool refused = arrow.tone == Tone::Bad || arrow.tone == Tone::Deferred;
    painter.setPen(QPen(color, 1.4, refused ? Qt::DashLine : Qt::SolidLine));
    const double barb = to > from ? -8 : 8;
    painter.drawLine(QPointF(from, y), QPointF(to + barb / 2, y));
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(
        QPolygonF {QPointF(to, y), QPointF(to + barb, y - 4), QPointF(to + barb, y + 4)});
    painter.setBrush(Qt::NoBrush);
}

void SequencePainter::paintRow(QPainter &painter, const QRect &rect, int row, bool selected) const
{
    const SequenceArrow &arrow = m_model.arrow(row);
    const Place place = placeOf(row);
    const Lanes lanes = lanesIn(rect);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    paintLines(painter, rect, row, place);
    if (selected) {
        QColor highlight = m_palette.color(QPalette::Highlight);
        highlight.setAlphaF(0.22F);
        painter.fillRect(
            QRect(rect.left(), rect.top(), std::min(rect.width(), WidestDiagram), rect.height()),
            highlight);
    }
    const int top = rect.top() + (place.stepBegins ? Padding : 2) / 2;
    if (place.stepBegins) {
        painter.setFont(smallFont());
        painter.setPen(m_theme.color(Role::Muted));
        painter.drawText(QRect(rect.left(), top, TimeWidth - 4, QFontMetrics(m_font).height()),
            Qt::AlignRight | Qt::AlignVCenter, Models::OutcomeText::duration(arrow.us));
    }
    const QRect room = textRect(rect);
    const bool nobody = arrow.from == From::Nobody;
    painter.setFont(m_font);
    const bool plain = arrow.tone == Tone::Good || arrow.tone == Tone::Neutral;
    painter.setPen(plain ? m_palette.color(QPalette::Text) : toneColor(arrow.tone));
    painter.drawText(QRect(room.left(), top, room.width(), rect.bottom() - ArrowGap - top + 2),
        Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, m_model.index(row).data().toString());
    const double y = rect.bottom() - ArrowGap / 2.0 - (nobody ? 2 : 1);
    if (arrow.from == From::We)
        paintArrow(painter, arrow, y, lanes.we + 2, lanes.relay - 2);
    else if (arrow.from == From::Relay)
        paintArrow(painter, arrow, y, lanes.relay - 2, lanes.we + 2);
    if (!nobody || arrow.tone != Tone::Neutral) {
        const double x = arrow.from == From::Relay ? lanes.relay : lanes.we;
        paintTone(painter, arrow.tone, {nobody ? lanes.we : x, y - 1});
    }
    painter.restore();
}

QSize SequencePainter::pictureSize(int width) const
{
    int height = headHeight() + Padding;
    const int rows = std::min(m_model.rowCount(), MostDrawn);
    for (int row = 0; row < rows; ++row)
        height += rowHeight(row, width);
    if (rows < m_model.rowCount())
        height += headHeight();
    return {width, height + Padding};
}

void SequencePainter::paintPicture(QPainter &painter, int width) const
{
    painter.fillRect(QRect({}, pictureSize(width)), m_palette.color(QPalette::Base));
    QRect rect(0, 0, width, headHeight());
    paintHead(painter, rect, width);
    const int rows = std::min(m_model.rowCount(), MostDrawn);
    for (int row = 0; row < rows; ++row) {
        rect = QRect(0, rect.bottom() + 1, width, rowHeight(row, width));
        paintRow(painter, rect, row, false);
    }
    if (rows == m_model.rowCount())
        return;
    painter.setFont(m_font);
    painter.setPen(m_theme.color(Role::Muted));
    painter.drawText(QRect(0, rect.bottom() + 1, width, headHeight()), Qt::AlignCenter,
        QCoreApplication::translate("SequencePainter", "… and %1 more")
            .arg(m_model.rowCount() - rows));
}

} // namespace Mailgauge::Transcript
