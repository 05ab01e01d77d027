// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/sessionspanel.h"

#include "base/literals.h"
#include "models/sessionsmodel.h"
#include "sessions/sessiondetails.h"
#include "theme/outcomedelegate.h"
#include "widgets/columnfit.h"
#include "widgets/emptystate.h"
#include "widgets/messagebar.h"
#include "widgets/tables.h"

#include <QAction>
#include <QLineEdit>
#include <QMenu>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace std::chrono_literals;

namespace Mailgauge::Sessions {

SessionsPanel::SessionsPanel(
    Transcript::SessionRepository *repository, Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_repository(repository)
    , m_model(new Models::SessionsModel(this))
    , m_actions(new SessionActions(this))
    , m_search(new QLineEdit(this))
    , m_table(new QTableView(this))
    , m_stack(new QStackedWidget(this))
    , m_empty(new Widgets::EmptyState(u"view-history"_s,
          repository ? tr("Every message you send is kept here with its whole conversation.")
                     : tr("The store could not be opened, so sessions are not kept."),
          this))
    , m_bar(new Widgets::MessageBar(this))
    , m_details(new SessionDetails(theme, this))
{
    auto *tools = new QToolBar(this);
    tools->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    tools->setIconSize({16, 16});
    m_open = tools->addAction(QIcon::fromTheme(u"document-open"_s), tr("Open transcript"));
    m_again = tools->addAction(
        QIcon::fromTheme(u"mail-resend"_s, QIcon::fromTheme(u"view-refresh"_s)), tr("Send again"));
    m_export = tools->addAction(QIcon::fromTheme(u"document-export"_s), tr("Export…"));
    m_delete = tools->addAction(QIcon::fromTheme(u"edit-delete"_s), tr("Delete"));
    m_delete->setShortcut(QKeySequence::Delete);
    m_delete->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(m_delete);
    m_actions->add(m_open, Needs::One);
    m_actions->add(m_again, Needs::One);
    m_actions->add(m_export, Needs::One);
    m_actions->add(m_delete, Needs::One);
    m_actions->addSeparator();
    auto *more = new QToolButton(tools);
    more->setIcon(QIcon::fromTheme(u"overflow-menu"_s, QIcon::fromTheme(u"application-menu"_s)));
    more->setToolTip(tr("More to do with sessions"));
    more->setAccessibleName(more->toolTip());
    more->setPopupMode(QToolButton::InstantPopup);
    more->setMenu(m_actions->menu());
    tools->addWidget(more);
    m_search->setPlaceholderText(tr("Search subject, recipient, relay or reply"));
    m_search->setAccessibleName(tr("Search sessions"));
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(360);

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
        {{150, 96}, {150, 140}, {260, 130}, {190, 100}, {150, 80}, {64, 44}, {80, 64}},
        Models::SessionsModel::Subject);

    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName(u"sessionList"_s);
    splitter->addWidget(m_table);
    splitter->addWidget(m_details);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setCollapsible(0, false);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(splitter);
    m_bar->hide();

    auto *top = new QHBoxLayout;
    top->setContentsMargins(8, 4, 8, 4);
    top->addWidget(tools);
    top->addStretch();
    top->addWidget(m_search, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addWidget(m_bar);
    layout->addWidget(m_stack, 1);

    m_compose = new QAction(QIcon::fromTheme(u"mail-message-new"_s), tr("Write a message"), this);
    connect(m_compose, &QAction::triggered, this, &SessionsPanel::composeRequested);
    m_clearSearch = new QAction(QIcon::fromTheme(u"edit-clear"_s), tr("Show all sessions"), this);
    connect(m_clearSearch, &QAction::triggered, m_search, &QLineEdit::clear);
    m_searchDelay.setSingleShot(true);
    m_searchDelay.setInterval(150ms);
    connect(&m_searchDelay, &QTimer::timeout, this, &SessionsPanel::refresh);
    connect(m_search, &QLineEdit::textChanged, &m_searchDelay, qOverload<>(&QTimer::start));
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
        &SessionsPanel::showSelected);
    connect(m_model, &QAbstractItemModel::modelReset, this, &SessionsPanel::showSelected);
    const auto requestOpen = [this] {
        if (const auto record = selected())
            Q_EMIT openRequested(record->id);
    };
    connect(m_table, &QTableView::activated, this, requestOpen);
    connect(m_open, &QAction::triggered, this, requestOpen);
    connect(m_again, &QAction::triggered, this, [this] {
        if (const auto record = selected())
            Q_EMIT sendAgainRequested(record->id);
    });
    connect(m_export, &QAction::triggered, this, [this] {
        if (const auto record = selected())
            Q_EMIT exportRequested(record->id);
    });
    connect(m_delete, &QAction::triggered, this, &SessionsPanel::removeSelected);
    connect(m_bar, &Widgets::MessageBar::dismissed, this, &SessionsPanel::finishRemove);
    showSelected();
    refresh();
}

SessionsPanel::~SessionsPanel()
{
    finishRemove();
}

void SessionsPanel::refresh()
{
    if (!m_repository)
        return;
    const int generation = ++m_generation;
    m_repository->list({.text = m_search->text().trimmed()})
        .then(this,
            [this, generation](const Base::Result<QList<Transcript::SessionRecord>> &sessions) {
                if (generation != m_generation)
                    return;
                if (sessions)
                    showSessions(*sessions);
                else
                    Q_EMIT failed(sessions.error());
            });
}

void SessionsPanel::showSessions(const QList<Transcript::SessionRecord> &sessions)
{
    const auto before = selected();
    QList<Transcript::SessionRecord> shown = sessions;
    if (m_removed) {
        shown.removeIf([this](const Transcript::SessionRecord &record) {
            return record.id == m_removed->record.id;
        });
    }
    m_model->setSessions(shown);
    const bool searching = !m_search->text().trimmed().isEmpty();
    m_stack->setCurrentIndex(shown.isEmpty() ? 0 : 1);
    m_empty->setAction(searching ? m_clearSearch : m_compose);
    m_empty->setSentence(searching
            ? tr("No session matches.")
            : tr("Every message you send is kept here with its whole conversation."));
    if (before)
        select(before->id);
    if (!selected() && m_model->rowCount() > 0)
        m_table->selectRow(0);
}

void SessionsPanel::select(const QUuid &session)
{
    if (const int row = m_model->rowOf(session); row >= 0)
        m_table->selectRow(row);
}

std::optional<Transcript::SessionRecord> SessionsPanel::selected() const
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
    m_actions->setSelected(m_table->selectionModel()->selectedRows().size());
    // Without a message there is nothing to send again.
    if (record && record->message.isNull())
        m_again->setEnabled(false);
    if (record)
        m_details->setRecord(*record);
    else
        m_details->clear();
}

