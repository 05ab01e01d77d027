// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/connectivityview.h"

#include "base/literals.h"
#include "diagnose/factsview.h"
#include "diagnose/griddelegate.h"
#include "explain/explain.h"
#include "models/connectivitymodel.h"
#include "models/diagnosistext.h"
#include "models/outcometext.h"
#include "models/roles.h"
#include "transcript/entry.h"
#include "widgets/tables.h"

#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

namespace Mailgauge::Diagnose {

namespace {

using Models::DiagnosisText;
using Models::Meaning;

/// From here on the facts fit beside the grid.
constexpr int Roomy = 860;

QString join(const QList<QByteArray> &words)
{
    return Transcript::visibleText(words.join(' '));
}

QString mechanismsOf(const std::optional<Smtp::Capabilities> &capabilities)
{
    if (!capabilities)
        return {};
    const QList<QByteArray> mechanisms = capabilities->authMechanisms();
    return mechanisms.isEmpty() ? ConnectivityView::tr("none offered") : join(mechanisms);
}

QString extensionsOf(const Smtp::Capabilities &capabilities)
{
    QStringList lines;
    for (const Smtp::Capability &one : capabilities.all())
        lines.append(
            Transcript::visibleText((one.keyword + ' ' + one.parameters.join(' ')).trimmed()));
    return lines.isEmpty() ? ConnectivityView::tr("none") : lines.join(u", "_s);
}

QString timingsOf(const Cell &cell)
{
    QStringList parts;
    for (const auto &[stage, us] : cell.timings.asKeyValueRange())
        parts.append(
            QString::fromLatin1(Smtp::stageName(stage)) + u' ' + Models::OutcomeText::duration(us));
    return parts.join(u" · "_s);
}

/// What people want to see first: what works, best with TLS and a certificate that is right.
const Cell *bestOf(const QList<Cell> &cells)
{
    const auto rank = [](const Cell &cell) {
        return !cell.tls ? 2 : cell.tls->isAuthenticated() ? 0 : 1;
    };
    const Cell *best = nullptr;
    for (const Cell &cell : cells) {
        if (cell.state == CellState::Works && (!best || rank(cell) < rank(*best)))
            best = &cell;
    }
    return best;
}

} // namespace

ConnectivityView::ConnectivityView(Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_model(new Models::ConnectivityModel(this))
    , m_table(new QTableView(this))
    , m_title(new QLabel(this))
    , m_facts(new FactsView(theme, tr("What this connection showed"), this))
    , m_splitter(new QSplitter(this))
{
    makeTable();
    m_title->setTextFormat(Qt::PlainText);
    m_title->setContentsMargins(8, 8, 8, 4);
    QFont bold = m_title->font();
    bold.setBold(true);
    m_title->setFont(bold);

    auto *details = new QWidget(this);
    auto *column = new QVBoxLayout(details);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(m_title);
    column->addWidget(m_facts, 1);
    m_splitter->setObjectName(u"diagnoseGrid"_s);
    m_splitter->addWidget(m_table);
    m_splitter->addWidget(details);
    m_splitter->setStretchFactor(0, 3);
    m_splitter->setStretchFactor(1, 2);
    m_splitter->setCollapsible(0, false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_splitter);

    connect(&theme, &Theme::Theme::changed, m_table->viewport(), qOverload<>(&QWidget::update));
    connect(m_table, &QTableView::clicked, this, &ConnectivityView::request);
    connect(m_table, &QTableView::activated, this, &ConnectivityView::request);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] {
        m_isChosen = m_isChosen || !m_isSelecting;
        showCurrent();
    });
    connect(m_model, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex &changed) {
        if (changed == m_table->currentIndex())
            showCurrent();
    });
    showCurrent();
}

