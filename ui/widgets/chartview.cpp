// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/chartview.h"

#include "base/literals.h"

#include <QBuffer>
#include <QEvent>
#include <QHelpEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QSvgGenerator>
#include <QToolTip>
#include <QVBoxLayout>

#include <qcustomplot.h>

#include <cmath>
#include <utility>

namespace Mailgauge::Widgets {

namespace {

constexpr int MaxLabels = 12;

/// Few enough names that none overlaps: every n-th.
QSharedPointer<QCPAxisTickerText> namesTicker(const QStringList &categories, bool thinOut)
{
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    const qsizetype step = thinOut
        ? qMax<qsizetype>(1, (categories.size() + MaxLabels - 1) / MaxLabels)
        : 1;
    for (qsizetype i = 0; i < categories.size(); i += step)
        ticker->addTick(double(i), categories.at(i));
    return ticker;
}

/// Counts have no fractions: whole steps only.
class CountTicker final : public QCPAxisTicker {
protected:
    double getTickStep(const QCPRange &range) override
    {
        const double wanted = qMax(1.0, range.size() / 5.0);
        const double unit = std::pow(10.0, std::floor(std::log10(wanted)));
        for (const double factor : {1.0, 2.0, 5.0}) {
            if (factor * unit >= wanted)
                return factor * unit;
        }
        return 10.0 * unit;
    }
    int getSubTickCount(double) override { return 0; }
    QString getTickLabel(double tick, const QLocale &locale, QChar, int) override
    {
        return locale.toString(qRound64(tick));
    }
};

QColor blend(const QColor &a, const QColor &b, double part)
{
    const auto mix = [part](float x, float y) {
        return float(double(x) * (1 - part) + double(y) * part);
    };
    return QColor::fromRgbF(
        mix(a.redF(), b.redF()), mix(a.greenF(), b.greenF()), mix(a.blueF(), b.blueF()));
}

} // namespace

ChartView::ChartView(QWidget *parent)
    : QWidget(parent)
    , m_plot(new QCustomPlot(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_plot);
    setMinimumSize(240, 160);
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setAttribute(Qt::WA_OpaquePaintEvent, false);
    // The legend has a row of its own above: inside, it would cover what it explains.
    auto *legendRow = new QCPLayoutGrid;
    m_plot->plotLayout()->insertRow(0);
    m_plot->plotLayout()->addElement(0, 0, legendRow);
    m_plot->plotLayout()->setRowStretchFactor(0, 0.001);
    legendRow->setMargins(QMargins(8, 4, 8, 0));
    legendRow->addElement(0, 0, m_plot->legend);
    legendRow->addElement(0, 1, new QCPLayoutGrid);
    legendRow->setColumnStretchFactor(0, 0.001);
    m_plot->legend->setFillOrder(QCPLegend::foColumnsFirst);
    m_plot->legend->setVisible(false);
    m_plot->installEventFilter(this);
    applyPalette();
}

void ChartView::setData(const ChartData &data)
{
    if (m_data == data)
        return;
    m_data = data;
    setAccessibleName(data.title);
    rebuild();
}

void ChartView::rebuild()
{
    m_plot->clearPlottables();
    m_plot->clearItems();
    m_bars.clear();

    const bool columns = m_data.shape == ChartData::Shape::Columns;
    QCPAxis *categoryAxis = columns ? m_plot->xAxis : m_plot->yAxis;
    QCPAxis *valueAxis = columns ? m_plot->yAxis : m_plot->xAxis;

    QList<double> positions;
    for (qsizetype i = 0; i < m_data.categories.size(); ++i)
        positions.append(double(i));

    QCPBars *below = nullptr;
    const bool sideBySide = m_data.arrangement == ChartData::Arrangement::SideBySide;
    delete std::exchange(m_group, nullptr);
    if (sideBySide) {
        m_group = new QCPBarsGroup(m_plot);
        m_group->setSpacingType(QCPBarsGroup::stAbsolute);
        m_group->setSpacing(1);
    }
    for (const ChartSeries &series : std::as_const(m_data.series)) {
        auto *bars = new QCPBars(categoryAxis, valueAxis);
        bars->setAntialiased(false);
        bars->setWidth(sideBySide ? 0.75 / double(m_data.series.size()) : 0.72);
        bars->setBarsGroup(m_group);
        bars->setName(series.name);
        bars->setBrush(series.color);
        bars->setPen(Qt::NoPen);
        bars->setData(positions, series.values, true);
        if (below && !sideBySide)
            bars->moveAbove(below);
        below = bars;
        m_bars.append(bars);
    }

    double largest = 1;
    for (qsizetype i = 0; i < m_data.categories.size(); ++i)
        largest = qMax(largest, m_data.reach(i));
    categoryAxis->setTicker(namesTicker(m_data.categories, columns));
    categoryAxis->setRange(-0.6, double(qMax<qsizetype>(1, m_data.categories.size())) - 0.4);
    // The first name stands on top, as in the table beside it.
    categoryAxis->setRangeReversed(!columns);
    categoryAxis->setTickLength(0);
    categoryAxis->setSubTicks(false);
    categoryAxis->setLabel(m_data.categoryTitle);
    categoryAxis->grid()->setVisible(false);
    valueAxis->setRangeReversed(false);
    valueAxis->setTicker(QSharedPointer<CountTicker>::create());
    valueAxis->setRange(0, largest * 1.08);
    valueAxis->setTickLength(0);
    valueAxis->setSubTicks(false);
    valueAxis->setLabel(m_data.valueTitle);
    valueAxis->grid()->setVisible(true);

    for (const ChartMark &mark : std::as_const(m_data.marks)) {
        auto *line = new QCPItemStraightLine(m_plot);
        line->point1->setTypeX(QCPItemPosition::ptPlotCoords);
        line->point1->setCoords(mark.position, 0);
        line->point2->setCoords(mark.position, 1);
        auto *label = new QCPItemText(m_plot);
        label->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
        label->position->setCoords(mark.position, 0.0);
        label->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
        label->setPadding(QMargins(4, 2, 0, 0));
        label->setText(mark.label);
    }
    m_plot->legend->setVisible(m_data.series.size() > 1);
    applyPalette();
}

void ChartView::applyPalette()
{
    const QColor text = palette().color(QPalette::Text);
    const QColor base = palette().color(QPalette::Base);
    const QColor faint = blend(base, text, 0.14);
    const QColor label = blend(base, text, 0.75);
    m_plot->setBackground(base);
    for (QCPAxis *axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setBasePen(QPen(faint));
        axis->setTickPen(QPen(faint));
        axis->setTickLabelColor(label);
        axis->setLabelColor(label);
        axis->setTickLabelFont(font());
        axis->setLabelFont(font());
        axis->grid()->setPen(QPen(faint));
        axis->grid()->setZeroLinePen(Qt::NoPen);
    }
    m_plot->legend->setBrush(Qt::NoBrush);
    m_plot->legend->setBorderPen(Qt::NoPen);
    m_plot->legend->setTextColor(text);
    m_plot->legend->setFont(font());
    for (int i = 0; i < m_plot->itemCount(); ++i) {
        if (auto *line = qobject_cast<QCPItemStraightLine *>(m_plot->item(i)))
            line->setPen(QPen(label, 1, Qt::DashLine));
        if (auto *mark = qobject_cast<QCPItemText *>(m_plot->item(i))) {
            mark->setColor(text);
            mark->setFont(font());
        }
    }
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

int ChartView::categoryAt(QPoint position) const
{
    const bool columns = m_data.shape == ChartData::Shape::Columns;
    if (m_data.isEmpty() || !m_plot->axisRect()->rect().contains(position))
        return -1;
    const double at = columns ? m_plot->xAxis->pixelToCoord(position.x())
                              : m_plot->yAxis->pixelToCoord(position.y());
    const int category = qRound(at);
    return category >= 0 && category < m_data.categories.size() ? category : -1;
}

QString ChartView::describe(int category) const
{
    if (category < 0 || category >= m_data.categories.size())
        return {};
    QStringList lines {m_data.categories.at(category)};
    for (const ChartSeries &series : m_data.series) {
        const double value = series.values.value(category);
        if (value > 0)
            lines.append(
                u"%1: %2"_s.arg(series.name, locale().toString(value, 'f', m_data.decimals)));
    }
    return lines.join(u'\n');
}

bool ChartView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_plot && event->type() == QEvent::ToolTip) {
        auto *help = static_cast<QHelpEvent *>(event);
        const QString text = describe(categoryAt(help->pos()));
        // Names may come from a server: never let Qt guess that they are rich text.
        QToolTip::showText(help->globalPos(),
            text.isEmpty() ? QString()
                           : u"<qt>%1</qt>"_s.arg(text.toHtmlEscaped().replace(u'\n', u"<br>"_s)),
            this);
        return true;
    }
    if (watched == m_plot && event->type() == QEvent::MouseButtonRelease) {
        auto *mouse = static_cast<QMouseEvent *>(event);
        if (const int category = categoryAt(mouse->position().toPoint()); category >= 0)
            Q_EMIT categoryActivated(category);
    }
    return QWidget::eventFilter(watched, event);
}

void ChartView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        applyPalette();
}

QByteArray ChartView::toPng() const
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    m_plot->toPixmap(qMax(width(), 640), qMax(height(), 400), 2.0).save(&buffer, "PNG");
    return bytes;
}

QByteArray ChartView::toSvg() const
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    const QSize size(qMax(width(), 640), qMax(height(), 400));
    generator.setOutputDevice(&buffer);
    generator.setSize(size);
    generator.setViewBox(QRect({}, size));
    generator.setTitle(m_data.title);
    QCPPainter painter;
    if (painter.begin(&generator)) {
        painter.setMode(QCPPainter::pmVectorized);
        painter.setMode(QCPPainter::pmNoCaching);
        m_plot->toPainter(&painter, size.width(), size.height());
        painter.end();
    }
    return bytes;
}

} // namespace Mailgauge::Widgets
