// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/sandboxpanel.h"

#include "base/filejobs.h"
#include "base/literals.h"
#include "explain/explain.h"
#include "models/inboxmodel.h"
#include "sandbox/inboxclearing.h"
#include "sandbox/messageview.h"
#include "sandbox/scenariocatalogue.h"
#include "widgets/columnfit.h"
#include "widgets/elidedlabel.h"
#include "widgets/emptystate.h"
#include "widgets/messagebar.h"
#include "widgets/tables.h"

#include <QAction>
#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolBar>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace Mailgauge::Sandbox {

namespace {

const QString fromFile = u"\u0001file"_s;

/// In KiB: where there is no store, what is older cannot be opened any more.
constexpr qsizetype MostKept = 64 * 1024;

qsizetype costOf(const QByteArray &bytes)
{
    return bytes.size() / 1024 + 1;
}

} // namespace

SandboxPanel::SandboxPanel(
    SandboxService &service, InboxRepository *inbox, Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_service(service)
    , m_inbox(inbox)
    , m_model(new Models::InboxModel(this))
    , m_address(new QLabel(tr("Starting …"), this))
    , m_sessions(new QLabel(this))
    , m_scenario(new QComboBox(this))
    , m_description(new Widgets::ElidedLabel(this))
    , m_filter(new QLineEdit(this))
    , m_table(new QTableView(this))
    , m_stack(new QStackedWidget(this))
    , m_empty(new Widgets::EmptyState(u"mail-folder-inbox"_s,
          tr("What you send to the sandbox arrives here. Nothing leaves this machine."), this))
    , m_bar(new Widgets::MessageBar(this))
    , m_view(new MessageView(theme, this))
    , m_compose(new QAction(QIcon::fromTheme(u"mail-message-new"_s), tr("Write a message"), this))
    , m_start(new QAction(QIcon::fromTheme(u"view-refresh"_s), tr("Try again"), this))
    , m_clearing(new InboxClearing(inbox, *m_model, this))
    , m_bytes(MostKept)
{
    for (QLabel *label : {m_address, m_sessions}) {
        label->setTextFormat(Qt::PlainText);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_description->setForegroundRole(QPalette::PlaceholderText);
    m_sessions->setForegroundRole(QPalette::PlaceholderText);
    m_scenario->setAccessibleName(tr("Scenario"));
    for (const ScenarioInfo &info : shippedScenarios()) {
        m_scenario->addItem(info.title, info.name);
        m_scenario->setItemData(
            m_scenario->count() - 1, info.description, Qt::AccessibleDescriptionRole);
    }
    m_scenario->insertSeparator(m_scenario->count());
    m_scenario->addItem(tr("From a file…"), fromFile);

    auto *tools = new QToolBar(this);
    tools->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    tools->setIconSize({16, 16});
    m_open = tools->addAction(QIcon::fromTheme(u"document-edit"_s), tr("Open in composer"));
    m_save = tools->addAction(QIcon::fromTheme(u"document-save"_s), tr("Save as .eml…"), this,
        &SandboxPanel::saveSelected);
    m_clear = tools->addAction(QIcon::fromTheme(u"edit-clear-all"_s), tr("Empty the inbox"), this,
        &SandboxPanel::clearInbox);
    m_filter->setPlaceholderText(tr("Filter by address or subject"));
    m_filter->setAccessibleName(tr("Filter the inbox"));
    Widgets::makeList(m_table, tr("Inbox of the sandbox"));
    m_proxy = Widgets::showFiltered(m_table, m_filter, m_model);
    m_table->setFont(theme.tabularFont());
    new Widgets::ColumnFit(m_table,
        {{150, 140}, {170, 100}, {190, 110}, {240, 120}, {80, 64}, {110, 84}},
        Models::InboxModel::Subject);

    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName(u"sandboxInbox"_s);
    splitter->addWidget(m_table);
    splitter->addWidget(m_view);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setCollapsible(0, false);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(splitter);
    m_bar->hide();

    auto *addressRow = new QHBoxLayout;
    addressRow->addWidget(m_address, 1);
    addressRow->addWidget(m_sessions);
    auto *scenarioLabel = new QLabel(tr("S&cenario"), this);
    scenarioLabel->setBuddy(m_scenario);
    auto *scenarioRow = new QHBoxLayout;
    scenarioRow->addWidget(scenarioLabel);
    scenarioRow->addWidget(m_scenario);
    scenarioRow->addWidget(m_description, 1);
    auto *top = new QVBoxLayout;
    top->setContentsMargins(12, 8, 12, 4);
    top->setSpacing(8);
    top->addLayout(addressRow);
    top->addLayout(scenarioRow);
    auto *toolRow = new QHBoxLayout;
    toolRow->setContentsMargins(8, 0, 12, 4);
    toolRow->addWidget(tools);
    toolRow->addStretch();
    toolRow->addWidget(m_filter, 1);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addLayout(toolRow);
    layout->addWidget(m_bar);
    layout->addWidget(m_stack, 1);

    connect(&m_service, &SandboxService::started, this, &SandboxPanel::showAddress);
    connect(&m_service, &SandboxService::failed, this, &SandboxPanel::showFailure);
    connect(&m_service, &SandboxService::scenarioChanged, this, &SandboxPanel::showScenario);
    connect(&m_service, &SandboxService::messageArrived, this, &SandboxPanel::addMessage);
    connect(&m_service, &SandboxService::sessionCountChanged, this, [this](int open, int total) {
        m_sessions->setText(tr("%1 open, %n session(s) in all", nullptr, total).arg(open));
    });
    connect(m_scenario, &QComboBox::activated, this, [this] {
        const QString name = m_scenario->currentData().toString();
        if (name == fromFile)
            chooseScenarioFile();
        else
            setScenario(name);
        // What is played may be another still, or stay.
        showScenario(m_service.scenario());
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
        &SandboxPanel::showSelected);
    const auto open = [this] {
        if (!m_view->bytes().isEmpty())
            Q_EMIT messageOpenRequested(m_view->bytes());
    };
    connect(m_open, &QAction::triggered, this, open);
    connect(m_table, &QTableView::activated, this, open);
    connect(m_bar, &Widgets::MessageBar::dismissed, m_clearing, &InboxClearing::finish);
    connect(m_clearing, &InboxClearing::failed, this,
        [this](const Base::Error &error) { tell(error); });
    connect(m_model, &QAbstractItemModel::modelReset, this, &SandboxPanel::selectAgain);
    connect(m_compose, &QAction::triggered, this, &SandboxPanel::composeRequested);
    connect(m_start, &QAction::triggered, this, [this] {
        m_bar->hide();
        m_address->setText(tr("Starting …"));
        Q_EMIT startRequested();
    });

    if (const auto address = m_service.address())
        showAddress(*address);
    showScenario(m_service.scenario());
    updateEmpty();
    showSelected();
    loadInbox();
}

SandboxPanel::~SandboxPanel()
{
    m_clearing->finish();
}

void SandboxPanel::showAddress(const SandboxAddress &address)
{
    const SandboxOptions used;
    m_hasFailed = false;
    m_address->setText(tr("Listening on %1, port %2 · user “%3”, password “%4” · STARTTLS")
            .arg(address.host, QString::number(address.port), QString::fromUtf8(used.user),
                QString::fromUtf8(used.password)));
    updateEmpty();
}

void SandboxPanel::showFailure(const Base::Error &error)
{
    m_hasFailed = true;
    m_address->setText(tr("Not running"));
    tell(error, {m_start});
    updateEmpty();
}

void SandboxPanel::tell(const Base::Error &error, const QList<QAction *> &actions)
{
    // The bar that offers to undo gives way to this one.
    m_clearing->finish();
    const Explain::Explanation why = Explain::explain(error);
    m_bar->showMessage(Widgets::MessageBar::Kind::Error,
        u"%1 %2"_s.arg(why.text, why.nextStep).trimmed(), actions);
}

void SandboxPanel::setScenario(const QString &name)
{
    applyScenario(
        m_own.contains(name) ? Base::Result<Scenario>(m_own.value(name)) : loadScenario(name));
}

void SandboxPanel::chooseScenarioFile()
{
    auto *dialog = new QFileDialog(this, tr("Scenario"), QString(), tr("Scenarios (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        QtConcurrent::run(&loadScenario, path)
            .then(this, [this](const Base::Result<Scenario> &read) { applyScenario(read); });
    });
    dialog->open();
}

void SandboxPanel::applyScenario(const Base::Result<Scenario> &scenario)
{
    if (!scenario) {
        tell(scenario.error());
        return;
    }
    m_service.setScenario(*scenario);
}

void SandboxPanel::showScenario(const Scenario &scenario)
{
    // Before the start there is none.
    if (scenario.name.isEmpty())
        return;
    m_description->setText(scenario.description);
    int index = m_scenario->findData(scenario.name);
    if (index < 0 || m_own.contains(scenario.name))
        m_own.insert(scenario.name, scenario);
    if (index < 0) {
        // One from a file or a session: it joins the list for as long as the program runs.
        m_scenario->insertItem(
            0, scenario.title.isEmpty() ? scenario.name : scenario.title, scenario.name);
        index = 0;
    }
    m_scenario->setCurrentIndex(index);
}

void SandboxPanel::loadInbox()
{
    if (!m_inbox)
        return;
    m_inbox->messages().then(this, [this](const Base::Result<QList<InboxMessage>> &messages) {
        if (!messages) {
            tell(messages.error());
            return;
        }
        // What arrived while this was on its way is there already.
        m_model->merge(*messages);
        if (selectedRow() < 0 && m_proxy->rowCount() > 0)
            m_table->selectRow(0);
    });
}

void SandboxPanel::addMessage(const InboxMessage &message)
{
    m_bytes.insert(message.id, new QByteArray(message.bytes), costOf(message.bytes));
    InboxMessage row = message;
    row.bytes.clear();
    m_model->prepend(row);
    updateEmpty();
    if (selectedRow() < 0)
        m_table->selectRow(0);
}

int SandboxPanel::selectedRow() const
{
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    return rows.isEmpty() ? -1 : m_proxy->mapToSource(rows.first()).row();
}

// A reset takes the selection away without a word.
void SandboxPanel::selectAgain()
{
    updateEmpty();
    if (const int row = m_model->rowOf(m_shown); row >= 0)
        m_table->selectRow(m_proxy->mapFromSource(m_model->index(row, 0)).row());
    showSelected();
}

void SandboxPanel::showSelected()
{
    const int row = selectedRow();
    const QUuid id = row < 0 ? QUuid() : m_model->message(row).id;
    if (id == m_shown && !id.isNull())
        return;
    m_shown = id;
    m_view->clear();
    if (const QByteArray *kept = m_bytes.object(id)) {
        showBytes(id, *kept);
    } else if (m_inbox && !id.isNull()) {
        m_inbox->message(id).then(this, [this, id](const Base::Result<InboxMessage> &message) {
            if (message)
                showBytes(id, message->bytes);
            else if (m_shown == id)
                tell(message.error());
        });
    } else if (!id.isNull()) {
        m_view->showNote(tr("Nothing is saved, and this message is too long ago to be kept."));
    }
    updateActions();
}

void SandboxPanel::showBytes(const QUuid &id, const QByteArray &bytes)
{
    if (m_shown == id)
        m_view->setMessage(bytes);
    updateActions();
}

void SandboxPanel::updateActions()
{
    m_open->setEnabled(!m_view->bytes().isEmpty());
    m_save->setEnabled(!m_view->bytes().isEmpty());
}

void SandboxPanel::saveSelected()
{
    auto *dialog = new QFileDialog(this, tr("Save message"), QString(), tr("Messages (*.eml)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(u"eml"_s);
    dialog->selectFile(u"message.eml"_s);
    connect(dialog, &QFileDialog::fileSelected, this,
        [this, bytes = m_view->bytes()](const QString &path) {
            Base::writeFileLater(path, bytes).then(this, [this](const Base::Result<void> &written) {
                if (!written)
                    tell(written.error());
            });
        });
    dialog->open();
}

void SandboxPanel::clearInbox()
{
    const int count = m_clearing->begin();
    auto *undo = new QAction(tr("Undo"), m_bar);
    connect(undo, &QAction::triggered, this, [this] {
        m_bar->hide();
        m_clearing->undo();
        m_table->selectRow(0);
    });
    m_bar->showMessage(
        Widgets::MessageBar::Kind::Info, tr("%n message(s) deleted.", nullptr, count), {undo});
}

void SandboxPanel::updateEmpty()
{
    m_stack->setCurrentIndex(m_model->rowCount() == 0 ? 0 : 1);
    m_clear->setEnabled(m_model->rowCount() > 0);
    m_empty->setSentence(m_hasFailed
            ? tr("The sandbox is not running: nothing can be sent to it.")
            : tr("What you send to the sandbox arrives here. Nothing leaves this machine."));
    m_empty->setAction(m_hasFailed ? m_start : m_compose);
}

} // namespace Mailgauge::Sandbox
