// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/sessionspanel.h"

#include "base/literals.h"
#include "models/sessionsmodel.h"
#include "sessions/binbar.h"
#include "sessions/markseditor.h"
#include "sessions/searchfield.h"
#include "sessions/sessionchanges.h"
#include "sessions/sessiondetails.h"
#include "theme/outcomedelegate.h"
#include "widgets/columnfit.h"
#include "widgets/emptystate.h"
#include "widgets/messagebar.h"
#include "widgets/tables.h"

#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QMenu>
#include <QSet>
#include <QSplitter>
#include <QStackedLayout>
#include <QStackedWidget>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace Mailgauge::Sessions {

namespace {

using Transcript::SessionQuery;
using Transcript::SessionRecord;
using Widgets::MessageBar;

constexpr int PageSize = 200;

} // namespace

SessionsPanel::SessionsPanel(
    Transcript::SessionLibrary *library, Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_library(library)
    , m_changes(library ? std::make_unique<SessionChanges>(*library) : nullptr)
    , m_model(new Models::SessionsModel(this))
    , m_actions(new SessionActions(this))
    , m_search(new SearchField(this))
    , m_count(new QLabel(this))
    , m_table(new QTableView(this))
    , m_pages(new QStackedLayout(this))
    , m_stack(new QStackedWidget(this))
    , m_empty(new Widgets::EmptyState(u"view-history"_s, {}, this))
    , m_problem(new MessageBar(this))
    , m_bar(new MessageBar(this))
    , m_binBar(new BinBar(this))
    , m_details(new SessionDetails(theme, this))
    , m_compose(new QAction(QIcon::fromTheme(u"mail-message-new"_s), tr("Write a message"), this))
    , m_clear(new QAction(QIcon::fromTheme(u"edit-clear"_s), tr("Show all sessions"), this))
{
    makeActions();
    makeTable(theme);
    makeLayout();
    connectParts();
    connectLibrary();
    showSelected();
    showEmptyState();
    refresh();
}

SessionsPanel::~SessionsPanel() = default;

QAction *SessionsPanel::makeAction(const QString &text, const QString &icon, Needs needs)
{
    auto *action = new QAction(QIcon::fromTheme(icon), text, this);
    m_actions->add(action, needs);
    return action;
}

void SessionsPanel::makeActions()
{
    m_open = makeAction(tr("Open transcript"), u"document-open"_s, Needs::One);
    m_again = makeAction(tr("Send again"), u"mail-resend"_s, Needs::One);
    if (m_again->icon().isNull())
        m_again->setIcon(QIcon::fromTheme(u"view-refresh"_s));
    m_export = makeAction(tr("Export…"), u"document-export"_s, Needs::One);
    m_delete = makeAction(tr("Delete"), u"edit-delete"_s, Needs::Some);
    m_delete->setShortcut(QKeySequence::Delete);
    m_delete->setShortcutContext(Qt::WidgetShortcut);
    m_delete->setAutoRepeat(false); // The selection goes on to the neighbour.
    m_table->addAction(m_delete);
    m_actions->addSeparator();
    m_bin = makeAction(tr("Show deleted sessions"), u"user-trash"_s, Needs::Nothing);
    m_bin->setCheckable(true);
    m_keep = makeAction(tr("How long sessions are kept…"), u"chronometer"_s, Needs::Nothing);
    m_actions->addSeparator();
    for (QAction *action : {m_bin, m_keep})
        action->setEnabled(m_library != nullptr);
}

void SessionsPanel::makeTable(Theme::Theme &theme)
{
    Widgets::makeList(m_table, tr("Sessions"));
    m_table->setModel(m_model);
    m_table->setItemDelegateForColumn(
        Models::SessionsModel::Outcome, new Theme::OutcomeDelegate(theme, this));
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_table, &QWidget::customContextMenuRequested, this, [this](const QPoint &at) {
        m_actions->menu()->popup(m_table->viewport()->mapToGlobal(at));
    });
    m_table->setFont(theme.tabularFont());
    connect(&theme, &Theme::Theme::changed, m_table->viewport(), qOverload<>(&QWidget::update));
    new Widgets::ColumnFit(m_table,
        {{150, 96}, {150, 140}, {260, 130}, {190, 100}, {150, 80}, {64, 44}, {80, 64}, {160, 90}},
        Models::SessionsModel::Subject);
    // Behind it: the header's length would go on counting what was hidden before.
    m_table->setColumnHidden(Models::SessionsModel::Marks, true);
}

