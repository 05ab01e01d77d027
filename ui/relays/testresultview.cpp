// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/testresultview.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "models/outcometext.h"
#include "widgets/roomydelegate.h"

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <utility>

namespace Mailgauge::Relays {

TestResultView::TestResultView(Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_headline(new QLabel(this))
    , m_list(new QTreeWidget(this))
{
    m_headline->setTextFormat(Qt::PlainText);
    m_headline->setWordWrap(true);
    m_headline->setObjectName(u"testHeadline"_s);
    QFont bold = m_headline->font();
    bold.setBold(true);
    m_headline->setFont(bold);
    m_list->setAccessibleName(tr("What the test found"));
    m_list->setColumnCount(2);
    m_list->setHeaderLabels({tr("Check"), tr("Finding")});
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setItemDelegate(new Widgets::RoomyDelegate(m_list));
    m_list->setAlternatingRowColors(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setColumnWidth(0, 150);
    m_list->setSelectionMode(QAbstractItemView::NoSelection);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 8, 16, 8);
    layout->addWidget(m_headline);
    layout->addWidget(m_list, 1);
    connect(&theme, &Theme::Theme::changed, this, [this] {
        for (int row = 0; row < m_list->topLevelItemCount(); ++row)
            paint(m_list->topLevelItem(row));
    });
    clear();
}

void TestResultView::clear()
{
    m_headline->setText(tr("Test a relay to see what it offers: nothing is sent."));
    m_list->clear();
}

void TestResultView::setRunning(const QString &relay)
{
    m_headline->setText(tr("Testing %1 …").arg(relay));
    m_list->clear();
}

void TestResultView::add(Mark mark, const QString &what, const QString &finding)
{
    const QString symbol = mark == Mark::Good ? u"✓"_s : mark == Mark::Note ? u"•"_s : u"✕"_s;
    auto *item = new QTreeWidgetItem(m_list, {symbol + u"  "_s + what, finding});
    const Theme::Role role = mark == Mark::Good ? Theme::Role::Accepted
        : mark == Mark::Note                    ? Theme::Role::Muted
                                                : Theme::Role::Rejected;
    item->setData(0, Qt::UserRole, std::to_underlying(role));
    paint(item);
    item->setToolTip(1, u"<qt>%1</qt>"_s.arg(finding.toHtmlEscaped()));
}

void TestResultView::paint(QTreeWidgetItem *item)
{
    const auto role = static_cast<Theme::Role>(item->data(0, Qt::UserRole).toInt());
    item->setForeground(0, m_theme.color(role));
}

void TestResultView::addTls(const Transcript::SessionRecord &record)
{
    if (!record.tls) {
        if (!record.greeting.isEmpty())
            add(record.tlsPolicy == "none" ? Mark::Note : Mark::Bad, tr("TLS"),
                tr("Not established"));
        return;
    }
    const Tls::TlsFacts &tls = *record.tls;
    add(Mark::Good, tr("TLS"), QString::fromLatin1(tls.version + ", " + tls.cipher));
    if (!tls.chain.isEmpty()) {
        const Tls::CertificateFacts &leaf = tls.chain.first();
        add(tls.accepted ? Mark::Good : Mark::Bad, tr("Certificate"),
            tr("%1, issued by %2, valid until %3")
                .arg(leaf.subject, leaf.issuer,
                    QLocale().toString(leaf.notAfter.toLocalTime(), QLocale::ShortFormat)));
    }
    for (const Tls::VerifyReason &reason : tls.reasons)
        add(tls.accepted ? Mark::Note : Mark::Bad, tr("Certificate"),
            Explain::explain(reason).text);
}

void TestResultView::addCapabilities(const Transcript::SessionRecord &record)
{
    for (const Smtp::Capability &capability : record.capabilities.all()) {
        const QString parameters = Transcript::visibleText(capability.parameters.join(' '));
        const QString means = Explain::explainCapability(capability.keyword).text;
        add(Mark::Note, Transcript::visibleText(capability.keyword),
            parameters.isEmpty() || means.isEmpty() ? parameters + means
                                                    : u"%1 – %2"_s.arg(parameters, means));
    }
}

void TestResultView::setRecord(const Transcript::SessionRecord &record)
{
    m_list->clear();
    const bool good = !record.failure && record.exitCode == 0;
    const QString relay = record.profileName.isEmpty() ? record.host : record.profileName;
    QString headline;
    if (good) {
        headline = tr("ready to send (%1).").arg(Models::OutcomeText::duration(record.totalUs));
    } else if (record.failure) {
        headline = Explain::explain(*record.failure).withNextStep();
    } else {
        headline = tr("it did not get as far as it should.");
    }
    m_headline->setText(u"%1: %2"_s.arg(relay, headline));
    if (!record.address.isEmpty()) {
        add(Mark::Good, tr("Reached"),
            tr("%1 in %2")
                .arg(record.address,
                    Models::OutcomeText::duration(record.timings.value(Smtp::Stage::Connect))));
    }
    if (!record.greeting.isEmpty())
        add(Mark::Good, tr("Greeting"), Transcript::visibleText(record.greeting));
    addTls(record);
    if (!record.authMechanism.isEmpty())
        add(Mark::Good, tr("AUTH"),
            tr("%1 accepted the password").arg(QString::fromLatin1(record.authMechanism)));
    for (const Transcript::SessionFinding &finding : record.findings)
        add(Mark::Note, QString::fromLatin1(Smtp::stageName(finding.stage)),
            Explain::explainFinding(finding.id, finding.evidence).text);
    addCapabilities(record);
    if (record.failure) {
        // The headline has said what happened.
        const Explain::Explanation why = Explain::explain(*record.failure);
        add(Mark::Bad, QString::fromLatin1(Smtp::stageName(record.failure->stage)),
            why.cause.isEmpty() ? why.text : why.cause);
    }
}

} // namespace Mailgauge::Relays
