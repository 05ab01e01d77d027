// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/transcriptdelegate.h"

#include "base/literals.h"
#include "models/transcriptmodel.h"
#include "theme/theme.h"
#include "transcript/tone.h"

#include <QPainter>
#include <QPainterPath>

#include <array>

namespace Mailgauge::Transcript {

using Models::TranscriptModel;
using Theme::Role;

namespace {

constexpr int Padding = 8;
constexpr int LinePadding = 4;
constexpr int SignSize = 11;

Role roleOfClass(int replyClass)
{
    switch (replyClass) {
    case 2:
        return Role::Accepted;
    case 4:
        return Role::Deferred;
    case 5:
        return Role::Rejected;
    default:
        return Role::Accent;
    }
}

/// The symbol of a reply's class, for eyes that do not tell the colours apart: a tick, an angle, an
/// exclamation mark, a cross. Drawn, so that no font needs to have it.
QPainterPath symbol(int replyClass, const QRectF &box)
{
    const auto at = [&box](double x, double y) {
        return QPointF(box.left() + x * box.width(), box.top() + y * box.height());
    };
    QPainterPath path;
    switch (replyClass) {
    case 2:
        path.moveTo(at(0.1, 0.55));
        path.lineTo(at(0.4, 0.85));
        path.lineTo(at(0.9, 0.2));
        break;
    case 4:
        path.moveTo(at(0.5, 0.1));
        path.lineTo(at(0.5, 0.6));
        path.moveTo(at(0.5, 0.88));
        path.lineTo(at(0.5, 0.92));
        break;
    case 5:
        path.moveTo(at(0.15, 0.15));
        path.lineTo(at(0.85, 0.85));
        path.moveTo(at(0.85, 0.15));
        path.lineTo(at(0.15, 0.85));
        break;
    default:
        path.moveTo(at(0.35, 0.1));
        path.lineTo(at(0.75, 0.5));
        path.lineTo(at(0.35, 0.9));
        break;
    }
    return path;
}

/// An arrow to the right (we speak) or to the left (the server does).
QPainterPath arrow(bool toServer, const QRectF &box)
{
    const double tip = toServer ? box.right() : box.left();
    const double tail = toServer ? box.left() : box.right();
    const double barb = tip + (tail - tip) * 0.4;
    const double middle = box.center().y();
    QPainterPath path;
    path.moveTo(tail, middle);
    path.lineTo(tip, middle);
    path.moveTo(barb, middle - box.height() * 0.32);
    path.lineTo(tip, middle);
    path.lineTo(barb, middle + box.height() * 0.32);
    return path;
}

QPainterPath bookmark(const QRectF &box)
{
    const QRectF flag = box.adjusted(box.width() * 0.2, 0, -box.width() * 0.2, 0);
    QPainterPath path;
    path.moveTo(flag.topLeft());
    path.lineTo(flag.topRight());
    path.lineTo(flag.bottomRight());
    path.lineTo(flag.center().x(), flag.bottom() - flag.height() * 0.3);
    path.lineTo(flag.bottomLeft());
    path.closeSubpath();
    return path;
}

/// A sheet with two lines on it.
QPainterPath noteSheet(const QRectF &box)
{
    QPainterPath path;
    path.addRoundedRect(box.adjusted(1, 1, -1, -1), 1.5, 1.5);
    const double step = box.height() / 3;
    for (int line = 1; line <= 2; ++line) {
        path.addRect(QRectF(box.left() + 3, box.top() + line * step - 0.7, box.width() - 6, 1.4));
    }
    return path;
}

/// What opens: to the right while it is closed, down while it is open.
QPainterPath triangle(const QRectF &box, bool open)
{
    const QPointF middle = box.center();
    const double half = box.width() * 0.36;
    QPainterPath path;
    if (open) {
        path.moveTo(middle.x() - half, middle.y() - half * 0.6);
        path.lineTo(middle.x() + half, middle.y() - half * 0.6);
        path.lineTo(middle.x(), middle.y() + half * 0.7);
    } else {
        path.moveTo(middle.x() - half * 0.6, middle.y() - half);
        path.lineTo(middle.x() - half * 0.6, middle.y() + half);
        path.lineTo(middle.x() + half * 0.7, middle.y());
    }
    path.closeSubpath();
    return path;
}

QRectF centeredBox(const QRect &rect, double size)
{
    return {rect.center().x() - size / 2 + 0.5, rect.center().y() - size / 2 + 0.5, size, size};
}

/// A hair line above each group of commands, so that exchanges read as such; a stronger one where a
/// session begins.
float lineAbove(const QModelIndex &index)
{
    const auto isCommand = [](const QModelIndex &at) {
        return at.data(TranscriptModel::DirectionRole).toInt()
            == static_cast<int>(Direction::Client);
    };
    if (index.row() == 0)
        return 0;
    if (index.data(TranscriptModel::DeltaRole).toLongLong() < 0)
        return 0.6F;
    return isCommand(index) && !isCommand(index.siblingAtRow(index.row() - 1)) ? 0.2F : 0;
}

} // namespace

TranscriptDelegate::TranscriptDelegate(
    const Theme::Theme &theme, const Highlighting &highlighting, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
    , m_highlighting(highlighting)
    , m_highlighter(highlighting)
{
    updateTheme();
}

void TranscriptDelegate::updateTheme()
{
    m_sink.setTheme(m_highlighting.theme(toneOf(m_theme)));
}

void TranscriptDelegate::setMarkedPattern(const QRegularExpression &pattern)
{
    m_marked = pattern;
}

int TranscriptDelegate::rowHeight(const QFont &font) const
{
    return QFontMetrics(font).height() + 2 * LinePadding;
}

void TranscriptDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    painter->setClipRect(option.rect);
    paintBackground(painter, option, index);
    painter->setFont(option.font);
    switch (index.column()) {
    case TranscriptModel::Text:
        paintText(painter, option, index);
        break;
    case TranscriptModel::DirectionColumn:
        paintDirection(painter, option, index);
        break;
    case TranscriptModel::Class:
        paintClass(painter, option, index);
        break;
    default:
        paintFact(painter, option, index);
        break;
    }
    painter->restore();
}

void TranscriptDelegate::paintBackground(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    // Some styles fill a selected row before they ask us, so strongly that no colour can be read.
    painter->fillRect(option.rect, option.palette.color(QPalette::Base));
    const int replyClass = index.data(TranscriptModel::ReplyClassRole).toInt();
    if (replyClass >= 4)
        painter->fillRect(option.rect, m_theme.tint(roleOfClass(replyClass)));
    else if (index.data(TranscriptModel::UnexpectedRole).toBool())
        painter->fillRect(option.rect, m_theme.tint(Role::Deferred));
    if (option.state.testFlag(QStyle::State_Selected)) {
        QColor highlight = m_theme.color(Role::Accent);
        highlight.setAlphaF(option.state.testFlag(QStyle::State_Active) ? 0.24F : 0.14F);
        painter->fillRect(option.rect, highlight);
    }
    if (const float strength = lineAbove(index); strength > 0) {
        QColor line = m_theme.color(Role::Muted);
        line.setAlphaF(strength);
        painter->fillRect(QRect(option.rect.topLeft(), QSize(option.rect.width(), 1)), line);
    }
    if (index.column() == TranscriptModel::DirectionColumn
        && index.data(TranscriptModel::TlsRole).toBool()) {
        painter->fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())),
            m_theme.color(Role::Accepted));
    }
}