void ConnectivityView::makeTable()
{
    Widgets::makeList(m_table, tr("Connections"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(new GridDelegate(m_theme, this));
    m_table->setSelectionBehavior(QAbstractItemView::SelectItems);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setMinimumWidth(320);
    m_table->setMinimumHeight(96);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->horizontalHeader()->setMinimumSectionSize(96);
    QHeaderView *rows = m_table->verticalHeader();
    rows->show();
    rows->setFont(m_theme.tabularFont());
    rows->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    rows->setHighlightSections(false);
    rows->setMaximumWidth(220); // Names of hosts may be long.
    rows->setTextElideMode(Qt::ElideNone); // It would take both lines for one.
    rows->setDefaultSectionSize(2 * m_table->fontMetrics().height() + 16);
}

// Another than the one that is looked at, by us; the user's choice is his own.
void ConnectivityView::select(const QModelIndex &index)
{
    m_isSelecting = true;
    m_table->setCurrentIndex(index);
    m_isSelecting = false;
}

void ConnectivityView::setCells(const QList<Cell> &cells)
{
    const Cell *before = m_isChosen ? m_model->cell(m_table->currentIndex()) : nullptr;
    const std::optional<CellKey> key = before ? std::optional(before->key) : std::nullopt;
    m_isSelecting = true; // A reset takes the selection away.
    m_model->setCells(cells);
    m_isSelecting = false;
    QModelIndex at = key ? m_model->indexOf(*key) : QModelIndex();
    m_isChosen = at.isValid();
    if (const Cell *best = bestOf(cells); best && !m_isChosen)
        at = m_model->indexOf(best->key);
    select(at.isValid() ? at : m_model->index(0, 0));
    if (!m_table->currentIndex().isValid())
        showCurrent();
}

void ConnectivityView::setCell(const Cell &cell)
{
    m_model->setCell(cell);
}

void ConnectivityView::request(const QModelIndex &index)
{
    if (const QUuid session = index.data(Models::IdRole).toUuid(); !session.isNull())
        Q_EMIT sessionRequested(session);
}

void ConnectivityView::showCapabilities(const Cell &cell)
{
    if (cell.inClear) {
        m_facts->add(cell.inTls ? tr("AUTH before TLS") : tr("AUTH"), mechanismsOf(cell.inClear));
        m_facts->add(
            cell.inTls ? tr("Offered before TLS") : tr("Offered"), extensionsOf(*cell.inClear));
    }
    if (cell.inTls) {
        m_facts->add(cell.inClear ? tr("AUTH after TLS") : tr("AUTH"), mechanismsOf(cell.inTls));
        m_facts->add(
            cell.inClear ? tr("Offered after TLS") : tr("Offered"), extensionsOf(*cell.inTls));
    }
}

void ConnectivityView::showCurrent()
{
    m_facts->clear();
    const Cell *cell = m_model->cell(m_table->currentIndex());
    m_title->setText(cell ? DiagnosisText::of(cell->key) : tr("No connection is selected"));
    if (!cell)
        return;
    m_facts->add(tr("State"),
        DiagnosisText::symbol(cell->state) + u"  "_s + DiagnosisText::of(cell->state),
        DiagnosisText::meaning(cell->state));
    m_facts->add(tr("Address"), cell->address);
    m_facts->add(tr("Greeting"), Transcript::visibleText(cell->greeting));
    if (cell->reply)
        m_facts->add(tr("Reply"),
            Transcript::visibleText(
                QByteArray::number(cell->reply->code) + ' ' + cell->reply->lines.join(" / ")));
    if (cell->failure) {
        const Explain::Explanation why = Explain::explain(*cell->failure);
        m_facts->add(tr("What happened"), why.text);
        m_facts->add(tr("What to do"), why.nextStep);
    }
    if (cell->tls) {
        const bool good = cell->tls->chainTrusted && cell->tls->nameMatches;
        m_facts->add(
            tr("TLS"), DiagnosisText::tls(*cell->tls), good ? Meaning::Good : Meaning::Careful);
        m_facts->add(tr("Cipher suite"), QString::fromLatin1(cell->tls->cipher));
        for (const Tls::VerifyReason &reason : cell->tls->reasons)
            m_facts->add(tr("Certificate"), Explain::explain(reason).text, Meaning::Careful);
    }
    showCapabilities(*cell);
    m_facts->add(tr("Time"), timingsOf(*cell));
    if (cell->tries > 1)
        m_facts->add(tr("Tries"), tr("%1, with pauses: the relay asked for it").arg(cell->tries));
}

void ConnectivityView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    m_splitter->setOrientation(width() < Roomy ? Qt::Vertical : Qt::Horizontal);
}

} // namespace Mailgauge::Diagnose