void SessionsPanel::removeSelected()
{
    const auto record = selected();
    if (!record)
        return;
    finishRemove();
    const int row = m_model->rowOf(record->id);
    m_removed = Removed {m_model->take(row), row};
    auto *undo = new QAction(tr("Undo"), m_bar);
    connect(undo, &QAction::triggered, this, &SessionsPanel::undoRemove);
    m_bar->showMessage(Widgets::MessageBar::Kind::Info,
        tr("Session “%1” deleted.").arg(m_removed->record.subject), {undo});
    m_bar->show();
    m_table->selectRow(qMin(row, m_model->rowCount() - 1));
}

void SessionsPanel::undoRemove()
{
    if (!m_removed)
        return;
    m_model->insert(m_removed->row, m_removed->record);
    m_table->selectRow(m_removed->row);
    m_removed.reset();
    m_bar->hide();
}

void SessionsPanel::finishRemove()
{
    if (!m_removed || !m_repository)
        return;
    const QUuid id = m_removed->record.id;
    m_removed.reset();
    m_bar->hide();
    m_repository->remove(id).then(this, [this](const Base::Result<void> &removed) {
        if (removed)
            return;
        Q_EMIT failed(removed.error());
        // It is still there.
        refresh();
    });
}

} // namespace Mailgauge::Sessions
