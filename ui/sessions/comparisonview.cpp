// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/comparisonview.h"

#include "base/literals.h"
#include "models/comparisonmodels.h"
#include "models/comparisontext.h"
#include "models/outcometext.h"
#include "sessions/comparisondelegate.h"
#include "widgets/elidedlabel.h"
#include "widgets/tables.h"

#include <QAction>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QSplitter>
#include <QToolBar>
#include <QToolButton>
#include <QVBoxLayout>

namespace Mailgauge::Sessions {

namespace {

using Delivery::ReportFormat;
using Models::ComparisonModel;
using Models::DifferencesModel;

QString headlineOf(const Transcript::SessionRecord &record)
{
    const QString host = Transcript::visibleText(record.host);
    return Models::OutcomeText::symbol(record.outcome) + u"  "_s
        + (record.port == 0 ? host : u"%1:%2"_s.arg(host).arg(record.port)) + u"  ·  "_s
        + QLocale().toString(record.startedAt.toLocalTime(), QLocale::ShortFormat) + u"  ·  "_s
        + Models::OutcomeText::of(record.outcome);
}

Widgets::ElidedLabel *headline(QWidget *parent)
{
    auto *label = new Widgets::ElidedLabel(parent);
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    QFont font = label->font();
    font.setBold(true);
    label->setFont(font);
    return label;
}

} // namespace

ComparisonView::ComparisonView(Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_left(headline(this))
    , m_right(headline(this))
    , m_summary(new QLabel(this))
    , m_steps(new QTableView(this))
    , m_differences(new QTableView(this))
    , m_stepsModel(new ComparisonModel(this))
    , m_differencesModel(new DifferencesModel(this))
{
    auto *tools = new QToolBar(this);
    makeTools(tools);
    makeLists();
    setFocusProxy(m_steps);
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setAccessibleName(tr("Summary of the comparison"));
    m_summary->setForegroundRole(QPalette::PlaceholderText);

    auto *top = new QHBoxLayout;
    top->setContentsMargins(8, 4, 12, 4);
    top->addWidget(tools);
    top->addStretch();
    top->addWidget(m_summary);
    auto *sides = new QHBoxLayout;
    sides->setContentsMargins(12, 4, 12, 8);
    sides->setSpacing(24);
    sides->addWidget(m_left, 1);
    sides->addWidget(m_right, 1);
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->addWidget(m_steps);
    splitter->addWidget(m_differences);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addLayout(sides);
    layout->addWidget(splitter, 1);
}

void ComparisonView::makeTools(QToolBar *tools)
{
    tools->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    tools->setIconSize({16, 16});
    QAction *back = tools->addAction(QIcon::fromTheme(u"go-previous"_s), tr("Back to sessions"));
    QList<QKeySequence> backKeys = QKeySequence::keyBindings(QKeySequence::Back);
    backKeys.prepend(QKeySequence(Qt::Key_Escape));
    setKeys(back, backKeys);
    connect(back, &QAction::triggered, this, &ComparisonView::closeRequested);
    QAction *swap = tools->addAction(
        QIcon::fromTheme(u"exchange-positions"_s, QIcon::fromTheme(u"object-flip-horizontal"_s)),
        tr("Swap sides"));
    setKeys(swap, {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_X)});
    connect(swap, &QAction::triggered, this, &ComparisonView::swapRequested);
    m_onlyDifferences = tools->addAction(
        QIcon::fromTheme(u"view-filter"_s), tr("Differences only"));
    m_noise = tools->addAction(QIcon::fromTheme(u"view-visible"_s), tr("Show noise"));
    m_noise->setToolTip(tr("Queue ids, dates, host names: what differs every time"));
    setKeys(m_onlyDifferences, {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_D)});
    setKeys(m_noise, {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N)});
    for (QAction *action : {m_onlyDifferences, m_noise}) {
        action->setCheckable(true);
        connect(action, &QAction::toggled, this, &ComparisonView::applyFilter);
    }
    auto *button = new QToolButton(tools);
    button->setText(tr("Export"));
    button->setIcon(QIcon::fromTheme(u"document-export"_s));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setAccessibleName(tr("Export the comparison"));
    auto *menu = new QMenu(button);
    for (const auto &[text, format] : {std::pair {tr("Text…"), ReportFormat::Text},
             std::pair {tr("Web page…"), ReportFormat::Html},
             std::pair {tr("JSON…"), ReportFormat::Json}}) {
        connect(menu->addAction(text), &QAction::triggered, this,
            [this, format] { Q_EMIT exportRequested(format); });
    }
    button->setMenu(menu);
    tools->addWidget(button);
}

