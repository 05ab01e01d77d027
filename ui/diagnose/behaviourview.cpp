// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/behaviourview.h"

#include "base/literals.h"
#include "models/diagnosismodels.h"
#include "models/diagnosistext.h"
#include "theme/meaningdelegate.h"
#include "widgets/columnfit.h"
#include "widgets/tables.h"

#include <QLabel>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace Mailgauge::Diagnose {

using Models::ChecksModel;
using Models::ProbesModel;

BehaviourView::BehaviourView(Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_model(new ChecksModel(this))
    , m_probesModel(new ProbesModel(this))
    , m_checks(new QTableView(this))
    , m_probes(new QTableView(this))
    , m_purpose(new QLabel(this))
{
    makeTables(theme);
    m_purpose->setTextFormat(Qt::PlainText);
    m_purpose->setWordWrap(true);
    m_purpose->setContentsMargins(8, 8, 8, 8);
    m_purpose->setObjectName(u"checkPurpose"_s);

    auto *asked = new QWidget(this);
    auto *column = new QVBoxLayout(asked);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(m_purpose);
    column->addWidget(m_probes, 1);
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName(u"diagnoseBehaviour"_s);
    splitter->addWidget(m_checks);
    splitter->addWidget(asked);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setCollapsible(0, false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(splitter);

    connect(m_checks->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        &BehaviourView::showSelected);
    connect(m_model, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex &changed) {
        if (changed.row() == m_checks->currentIndex().row())
            showSelected();
    });
    connect(m_checks, &QTableView::activated, this, [this](const QModelIndex &index) {
        if (const QList<QUuid> &sessions = m_model->row(index).sessions; !sessions.isEmpty())
            Q_EMIT lineRequested(sessions.first(), -1);
    });
    const auto request = [this](const QModelIndex &index) {
        const Evidence &evidence = m_probesModel->row(index).evidence;
        if (!evidence.session.isNull())
            Q_EMIT lineRequested(evidence.session, evidence.entry);
    };
    connect(m_probes, &QTableView::clicked, this, request);
    connect(m_probes, &QTableView::activated, this, request);
    showSelected();
}

void BehaviourView::makeTables(Theme::Theme &theme)
{
    Widgets::makeList(m_checks, tr("Behaviour checks"));
    m_checks->setModel(m_model);
    m_checks->setFont(theme.tabularFont());
    new Widgets::ColumnFit(
        m_checks, {{140, 120}, {190, 140}, {400, 200}, {80, 72}}, ChecksModel::Result);
    Widgets::makeList(m_probes, tr("What was asked"));
    m_probes->setModel(m_probesModel);
    new Widgets::ColumnFit(
        m_probes, {{140, 120}, {200, 120}, {260, 140}, {320, 160}}, ProbesModel::Answer);
    for (QTableView *table : {m_checks, m_probes}) {
        table->setSelectionMode(QAbstractItemView::SingleSelection);
        table->setMinimumHeight(64);
        // The verdict is the first column of both.
        table->setItemDelegateForColumn(0, new Theme::MeaningDelegate(theme, this));
        connect(&theme, &Theme::Theme::changed, table->viewport(), qOverload<>(&QWidget::update));
    }
}

void BehaviourView::setResults(const QList<CheckResult> &results)
{
    const QModelIndex before = m_checks->currentIndex();
    const CheckKey kept = before.isValid() ? m_model->row(before).key() : CheckKey();
    m_model->setRows(results);
    const auto same = std::ranges::find(results, kept, &CheckResult::key);
    const int row = same == results.end() ? 0 : static_cast<int>(same - results.begin());
    m_checks->setCurrentIndex(m_model->index(row, 0));
    showSelected();
}

void BehaviourView::setResult(const CheckResult &result)
{
    m_model->setResult(result);
}

void BehaviourView::showSelected()
{
    const QModelIndex at = m_checks->currentIndex();
    m_probesModel->setRows(at.isValid() ? m_model->row(at).probes : QList<Probe>());
    m_probes->setVisible(m_probesModel->rowCount() > 0);
    m_purpose->setText(at.isValid() ? Models::DiagnosisText::purpose(m_model->row(at).check)
                                    : tr("No check was asked for."));
}

} // namespace Mailgauge::Diagnose
