// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/recipientsmodel.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "models/outcometext.h"
#include "models/plaintip.h"
#include "transcript/entry.h"

namespace Mailgauge::Models {

namespace {

QString codeText(const Smtp::RecipientOutcome &recipient)
{
    if (!recipient.reply)
        return u"–"_s;
    QString text = QString::number(recipient.reply->code);
    if (const auto enhanced = recipient.reply->enhanced())
        text += u' ' + QString::fromLatin1(enhanced->toByteArray());
    return text;
}

QString replyText(const Smtp::RecipientOutcome &recipient)
{
    if (recipient.reply)
        return Transcript::visibleText(recipient.reply->text());
    return recipient.failure ? Explain::explain(*recipient.failure).text : QString();
}

/// All of the reply, and what it means where somebody did not get the mail.
QString meaning(const Smtp::RecipientOutcome &recipient, const QByteArray &provider)
{
    if (!recipient.reply || recipient.outcome == Smtp::Outcome::Accepted)
        return replyText(recipient);
    return Explain::explain(*recipient.reply, recipient.stage, provider).withNextStep();
}

} // namespace

void RecipientsModel::setRecipients(
    const QList<Smtp::RecipientOutcome> &recipients, const QByteArray &provider)
{
    beginResetModel();
    m_recipients = recipients;
    m_provider = provider;
    endResetModel();
}

int RecipientsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_recipients.size());
}

int RecipientsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RecipientsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Smtp::RecipientOutcome &recipient = m_recipients.at(index.row());
    if (role == OutcomeRole)
        return static_cast<int>(recipient.outcome);
    if (role == Qt::ToolTipRole && index.column() == Reply)
        return plainTip(meaning(recipient, m_provider));
    if (role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(index.column())) {
    case Address:
        return QString::fromUtf8(recipient.recipient.address());
    case Outcome:
        return OutcomeText::symbol(recipient.outcome) + u"  "_s
            + OutcomeText::of(recipient.outcome);
    case Stage:
        return QString::fromLatin1(Smtp::stageName(recipient.stage));
    case Code:
        return codeText(recipient);
    case Reply:
        return replyText(recipient);
    case ColumnCount:
        break;
    }
    return {};
}

QVariant RecipientsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Address:
        return tr("Recipient");
    case Outcome:
        return tr("Outcome");
    case Stage:
        return tr("Decided at");
    case Code:
        return tr("Code");
    case Reply:
        return tr("Reply");
    case ColumnCount:
        break;
    }
    return {};
}

} // namespace Mailgauge::Models
