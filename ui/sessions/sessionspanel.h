// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sessions/sessionactions.h"
#include "theme/theme.h"
#include "transcript/sessionrecord.h"

#include <QTimer>
#include <QUuid>
#include <QWidget>

#include <optional>

class QAction;
class QLineEdit;
class QStackedWidget;
class QTableView;

namespace Mailgauge::Models {
class SessionsModel;
}
namespace Mailgauge::Widgets {
class EmptyState;
class MessageBar;
} // namespace Mailgauge::Widgets

namespace Mailgauge::Sessions {

class SessionDetails;

/// The sessions kept: find one, see how it ended, open its transcript, send it again, export or
/// delete it.
class SessionsPanel final : public QWidget {
    Q_OBJECT

public:
    /// `repository` may be null: then the panel says that nothing is kept.
    SessionsPanel(
        Transcript::SessionRepository *repository, Theme::Theme &theme, QWidget *parent = nullptr);
    ~SessionsPanel() override;

    /// Reads the list again, keeping the selection.
    void refresh();
    void select(const QUuid &session);
    /// Ids of what is selected, in the order of the list.
    [[nodiscard]] QList<QUuid> selection() const;
    /// A further thing to do with the selection: in the menu of the tool bar and the context menu,
    /// enabled where so many sessions are selected. Not owned.
    void offer(QAction *action, Needs needs);

Q_SIGNALS:
    void openRequested(const QUuid &session);
    void sendAgainRequested(const QUuid &session);
    void exportRequested(const QUuid &session);
    void composeRequested();
    void failed(const Mailgauge::Base::Error &error);

private:
    void showSessions(const QList<Transcript::SessionRecord> &sessions);
    void showSelected();
    void removeSelected();
    void undoRemove();
    void finishRemove();
    [[nodiscard]] std::optional<Transcript::SessionRecord> selected() const;

    struct Removed {
        Transcript::SessionRecord record;
        int row = 0;
    };

    Transcript::SessionRepository *m_repository;
    Models::SessionsModel *m_model;
    SessionActions *m_actions;
    QLineEdit *m_search;
    QTableView *m_table;
    QStackedWidget *m_stack;
    Widgets::EmptyState *m_empty;
    Widgets::MessageBar *m_bar;
    SessionDetails *m_details;
    QAction *m_open;
    QAction *m_again;
    QAction *m_export;
    QAction *m_delete;
    QAction *m_compose; ///< Offered while nothing is kept.
    QAction *m_clearSearch; ///< Offered while nothing matches.
    QTimer m_searchDelay;
    std::optional<Removed> m_removed; ///< Out of sight, still in the store until the bar goes.
    int m_generation = 0; ///< Answers to an older question are dropped.
};

} // namespace Mailgauge::Sessions
