// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/findingsview.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "models/diagnosismodels.h"
#include "models/diagnosistext.h"
#include "models/plaintip.h"
#include "theme/meaningdelegate.h"
#include "widgets/columnfit.h"
#include "widgets/emptystate.h"
#include "widgets/roomydelegate.h"
#include "widgets/tables.h"

#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QScopedValueRollback>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace Mailgauge::Diagnose {

namespace {

using Models::DiagnosisFindingsModel;

QString titleOf(const Evidence &evidence)
{
    const QString text = Transcript::visibleText(evidence.text);
    switch (evidence.kind) {
    case Evidence::Kind::Line:
        return evidence.direction == Transcript::Direction::Client ? u"C: "_s + text
            : evidence.direction == Transcript::Direction::Server  ? u"S: "_s + text
                                                                   : text;
    case Evidence::Kind::Certificate:
        return FindingsView::tr("Certificate: %1").arg(text);
    case Evidence::Kind::Record:
        return FindingsView::tr("DNS: %1").arg(text);
    }
    Q_UNREACHABLE_RETURN({});
}

bool leadsSomewhere(const Evidence &evidence)
{
    return evidence.kind == Evidence::Kind::Certificate || !evidence.session.isNull();
}

} // namespace

FindingsView::FindingsView(Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_model(new DiagnosisFindingsModel(this))
    , m_filter(new QLineEdit(this))
    , m_count(new QLabel(this))
    , m_table(new QTableView(this))
    , m_sentence(new QLabel(this))
    , m_why(new QLabel(this))
    , m_evidence(new QListWidget(this))
    , m_empty(new Widgets::EmptyState(u"checkmark"_s, {}, this))
    , m_stack(new QStackedWidget(this))
{
    auto *splitter = new QSplitter(Qt::Vertical, this);
    splitter->setObjectName(u"diagnoseFindings"_s);
    splitter->addWidget(makeList(theme));
    splitter->addWidget(makeDetails());
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setCollapsible(0, false);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(splitter);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_stack);

    connect(m_evidence, &QListWidget::itemActivated, this, &FindingsView::follow);
    connect(m_evidence, &QListWidget::itemClicked, this, &FindingsView::follow);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        m_chosen = !m_filling;
        showSelected();
    });
    connect(m_table, &QTableView::clicked, this, [this] { m_chosen = true; });
    connect(m_filter, &QLineEdit::textChanged, this, [this] {
        if (!m_table->currentIndex().isValid())
            m_table->setCurrentIndex(m_proxy->index(0, 0));
        showSelected();
        showCount();
    });
    setFindings({});
}

QWidget *FindingsView::makeList(Theme::Theme &theme)
{
    m_filter->setPlaceholderText(tr("Filter findings"));
    m_filter->setAccessibleName(m_filter->placeholderText());
    m_count->setForegroundRole(QPalette::PlaceholderText);
    Widgets::makeList(m_table, tr("Findings"));
    m_proxy = Widgets::showFiltered(m_table, m_filter, m_model);
    m_table->setItemDelegateForColumn(
        DiagnosisFindingsModel::Severity, new Theme::MeaningDelegate(theme, this));
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(DiagnosisFindingsModel::Severity, Qt::AscendingOrder);
    m_table->setMinimumHeight(64);
    new Widgets::ColumnFit(
        m_table, {{110, 90}, {420, 220}, {320, 140}}, DiagnosisFindingsModel::Sentence);
    connect(&theme, &Theme::Theme::changed, m_table->viewport(), qOverload<>(&QWidget::update));

    auto *list = new QWidget(this);
    auto *top = new QHBoxLayout;
    top->setContentsMargins(8, 4, 8, 4);
    top->addWidget(m_filter);
    top->addStretch();
    top->addWidget(m_count);
    auto *layout = new QVBoxLayout(list);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addLayout(top);
    layout->addWidget(m_table, 1);
    return list;
}

