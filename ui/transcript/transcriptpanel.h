// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transcriptmodel.h"
#include "transcript/exportinput.h"

#include <QHash>
#include <QTimer>
#include <QWidget>

#include <utility>

class QMenu;
class QStackedLayout;

namespace Mailgauge::Theme {
class Theme;
}
namespace Mailgauge::Widgets {
class EmptyState;
class MessageBar;
} // namespace Mailgauge::Widgets

namespace Mailgauge::Transcript {

class ApplyFilterMenu;
class CommandBar;
class Commands;
class CopyCommands;
class ExportDialog;
class ExportMenu;
class FilterBar;
class FindBar;
class LineMarks;
class Navigator;
class SessionViews;
class TranscriptView;
class WrappedLine;

/// The dock with the conversation: all sessions of this run as they happen, and stored ones that
/// were opened. Fed by SendService's signals; speaks to nobody.
class TranscriptPanel final : public QWidget {
    Q_OBJECT

public:
    explicit TranscriptPanel(const Theme::Theme &theme, QWidget *parent = nullptr);
    ~TranscriptPanel() override;

    [[nodiscard]] Models::TranscriptModel &model() { return m_model; }
    [[nodiscard]] TranscriptView &view() { return *m_view; }
    [[nodiscard]] SessionViews &views() { return *m_views; }
    /// What speaks to the server; hidden until it is asked for.
    [[nodiscard]] CommandBar &commandBar() { return *m_commandBar; }
    /// What menus and the command palette offer; the object name is the id.
    [[nodiscard]] const QList<QAction *> &commands() const;
    /// The commands in their order, for a menu bar.
    [[nodiscard]] QMenu *makeMenu(QWidget *parent);
    /// Filters that were in use before, newest first, and those that the user saved.
    void setFilterLists(const QStringList &history, const QStringList &saved);
    void setExportSurroundings(const ExportSurroundings &surroundings);
    /// Opens the dialog that exports a session of the store.
    ExportDialog *openExport(const ExportedSession &stored, QWidget *parent);

public Q_SLOTS:
    /// A session starts or ends, or more is known of it. Fits SendService::started and finished.
    void setRecord(const Mailgauge::Transcript::SessionRecord &record);
    void appendEntries(const QUuid &session, const QList<Mailgauge::Transcript::Entry> &entries);
    /// A stored session, or one of this run again: shows it alone, from its start.
    void showSession(const Mailgauge::Transcript::SessionRecord &record,
        const QList<Mailgauge::Transcript::Entry> &entries);
    void showLiveSession(const QUuid &session);
    /// The same, at the line of that number (Entry::n); false where there is none, or not yet.
    bool showEntry(const QUuid &session, qint64 entry);
    /// Only so many of its lines were brought here, and no more come by themselves: told while that
    /// session is shown. The same number twice: all are here, or the rest is on its way.
    void setStopped(const QUuid &session, qint64 entries, qint64 total);
    void showCommandBar();
    void clear();

Q_SIGNALS:
    void countsChanged(qsizetype shown, qsizetype total);
    /// The line the user is at. `row` is the transcript's; -1: none.
    void lineSelected(qsizetype row);
    void exported(const QString &path);
    /// The rest of a session that stopped is wanted.
    void restRequested(const QUuid &session);
    void filterListsChanged(const QStringList &history, const QStringList &saved);
    /// The marks of a session changed: keep them with it.
    void marksChanged(
        const QUuid &session, const QMap<qint64, Mailgauge::Transcript::LineMark> &marks);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void makeCommands();
    void fillBar();
    void makeContextMenu();
    void makeLayout();
    void connectModel();
    void connectBars();
    void connectReports();
    void setSession(const QUuid &session);
    void tellStopped();
    void applyFilter();
    void filterApplied();
    void toggleFold(qsizetype row);
    void keepPlace(qsizetype row);
    void lineChanged(int row);
    void goToLine(qsizetype row);
    void showWrapped();
    void updateState();
    void updateScrollMarks();
    [[nodiscard]] qsizetype currentSource() const;

    Models::TranscriptModel m_model;
    Commands *m_commands;
    TranscriptView *m_view;
    FilterBar *m_filterBar;
    FindBar *m_findBar;
    Navigator *m_navigator;
    LineMarks *m_marks;
    CopyCommands *m_copy;
    ApplyFilterMenu *m_applyFilter;
    ExportMenu *m_export;
    WrappedLine *m_wrapped;
    CommandBar *m_commandBar;
    QAction *m_commandLine = nullptr;
    Widgets::MessageBar *m_problem;
    Widgets::MessageBar *m_message;
    Widgets::MessageBar *m_rest; ///< While a part of the session is missing.
    Widgets::EmptyState *m_empty;
    QStackedLayout *m_stack = nullptr;
    QWidget *m_lines; ///< The first of the views, with its bars.
    SessionViews *m_views;
    QAction *m_follow = nullptr;
    QAction *m_wrap = nullptr;
    QAction *m_clearFilter = nullptr;
    QHash<QUuid, std::pair<qint64, qint64>> m_stopped; ///< Lines that are here, and all.
    QUuid m_session; ///< The one whose line is current, or the latest.
    qsizetype m_place = -1; ///< What shall be current when the rows have changed.
    QTimer m_searching; ///< A search that runs this long may be ended.
    QTimer m_scrollMarks; ///< They need not keep up with every batch of lines.
};

} // namespace Mailgauge::Transcript
