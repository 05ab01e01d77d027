// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sessions/sessionactions.h"
#include "theme/theme.h"
#include "transcript/sessionlibrary.h"

#include <QUuid>
#include <QWidget>

#include <memory>
#include <optional>

class QAction;
class QLabel;
class QStackedLayout;
class QStackedWidget;
class QTableView;
class QUndoStack;

namespace Mailgauge::Models {
class SessionsModel;
}
namespace Mailgauge::Widgets {
class EmptyState;
class MessageBar;
} // namespace Mailgauge::Widgets

namespace Mailgauge::Sessions {

class BinBar;
class SearchField;
class SessionChanges;
class SessionDetails;

/// The sessions kept: find one, see how it ended, tag and annotate it, open its transcript, send it
/// again, export, delete and bring back.
class SessionsPanel final : public QWidget {
    Q_OBJECT

public:
    /// `library` may be null: then the panel says that nothing is kept.
    SessionsPanel(
        Transcript::SessionLibrary *library, Theme::Theme &theme, QWidget *parent = nullptr);
    ~SessionsPanel() override;

    /// Reads the list again, keeping the selection.
    void refresh();
    /// Also one that the search in force leaves out, that is far down or in the bin.
    void select(const QUuid &session);
    /// Ids of what is selected, in the order of the list.
    [[nodiscard]] QList<QUuid> selection() const;
    /// What the list asks the library for, but at most so many.
    [[nodiscard]] Transcript::SessionQuery query(int limit) const;
    /// A further thing to do with the selection: in the menu of the tool bar and the context menu,
    /// enabled where so many sessions are selected. Not owned.
    void offer(QAction *action, Needs needs);
    /// Tags, notes, deletions; null without a library.
    [[nodiscard]] QUndoStack *undoStack();
    /// How long deleted sessions wait.
    void setBinDays(int days);
    /// Shows `page` in place of the list until it is deleted or another one comes; owned from now.
    void showPage(QWidget *page);
    /// The list again.
    void closePage();
    /// Null: the list is shown.
    [[nodiscard]] QWidget *page() const;
    /// Sessions were removed for good: reads the list again; what was changed before cannot be
    /// undone any more.
    void forgetRemoved();

Q_SIGNALS:
    void openRequested(const QUuid &session);
    void sendAgainRequested(const QUuid &session);
    void exportRequested(const QUuid &session);
    void composeRequested();
    void keepRulesRequested();
    /// Results without what was deleted, with what was brought back.
    void libraryChanged();
    void failed(const Mailgauge::Base::Error &error);

private:
    QAction *makeAction(const QString &text, const QString &icon, Needs needs);
    void makeActions();
    void makeTable(Theme::Theme &theme);
    void makeLayout();
    void connectParts();
    void connectLibrary();
    void readMore();
    void showSessions(const QList<Transcript::SessionRecord> &sessions, bool more);
    void lookFor(const QUuid &session, Transcript::SessionQuery::From from);
    void showCount();
    void showEmptyState();
    void showSelected();
    void showBin(bool bin);
    void emptyBin();
    void tellDeleted(const QList<QUuid> &sessions, qsizetype running, qsizetype gone);
    void tellRestored(qsizetype missing);
    [[nodiscard]] std::optional<Transcript::SessionRecord> selected() const;

    Transcript::SessionLibrary *m_library;
    std::unique_ptr<SessionChanges> m_changes;
    Models::SessionsModel *m_model;
    SessionActions *m_actions;
    SearchField *m_search;
    QLabel *m_count;
    QTableView *m_table;
    QStackedLayout *m_pages; ///< The list, or what is shown in its place.
    QStackedWidget *m_stack;
    Widgets::EmptyState *m_empty;
    Widgets::MessageBar *m_problem;
    Widgets::MessageBar *m_bar;
    BinBar *m_binBar;
    SessionDetails *m_details;
    QAction *m_open = nullptr;
    QAction *m_again = nullptr;
    QAction *m_export = nullptr;
    QAction *m_delete = nullptr;
    QAction *m_bin = nullptr; ///< Checked: the list shows what was deleted.
    QAction *m_keep = nullptr;
    QAction *m_compose; ///< Offered while nothing is kept.
    QAction *m_clear; ///< Offered while nothing matches.
    QUuid m_wanted; ///< To be selected once the list has it.
    int m_generation = 0; ///< Answers to an older question are dropped.
};

} // namespace Mailgauge::Sessions
