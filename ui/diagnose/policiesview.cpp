// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/policiesview.h"

#include "base/literals.h"
#include "diagnose/factsview.h"
#include "models/policiesmodel.h"
#include "models/policytext.h"
#include "theme/meaningdelegate.h"
#include "transcript/entry.h"
#include "widgets/columnfit.h"
#include "widgets/emptystate.h"
#include "widgets/parts.h"
#include "widgets/tables.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace Mailgauge::Diagnose {

using Models::Meaning;
using Models::PoliciesModel;
using Models::PolicyText;

PoliciesView::PoliciesView(Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_model(new PoliciesModel(this))
    , m_table(new QTableView(this))
    , m_title(new QLabel(this))
    , m_facts(new FactsView(theme, tr("What is published"), this))
    , m_copy(new QAction(QIcon::fromTheme(u"edit-copy"_s), tr("Copy TLSA records"), this))
    , m_empty(new Widgets::EmptyState(u"security-medium"_s,
          tr("No address of this report was asked for STARTTLS, which is what DANE and MTA-STS are "
             "about."),
          this))
{
    makeTable(theme);
    QFont bold = m_title->font();
    bold.setBold(true);
    m_title->setFont(bold);
    m_title->setTextFormat(Qt::PlainText);
    m_copy->setToolTip(tr("Copy the records as they stand in a zone"));
    auto *published = new QWidget(this);
    auto *head = new QHBoxLayout;
    head->setContentsMargins(8, 4, 8, 4);
    head->addWidget(m_title, 1);
    head->addWidget(Widgets::toolButton(m_copy, this));
    auto *column = new QVBoxLayout(published);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_facts, 1);
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName(u"diagnosePolicies"_s);
    splitter->addWidget(m_table);
    splitter->addWidget(published);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    auto *stack = new QStackedLayout(this);
    stack->addWidget(m_empty);
    stack->addWidget(splitter);

    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        &PoliciesView::showSelected);
    connect(m_copy, &QAction::triggered, this, &PoliciesView::copyTlsa);
    showSelected();
}

void PoliciesView::makeTable(Theme::Theme &theme)
{
    Widgets::makeList(m_table, tr("What senders do"));
    m_table->setModel(m_model);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setMinimumHeight(96);
    m_table->setItemDelegateForColumn(
        PoliciesModel::Conduct, new Theme::MeaningDelegate(theme, this));
    new Widgets::ColumnFit(
        m_table, {{190, 150}, {140, 110}, {240, 120}, {400, 160}}, PoliciesModel::Why);
    connect(&theme, &Theme::Theme::changed, m_table->viewport(), qOverload<>(&QWidget::update));
}

void PoliciesView::setPolicies(const QList<HostPolicies> &policies)
{
    const int before = m_table->currentIndex().row();
    m_policies = policies;
    m_model->setRows(Models::policyRows(policies));
    static_cast<QStackedLayout *>(layout())->setCurrentIndex(policies.isEmpty() ? 0 : 1);
    m_table->setCurrentIndex(
        m_model->index(before >= 0 && before < m_model->rowCount() ? before : 0, 0));
    if (!m_table->currentIndex().isValid())
        showSelected();
}

const HostPolicies *PoliciesView::selected() const
{
    const QModelIndex at = m_table->currentIndex();
    return at.isValid() ? &m_policies.at(m_model->row(at).table) : nullptr;
}

void PoliciesView::showSelected()
{
    m_facts->clear();
    const HostPolicies *policies = selected();
    m_copy->setEnabled(policies && !policies->dane.records.isEmpty());
    m_title->setText(
        policies ? tr("Published about %1").arg(PolicyText::where(*policies)) : QString());
    if (!policies)
        return;
    showDane(*policies);
    showMtaSts(*policies);
}

void PoliciesView::showDane(const HostPolicies &policies)
{
    using State = Net::DaneFacts::State;
    const Net::DaneFacts &dane = policies.dane;
    m_facts->add(u"DANE"_s, Explain::explainFinding(dane.reason, dane.detail.toUtf8()).text,
        dane.state == State::Usable       ? Meaning::Good
            : dane.state == State::None   ? Meaning::Muted
            : dane.state == State::Failed ? Meaning::Bad
                                          : Meaning::Careful);
    if (dane.state == State::Usable && !dane.isMxAuthenticated)
        m_facts->add(u"MX"_s, Explain::explainFinding("dane.mxInsecure"_ba, policies.domain).text,
            Meaning::Careful);
    for (const Tls::TlsaResult &result : policies.tlsa)
        m_facts->add(u"TLSA"_s,
            PolicyText::of(result) + u":  "_s + QString::fromLatin1(Tls::toText(result.record)),
            PolicyText::meaning(result));
    if (policies.tlsa.isEmpty()) {
        for (const Tls::TlsaRecord &record : dane.records)
            m_facts->add(u"TLSA"_s,
                tr("?  no certificate was shown:  %1")
                    .arg(QString::fromLatin1(Tls::toText(record))),
                Meaning::Unknown);
    }
}

void PoliciesView::showMtaSts(const HostPolicies &policies)
{
    const Net::MtaStsFacts &facts = policies.mtaSts;
    m_facts->add(tr("MTA-STS of"), Transcript::visibleText(facts.domain));
    const QString policy = PolicyText::of(facts);
    m_facts->add(tr("Policy"), policy.isEmpty() ? tr("none") : policy,
        facts.isEnforced() ? Meaning::Good : Meaning::Muted);
    m_facts->add(tr("Policy id"), Transcript::visibleText(facts.id));
    if (facts.isCached)
        m_facts->add(tr("Fetched"), tr("before this diagnosis, and kept"));
    for (const Net::RouteFinding &one : facts.findings)
        m_facts->add(
            tr("Fault"), Explain::explainFinding(one.id, one.evidence).text, Meaning::Careful);
}

void PoliciesView::copyTlsa()
{
    if (const HostPolicies *policies = selected())
        QGuiApplication::clipboard()->setText(PolicyText::zoneLines(*policies).join(u'\n') + u'\n');
}

} // namespace Mailgauge::Diagnose