void SessionsPanel::makeLayout()
{
    auto *tools = new QToolBar(this);
    tools->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    tools->setIconSize({16, 16});
    tools->addActions({m_open, m_again, m_export, m_delete});
    auto *more = new QToolButton(tools);
    more->setIcon(QIcon::fromTheme(u"overflow-menu"_s, QIcon::fromTheme(u"application-menu"_s)));
    more->setToolTip(tr("More to do with sessions"));
    more->setAccessibleName(more->toolTip());
    more->setPopupMode(QToolButton::InstantPopup);
    more->setMenu(m_actions->menu());
    tools->addWidget(more);
    m_count->setForegroundRole(QPalette::PlaceholderText);

    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName(u"sessionList"_s);
    splitter->addWidget(m_table);
    splitter->addWidget(m_details);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setCollapsible(0, false);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(splitter);
    m_problem->setDismissible(false);
    for (QWidget *bar : std::initializer_list<QWidget *> {m_problem, m_bar, m_binBar})
        bar->hide();

    auto *top = new QHBoxLayout;
    top->setContentsMargins(8, 4, 8, 0);
    top->addWidget(tools);
    top->addStretch();
    top->addWidget(m_count);
    auto *search = new QHBoxLayout;
    search->setContentsMargins(8, 4, 8, 4);
    search->addWidget(m_search);
    auto *list = new QWidget(this);
    m_pages->addWidget(list);
    auto *layout = new QVBoxLayout(list);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addLayout(search);
    for (QWidget *bar : std::initializer_list<QWidget *> {m_problem, m_binBar, m_bar})
        layout->addWidget(bar);
    layout->addWidget(m_stack, 1);
}

void SessionsPanel::connectParts()
{
    connect(m_search, &SearchField::termsChanged, this, &SessionsPanel::refresh);
    connect(m_search, &SearchField::problemChanged, this, [this](const QString &sentence) {
        if (sentence.isEmpty())
            m_problem->hide();
        else
            m_problem->showMessage(MessageBar::Kind::Warning, sentence);
    });
    connect(m_clear, &QAction::triggered, m_search, &QLineEdit::clear);
    connect(m_compose, &QAction::triggered, this, &SessionsPanel::composeRequested);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
        &SessionsPanel::showSelected);
    connect(m_model, &QAbstractItemModel::modelReset, this, &SessionsPanel::showSelected);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &SessionsPanel::showSelected);
    connect(m_model, &Models::SessionsModel::moreWanted, this, &SessionsPanel::readMore);
    const auto emitSelected = [this](void (SessionsPanel::*signal)(const QUuid &)) {
        if (const auto record = selected())
            Q_EMIT(this->*signal)(record->id);
    };
    connect(m_table, &QTableView::activated, this,
        [emitSelected] { emitSelected(&SessionsPanel::openRequested); });
    connect(m_open, &QAction::triggered, this,
        [emitSelected] { emitSelected(&SessionsPanel::openRequested); });
    connect(m_again, &QAction::triggered, this,
        [emitSelected] { emitSelected(&SessionsPanel::sendAgainRequested); });
    connect(m_export, &QAction::triggered, this,
        [emitSelected] { emitSelected(&SessionsPanel::exportRequested); });
    connect(m_bin, &QAction::toggled, this, &SessionsPanel::showBin);
    connect(m_keep, &QAction::triggered, this, &SessionsPanel::keepRulesRequested);
    connect(m_binBar, &BinBar::leaveRequested, this, [this] { m_bin->setChecked(false); });
    connect(m_binBar, &BinBar::emptyRequested, this, &SessionsPanel::emptyBin);
    connect(m_bar, &MessageBar::dismissed, m_bar, &QWidget::hide);
}

