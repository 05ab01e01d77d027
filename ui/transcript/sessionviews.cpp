// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/sessionviews.h"

#include "base/literals.h"
#include "transcript/sequenceview.h"
#include "transcript/waterfallview.h"
#include "widgets/emptystate.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QResizeEvent>
#include <QStackedWidget>
#include <QToolBar>
#include <QtConcurrentRun>

using namespace std::chrono_literals;

namespace Mailgauge::Transcript {

namespace {
constexpr int NarrowWidth = 560;
constexpr int NarrowestWidth = 400;
} // namespace

SessionViews::SessionViews(
    Models::TranscriptModel &model, const Theme::Theme &theme, QWidget *lines, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_actions(new QActionGroup(this))
    , m_bar(new QToolBar(tr("View of the session"), this))
    , m_stack(new QStackedWidget(this))
    , m_sequence(new SequenceView(theme, this))
    , m_waterfall(new WaterfallView(theme, this))
    , m_empty(new Widgets::EmptyState(u"view-list-text"_s,
          tr("The conversation of a session appears here. Send a message to see one."), this))
    , m_cut(new QLabel(this))
{
    m_bar->setObjectName(u"sessionViewBar"_s);
    m_bar->setAccessibleName(tr("View of the session"));
    m_bar->setOrientation(Qt::Vertical);
    m_bar->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    m_bar->setIconSize({16, 16});
    m_bar->addActions({addView(View::Lines, u"transcript.viewLines"_s, tr("Lines"),
                           tr("Every line as it went over the wire"), u"view-list-text"_s),
        addView(View::Conversation, u"transcript.viewConversation"_s, tr("Diagram"),
            tr("The conversation in plain words"), u"view-conversation-balloon"_s),
        addView(View::Time, u"transcript.viewTime"_s, tr("Time"),
            tr("Where the time of this session went"), u"chronometer"_s)});

    m_cut->setTextFormat(Qt::PlainText);
    m_cut->setContentsMargins(12, 4, 12, 4);
    m_cut->setText(tr("Only the first %1 lines of this session are drawn here.")
            .arg(QLocale().toString(MostLines)));
    m_cut->hide();
    for (QWidget *page : QList<QWidget *> {lines, m_sequence, m_waterfall, m_empty})
        m_stack->addWidget(page);
    auto *right = new QVBoxLayout;
    right->setContentsMargins({});
    right->setSpacing(0);
    right->addWidget(m_cut);
    right->addWidget(m_stack, 1);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(m_bar);
    layout->addLayout(right, 1);

    m_delay.setSingleShot(true);
    m_delay.setInterval(100ms);
    connect(&m_delay, &QTimer::timeout, this, &SessionViews::read);
    connect(&model, &Models::TranscriptModel::countsChanged, this, &SessionViews::scheduleRead);
    connect(&model, &Models::TranscriptModel::modelReset, this, &SessionViews::scheduleRead);
    connect(m_sequence, &SequenceView::lineChosen, this, &SessionViews::choose);
    connect(m_waterfall, &WaterfallView::lineChosen, this, &SessionViews::choose);
    connect(m_sequence, &SequenceView::exported, this, &SessionViews::exported);
    connect(m_sequence, &SequenceView::exportFailed, this, &SessionViews::exportFailed);
}

QAction *SessionViews::addView(
    View view, const QString &id, const QString &text, const QString &hint, const QString &icon)
{
    auto *action = new QAction(QIcon::fromTheme(icon), text, m_actions);
    action->setObjectName(id);
    action->setToolTip(hint);
    action->setCheckable(true);
    action->setChecked(view == View::Lines);
    action->setShortcut(
        QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key(Qt::Key_1 + m_actions->actions().size() - 1)));
    connect(action, &QAction::triggered, this, [this, view] { show(view); });
    return action;
}

void SessionViews::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    // In a narrow dock the lines need the room more than the words do, then more than the buttons;
    // the command palette still has the views.
    const auto style = width() < NarrowWidth ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextUnderIcon;
    m_bar->setToolButtonStyle(style);
    m_bar->setVisible(width() >= NarrowestWidth);
    layout()->invalidate();
    layout()->activate();
}

QList<QAction *> SessionViews::commands() const
{
    return m_actions->actions();
}

void SessionViews::show(View view)
{
    m_view = view;
    m_actions->actions().at(qToUnderlying(view))->setChecked(true);
    m_cut->hide();
    if (view == View::Lines) {
        m_stack->setCurrentIndex(0);
        return;
    }
    m_read = -1;
    read();
}

void SessionViews::setSession(const QUuid &session)
{
    if (m_session == session)
        return;
    m_session = session;
    m_read = -1;
    scheduleRead();
}

void SessionViews::showLine(qsizetype row)
{
    if (row < 0)
        return;
    setSession(m_model.transcript().sessions().at(m_model.transcript().line(row).session));
    m_line = m_model.transcript().number(row);
    if (m_view == View::Lines || m_read < 0)
        return;
    m_sequence->showLine(m_line);
    m_waterfall->showLine(m_line);
}

void SessionViews::scheduleRead()
{
    // Nobody looks: nothing to work out.
    if (m_view != View::Lines && !m_delay.isActive())
        m_delay.start();
}

void SessionViews::read()
{
    if (m_view == View::Lines)
        return;
    const qsizetype index = m_model.transcript().indexOf(m_session);
    if (index < 0) {
        m_read = -1;
        take({});
        return;
    }
    const QList<Entry> entries = m_model.transcript().firstEntries(index, MostLines + 1);
    const bool sameLines = entries.size() == m_read;
    m_read = entries.size();
    const SessionRecord record = m_model.record(m_session);
    if (sameLines && record == m_sequence->model().record())
        return;
    const int generation = ++m_generation;
    QtConcurrent::run([entries, record] {
        const bool cut = entries.size() > MostLines;
        const QList<Entry> drawn = cut ? entries.first(MostLines) : entries;
        return Story {record, sequenceOf(drawn, record), stageSpans(drawn), cut};
    }).then(this, [this, generation](const Story &story) {
        if (generation == m_generation)
            take(story);
    });
}

void SessionViews::take(const Story &story)
{
    m_sequence->setSequence(story.arrows, story.record);
    m_waterfall->setSpans(story.spans,
        story.record.failure ? std::optional(story.record.failure->stage) : std::nullopt);
    if (m_view == View::Lines)
        return;
    m_cut->setVisible(story.cut);
    QWidget *page = m_view == View::Conversation ? static_cast<QWidget *>(m_sequence) : m_waterfall;
    m_stack->setCurrentWidget(story.spans.isEmpty() ? m_empty : page);
    if (m_line >= 0) {
        m_sequence->showLine(m_line);
        m_waterfall->showLine(m_line);
    }
}

void SessionViews::choose(qint64 line)
{
    m_line = line;
    const qsizetype index = m_model.transcript().indexOf(m_session);
    if (index < 0)
        return;
    if (const qsizetype row = m_model.transcript().rowOf(index, line); row >= 0)
        Q_EMIT lineChosen(row);
}

} // namespace Mailgauge::Transcript