QWidget *FindingsView::makeDetails()
{
    for (QLabel *label : {m_sentence, m_why}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_sentence->setObjectName(u"findingSentence"_s);
    m_why->setObjectName(u"findingWhy"_s);
    QFont bold = m_sentence->font();
    bold.setBold(true);
    m_sentence->setFont(bold);
    m_evidence->setAccessibleName(tr("Evidence"));
    m_evidence->setFrameShape(QFrame::NoFrame);
    m_evidence->setItemDelegate(new Widgets::RoomyDelegate(m_evidence));
    m_evidence->setTextElideMode(Qt::ElideRight);
    m_evidence->setMinimumHeight(48);

    auto *details = new QWidget(this);
    auto *layout = new QVBoxLayout(details);
    layout->setContentsMargins(8, 8, 8, 4);
    layout->setSpacing(4);
    layout->addWidget(m_sentence);
    layout->addWidget(m_why);
    layout->addWidget(m_evidence, 1);
    return details;
}

void FindingsView::setEmptySentence(const QString &sentence)
{
    m_empty->setSentence(sentence);
}

void FindingsView::setFindings(const QList<Finding> &findings)
{
    const int before = m_chosen && m_table->currentIndex().isValid()
        ? m_proxy->mapToSource(m_table->currentIndex()).row()
        : -1;
    const QScopedValueRollback filling(m_filling, true);
    const Finding kept = before >= 0 ? m_model->rows().at(before) : Finding {};
    m_model->setRows(findings);
    const auto same = before >= 0 ? findings.indexOf(kept) : -1;
    const QModelIndex at = same >= 0
        ? m_proxy->mapFromSource(m_model->index(static_cast<int>(same), 0))
        : m_proxy->index(0, 0);
    m_table->setCurrentIndex(at);
    m_chosen = same >= 0;
    m_stack->setCurrentIndex(findings.isEmpty() ? 0 : 1);
    showSelected();
    showCount();
}

void FindingsView::showCount()
{
    m_count->setText(m_proxy->rowCount() == m_model->rowCount()
            ? tr("%n finding(s)", nullptr, m_model->rowCount())
            : tr("%1 of %2").arg(m_proxy->rowCount()).arg(m_model->rowCount()));
}

void FindingsView::showSelected()
{
    m_evidence->clear();
    const QModelIndex at = m_table->currentIndex();
    m_sentence->setVisible(at.isValid());
    m_why->setVisible(at.isValid());
    if (!at.isValid())
        return;
    const Finding &finding = m_model->row(m_proxy->mapToSource(at));
    const Explain::Explanation why = Explain::explainFinding(finding.id, finding.subject);
    m_sentence->setText(why.text);
    QStringList lines {why.cause, why.nextStep};
    if (!why.who.isEmpty())
        lines.append(tr("To act: %1.").arg(why.who));
    if (!why.rfc.isEmpty())
        lines.append(why.rfc);
    lines.removeAll(QString());
    m_why->setText(lines.join(u"  "_s));
    for (const Evidence &evidence : finding.evidence) {
        const QString title = titleOf(evidence);
        auto *item = new QListWidgetItem(title, m_evidence);
        item->setData(Qt::UserRole, QVariant::fromValue(evidence));
        item->setToolTip(Models::plainTip(title));
        item->setIcon(
            QIcon::fromTheme(leadsSomewhere(evidence) ? u"go-next"_s : u"documentinfo"_s));
    }
    m_evidence->setVisible(m_evidence->count() > 0);
}

void FindingsView::follow(const QListWidgetItem *item)
{
    const auto evidence = item->data(Qt::UserRole).value<Evidence>();
    if (evidence.kind == Evidence::Kind::Certificate)
        Q_EMIT certificateRequested(QString::fromUtf8(evidence.text));
    else if (!evidence.session.isNull())
        Q_EMIT lineRequested(evidence.session, evidence.entry);
}

} // namespace Mailgauge::Diagnose
