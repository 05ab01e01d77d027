// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QColor>
#include <QList>
#include <QString>
#include <QStringList>

namespace Mailgauge::Widgets {

/// One row of values, one value per category.
struct ChartSeries {
    QString name;
    QColor color;
    QList<double> values;

    bool operator==(const ChartSeries &) const = default;
};

/// A line across the chart at a position on the category axis: a percentile.
struct ChartMark {
    QString label;
    double position = 0; ///< In categories: 1.5 is half-way through the second one.

    bool operator==(const ChartMark &) const = default;
};

/// What a chart shows, already reduced to categories; the table beside it and the CSV are made from
/// the same value.
struct ChartData {
    enum class Shape : quint8 {
        Columns, ///< Categories from left to right.
        Bars, ///< Categories from top to bottom: for long names.
    };
    enum class Arrangement : quint8 {
        Stacked,
        SideBySide, ///< For values that do not add up: percentiles.
    };
    Shape shape = Shape::Columns;
    Arrangement arrangement = Arrangement::Stacked;
    int decimals = 0; ///< Of the values, where people read them.
    QString title;
    QString categoryTitle;
    QString valueTitle;
    QStringList categories;
    QList<ChartSeries> series;
    QList<ChartMark> marks;

    [[nodiscard]] bool isEmpty() const { return categories.isEmpty(); }
    [[nodiscard]] double total(qsizetype category) const;
    /// How far the bars of a category reach.
    [[nodiscard]] double reach(qsizetype category) const;
    bool operator==(const ChartData &) const = default;
};

} // namespace Mailgauge::Widgets
