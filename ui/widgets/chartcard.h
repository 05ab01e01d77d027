// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "widgets/chartdata.h"

#include <QFuture>
#include <QWidget>

class QLabel;
class QSplitter;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace Mailgauge::Widgets {

class ChartTableModel;
class ChartView;

/// A chart with its title, the table of its numbers beside it, and a menu that saves it as PNG, SVG
/// or CSV.
class ChartCard final : public QWidget {
    Q_OBJECT

public:
    /// `emptyText` is shown while there is nothing to draw.
    explicit ChartCard(const QString &emptyText, QWidget *parent = nullptr);

    /// Under which the window keeps how chart and table share the room.
    void setLayoutName(const QString &name);
    void setData(const ChartData &chart);
    [[nodiscard]] ChartView *view() const { return m_view; }
    [[nodiscard]] QTableView *table() const { return m_table; }

    /// The format follows the suffix: .png, .svg or .csv. Drawn at once, written later; Io or Full
    /// where the file cannot be written.
    [[nodiscard]] QFuture<Base::Result<void>> exportTo(const QString &path) const;

Q_SIGNALS:
    void categoryActivated(int category);
    void exported(const QString &path);
    void exportFailed(const Mailgauge::Base::Error &error);

private:
    void chooseExport(const QString &suffix, const QString &filter);

    QLabel *m_title;
    QToolButton *m_export;
    QStackedWidget *m_stack;
    QLabel *m_empty;
    QSplitter *m_splitter;
    ChartView *m_view;
    QTableView *m_table;
    ChartTableModel *m_model;
};

} // namespace Mailgauge::Widgets
