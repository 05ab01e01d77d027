// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/finding.h"
#include "theme/theme.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QListWidget;
class QListWidgetItem;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace Mailgauge::Models {
class DiagnosisFindingsModel;
}
namespace Mailgauge::Widgets {
class EmptyState;
}

namespace Mailgauge::Diagnose {

/// What a diagnosis found, the worst first: the sentence, why, what to do, and the evidence, each
/// piece of which leads to where it is from.
class FindingsView final : public QWidget {
    Q_OBJECT

public:
    explicit FindingsView(Theme::Theme &theme, QWidget *parent = nullptr);

    /// Findings that are new keep the selection that the user made; else the worst is selected.
    void setFindings(const QList<Finding> &findings);
    /// What is said while there is none.
    void setEmptySentence(const QString &sentence);

Q_SIGNALS:
    void lineRequested(const QUuid &session, qint64 entry);
    void certificateRequested(const QString &subject);

private:
    QWidget *makeList(Theme::Theme &theme);
    QWidget *makeDetails();
    void showSelected();
    void showCount();
    void follow(const QListWidgetItem *item);

    Models::DiagnosisFindingsModel *m_model;
    QSortFilterProxyModel *m_proxy = nullptr;
    QLineEdit *m_filter;
    QLabel *m_count;
    QTableView *m_table;
    QLabel *m_sentence;
    QLabel *m_why;
    QListWidget *m_evidence;
    Widgets::EmptyState *m_empty;
    QStackedWidget *m_stack;
    bool m_filling = false;
    bool m_chosen = false; // by the user, not by us
};

} // namespace Mailgauge::Diagnose
