// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/report.h"
#include "theme/theme.h"

#include <QWidget>

class QLabel;
class QSplitter;
class QTableView;

namespace Mailgauge::Models {
class ConnectivityModel;
}

namespace Mailgauge::Diagnose {

class FactsView;

/// The connectivity grid, and everything about the cell that is looked at.
class ConnectivityView final : public QWidget {
    Q_OBJECT

public:
    explicit ConnectivityView(Theme::Theme &theme, QWidget *parent = nullptr);

    void setCells(const QList<Cell> &cells);
    void setCell(const Cell &cell);

Q_SIGNALS:
    /// A cell was clicked, or Enter pressed on it.
    void sessionRequested(const QUuid &session);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void makeTable();
    void select(const QModelIndex &index);
    void request(const QModelIndex &index);
    void showCurrent();
    void showCapabilities(const Cell &cell);

    Theme::Theme &m_theme;
    Models::ConnectivityModel *m_model;
    QTableView *m_table;
    QLabel *m_title;
    FactsView *m_facts;
    QSplitter *m_splitter;
    bool m_isChosen = false; ///< The cell that is looked at, by the user.
    bool m_isSelecting = false; ///< We are.
};

} // namespace Mailgauge::Diagnose
