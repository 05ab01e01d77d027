// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/historyview.h"

#include "base/literals.h"
#include "models/diagnosistext.h"
#include "models/reportmodels.h"
#include "models/roles.h"
#include "theme/meaningdelegate.h"
#include "widgets/columnfit.h"
#include "widgets/elidedlabel.h"
#include "widgets/emptystate.h"
#include "widgets/tables.h"

#include <QAction>
#include <QLabel>
#include <QLocale>
#include <QSet>
#include <QStackedWidget>
#include <QTableView>
#include <QToolBar>
#include <QVBoxLayout>

#include <algorithm>

namespace Mailgauge::Diagnose {

namespace {

using Models::ReportDifferencesModel;
using Models::ReportsModel;

enum Page : int {
    EmptyPage,
    ListPage,
    ComparisonPage,
};

QString titleOf(const ReportSummary &report)
{
    return QLocale().toString(report.startedAt.toLocalTime(), QLocale::ShortFormat) + u"  "_s
        + Models::DiagnosisText::relay(report.host, report.domain, report.profileName);
}

QToolBar *toolBar(QWidget *parent)
{
    auto *tools = new QToolBar(parent);
    tools->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    tools->setIconSize({16, 16});
    return tools;
}

} // namespace

HistoryView::HistoryView(Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_model(new ReportsModel(this))
    , m_differencesModel(new ReportDifferencesModel(this))
    , m_table(new QTableView(this))
    , m_differences(new QTableView(this))
    , m_title(new Widgets::ElidedLabel(this))
    , m_same(new QLabel(tr("Nothing that means something differs."), this))
    , m_open(new QAction(QIcon::fromTheme(u"document-open"_s), tr("Open report"), this))
    , m_compare(
          new QAction(QIcon::fromTheme(u"view-split-left-right"_s), tr("Compare the two"), this))
    , m_back(new QAction(QIcon::fromTheme(u"go-previous"_s), tr("Back to the reports"), this))
    , m_empty(new Widgets::EmptyState(u"view-history"_s,
          tr("Every diagnosis is kept here, so that you see what changed since the last one."),
          this))
    , m_stack(new QStackedWidget(this))
{
    m_stack->insertWidget(EmptyPage, m_empty);
    m_stack->insertWidget(ListPage, makeList(theme));
    m_stack->insertWidget(ComparisonPage, makeComparison(theme));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_stack);

    connect(m_open, &QAction::triggered, this, [this] {
        if (const QList<ReportSummary> chosen = selection(); chosen.size() == 1)
            Q_EMIT openRequested(chosen.first().id);
    });
    connect(m_table, &QTableView::activated, m_open, &QAction::trigger);
    connect(m_compare, &QAction::triggered, this, &HistoryView::compare);
    connect(m_back, &QAction::triggered, this, &HistoryView::showList);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
        &HistoryView::updateActions);
    updateActions();
}

QWidget *HistoryView::makeList(Theme::Theme &theme)
{
    Widgets::makeList(m_table, tr("Former diagnoses"));
    m_table->setModel(m_model);
    m_table->setFont(theme.tabularFont());
    m_table->setItemDelegate(new Theme::MeaningDelegate(theme, this));
    new Widgets::ColumnFit(
        m_table, {{150, 120}, {320, 180}, {80, 64}, {80, 72}}, ReportsModel::Relay);
    connect(&theme, &Theme::Theme::changed, m_table->viewport(), qOverload<>(&QWidget::update));
    m_compare->setToolTip(tr("Compare the two selected reports"));
    QToolBar *tools = toolBar(this);
    tools->addActions({m_open, m_compare});

    auto *page = new QWidget(this);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(tools);
    layout->addWidget(m_table, 1);
    return page;
}

QWidget *HistoryView::makeComparison(Theme::Theme &theme)
{
    m_back->setShortcuts({QKeySequence(Qt::Key_Escape), QKeySequence(Qt::ALT | Qt::Key_Left)});
    m_back->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_back->setToolTip(
        tr("%1 (%2)").arg(m_back->text(), m_back->shortcut().toString(QKeySequence::NativeText)));
    Widgets::makeList(m_differences, tr("What changed"));
    m_differences->setModel(m_differencesModel);
    m_differences->setItemDelegate(new Theme::MeaningDelegate(theme, this));
    new Widgets::ColumnFit(m_differences, {{110, 96}, {170, 110}, {150, 80}, {150, 80}, {320, 140}},
        ReportDifferencesModel::Sentence);
    connect(
        &theme, &Theme::Theme::changed, m_differences->viewport(), qOverload<>(&QWidget::update));
    m_same->setObjectName(u"nothingDiffers"_s);
    m_same->setContentsMargins(8, 8, 8, 8);
    m_same->setAlignment(Qt::AlignTop);
    QToolBar *tools = toolBar(this);
    tools->addAction(m_back);
    auto *top = new QHBoxLayout;
    top->setContentsMargins(0, 0, 8, 0);
    top->addWidget(tools);
    top->addWidget(m_title, 1);

    auto *page = new QWidget(this);
    page->addAction(m_back);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addWidget(m_same);
    layout->addWidget(m_differences, 1);
    return page;
}

void HistoryView::setReports(const QList<ReportSummary> &reports)
{
    QSet<QUuid> chosen;
    for (const ReportSummary &one : selection())
        chosen.insert(one.id);
    m_model->setRows(reports);
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (chosen.contains(reports.at(row).id))
            m_table->selectionModel()->select(
                m_model->index(row, 0), QItemSelectionModel::Select | QItemSelectionModel::Rows);
    }
    if (m_stack->currentIndex() != ComparisonPage)
        m_stack->setCurrentIndex(reports.isEmpty() ? EmptyPage : ListPage);
    updateActions();
}

QList<ReportSummary> HistoryView::selection() const
{
    QList<ReportSummary> chosen;
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    for (const QModelIndex &row : rows)
        chosen.append(m_model->row(row));
    std::ranges::sort(chosen, {}, &ReportSummary::startedAt);
    return chosen;
}

void HistoryView::updateActions()
{
    const auto count = m_table->selectionModel()->selectedRows().size();
    m_open->setEnabled(count == 1);
    m_compare->setEnabled(count == 2);
}

void HistoryView::compare()
{
    if (const QList<ReportSummary> chosen = selection(); chosen.size() == 2)
        Q_EMIT compareRequested(chosen.first().id, chosen.last().id);
}

void HistoryView::showDifferences(const ReportSummary &former, const ReportSummary &later,
    const QList<ReportDifference> &differences)
{
    m_title->setText(tr("%1  →  %2").arg(titleOf(former), titleOf(later)));
    m_differencesModel->setRows(differences);
    m_same->setVisible(differences.isEmpty());
    m_differences->setVisible(!differences.isEmpty());
    m_stack->setCurrentIndex(ComparisonPage);
    m_differences->setFocus();
}

void HistoryView::showList()
{
    m_stack->setCurrentIndex(m_model->rowCount() == 0 ? EmptyPage : ListPage);
    m_table->setFocus();
}

} // namespace Mailgauge::Diagnose
