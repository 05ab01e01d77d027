// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/protocolsection.h"

#include "base/literals.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QSpinBox>

#include <limits>

namespace Mailgauge::Relays {

namespace {

using Smtp::Chunking;
using Smtp::Protocol;

/// What a spin box can show of it.
int shown(qint64 octets)
{
    return static_cast<int>(qMin<qint64>(octets, std::numeric_limits<int>::max()));
}

} // namespace

ProtocolSection::ProtocolSection(QFormLayout &form, const Theme::Theme &theme, QWidget *parent)
    : FormSection(u"protocolSection"_s, tr("Protocol"), form, theme, parent)
    , m_protocol(addChoice(u"protocol"_s, tr("Pr&otocol")))
    , m_ehloName(addText(u"ehloName"_s, tr("&EHLO name"), tr("This machine's name")))
    , m_pipelining(addCheck(u"pipelining"_s, tr("Use P&IPELINING where it is offered")))
    , m_chunking(addCheck(u"chunking"_s, tr("Use CHUN&KING where it is offered")))
    , m_chunkSize(
          addNumber(u"chunkSize"_s, tr("Octets of a ch&unk"), 1, std::numeric_limits<int>::max()))
    , m_prdr(addCheck(u"prdr"_s, tr("Ask for a verdict per recipient (PR&DR)")))
    , m_smtpUtf8(addCheck(u"smtpUtf8"_s, tr("Use SMTPUTF8 where it is offered and needed")))
    , m_eightBitAnyway(
          addCheck(u"eightBitAnyway"_s, tr("Send 8-bit content also without 8BITMIME")))
{
    m_protocol->addItem(tr("ESMTP"), static_cast<int>(Protocol::Esmtp));
    m_protocol->addItem(tr("SMTP: HELO only"), static_cast<int>(Protocol::Smtp));
    m_protocol->addItem(tr("LMTP"), static_cast<int>(Protocol::Lmtp));
    m_chunkSize->setGroupSeparatorShown(true);
    m_smtpUtf8->setToolTip(tr("Without it domains go out as A-labels, and addresses with a local "
                              "part beyond ASCII are refused."));
    m_eightBitAnyway->setToolTip(tr("Else such a message is not sent to a relay that does not "
                                    "announce 8BITMIME."));
}

void ProtocolSection::fill(const Relay::RelayProfile &profile)
{
    select(m_protocol, profile.protocol);
    m_ehloName->setText(QString::fromUtf8(profile.ehloName));
    m_pipelining->setChecked(profile.pipelining);
    m_chunking->setChecked(profile.chunking == Chunking::WhereOffered);
    m_chunkSize->setValue(shown(profile.chunkSize));
    m_prdr->setChecked(profile.prdr);
    m_smtpUtf8->setChecked(profile.smtpUtf8);
    m_eightBitAnyway->setChecked(profile.eightBitAnyway);
}

void ProtocolSection::take(Relay::RelayProfile &profile) const
{
    profile.protocol = selected<Protocol>(m_protocol);
    profile.ehloName = m_ehloName->text().trimmed().toUtf8();
    profile.pipelining = m_pipelining->isChecked();
    profile.chunking = m_chunking->isChecked() ? Chunking::WhereOffered : Chunking::Off;
    if (m_chunkSize->value() != shown(profile.chunkSize))
        profile.chunkSize = m_chunkSize->value();
    profile.prdr = m_prdr->isChecked();
    profile.smtpUtf8 = m_smtpUtf8->isChecked();
    profile.eightBitAnyway = m_eightBitAnyway->isChecked();
}

QStringList ProtocolSection::facts(const Relay::RelayProfile &profile) const
{
    QStringList facts;
    if (profile.protocol != Protocol::Esmtp)
        facts.append(profile.protocol == Protocol::Lmtp ? tr("LMTP") : tr("HELO only"));
    if (!profile.ehloName.isEmpty())
        facts.append(QString::fromUtf8(profile.ehloName));
    if (!profile.pipelining)
        facts.append(tr("no PIPELINING"));
    if (profile.chunking == Chunking::WhereOffered)
        facts.append(tr("CHUNKING"));
    if (profile.prdr)
        facts.append(tr("PRDR"));
    if (!profile.smtpUtf8)
        facts.append(tr("no SMTPUTF8"));
    if (profile.eightBitAnyway)
        facts.append(tr("8-bit anyway"));
    return facts;
}

// Without EHLO there are no extensions; under LMTP each recipient has its verdict anyway.
void ProtocolSection::updateReach(const Relay::RelayProfile &profile)
{
    const bool extended = profile.protocol != Protocol::Smtp;
    m_pipelining->setEnabled(extended);
    m_chunking->setEnabled(extended);
    m_chunkSize->setEnabled(extended && profile.chunking == Chunking::WhereOffered);
    m_prdr->setEnabled(profile.protocol == Protocol::Esmtp);
    m_smtpUtf8->setEnabled(extended);
}

} // namespace Mailgauge::Relays
