// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/tlsview.h"

#include "base/literals.h"
#include "diagnose/chainview.h"
#include "diagnose/factsview.h"
#include "explain/explain.h"
#include "models/diagnosistext.h"
#include "models/tlssuitesmodel.h"
#include "theme/meaningdelegate.h"
#include "tls/certificatefacts.h"
#include "transcript/entry.h"
#include "widgets/columnfit.h"
#include "widgets/emptystate.h"
#include "widgets/parts.h"
#include "widgets/tables.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>
#include <QScrollArea>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedLayout>
#include <QTableView>
#include <QToolButton>

#include <algorithm>

namespace Mailgauge::Diagnose {

namespace {

using Models::DiagnosisText;
using Models::Meaning;
using Models::TlsSuitesModel;
using Transcript::visibleText;

QString dateTime(const QDateTime &time)
{
    return time.isValid() ? QLocale().toString(time.toLocalTime(), QLocale::ShortFormat)
                          : QString();
}

} // namespace

TlsView::TlsView(Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_chooser(new QComboBox(this))
    , m_chain(new ChainView(theme))
    , m_facts(new FactsView(theme, tr("Facts of the certificate"), this))
    , m_suitesModel(new TlsSuitesModel(this))
    , m_filter(new QLineEdit(this))
    , m_suites(new QTableView(this))
    , m_suitesPane(makeSuites())
    , m_copyTlsa(new QAction(QIcon::fromTheme(u"edit-copy"_s), tr("Copy TLSA records"), this))
    , m_save(new QAction(QIcon::fromTheme(u"document-save-as"_s), tr("Save chain…"), this))
    , m_content(new QWidget(this))
    , m_empty(new Widgets::EmptyState(u"security-high"_s,
          tr("No connection of this report came as far as a TLS handshake."), this))
{
    m_chooser->setAccessibleName(tr("Connection whose TLS is shown"));
    m_chooser->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_chooser->setMinimumContentsLength(28);
    m_save->setToolTip(tr("Save the certificates as they were sent, in PEM"));

    auto *scroll = new QScrollArea(this);
    scroll->setWidget(m_chain);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setMinimumWidth(240);
    auto *right = new QSplitter(Qt::Vertical, this);
    right->setObjectName(u"diagnoseTlsFacts"_s);
    right->addWidget(m_facts);
    right->addWidget(m_suitesPane);
    auto *splitter = new QSplitter(this);
    splitter->setObjectName(u"diagnoseTls"_s);
    splitter->addWidget(scroll);
    splitter->addWidget(right);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setSizes({400, 600});
    splitter->setChildrenCollapsible(false);

    auto *top = new QHBoxLayout;
    top->setContentsMargins(8, 4, 8, 4);
    top->addWidget(m_chooser);
    top->addStretch();
    for (QAction *action : {m_copyTlsa, m_save})
        top->addWidget(Widgets::toolButton(action, this));
    auto *column = new QVBoxLayout(m_content);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addLayout(top);
    column->addWidget(splitter, 1);
    auto *stack = new QStackedLayout(this);
    stack->addWidget(m_empty);
    stack->addWidget(m_content);

    connect(m_chooser, &QComboBox::currentIndexChanged, this, &TlsView::showSeen);
    connect(m_chooser, &QComboBox::activated, this, [this] { m_isChosen = true; });
    connect(m_chain, &ChainView::currentChanged, this, &TlsView::showCertificateFacts);
    connect(m_copyTlsa, &QAction::triggered, this, &TlsView::copyTlsa);
    connect(m_save, &QAction::triggered, this, &TlsView::saveChain);
    connect(&theme, &Theme::Theme::changed, m_suites->viewport(), qOverload<>(&QWidget::update));
}

QWidget *TlsView::makeSuites()
{
    auto *pane = new QWidget(this);
    m_filter->setPlaceholderText(tr("Filter versions and cipher suites"));
    m_filter->setAccessibleName(m_filter->placeholderText());
    Widgets::makeList(m_suites, tr("Versions and cipher suites"));
    // Sorted by nothing: the server's order means something.
    static_cast<void>(Widgets::showFiltered(m_suites, m_filter, m_suitesModel));
    m_suites->setItemDelegateForColumn(
        TlsSuitesModel::Accepted, new Theme::MeaningDelegate(m_theme, this));
    new Widgets::ColumnFit(
        m_suites, {{70, 64}, {320, 140}, {100, 96}, {150, 80}}, TlsSuitesModel::What);
    auto *layout = new QVBoxLayout(pane);
    layout->setContentsMargins(8, 4, 0, 0);
    layout->addWidget(m_filter);
    layout->addWidget(m_suites, 1);
    return pane;
}

TlsView::Seen TlsView::fromCell(const Cell &cell)
{
    Seen seen;
    seen.title = u"%1, %2"_s.arg(DiagnosisText::of(cell.key), cell.address);
    seen.host = cell.key.host.isEmpty() ? cell.tls->serverName : cell.key.host;
    seen.facts = *cell.tls;
    for (const Tls::CertificateFacts &one : cell.tls->chain)
        seen.chain.append({.facts = one, .matching = {}});
    // That one matches was judged; this finds which one to mark.
    if (cell.tls->nameMatches && !seen.chain.isEmpty()) {
        const QString &name = cell.tls->serverName;
        for (const QString &one : std::as_const(seen.chain.first().facts.names)) {
            const bool isWild = one.startsWith(u"*."_s)
                && name.section(u'.', 1).compare(one.sliced(2), Qt::CaseInsensitive) == 0;
            if (isWild || one.compare(name, Qt::CaseInsensitive) == 0)
                seen.chain.first().matching.append(one);
        }
    }
    return seen;
}

QList<TlsView::Seen> TlsView::fromInspection(const TlsInspection &inspection)
{
    QList<Seen> list;
    const QString where = u"%1:%2"_s.arg(inspection.address).arg(inspection.port);
    for (const InspectedChain &chain : inspection.chains) {
        Seen seen;
        const QString key = chain.sent.isEmpty() ? QString() : chain.sent.first().facts.keyType;
        seen.title = tr("%1 inspected, %2").arg(where, key);
        seen.owner = u"_%1._tcp.%2."_s.arg(QString::number(inspection.port), inspection.host);
        seen.host = inspection.host;
        seen.facts = chain.facts;
        seen.names = chain.names;
        seen.staple = chain.staple;
        seen.timestamps = chain.timestamps;
        seen.tlsa = chain.tlsa;
        seen.inspection = inspection;
        const QList<InspectedCertificate> &path = chain.path.isEmpty() ? chain.sent : chain.path;
        for (const InspectedCertificate &one : path) {
            const bool isSent = std::ranges::any_of(chain.sent,
                [&one](const auto &sent) { return sent.facts.sha256 == one.facts.sha256; });
            ChainLink link {.facts = one.facts,
                .isSent = isSent,
                .isWeak = one.details.weakKey,
                .matching = {}};
            for (const NameCheck &name : chain.names) {
                if (name.matches && one.facts.names.contains(name.matched)
                    && !link.matching.contains(name.matched))
                    link.matching.append(name.matched);
            }
            seen.chain.append(link);
            seen.details.append(one.details);
        }
        list.append(seen);
    }
    if (list.isEmpty()) {
        Seen seen;
        seen.title = tr("%1 inspected").arg(where);
        seen.inspection = inspection;
        list.append(seen);
    }
    return list;
}

void TlsView::setSeen(
    const QList<Cell> &cells, const QList<TlsInspection> &inspections, const QDateTime &at)
{
    const QString before = m_chooser->currentText();
    m_at = at;
    m_seen.clear();
    for (const TlsInspection &inspection : inspections)
        m_seen.append(fromInspection(inspection));
    for (const Cell &cell : cells) {
        if (cell.tls)
            m_seen.append(fromCell(cell));
    }
    const QSignalBlocker quiet(m_chooser);
    m_chooser->clear();
    for (const Seen &seen : std::as_const(m_seen))
        m_chooser->addItem(seen.title);
    m_chooser->setCurrentIndex(m_isChosen ? std::max(0, m_chooser->findText(before)) : 0);
    static_cast<QStackedLayout *>(layout())->setCurrentIndex(m_seen.isEmpty() ? 0 : 1);
    showSeen();
}

void TlsView::showSeen()
{
    const int index = m_chooser->currentIndex();
    const Seen seen = index >= 0 ? m_seen.at(index) : Seen {};
    m_suitesModel->setRows(
        seen.inspection ? Models::tlsOffers(*seen.inspection) : QList<Models::TlsOffer>());
    m_suitesPane->setVisible(m_suitesModel->rowCount() > 0);
    m_copyTlsa->setEnabled(!seen.tlsa.isEmpty());
    m_copyTlsa->setToolTip(seen.tlsa.isEmpty() ? tr("Inspect TLS to have the records made")
                                               : tr("Copy what to publish in the DNS"));
    m_save->setEnabled(Tls::canBeSaved(seen.facts.chain));
    m_chain->setChain(seen.chain, m_at); // Shows the facts of the leaf.
}

void TlsView::showSessionFacts(const Seen &seen)
{
    const Tls::TlsFacts &facts = seen.facts;
    if (seen.inspection && seen.inspection->failure)
        m_facts->add(
            tr("Not inspected"), Explain::explain(*seen.inspection->failure).text, Meaning::Bad);
    if (facts.version.isEmpty())
        return;
    m_facts->add(tr("TLS"), QString::fromLatin1(facts.version + ", " + facts.cipher));
    m_facts->add(tr("Chain"),
        facts.chainTrusted ? tr("✓  leads to a root that is trusted here")
                           : tr("✕  leads to no root that is trusted here"),
        facts.chainTrusted ? Meaning::Good : Meaning::Bad);
    m_facts->add(tr("Name"),
        facts.nameMatches
            ? tr("✓  %1 is in the certificate").arg(visibleText(facts.serverName))
            : tr("✕  %1 is not in the certificate").arg(visibleText(facts.serverName)),
        facts.nameMatches ? Meaning::Good : Meaning::Bad);
    for (const Tls::VerifyReason &reason : facts.reasons)
        m_facts->add(tr("Fault"), Explain::explain(reason).text, Meaning::Careful);
    for (const NameCheck &name : seen.names)
        m_facts->add(tr("Name of the %1").arg(QString::fromLatin1(name.role)),
            name.matches ? tr("✓  %1, by %2").arg(visibleText(name.name), visibleText(name.matched))
                         : tr("✕  %1").arg(visibleText(name.name)),
            name.matches ? Meaning::Good : Meaning::Muted);
    if (seen.inspection)
        m_facts->add(tr("OCSP staple"), seen.staple ? DiagnosisText::of(*seen.staple) : tr("none"),
            seen.staple && seen.staple->state == Tls::OcspStaple::State::Revoked ? Meaning::Bad
                                                                                 : Meaning::Plain);
    if (seen.timestamps && seen.timestamps->isEmpty())
        m_facts->add(tr("CT timestamp"), tr("none"));
    for (const Tls::SignedTimestamp &one : seen.timestamps.value_or(QList<Tls::SignedTimestamp>()))
        m_facts->add(tr("CT timestamp"), DiagnosisText::of(one));
    if (seen.inspection && seen.inspection->caa)
        m_facts->add(tr("CAA"), DiagnosisText::of(*seen.inspection->caa));
    if (seen.inspection)
        showResumption(*seen.inspection);
    for (const QString &line : tlsaLines(seen))
        m_facts->add(u"TLSA"_s, line);
}

void TlsView::showResumption(const TlsInspection &inspection)
{
    for (const ProbedResumption &one : inspection.resumptions)
        m_facts->add(
            DiagnosisText::of(one.by), DiagnosisText::of(one), DiagnosisText::meaning(one));
    if (inspection.extendedMasterSecret)
        m_facts->add(tr("Extended master secret"),
            *inspection.extendedMasterSecret ? tr("✓  used in TLS 1.2") : tr("✕  not in TLS 1.2"),
            *inspection.extendedMasterSecret ? Meaning::Plain : Meaning::Careful);
}

void TlsView::showCertificateFacts()
{
    m_facts->clear();
    const int index = m_chooser->currentIndex();
    if (index < 0)
        return;
    const Seen &seen = m_seen.at(index);
    const int at = m_chain->current();
    if (at <= 0)
        showSessionFacts(seen);
    if (at < 0)
        return;
    const Tls::CertificateFacts &facts = seen.chain.at(at).facts;
    m_facts->add(tr("Subject"), visibleText(facts.subject));
    m_facts->add(tr("Issuer"), visibleText(facts.issuer));
    m_facts->add(tr("Names"), visibleText(facts.names.join(u", "_s)));
    m_facts->add(tr("Valid from"), dateTime(facts.notBefore));
    m_facts->add(tr("Valid until"), dateTime(facts.notAfter));
    m_facts->add(tr("Key"), facts.keyType);
    if (at < seen.details.size()) {
        const Tls::CertificateDetails &details = seen.details.at(at);
        m_facts->add(tr("Signature"), details.signatureAlgorithm);
        m_facts->add(tr("Serial number"), details.serial);
        if (details.mustStaple)
            m_facts->add(tr("Demands"), tr("an OCSP staple in every handshake"));
    }
    m_facts->add(tr("SHA-256"), QString::fromLatin1(facts.sha256));
    m_facts->add(tr("SHA-256 of the key"), QString::fromLatin1(facts.keySha256));
}

QStringList TlsView::tlsaLines(const Seen &seen)
{
    QStringList lines;
    for (const QByteArray &record : seen.tlsa)
        lines.append(u"%1 IN TLSA %2"_s.arg(seen.owner, QString::fromLatin1(record)));
    return lines;
}

void TlsView::copyTlsa()
{
    if (const int index = m_chooser->currentIndex(); index >= 0)
        QGuiApplication::clipboard()->setText(tlsaLines(m_seen.at(index)).join(u'\n') + u'\n');
}

void TlsView::saveChain()
{
    if (const int index = m_chooser->currentIndex(); index >= 0)
        Q_EMIT saveRequested(m_seen.at(index).host, Tls::toPem(m_seen.at(index).facts.chain));
}

void TlsView::showCertificate(const QString &subject)
{
    for (int i = 0; i < static_cast<int>(m_seen.size()); ++i) {
        const QList<ChainLink> &chain = m_seen.at(i).chain;
        const auto found = std::ranges::find_if(
            chain, [&subject](const ChainLink &link) { return link.facts.subject == subject; });
        if (found == chain.end())
            continue;
        m_chooser->setCurrentIndex(i);
        m_chain->setCurrent(static_cast<int>(found - chain.begin()));
        m_chain->setFocus();
        return;
    }
}

} // namespace Mailgauge::Diagnose
