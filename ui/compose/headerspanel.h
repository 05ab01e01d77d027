// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QTableView;

namespace Mailgauge::Models {
class HeadersModel;
}
namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Compose {

/// The table of further header fields.
class HeadersPanel final : public QWidget {
    Q_OBJECT

public:
    HeadersPanel(const Theme::Theme &theme, Models::HeadersModel &model, QWidget *parent = nullptr);

    /// Brings the first cell that cannot be sent into view.
    void showProblem();

private:
    void follow();
    void removeCurrent();

    const Theme::Theme &m_theme;
    Models::HeadersModel &m_model;
    QTableView *m_table;
    QLabel *m_problem;
};

} // namespace Mailgauge::Compose
