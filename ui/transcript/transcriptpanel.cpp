// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/transcriptpanel.h"

#include "base/literals.h"
#include "theme/theme.h"
#include "transcript/exportmenu.h"
#include "transcript/filterbar.h"
#include "transcript/findbar.h"
#include "transcript/transcriptview.h"
#include "widgets/emptystate.h"
#include "widgets/messagebar.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QStackedLayout>
#include <QToolButton>
#include <QVBoxLayout>

namespace Mailgauge::Transcript {

using Models::TranscriptModel;
using Widgets::MessageBar;

TranscriptPanel::TranscriptPanel(const Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_view(new TranscriptView(m_model, theme, this))
    , m_filterBar(new FilterBar(this))
    , m_findBar(new FindBar(m_model, this))
    , m_export(new ExportMenu(m_model, this))
    , m_message(new MessageBar(this))
    , m_empty(new Widgets::EmptyState(u"view-list-text"_s, {}, this))
{
    setObjectName(u"transcriptPanel"_s);
    makeCommands();
    makeLayout();
    connectParts();
    updateState();
}

QAction *TranscriptPanel::addCommand(const QString &id, const QString &text, const QString &icon,
    const QKeySequence &key, Qt::ShortcutContext context)
{
    auto *action = new QAction(QIcon::fromTheme(icon), text, this);
    action->setObjectName(id);
    action->setShortcut(key);
    action->setShortcutContext(context);
    addAction(action);
    m_commands.append(action);
    return action;
}

void TranscriptPanel::makeCommands()
{
    QAction *find = addCommand(
        u"transcript.find"_s, tr("Find in Transcript"), u"edit-find"_s, QKeySequence::Find);
    connect(find, &QAction::triggered, m_findBar, &FindBar::open);
    QAction *next = addCommand(
        u"transcript.findNext"_s, tr("Find Next"), u"go-down-search"_s, Qt::Key_F3);
    connect(next, &QAction::triggered, m_findBar, &FindBar::next);
    QAction *previous = addCommand(u"transcript.findPrevious"_s, tr("Find Previous"),
        u"go-up-search"_s, Qt::SHIFT | Qt::Key_F3);
    connect(previous, &QAction::triggered, m_findBar, &FindBar::previous);

    // These work whatever has the focus: reading the conversation while editing the message.
    QAction *lastReply = addCommand(u"transcript.previousReply"_s, tr("Previous Reply"),
        u"go-previous"_s, Qt::Key_F7, Qt::WindowShortcut);
    connect(lastReply, &QAction::triggered, this, [this] { goToReply(-1); });
    QAction *nextReply = addCommand(
        u"transcript.nextReply"_s, tr("Next Reply"), u"go-next"_s, Qt::Key_F8, Qt::WindowShortcut);
    connect(nextReply, &QAction::triggered, this, [this] { goToReply(1); });

    QAction *only = m_filterBar->sessionOnly();
    only->setShortcut(Qt::CTRL | Qt::Key_Period);
    only->setShortcutContext(Qt::WindowShortcut);
    m_commands.append(only);

    m_follow = addCommand(u"transcript.follow"_s, tr("Follow New Lines"), u"go-bottom"_s);
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    QAction *copy = addCommand(u"transcript.copy"_s, tr("Copy Lines"), u"edit-copy"_s);
    connect(copy, &QAction::triggered, m_view, &TranscriptView::copy);
    QAction *copyTimes = addCommand(u"transcript.copyTimes"_s, tr("Copy Lines with Times"), {});
    connect(copyTimes, &QAction::triggered, this, [this] {
        QGuiApplication::clipboard()->setText(m_view->selectedText(TranscriptView::Times::With));
    });
    QAction *clearAll = addCommand(
        u"transcript.clear"_s, tr("Clear Transcript"), u"edit-clear-all"_s);
    connect(clearAll, &QAction::triggered, this, &TranscriptPanel::clear);
    m_clearFilter = new QAction(tr("Show All Lines"), this);
    connect(m_clearFilter, &QAction::triggered, m_filterBar, &FilterBar::reset);

    auto *separator = new QAction(m_view);
    separator->setSeparator(true);
    m_view->addActions({copy, copyTimes, separator, only, lastReply, nextReply});
}

void TranscriptPanel::makeLayout()
{
    const auto command = [this](const QString &id) { return findChild<QAction *>(id); };
    m_filterBar->addAction(m_follow);
    m_filterBar->addAction(command(u"transcript.find"_s));
    m_filterBar->addAction(command(u"transcript.copy"_s));
    auto *exportButton = new QToolButton(m_filterBar);
    exportButton->setObjectName(u"transcriptExport"_s);
    exportButton->setIcon(QIcon::fromTheme(u"document-export"_s));
    exportButton->setToolTip(tr("Export this session"));
    exportButton->setAccessibleName(tr("Export this session"));
    exportButton->setPopupMode(QToolButton::InstantPopup);
    exportButton->setMenu(m_export);
    m_filterBar->addWidget(exportButton);
    m_filterBar->addAction(command(u"transcript.clear"_s));

    m_message->hide();
    m_findBar->hide();
    m_stack = new QStackedLayout;
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_empty);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_filterBar);
    layout->addWidget(m_message);
    layout->addWidget(m_findBar);
    layout->addLayout(m_stack, 1);
    setFocusProxy(m_view);
}