void SessionsPanel::connectLibrary()
{
    if (!m_changes)
        return;
    SessionChanges &changes = *m_changes;
    connect(m_delete, &QAction::triggered, this, [this] { m_changes->trash(selection()); });
    connect(m_binBar, &BinBar::restoreRequested, this, [this] { m_changes->restore(selection()); });
    connect(&m_details->marks(), &MarksEditor::tagsEdited, this,
        [this](const QUuid &session, const QStringList &tags) {
            if (const int row = m_model->rowOf(session); row >= 0)
                m_changes->setTags(m_model->session(row), tags);
        });
    connect(&m_details->marks(), &MarksEditor::noteEdited, this,
        [this](const QUuid &session, const QString &note) {
            if (const int row = m_model->rowOf(session); row >= 0)
                m_changes->setNote(m_model->session(row), note);
        });
    connect(&changes, &SessionChanges::changed, this, &SessionsPanel::refresh);
    connect(&changes, &SessionChanges::changed, this, &SessionsPanel::libraryChanged);
    connect(&changes, &SessionChanges::failed, this, &SessionsPanel::failed);
    connect(&changes, &SessionChanges::trashed, this, &SessionsPanel::tellDeleted);
    connect(&changes, &SessionChanges::restored, this,
        [this](const QList<QUuid> &, qsizetype missing) { tellRestored(missing); });
}

QUndoStack *SessionsPanel::undoStack()
{
    return m_changes ? &m_changes->stack() : nullptr;
}

void SessionsPanel::setBinDays(int days)
{
    m_binBar->setDays(days);
}

SessionQuery SessionsPanel::query(int limit) const
{
    return {.terms = m_search->terms(),
        .from = m_bin->isChecked() ? SessionQuery::From::Bin : SessionQuery::From::Kept,
        .limit = limit};
}

void SessionsPanel::showPage(QWidget *page)
{
    while (m_pages->count() > 1)
        delete m_pages->widget(1);
    m_pages->addWidget(page);
    m_pages->setCurrentWidget(page);
    page->setFocus();
}

void SessionsPanel::closePage()
{
    QWidget *shown = page();
    if (!shown)
        return;
    const bool hadFocus = shown->isAncestorOf(QApplication::focusWidget());
    m_pages->removeWidget(shown);
    shown->hide();
    shown->deleteLater(); // It may be the one that asked for it.
    m_pages->setCurrentIndex(0);
    if (hadFocus)
        (m_table->isVisible() ? static_cast<QWidget *>(m_table) : this)->setFocus();
}

QWidget *SessionsPanel::page() const
{
    return m_pages->widget(1);
}

void SessionsPanel::forgetRemoved()
{
    if (m_changes)
        m_changes->stack().clear();
    m_bar->hide();
    refresh();
}

void SessionsPanel::refresh()
{
    if (!m_library)
        return;
    const int generation = ++m_generation;
    // As many as are shown, so that the place in the list stays.
    const int limit = std::max(PageSize, m_model->rowCount());
    const SessionQuery asked = query(limit);
    const bool all = asked.terms.isEmpty() && asked.from == SessionQuery::From::Kept;
    m_library->list(asked).then(
        this, [this, generation, limit, all](const Base::Result<QList<SessionRecord>> &sessions) {
            if (generation != m_generation)
                return;
            if (!sessions) {
                Q_EMIT failed(sessions.error());
                return;
            }
            showSessions(*sessions, sessions->size() == limit);
            if (all && !m_wanted.isNull())
                lookFor(std::exchange(m_wanted, {}), SessionQuery::From::Kept);
        });
    m_library->tags().then(this, [this](const Base::Result<QStringList> &tags) {
        if (tags)
            m_search->setTags(*tags);
    });
}

