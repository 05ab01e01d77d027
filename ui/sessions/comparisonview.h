// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/comparisonreport.h"
#include "theme/theme.h"

#include <QUuid>
#include <QWidget>

class QAction;
class QKeySequence;
class QLabel;
class QTableView;
class QToolBar;

namespace Mailgauge::Models {
class ComparisonModel;
class DifferencesModel;
} // namespace Mailgauge::Models

namespace Mailgauge::Widgets {
class ElidedLabel;
}

namespace Mailgauge::Sessions {

/// Two sessions side by side: their steps in two columns, joined row by row, and below what differs
/// and how much it means. A click leads to the line in the transcript.
class ComparisonView final : public QWidget {
    Q_OBJECT

public:
    explicit ComparisonView(Theme::Theme &theme, QWidget *parent = nullptr);

    void setCompared(const Delivery::ComparedSessions &compared);
    [[nodiscard]] const Delivery::ComparedSessions &compared() const { return m_compared; }
    [[nodiscard]] bool isNoiseShown() const;

Q_SIGNALS:
    void closeRequested();
    void swapRequested();
    void exportRequested(Mailgauge::Delivery::ReportFormat format);
    /// Show this line (Entry::n) of this session.
    void lineRequested(const QUuid &session, qint64 entry);

private:
    void makeTools(QToolBar *tools);
    void setKeys(QAction *action, const QList<QKeySequence> &keys);
    void makeLists();
    void applyFilter();
    void requestLine(const QModelIndex &index, bool preferLeft);

    Theme::Theme &m_theme;
    Delivery::ComparedSessions m_compared;
    Widgets::ElidedLabel *m_left;
    Widgets::ElidedLabel *m_right;
    QLabel *m_summary;
    QTableView *m_steps;
    QTableView *m_differences;
    Models::ComparisonModel *m_stepsModel;
    Models::DifferencesModel *m_differencesModel;
    QAction *m_onlyDifferences = nullptr;
    QAction *m_noise = nullptr;
};

} // namespace Mailgauge::Sessions
