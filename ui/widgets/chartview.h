// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/chartdata.h"

#include <QWidget>

class QCPBars;
class QCPBarsGroup;
class QCustomPlot;

namespace Mailgauge::Widgets {

/// Draws a ChartData with QCustomPlot: stacked bars with a legend, a tooltip under the mouse, the
/// palette's own colours. The only place that knows QCustomPlot.
class ChartView final : public QWidget {
    Q_OBJECT

public:
    explicit ChartView(QWidget *parent = nullptr);

    void setData(const ChartData &data);
    [[nodiscard]] const ChartData &data() const { return m_data; }
    /// The category at a place of the widget, or -1.
    [[nodiscard]] int categoryAt(QPoint position) const;
    /// Plain text for a category: its name and each series' value.
    [[nodiscard]] QString describe(int category) const;

    /// An image of the chart at twice its size on screen, for documents.
    [[nodiscard]] QByteArray toPng() const;
    [[nodiscard]] QByteArray toSvg() const;

Q_SIGNALS:
    /// A click on a category.
    void categoryActivated(int category);

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void rebuild();
    void applyPalette();

    QCustomPlot *m_plot;
    QList<QCPBars *> m_bars;
    QCPBarsGroup *m_group = nullptr; ///< Of bars side by side.
    ChartData m_data;
};

} // namespace Mailgauge::Widgets
