// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessions/sessiondetails.h"

#include "base/literals.h"
#include "delivery/reason.h"
#include "explain/provider.h"
#include "models/outcometext.h"
#include "models/recipientsmodel.h"
#include "sessions/markseditor.h"
#include "sessions/stagebar.h"
#include "theme/outcomedelegate.h"
#include "widgets/columnfit.h"
#include "widgets/elidedlabel.h"
#include "widgets/parts.h"
#include "widgets/tables.h"

#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QTableView>
#include <QVBoxLayout>

namespace Mailgauge::Sessions {

namespace {

QString factsOf(const Transcript::SessionRecord &record)
{
    QStringList facts;
    if (!record.address.isEmpty())
        facts.append(
            record.port == 0 ? record.address : u"%1:%2"_s.arg(record.address).arg(record.port));
    if (record.tls) {
        facts.append(QString::fromLatin1(record.tls->version) + u", "_s
            + (record.tls->accepted ? SessionDetails::tr("certificate accepted")
                                    : SessionDetails::tr("certificate not accepted")));
    } else if (!record.address.isEmpty()) {
        facts.append(SessionDetails::tr("no TLS"));
    }
    if (!record.authMechanism.isEmpty())
        facts.append(SessionDetails::tr("authenticated by %1")
                .arg(QString::fromLatin1(record.authMechanism)));
    if (!record.queueId.isEmpty())
        facts.append(
            SessionDetails::tr("queue id %1").arg(Transcript::visibleText(record.queueId)));
    if (!record.messageId.isEmpty())
        facts.append(
            SessionDetails::tr("Message-ID %1").arg(Transcript::visibleText(record.messageId)));
    return facts.join(u"  ·  "_s);
}

} // namespace

SessionDetails::SessionDetails(Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_headline(Widgets::plainLabel(this, {}, Qt::TextSelectableByMouse))
    , m_explanation(Widgets::plainLabel(this, {}, Qt::TextSelectableByMouse))
    , m_facts(new Widgets::ElidedLabel(this))
    , m_marks(new MarksEditor(this))
    , m_stages(new StageBar(theme, this))
    , m_table(new QTableView(this))
    , m_recipients(new Models::RecipientsModel(this))
{
    QFont large = m_headline->font();
    large.setPointSizeF(large.pointSizeF() * 1.2);
    large.setBold(true);
    m_headline->setFont(large);
    m_facts->setForegroundRole(QPalette::PlaceholderText);
    Widgets::makeList(m_table, tr("Outcome per recipient"));
    m_table->setModel(m_recipients);
    m_table->setItemDelegateForColumn(
        Models::RecipientsModel::Outcome, new Theme::OutcomeDelegate(theme, this));
    new Widgets::ColumnFit(m_table, {{240, 140}, {120, 96}, {90, 72}, {90, 72}, {300, 140}},
        Models::RecipientsModel::ColumnCount - 1);

    auto *top = new QVBoxLayout;
    top->setContentsMargins(12, 8, 12, 4);
    top->setSpacing(4);
    top->addWidget(m_headline);
    top->addWidget(m_explanation);
    top->addWidget(m_facts);
    top->addWidget(m_marks);
    top->addWidget(m_stages);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addLayout(top);
    layout->addWidget(m_table, 1);
    clear();
}

void SessionDetails::setRecord(const Transcript::SessionRecord &record)
{
    setEnabled(true);
    m_headline->setText(Models::OutcomeText::symbol(record.outcome) + u"  "_s
        + tr("%1 after %2")
            .arg(Models::OutcomeText::of(record.outcome),
                Models::OutcomeText::duration(record.totalUs)));
    const QString explanation = Delivery::reasonOf(record).withNextStep();
    m_explanation->setText(explanation);
    m_explanation->setVisible(!explanation.isEmpty());
    m_facts->setText(factsOf(record));
    m_marks->setMarks(record.id, record.tags, record.note);
    m_stages->setTimings(record.timings);
    m_recipients->setRecipients(
        record.recipients, Explain::providerOf(record.host, record.greeting));
}

void SessionDetails::clear()
{
    setEnabled(false);
    m_headline->setText(tr("No session selected"));
    m_explanation->hide();
    m_facts->setText({});
    m_marks->setMarks({}, {}, {});
    m_stages->setTimings({});
    m_recipients->setRecipients({});
}

} // namespace Mailgauge::Sessions