void TranscriptDelegate::paintText(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QRect rect = option.rect.adjusted(Padding, 0, -Padding, 0);
    rect.setLeft(rect.left() + paintSigns(painter, rect, index));
    QString text = index.data(Qt::DisplayRole).toString();
    const QString mark = lineMark(
        static_cast<Direction>(index.data(TranscriptModel::DirectionRole).toInt()));
    m_sink.start(mark.size());
    m_highlighter.highlight(mark + text, m_sink);
    m_ranges = m_sink.ranges();
    markText(text);
    // Close enough for a fixed pitch; what it leaves beyond the edge is clipped.
    const qsizetype fits = rect.width() / std::max(1, option.fontMetrics.averageCharWidth());
    if (text.size() > fits)
        text = text.first(std::max<qsizetype>(0, fits - 1)) + u'…';
    for (QTextLayout::FormatRange &range : m_ranges)
        range.length = std::min(
            range.length, std::max(0, static_cast<int>(text.size()) - range.start));

    QTextLayout layout(text, option.font);
    QTextOption textOption(Qt::AlignLeft | Qt::AlignVCenter);
    textOption.setTextDirection(Qt::LeftToRight);
    textOption.setWrapMode(QTextOption::NoWrap);
    layout.setTextOption(textOption);
    layout.setFormats(m_ranges);
    layout.beginLayout();
    const QTextLine line = layout.createLine();
    layout.endLayout();
    painter->setPen(option.palette.color(QPalette::Text));
    layout.draw(painter, QPointF(rect.left(), rect.top() + (rect.height() - line.height()) / 2));
}

void TranscriptDelegate::markText(const QString &text) const
{
    if (m_marked.pattern().isEmpty())
        return;
    QTextCharFormat format;
    format.setBackground(m_theme.color(Role::Deferred));
    format.setForeground(m_theme.isDark() ? Qt::black : Qt::white);
    for (auto match = m_marked.globalMatch(text); match.hasNext();) {
        const QRegularExpressionMatch found = match.next();
        if (found.capturedLength() == 0)
            continue;
        m_ranges.append({static_cast<int>(found.capturedStart()),
            static_cast<int>(found.capturedLength()), format});
    }
}

