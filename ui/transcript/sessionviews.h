// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/transcriptmodel.h"
#include "transcript/sequence.h"
#include "transcript/stagespans.h"

#include <QTimer>
#include <QWidget>

class QAction;
class QActionGroup;
class QLabel;
class QStackedWidget;
class QToolBar;

namespace Mailgauge::Theme {
class Theme;
}
namespace Mailgauge::Widgets {
class EmptyState;
}

namespace Mailgauge::Transcript {

class SequenceView;
class WaterfallView;

/// The same session in three views: its lines, the conversation in plain words, where the time
/// went. The latter two show one session, the one whose line is current, and are worked out off the
/// GUI thread while they are looked at.
class SessionViews final : public QWidget {
    Q_OBJECT

public:
    enum class View : quint8 {
        Lines,
        Conversation,
        Time,
    };

    /// `lines` becomes the first view.
    SessionViews(Models::TranscriptModel &model, const Theme::Theme &theme, QWidget *lines,
        QWidget *parent = nullptr);

    void show(View view);
    [[nodiscard]] View view() const { return m_view; }
    /// For menus and the command palette; the object name is the id.
    [[nodiscard]] QList<QAction *> commands() const;
    void setSession(const QUuid &session);
    /// The line at which the user is: a row of the transcript, -1: none.
    void showLine(qsizetype row);

    /// Of a session that is longer the first lines are drawn, and a word says so.
    static constexpr qsizetype MostLines = 5'000;

Q_SIGNALS:
    /// A line was chosen in one of the other views: a row of the transcript.
    void lineChosen(qsizetype row);
    void exported(const QString &path);
    void exportFailed(const Mailgauge::Base::Error &error);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    struct Story {
        SessionRecord record;
        QList<SequenceArrow> arrows;
        QList<StageSpan> spans;
        bool cut = false;
    };

    QAction *addView(View view, const QString &id, const QString &text, const QString &hint,
        const QString &icon);
    void scheduleRead();
    void read();
    void take(const Story &story);
    void choose(qint64 line);

    Models::TranscriptModel &m_model;
    QActionGroup *m_actions;
    QToolBar *m_bar;
    QStackedWidget *m_stack;
    SequenceView *m_sequence;
    WaterfallView *m_waterfall;
    Widgets::EmptyState *m_empty;
    QLabel *m_cut;
    QTimer m_delay;
    View m_view = View::Lines;
    QUuid m_session;
    qint64 m_line = -1; ///< Entry::n of the current line.
    qsizetype m_read = -1; ///< How many lines of the session are drawn.
    int m_generation = 0; ///< Answers for an older state are dropped.
};

} // namespace Mailgauge::Transcript
