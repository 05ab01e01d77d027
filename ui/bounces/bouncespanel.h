// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bounce/report.h"
#include "theme/theme.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace Mailgauge::Models {
class BouncesModel;
}
namespace Mailgauge::Widgets {
class ChartCard;
class EmptyState;
class FigureTile;
} // namespace Mailgauge::Widgets

namespace Mailgauge::Bounces {

/// What came back after it had been accepted: the reports, how hard they are and why, and the
/// session each belongs to.
class BouncesPanel final : public QWidget {
    Q_OBJECT

public:
    /// `repository` may be null: then the panel says that nothing is kept.
    BouncesPanel(
        Bounce::BounceRepository *repository, Theme::Theme &theme, QWidget *parent = nullptr);

    void refresh();
    /// For those who fill the panel without a repository (tests, pictures).
    void setBounces(const QList<Bounce::BounceRecord> &bounces);
    [[nodiscard]] Widgets::ChartCard *chart() const { return m_chart; }

Q_SIGNALS:
    /// To choose a scenario that makes bounces.
    void sandboxRequested();
    void openSessionRequested(const QUuid &session);
    void failed(const Mailgauge::Base::Error &error);

private:
    void rebuildChart();
    void showSelected();
    void openSelected();
    [[nodiscard]] int selectedRow() const;

    Bounce::BounceRepository *m_repository;
    Theme::Theme &m_theme;
    Models::BouncesModel *m_model;
    QSortFilterProxyModel *m_proxy = nullptr;
    QLineEdit *m_filter;
    QTableView *m_table;
    QPlainTextEdit *m_details;
    QStackedWidget *m_stack;
    Widgets::EmptyState *m_empty;
    Widgets::ChartCard *m_chart;
    QAction *m_open;
    QList<Widgets::FigureTile *> m_tiles;
};

} // namespace Mailgauge::Bounces
