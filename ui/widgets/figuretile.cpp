// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/figuretile.h"

#include "base/literals.h"

#include <QBoxLayout>
#include <QLabel>
#include <QLocale>

#include <algorithm>

namespace Mailgauge::Widgets {

namespace {
constexpr int Gap = 6;
}

FigureTile::FigureTile(const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_figure(new QLabel(this))
    , m_share(new QLabel(this))
    , m_name(new QLabel(name, this))
{
    QFont large = m_figure->font();
    large.setPointSizeF(large.pointSizeF() * 1.7);
    large.setBold(true);
    large.setFeature("tnum", 1);
    m_figure->setFont(large);
    m_share->setForegroundRole(QPalette::PlaceholderText);
    m_name->setForegroundRole(QPalette::PlaceholderText);
    auto *figures = new QHBoxLayout;
    figures->setSpacing(Gap);
    figures->addWidget(m_figure);
    figures->addWidget(m_share, 0, Qt::AlignBottom);
    figures->addStretch();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 4, 4, 4);
    layout->setSpacing(0);
    layout->addLayout(figures);
    layout->addWidget(m_name);
    setAccessibleName(name);
    fitShare();
}

void FigureTile::setFigure(const QString &figure, double share, const QColor &color)
{
    m_figure->setText(figure);
    // Only what differs from the palette is set, so that the rest follows when it changes.
    QPalette colored;
    if (color.isValid())
        colored.setColor(QPalette::WindowText, color);
    m_figure->setPalette(colored);
    // A tenth of a percent says something about small shares only.
    const int digits = share > 0 && share < 0.0995 ? 1 : 0;
    m_share->setText(share < 0 ? QString() : locale().toString(share * 100, 'f', digits) + u" %"_s);
    setAccessibleDescription(figure + u' ' + m_share->text());
    setToolTip(m_share->text().isEmpty()
            ? u"%1: %2"_s.arg(m_name->text(), figure)
            : u"%1: %2, %3"_s.arg(m_name->text(), figure, m_share->text()));
    fitShare();
}

void FigureTile::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    fitShare();
}

// Half a percentage says less than none; the tool tip has it whole. The figure is never cut.
void FigureTile::fitShare()
{
    const QMargins margins = layout()->contentsMargins();
    setMinimumWidth(margins.left() + margins.right()
        + std::max(m_name->sizeHint().width(), m_figure->sizeHint().width()));
    const int needed = m_figure->sizeHint().width() + Gap + m_share->sizeHint().width();
    m_share->setVisible(needed <= width() - margins.left() - margins.right());
}

} // namespace Mailgauge::Widgets
