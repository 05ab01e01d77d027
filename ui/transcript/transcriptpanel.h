// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transcriptmodel.h"

#include <QWidget>

class QStackedLayout;

namespace Mailgauge::Theme {
class Theme;
}
namespace Mailgauge::Widgets {
class EmptyState;
class MessageBar;
} // namespace Mailgauge::Widgets

namespace Mailgauge::Transcript {

class ExportMenu;
class FilterBar;
class FindBar;
class TranscriptView;

/// The dock with the conversation: all sessions of this run as they happen, and stored ones that
/// were opened. Fed by SendService's signals; speaks to nobody.
class TranscriptPanel final : public QWidget {
    Q_OBJECT

public:
    explicit TranscriptPanel(const Theme::Theme &theme, QWidget *parent = nullptr);

    [[nodiscard]] Models::TranscriptModel &model() { return m_model; }
    [[nodiscard]] TranscriptView &view() { return *m_view; }
    /// What menus and the command palette offer; the object name is the id.
    [[nodiscard]] const QList<QAction *> &commands() const { return m_commands; }

public Q_SLOTS:
    /// A session starts or ends, or more is known of it. Fits SendService::started and finished.
    void setRecord(const Mailgauge::Transcript::SessionRecord &record);
    void appendEntries(const QUuid &session, const QList<Mailgauge::Transcript::Entry> &entries);
    /// A stored session, or one of this run again: shows it alone, from its start.
    void showSession(const Mailgauge::Transcript::SessionRecord &record,
        const QList<Mailgauge::Transcript::Entry> &entries);
    void showLiveSession(const QUuid &session);
    void clear();

Q_SIGNALS:
    void countsChanged(qsizetype shown, qsizetype total);
    /// The line the user is at. `row` is the transcript's; -1: none.
    void lineSelected(qsizetype row);
    void exported(const QString &path);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    QAction *addCommand(const QString &id, const QString &text, const QString &icon,
        const QKeySequence &key = {}, Qt::ShortcutContext context = Qt::WidgetWithChildrenShortcut);
    void makeCommands();
    void makeLayout();
    void connectParts();
    void applyFilter();
    void lineChanged(int row);
    void updateState();
    void goToReply(int step);

    Models::TranscriptModel m_model;
    TranscriptView *m_view;
    FilterBar *m_filterBar;
    FindBar *m_findBar;
    ExportMenu *m_export;
    Widgets::MessageBar *m_message;
    Widgets::EmptyState *m_empty;
    QStackedLayout *m_stack = nullptr;
    QList<QAction *> m_commands;
    QAction *m_follow = nullptr;
    QAction *m_clearFilter = nullptr;
    QUuid m_session; ///< The one whose line is current, or the latest.
};

} // namespace Mailgauge::Transcript