void SessionsPanel::readMore()
{
    if (!m_library || m_model->rowCount() == 0)
        return;
    const SessionRecord &last = m_model->session(m_model->rowCount() - 1);
    SessionQuery next = query(PageSize);
    next.behind = SessionQuery::Place {last.startedAt, last.id};
    m_library->list(next).then(this,
        [this, generation = m_generation](const Base::Result<QList<SessionRecord>> &sessions) {
            if (generation != m_generation)
                return;
            // After a failure the next scrolling asks again.
            m_model->appendSessions(sessions.value_or(QList<SessionRecord>()),
                !sessions || sessions->size() == PageSize);
            showCount();
            if (!sessions)
                Q_EMIT failed(sessions.error());
        });
}

void SessionsPanel::showSessions(const QList<SessionRecord> &sessions, bool more)
{
    // A focus that fell into the search field would take Undo with it.
    if (sessions.isEmpty() && m_table->hasFocus())
        setFocus();
    m_model->setSessions(sessions, more);
    m_stack->setCurrentIndex(sessions.isEmpty() ? 0 : 1);
    if (!sessions.isEmpty() && hasFocus())
        m_table->setFocus();
    m_table->setColumnHidden(Models::SessionsModel::Marks, !m_model->hasMarks());
    m_binBar->setCount(m_model->rowCount());
    QStringList relays;
    for (const SessionRecord &record : sessions)
        relays.append(record.profileName.isEmpty() ? record.host : record.profileName);
    relays.removeDuplicates();
    m_search->setRelays(relays);
    showCount();
    showEmptyState();
    if (const int row = m_model->rowOf(m_wanted); row >= 0) {
        m_table->selectRow(row);
        m_wanted = {};
    }
    // Where the selected ones went, their neighbour.
    if (selection().isEmpty() && m_model->rowCount() > 0)
        m_table->selectRow(std::max(0, m_table->currentIndex().row()));
    showSelected();
}

void SessionsPanel::showCount()
{
    const int count = m_model->rowCount();
    m_count->setText(count == 0  ? QString()
            : m_model->hasMore() ? tr("the newest %n session(s)", nullptr, count)
                                 : tr("%n session(s)", nullptr, count));
}

void SessionsPanel::showEmptyState()
{
    const bool searching = !m_search->terms().isEmpty();
    m_empty->setAction(searching               ? m_clear
            : m_library && !m_bin->isChecked() ? m_compose
                                               : nullptr);
    m_empty->setSentence(!m_library ? tr("The store could not be opened, so sessions are not kept.")
            : searching             ? tr("No session matches the search.")
            : m_bin->isChecked()    ? tr("The bin is empty. Sessions that you delete wait here for "
                                            "some time and can be brought back.")
                                    : tr("Every session is kept here with its whole conversation: "
                                            "messages that you send, and tests of a relay."));
}

void SessionsPanel::select(const QUuid &session)
{
    closePage();
    if (const int row = m_model->rowOf(session); row >= 0) {
        m_table->selectRow(row);
        return;
    }
    m_wanted = session;
    m_bin->setChecked(false);
    m_search->clear();
    refresh();
}

// One that the first page does not have: far down, in the bin, or gone.
void SessionsPanel::lookFor(const QUuid &session, SessionQuery::From from)
{
    const QString id = session.toString(QUuid::WithoutBraces);
    m_library
        ->list({.terms = {{.field = Transcript::SessionTerm::Field::Id, .text = id}},
            .from = from,
            .limit = 1})
        .then(this, [this, session, id, from](const Base::Result<QList<SessionRecord>> &found) {
            if (!found) {
                Q_EMIT failed(found.error());
            } else if (!found->isEmpty()) {
                const bool bin = from == SessionQuery::From::Bin;
                m_bin->setChecked(bin);
                m_search->setText(u"id:"_s + id);
                m_bar->showMessage(MessageBar::Kind::Info,
                    bin ? tr("This session was deleted and is in the bin.")
                        : tr("This session is further down in the list: it was searched for."));
            } else if (from == SessionQuery::From::Kept) {
                lookFor(session, SessionQuery::From::Bin);
            } else {
                m_bar->showMessage(
                    MessageBar::Kind::Warning, tr("This session is not kept any more."));
            }
        });
}

