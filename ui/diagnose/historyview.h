// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/reportcomparison.h"
#include "diagnose/reportrepository.h"
#include "theme/theme.h"

#include <QWidget>

class QAction;
class QLabel;
class QStackedWidget;
class QTableView;

namespace Mailgauge::Models {
class ReportDifferencesModel;
class ReportsModel;
} // namespace Mailgauge::Models
namespace Mailgauge::Widgets {
class ElidedLabel;
class EmptyState;
} // namespace Mailgauge::Widgets

namespace Mailgauge::Diagnose {

/// Former diagnoses: open one again, or see what changed between two.
class HistoryView final : public QWidget {
    Q_OBJECT

public:
    explicit HistoryView(Theme::Theme &theme, QWidget *parent = nullptr);

    /// The newest first; keeps the selection.
    void setReports(const QList<ReportSummary> &reports);
    /// In place of the list until the user goes back; the older one first.
    void showDifferences(const ReportSummary &former, const ReportSummary &later,
        const QList<ReportDifference> &differences);

Q_SIGNALS:
    void openRequested(const QUuid &report);
    void compareRequested(const QUuid &former, const QUuid &later);

private:
    QWidget *makeList(Theme::Theme &theme);
    QWidget *makeComparison(Theme::Theme &theme);
    [[nodiscard]] QList<ReportSummary> selection() const;
    void updateActions();
    void compare();
    void showList();

    Models::ReportsModel *m_model;
    Models::ReportDifferencesModel *m_differencesModel;
    QTableView *m_table;
    QTableView *m_differences;
    Widgets::ElidedLabel *m_title;
    QLabel *m_same;
    QAction *m_open;
    QAction *m_compare;
    QAction *m_back;
    Widgets::EmptyState *m_empty;
    QStackedWidget *m_stack;
};

} // namespace Mailgauge::Diagnose