void TranscriptPanel::connectParts()
{
    connect(&m_model, &TranscriptModel::countsChanged, this, &TranscriptPanel::countsChanged);
    connect(&m_model, &TranscriptModel::countsChanged, this, &TranscriptPanel::updateState);
    connect(&m_model, &TranscriptModel::sessionAdded, this, [this](const QUuid &session) {
        m_session = session;
        m_export->setSession(session);
        m_view->setSessionsShown(m_model.transcript().sessions().size() > 1);
    });
    connect(m_filterBar, &FilterBar::filterChanged, this, &TranscriptPanel::applyFilter);
    connect(m_filterBar->sessionOnly(), &QAction::toggled, this, &TranscriptPanel::applyFilter);
    connect(m_view, &TranscriptView::currentLineChanged, this, &TranscriptPanel::lineChanged);
    connect(m_view, &TranscriptView::textTyped, m_filterBar, &FilterBar::startTyping);
    connect(m_view, &TranscriptView::followingChanged, m_follow, &QAction::setChecked);
    connect(m_follow, &QAction::toggled, m_view, &TranscriptView::setFollowing);
    connect(m_findBar, &FindBar::textChanged, m_view, &TranscriptView::setMarkedText);
    connect(m_findBar, &FindBar::found, m_view, &TranscriptView::goTo);
    connect(m_findBar, &FindBar::closed, m_view, qOverload<>(&QWidget::setFocus));
    connect(m_message, &MessageBar::dismissed, m_message, &QWidget::hide);
    connect(m_export, &ExportMenu::saved, this, [this](const QString &path) {
        m_message->showMessage(MessageBar::Kind::Success, tr("Saved to %1").arg(path));
        m_message->show();
        Q_EMIT exported(path);
    });
    connect(m_export, &ExportMenu::failed, this, [this](const QString &, const Base::Error &error) {
        m_message->showMessage(
            MessageBar::Kind::Error, tr("The session was not saved: %1").arg(error.detail));
        m_message->show();
    });
}

void TranscriptPanel::setRecord(const SessionRecord &record)
{
    m_model.setRecord(record);
}

void TranscriptPanel::appendEntries(const QUuid &session, const QList<Entry> &entries)
{
    m_model.appendEntries(session, entries);
}

void TranscriptPanel::showSession(const SessionRecord &record, const QList<Entry> &entries)
{
    m_model.setRecord(record);
    if (m_model.transcript().indexOf(record.id) < 0)
        m_model.appendEntries(record.id, entries);
    m_model.flush();
    showLiveSession(record.id);
}

void TranscriptPanel::showLiveSession(const QUuid &session)
{
    if (m_model.transcript().indexOf(session) < 0)
        return;
    m_filterBar->reset();
    m_session = session;
    m_export->setSession(session);
    m_view->setFollowing(false);
    m_filterBar->sessionOnly()->setChecked(true);
    m_view->scrollToTop();
}

void TranscriptPanel::clear()
{
    m_session = {};
    m_model.clear();
    m_filterBar->reset();
    m_export->setSession({});
    m_view->setSessionsShown(false);
    m_view->setFollowing(true);
    Q_EMIT lineSelected(-1);
}

void TranscriptPanel::applyFilter()
{
    LineFilter filter = m_filterBar->filter();
    const qsizetype session = m_model.transcript().indexOf(m_session);
    if (m_filterBar->sessionOnly()->isChecked() && session >= 0)
        filter.session = static_cast<quint32>(session);
    const int row = m_view->currentRow();
    const qsizetype source = row >= 0 ? m_model.sourceRow(row) : -1;
    // The line the user was at stays current where it is still shown.
    connect(
        &m_model, &TranscriptModel::filterApplied, this,
        [this, source] {
            if (const int shown = m_model.shownRow(source); source >= 0 && shown >= 0)
                m_view->goTo(shown);
        },
        Qt::SingleShotConnection);
    m_model.setFilter(filter);
}

void TranscriptPanel::lineChanged(int row)
{
    const qsizetype source = row >= 0 && row < m_model.rowCount() ? m_model.sourceRow(row) : -1;
    m_findBar->setPlace(row);
    if (source >= 0) {
        m_session = m_model.transcript().sessions().at(m_model.transcript().line(source).session);
        m_export->setSession(m_session);
    }
    Q_EMIT lineSelected(source);
}

void TranscriptPanel::updateState()
{
    const bool any = m_model.total() > 0;
    const bool shown = m_model.rowCount() > 0;
    for (const QString &id : {u"transcript.copy"_s, u"transcript.copyTimes"_s, u"transcript.find"_s,
             u"transcript.previousReply"_s, u"transcript.nextReply"_s})
        findChild<QAction *>(id)->setEnabled(shown);
    findChild<QAction *>(u"transcript.clear"_s)->setEnabled(any);
    m_empty->setSentence(any ? tr("No line passes the filter.")
                             : tr("Every line of a conversation with a relay appears here, as it "
                                  "happens. Send a message to see one."));
    m_empty->setAction(any ? m_clearFilter : nullptr);
    m_stack->setCurrentWidget(shown ? static_cast<QWidget *>(m_view) : m_empty);
}

void TranscriptPanel::goToReply(int step)
{
    const int from = m_view->currentRow();
    const int start = from < 0 && step < 0 ? m_model.rowCount() - 1 : from + step;
    m_view->goTo(m_model.replyFrom(start, step));
}

void TranscriptPanel::showEvent(QShowEvent *event)
{
    m_model.setHidden(false);
    QWidget::showEvent(event);
}

void TranscriptPanel::hideEvent(QHideEvent *event)
{
    m_model.setHidden(true);
    QWidget::hideEvent(event);
}

} // namespace Mailgauge::Transcript