// The buttons of a tool bar take no focus: each needs its key, told beside its name.
void ComparisonView::setKeys(QAction *action, const QList<QKeySequence> &keys)
{
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    action->setToolTip(
        u"%1 (%2)"_s.arg(action->toolTip(), keys.constFirst().toString(QKeySequence::NativeText)));
    addAction(action);
}

void ComparisonView::makeLists()
{
    Widgets::makeList(m_steps, tr("Steps of both sessions"));
    m_steps->setModel(m_stepsModel);
    m_steps->setItemDelegate(new ComparisonDelegate(m_theme, ComparisonModel::Link, this));
    m_steps->setSelectionMode(QAbstractItemView::SingleSelection);
    m_steps->setFont(m_theme.monospaceFont());
    QHeaderView *header = m_steps->horizontalHeader();
    header->setStretchLastSection(false);
    header->setSectionResizeMode(ComparisonModel::Left, QHeaderView::Stretch);
    header->setSectionResizeMode(ComparisonModel::Right, QHeaderView::Stretch);
    header->setSectionResizeMode(ComparisonModel::Link, QHeaderView::Fixed);
    m_steps->setColumnWidth(ComparisonModel::Step, 190);
    m_steps->setColumnWidth(ComparisonModel::Link, 64);

    Widgets::makeList(m_differences, tr("Differences"));
    m_differences->setModel(m_differencesModel);
    m_differences->setItemDelegate(new ComparisonDelegate(m_theme, -1, this));
    m_differences->setSelectionMode(QAbstractItemView::SingleSelection);
    m_differences->horizontalHeader()->setStretchLastSection(true);
    m_differences->setColumnWidth(DifferencesModel::SeverityColumn, 110);
    m_differences->setColumnWidth(DifferencesModel::StageColumn, 80);
    m_differences->setColumnWidth(DifferencesModel::Subject, 190);

    for (QTableView *table : {m_steps, m_differences}) {
        connect(&m_theme, &Theme::Theme::changed, table->viewport(), qOverload<>(&QWidget::update));
        const auto request = [this](const QModelIndex &index) {
            requestLine(index, index.column() < ComparisonModel::Link);
        };
        connect(table, &QTableView::clicked, this, request);
        connect(table, &QTableView::activated, this, request);
    }
}

bool ComparisonView::isNoiseShown() const
{
    return m_noise->isChecked();
}

void ComparisonView::setCompared(const Delivery::ComparedSessions &compared)
{
    m_compared = compared;
    m_left->setText(headlineOf(compared.left.record));
    m_right->setText(headlineOf(compared.right.record));
    m_left->setAccessibleName(tr("First session: %1").arg(m_left->text()));
    m_right->setAccessibleName(tr("Second session: %1").arg(m_right->text()));
    m_summary->setText(Models::ComparisonText::summary(compared.comparison));
    m_stepsModel->setComparison(compared.comparison);
    m_differencesModel->setComparison(compared.comparison);
    m_noise->setEnabled(!compared.comparison.noise.isEmpty());
}

void ComparisonView::applyFilter()
{
    m_stepsModel->setFilter(m_onlyDifferences->isChecked(), m_noise->isChecked());
    m_differencesModel->setNoise(m_noise->isChecked());
}

void ComparisonView::requestLine(const QModelIndex &index, bool preferLeft)
{
    const qint64 left = index.data(Models::LeftEntryRole).toLongLong();
    const qint64 right = index.data(Models::RightEntryRole).toLongLong();
    // The side that was clicked; in the list of differences the second, which is the one in doubt.
    const bool toLeft = index.model() == m_stepsModel ? preferLeft : false;
    if ((toLeft && left >= 0) || (right < 0 && left >= 0))
        Q_EMIT lineRequested(m_compared.left.record.id, left);
    else if (right >= 0)
        Q_EMIT lineRequested(m_compared.right.record.id, right);
}

} // namespace Mailgauge::Sessions