std::optional<SessionRecord> SessionsPanel::selected() const
{
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    return rows.size() != 1 ? std::nullopt : std::optional(m_model->session(rows.first().row()));
}

QList<QUuid> SessionsPanel::selection() const
{
    QList<int> rows;
    const QModelIndexList indexes = m_table->selectionModel()->selectedRows();
    for (const QModelIndex &index : indexes)
        rows.append(index.row());
    std::ranges::sort(rows);
    QList<QUuid> sessions;
    for (const int row : std::as_const(rows))
        sessions.append(m_model->session(row).id);
    return sessions;
}

void SessionsPanel::offer(QAction *action, Needs needs)
{
    m_actions->add(action, needs);
}

void SessionsPanel::showSelected()
{
    const auto record = selected();
    const qsizetype count = m_table->selectionModel()->selectedRows().size();
    m_actions->setSelected(count);
    m_binBar->restoreAction()->setEnabled(count > 0);
    if (m_bin->isChecked())
        m_delete->setEnabled(false);
    // Without a message there is nothing to send again.
    if (record && record->message.isNull())
        m_again->setEnabled(false);
    for (QAction *action : {m_bin, m_keep})
        action->setEnabled(m_library != nullptr);
    if (record)
        m_details->setRecord(*record);
    else
        m_details->clear();
}

void SessionsPanel::showBin(bool bin)
{
    m_binBar->setVisible(bin);
    m_bar->hide();
    m_model->setSessions({});
    refresh();
}

void SessionsPanel::emptyBin()
{
    m_library->sweep({.binDays = 0}, QDateTime::currentDateTimeUtc())
        .then(this, [this](const Base::Result<Transcript::SweepReport> &report) {
            if (!report) {
                Q_EMIT failed(report.error());
                return;
            }
            forgetRemoved();
            m_bar->showMessage(MessageBar::Kind::Success,
                tr("%n deleted session(s) removed for good.", nullptr, report->fromBin));
        });
}

void SessionsPanel::tellDeleted(const QList<QUuid> &sessions, qsizetype running, qsizetype gone)
{
    // At once: until the list is read again they could be deleted a second time.
    if (!m_bin->isChecked() && !sessions.isEmpty()) {
        const QSet<QUuid> went(sessions.begin(), sessions.end());
        QList<SessionRecord> staying;
        for (int row = 0; row < m_model->rowCount(); ++row) {
            if (!went.contains(m_model->session(row).id))
                staying.append(m_model->session(row));
        }
        showSessions(staying, m_model->hasMore());
    }
    QStringList sentences;
    if (!sessions.isEmpty())
        sentences << tr("%n session(s) deleted.", nullptr, static_cast<int>(sessions.size()));
    if (running > 0)
        sentences << tr("%n session(s) still run and stay.", nullptr, static_cast<int>(running));
    if (gone > 0)
        sentences << tr("%n session(s) had been deleted before.", nullptr, static_cast<int>(gone));
    if (sentences.isEmpty())
        return;
    QList<QAction *> actions;
    if (!sessions.isEmpty()) {
        // Those, whatever else was changed since.
        auto *undo = new QAction(tr("Undo"), m_bar);
        connect(undo, &QAction::triggered, this, [this, undo, sessions] {
            undo->setEnabled(false);
            m_changes->takeBack(sessions);
        });
        actions << undo;
    }
    m_bar->showMessage(MessageBar::Kind::Info, sentences.join(u' '), actions);
}

void SessionsPanel::tellRestored(qsizetype missing)
{
    if (missing == 0)
        m_bar->hide();
    else
        m_bar->showMessage(MessageBar::Kind::Warning,
            tr("%n session(s) could not be brought back: the bin has them no more.", nullptr,
                static_cast<int>(missing)));
}

} // namespace Mailgauge::Sessions
