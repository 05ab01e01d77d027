// SPDX-License-Identifier: GPL-3.0-or-later
#include "bounces/bouncespanel.h"

#include "base/literals.h"
#include "bounce/pastedreply.h"
#include "explain/explain.h"
#include "explain/provider.h"
#include "models/bouncesmodel.h"
#include "models/outcometext.h"
#include "stats/series.h"
#include "theme/outcomedelegate.h"
#include "transcript/entry.h"
#include "widgets/chartcard.h"
#include "widgets/columnfit.h"
#include "widgets/emptystate.h"
#include "widgets/figuretile.h"
#include "widgets/tables.h"

#include <QAction>
#include <QLineEdit>
#include <QLocale>
#include <QPlainTextEdit>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolBar>
#include <QVBoxLayout>

namespace Mailgauge::Bounces {

namespace {

using Models::OutcomeText;

/// All that a report says, a line each, as plain text whatever it holds (faults G16).
QString describe(const Bounce::BounceRecord &bounce)
{
    const Bounce::Report &report = bounce.report;
    QStringList lines;
    const auto add = [&lines](const QString &name, const QByteArray &value) {
        if (!value.isEmpty())
            lines.append(name + u": "_s + Transcript::visibleText(value));
    };
    add(BouncesPanel::tr("Recipient"), report.recipient);
    add(BouncesPanel::tr("Original recipient"), report.originalRecipient);
    add(BouncesPanel::tr("Action"), report.action);
    add(BouncesPanel::tr("Status"), report.status);
    add(BouncesPanel::tr("Reason"), report.reason);
    add(BouncesPanel::tr("Diagnostic"), report.diagnostic);
    if (const auto said = Bounce::readPastedReply(report.diagnostic)) {
        const auto means = Explain::explain(said->reply, said->stage.value_or(Smtp::Stage::Rcpt),
            Explain::providerOfHost(report.mta));
        lines.append(BouncesPanel::tr("What it means: %1").arg(means.withNextStep()));
    }
    add(BouncesPanel::tr("Reported by"), report.mta);
    add(BouncesPanel::tr("Original Message-ID"), report.originalMessageId);
    add(BouncesPanel::tr("Decided by rule"), report.rule);
    add(BouncesPanel::tr("Evidence"), report.evidence);
    lines.append(bounce.session.isNull()
            ? BouncesPanel::tr(
                  "No message that was sent from here matches: this report counts for nothing.")
            : BouncesPanel::tr("Joined to the session that sent the message."));
    return lines.join(u'\n');
}

} // namespace

BouncesPanel::BouncesPanel(
    Bounce::BounceRepository *repository, Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_repository(repository)
    , m_theme(theme)
    , m_model(new Models::BouncesModel(this))
    , m_filter(new QLineEdit(this))
    , m_table(new QTableView(this))
    , m_details(new QPlainTextEdit(this))
    , m_stack(new QStackedWidget(this))
    , m_empty(new Widgets::EmptyState(u"mail-mark-junk"_s,
          repository ? tr("No bounce so far. Reports that arrive in the sandbox are read and "
                          "joined to what you sent; its scenario “Accept now, bounce later” makes "
                          "some.")
                     : tr("The store could not be opened, so bounces are not kept."),
          this))
    , m_chart(new Widgets::ChartCard(tr("No bounces."), this))
{
    auto *tools = new QToolBar(this);
    tools->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    tools->setIconSize({16, 16});
    m_open = tools->addAction(QIcon::fromTheme(u"document-open"_s), tr("Open its session"), this,
        &BouncesPanel::openSelected);
    auto *sandbox = new QAction(
        QIcon::fromTheme(u"mail-folder-inbox"_s), tr("Open the sandbox"), this);
    connect(sandbox, &QAction::triggered, this, &BouncesPanel::sandboxRequested);
    m_empty->setAction(sandbox);
    m_filter->setPlaceholderText(tr("Filter by recipient, status or reason"));
    m_filter->setAccessibleName(tr("Filter bounces"));
    Widgets::makeList(m_table, tr("Bounces"));
    m_proxy = Widgets::showFiltered(m_table, m_filter, m_model);
    m_table->setFont(theme.tabularFont());
    m_table->setItemDelegateForColumn(
        Models::BouncesModel::Hardness, new Theme::OutcomeDelegate(theme, this));
    new Widgets::ColumnFit(m_table,
        {{150, 140}, {210, 120}, {72, 56}, {72, 52}, {130, 88}, {300, 120}, {90, 72}},
        Models::BouncesModel::Diagnostic);
    m_details->setReadOnly(true);
    m_details->setAccessibleName(tr("The selected report"));
    m_details->setFrameShape(QFrame::NoFrame);
    m_chart->setContentsMargins(12, 8, 12, 8);

    auto *tiles = new QHBoxLayout;
    tiles->setContentsMargins(0, 8, 12, 0);
    for (const QString &name : {tr("bounces"), tr("hard"), tr("soft"), tr("unverified")}) {
        m_tiles.append(new Widgets::FigureTile(name, this));
        tiles->addWidget(m_tiles.last(), 1);
    }
    auto *toolRow = new QHBoxLayout;
    toolRow->setContentsMargins(8, 4, 12, 4);
    toolRow->addWidget(tools);
    toolRow->addStretch();
    toolRow->addWidget(m_filter, 1);
    auto *bottom = new QSplitter(Qt::Horizontal, this);
    bottom->setObjectName(u"bounceDetails"_s);
    m_chart->setLayoutName(u"bounceChart"_s);
    bottom->addWidget(m_chart);
    bottom->addWidget(m_details);
    bottom->setStretchFactor(0, 3);
    bottom->setStretchFactor(1, 2);
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName(u"bounceList"_s);
    splitter->addWidget(m_table);
    splitter->addWidget(bottom);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setCollapsible(0, false);
    auto *page = new QWidget(this);
    auto *pageLayout = new QVBoxLayout(page);
    pageLayout->setContentsMargins({});
    pageLayout->setSpacing(0);
    pageLayout->addLayout(tiles);
    pageLayout->addLayout(toolRow);
    pageLayout->addWidget(splitter, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(page);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_stack);

    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
        &BouncesPanel::showSelected);
    connect(m_table, &QTableView::activated, this, &BouncesPanel::openSelected);
    connect(&m_theme, &Theme::Theme::changed, this, &BouncesPanel::rebuildChart);
    showSelected();
    refresh();
}

void BouncesPanel::refresh()
{
    if (!m_repository)
        return;
    m_repository->bounces().then(
        this, [this](const Base::Result<QList<Bounce::BounceRecord>> &bounces) {
            if (bounces)
                setBounces(*bounces);
            else
                Q_EMIT failed(bounces.error());
        });
}

void BouncesPanel::setBounces(const QList<Bounce::BounceRecord> &bounces)
{
    // One that arrives meanwhile must not take away what is being read.
    const int before = selectedRow();
    const QUuid reading = before < 0 ? QUuid() : m_model->bounce(before).id;
    m_model->setBounces(bounces);
    m_stack->setCurrentIndex(bounces.isEmpty() ? 0 : 1);
    rebuildChart();
    if (const int row = m_model->rowOf(reading); row >= 0)
        m_table->selectRow(m_proxy->mapFromSource(m_model->index(row, 0)).row());
    if (selectedRow() < 0 && m_proxy->rowCount() > 0)
        m_table->selectRow(0);
    showSelected();
}

void BouncesPanel::rebuildChart()
{
    Widgets::ChartData chart;
    chart.shape = Widgets::ChartData::Shape::Bars;
    chart.title = tr("Reasons");
    chart.categoryTitle = tr("Reason");
    chart.valueTitle = tr("Bounces");
    Widgets::ChartSeries hard {tr("hard"), m_theme.color(Theme::Role::Rejected), {}};
    Widgets::ChartSeries soft {tr("soft"), m_theme.color(Theme::Role::Deferred), {}};
    Widgets::ChartSeries unclear {tr("unclear"), m_theme.color(Theme::Role::Muted), {}};
    qint64 hardCount = 0;
    qint64 softCount = 0;
    for (const Stats::NamedCount &row : Stats::bounceReasons(m_model->bounces())) {
        chart.categories.append(
            row.name.isEmpty() ? tr("unknown") : Transcript::visibleText(row.name));
        hard.values.append(double(row.hard));
        soft.values.append(double(row.soft));
        unclear.values.append(double(row.unclear));
        hardCount += row.hard;
        softCount += row.soft;
    }
    chart.series = {hard, soft, unclear};
    m_chart->setData(chart);

    const qint64 all = m_model->bounces().size();
    const qint64 unverified = std::ranges::count_if(m_model->bounces(),
        [](const Bounce::BounceRecord &bounce) { return bounce.session.isNull(); });
    const double whole = double(qMax<qint64>(1, all));
    const QLocale words;
    m_tiles.at(0)->setFigure(words.toString(all), -1, {});
    m_tiles.at(1)->setFigure(
        words.toString(hardCount), double(hardCount) / whole, m_theme.color(Theme::Role::Rejected));
    m_tiles.at(2)->setFigure(
        words.toString(softCount), double(softCount) / whole, m_theme.color(Theme::Role::Deferred));
    m_tiles.at(3)->setFigure(
        words.toString(unverified), double(unverified) / whole, m_theme.color(Theme::Role::Muted));
}

int BouncesPanel::selectedRow() const
{
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    return rows.isEmpty() ? -1 : m_proxy->mapToSource(rows.first()).row();
}

void BouncesPanel::showSelected()
{
    const int row = selectedRow();
    m_open->setEnabled(row >= 0 && !m_model->bounce(row).session.isNull());
    const QString text = row < 0 ? QString() : describe(m_model->bounce(row));
    // Setting the same again would scroll back to the top.
    if (text != m_details->toPlainText())
        m_details->setPlainText(text);
}

void BouncesPanel::openSelected()
{
    const int row = selectedRow();
    if (row >= 0 && !m_model->bounce(row).session.isNull())
        Q_EMIT openSessionRequested(m_model->bounce(row).session);
}

} // namespace Mailgauge::Bounces
