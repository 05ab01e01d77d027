// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/transcriptheader.h"

#include "theme/theme.h"

#include <QPainter>

namespace Mailgauge::Transcript {

namespace {
constexpr int Padding = 8;
}

TranscriptHeader::TranscriptHeader(const Theme::Theme &theme, QWidget *parent)
    : QHeaderView(Qt::Horizontal, parent)
    , m_theme(theme)
{
    setLayoutDirection(Qt::LeftToRight);
    setHighlightSections(false);
    setSectionsClickable(false);
    setMinimumSectionSize(24);
}

QSize TranscriptHeader::sizeHint() const
{
    return {QHeaderView::sizeHint().width(), fontMetrics().height() + 10};
}

void TranscriptHeader::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), palette().color(QPalette::Base));
    paintLine(&painter, viewport()->rect());
    painter.end();
    QHeaderView::paintEvent(event);
}

void TranscriptHeader::paintSection(QPainter *painter, const QRect &rect, int section) const
{
    painter->fillRect(rect, palette().color(QPalette::Base));
    paintLine(painter, rect);
    painter->setPen(m_theme.color(Theme::Role::Muted));
    const auto alignment = model()
                               ->headerData(section, Qt::Horizontal, Qt::TextAlignmentRole)
                               .value<Qt::Alignment>();
    painter->drawText(rect.adjusted(Padding, 0, -Padding, 0), static_cast<int>(alignment.toInt()),
        model()->headerData(section, Qt::Horizontal).toString());
}

void TranscriptHeader::paintLine(QPainter *painter, const QRect &rect) const
{
    QColor line = m_theme.color(Theme::Role::Muted);
    line.setAlphaF(0.35F);
    painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), line);
}

} // namespace Mailgauge::Transcript
