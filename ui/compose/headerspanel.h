// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QTableView;
class QToolButton;

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
    /// What is being typed into a cell counts, too: call before the fields are used.
    void commitEdit();

private:
    void follow();
    void removeCurrent();
    enum class Typed : quint8 {
        Keep,
        Drop
    };
    void closeEditor(Typed typed);

    const Theme::Theme &m_theme;
    Models::HeadersModel &m_model;
    QTableView *m_table;
    QToolButton *m_remove;
    QLabel *m_problem;
};

} // namespace Mailgauge::Compose
