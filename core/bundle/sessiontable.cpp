// SPDX-License-Identifier: GPL-3.0-or-later
#include "bundle/sessiontable.h"

#include "base/csv.h"
#include "base/literals.h"
#include "transcript/decidingreply.h"

#include <algorithm>

namespace Mailgauge::Bundle {

namespace {

using Smtp::RecipientOutcome;
using Transcript::SessionRecord;
using Transcript::visibleText;

QString fromLatin(QByteArrayView name)
{
    return QString::fromLatin1(name);
}

/// Code, enhanced code and text of a reply, and what broke where there is none.
QStringList decision(
    const std::optional<Smtp::Reply> &reply, const std::optional<Smtp::Failure> &failure)
{
    const QString error = failure ? fromLatin(Base::kindName(failure->error.kind)) + u": "_s
            + visibleText(failure->error.detail)
                                  : QString();
    if (!reply)
        return {{}, {}, {}, error};
    const auto enhanced = reply->enhanced();
    return {QString::number(reply->code),
        enhanced ? QString::fromLatin1(enhanced->toByteArray()) : QString(),
        visibleText(reply->text()), error};
}

const QStringList decisionColumns {u"code"_s, u"enhanced"_s, u"reply"_s, u"error"_s};

/// What both shapes begin with.
const QStringList sessionColumns {
    u"session"_s, u"start"_s, u"host"_s, u"port"_s, u"address"_s, u"profile"_s, u"from"_s};

QStringList sessionCells(const SessionRecord &record)
{
    return {record.id.toString(QUuid::WithoutBraces),
        record.startedAt.toUTC().toString(Qt::ISODateWithMs), visibleText(record.host),
        record.port == 0 ? QString() : QString::number(record.port), visibleText(record.address),
        visibleText(record.profileName), visibleText(record.reversePath)};
}

/// What both end with.
const QStringList wayColumns {u"queueId"_s, u"tlsVersion"_s, u"tlsCipher"_s, u"auth"_s,
    u"messageId"_s, u"subject"_s, u"milliseconds"_s};

QStringList wayCells(const SessionRecord &record)
{
    return {visibleText(record.queueId), record.tls ? visibleText(record.tls->version) : QString(),
        record.tls ? visibleText(record.tls->cipher) : QString(), visibleText(record.authMechanism),
        visibleText(record.messageId), visibleText(record.subject),
        QString::number(static_cast<double>(record.totalUs) / 1000, 'f', 3)};
}

QStringList sessionRow(const SessionRecord &record)
{
    QStringList row = sessionCells(record)
        + QStringList {fromLatin(Transcript::wholeOutcomeName(record.outcome)),
            fromLatin(Smtp::stageName(record.stage))}
        + decision(Transcript::decidingReply(record), record.failure);
    row.append(QString::number(record.recipients.size()));
    for (const Smtp::Outcome outcome : Smtp::allOutcomes)
        row.append(QString::number(
            std::ranges::count(record.recipients, outcome, &RecipientOutcome::outcome)));
    row += wayCells(record);
    return row
        + QStringList {QString::number(record.exitCode), visibleText(record.tags.join(u' ')),
            visibleText(record.note)};
}

QStringList sessionHeader()
{
    QStringList header = sessionColumns + QStringList {u"outcome"_s, u"stage"_s} + decisionColumns;
    header.append(u"recipients"_s);
    for (const Smtp::Outcome outcome : Smtp::allOutcomes)
        header.append(fromLatin(Smtp::outcomeName(outcome)));
    return header + wayColumns + QStringList {u"exit"_s, u"tags"_s, u"note"_s};
}

QStringList recipientRow(const SessionRecord &record, const RecipientOutcome &recipient)
{
    return sessionCells(record)
        + QStringList {visibleText(recipient.recipient.address()),
            fromLatin(Smtp::outcomeName(recipient.outcome)),
            fromLatin(Smtp::stageName(recipient.stage))}
    + decision(recipient.reply, recipient.failure) + wayCells(record);
}

QStringList recipientHeader()
{
    return sessionColumns + QStringList {u"recipient"_s, u"outcome"_s, u"stage"_s} + decisionColumns
        + wayColumns;
}

} // namespace

QByteArrayView tableShapeName(TableShape shape)
{
    switch (shape) {
    case TableShape::Sessions:
        return "sessions";
    case TableShape::Recipients:
        return "recipients";
    }
    Q_UNREACHABLE_RETURN("");
}

QByteArray sessionTable(const QList<SessionRecord> &records, TableShape shape)
{
    QList<QStringList> rows {shape == TableShape::Sessions ? sessionHeader() : recipientHeader()};
    for (const SessionRecord &record : records) {
        if (shape == TableShape::Sessions)
            rows.append(sessionRow(record));
        else
            for (const RecipientOutcome &recipient : record.recipients)
                rows.append(recipientRow(record, recipient));
    }
    return Base::csv(rows);
}

} // namespace Mailgauge::Bundle