int TranscriptDelegate::paintSigns(
    QPainter *painter, const QRect &rect, const QModelIndex &index) const
{
    const auto fold = static_cast<TranscriptModel::Fold>(
        index.data(TranscriptModel::FoldRole).toInt());
    const bool marked = index.data(TranscriptModel::MarkedRole).toBool();
    const bool noted = !index.data(TranscriptModel::NoteRole).toString().isEmpty();
    if (fold == TranscriptModel::Fold::None && !marked && !noted)
        return 0;
    const int size = std::min(rect.height() - 6, SignSize);
    QRectF box(rect.left(), rect.center().y() - size / 2.0 + 0.5, size, size);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(m_theme.color(Role::Accent));
    int width = 0;
    const auto draw = [&](const QPainterPath &path) {
        painter->drawPath(path);
        box.translate(size + 4, 0);
        width += size + 4;
    };
    if (marked)
        draw(bookmark(box));
    if (noted)
        draw(noteSheet(box));
    if (fold != TranscriptModel::Fold::None) {
        painter->setBrush(m_theme.color(Role::Muted));
        draw(triangle(box, fold == TranscriptModel::Fold::Open));
    }
    return width + 2;
}

void TranscriptDelegate::paintDirection(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const auto direction = static_cast<Direction>(
        index.data(TranscriptModel::DirectionRole).toInt());
    const QColor color = m_theme.color(direction == Direction::Client ? Role::Client
            : direction == Direction::Server                          ? Role::Server
                                                                      : Role::Event);
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(color, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QRect rect = option.rect.adjusted(Padding + 2, 0, -4, 0);
    const int letter = option.fontMetrics.horizontalAdvance(u'C');
    QFont font = option.font;
    font.setBold(direction == Direction::Client);
    painter->setFont(font);
    const QString text = index.data(Qt::DisplayRole).toString();
    const double size = option.fontMetrics.ascent() * 0.9;
    if (direction == Direction::Event) {
        painter->setBrush(color);
        painter->drawEllipse(centeredBox(rect, 4));
        return;
    }
    painter->drawText(rect, Qt::AlignLeft | Qt::AlignVCenter, text);
    const QRectF box(rect.left() + letter + 6, rect.center().y() - size / 2 + 0.5, size, size);
    painter->drawPath(arrow(direction == Direction::Client, box));
    if (index.data(TranscriptModel::UnexpectedRole).toBool()) {
        painter->setPen(m_theme.color(Role::Deferred));
        font.setBold(true);
        painter->setFont(font);
        painter->drawText(rect.adjusted(static_cast<int>(box.right()) - rect.left() + 6, 0, 0, 0),
            Qt::AlignLeft | Qt::AlignVCenter, u"!"_s);
    }
}

void TranscriptDelegate::paintClass(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const int replyClass = index.data(TranscriptModel::ReplyClassRole).toInt();
    // One chip per reply: its last line has it.
    if (replyClass == 0 || index.data(TranscriptModel::ContinuedRole).toBool())
        return;
    const Role role = roleOfClass(replyClass);
    const QColor color = m_theme.color(role);
    painter->setRenderHint(QPainter::Antialiasing);
    const QRectF chip = QRectF(option.rect).adjusted(5.5, 2.5, -5.5, -2.5);
    painter->setPen(Qt::NoPen);
    painter->setBrush(m_theme.tint(role));
    painter->drawRoundedRect(chip, chip.height() / 2, chip.height() / 2);
    const double size = option.fontMetrics.ascent() * 0.62;
    const QRectF box(chip.left() + 7, chip.center().y() - size / 2, size, size);
    painter->setPen(QPen(color, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->setBrush(Qt::NoBrush);
    painter->drawPath(symbol(replyClass, box));
    painter->setPen(color);
    painter->drawText(chip.adjusted(12 + size, 0, -5, 0), Qt::AlignLeft | Qt::AlignVCenter,
        index.data(Qt::DisplayRole).toString());
}

void TranscriptDelegate::paintFact(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    // A second of silence is worth a look.
    const bool slow = index.column() == TranscriptModel::Delta
        && index.data(TranscriptModel::DeltaRole).toLongLong() >= 1'000'000;
    const bool reference = index.column() == TranscriptModel::Time
        && index.data(TranscriptModel::TimeReferenceRole).toBool();
    painter->setPen(m_theme.color(slow ? Role::Deferred : reference ? Role::Accent : Role::Muted));
    const Qt::Alignment side = index.column() == TranscriptModel::SessionColumn ? Qt::AlignLeft
                                                                                : Qt::AlignRight;
    painter->drawText(option.rect.adjusted(Padding, 0, -Padding, 0),
        static_cast<int>((side | Qt::AlignVCenter).toInt()),
        index.data(Qt::DisplayRole).toString());
}

} // namespace Mailgauge::Transcript
