// SPDX-License-Identifier: GPL-3.0-or-later
#include "bounce/parser.h"

#include "base/literals.h"
#include "bounce/deliveryreport.h"
#include "bounce/fields.h"
#include "mime/reader.h"

#include <QRegularExpression>

#include <algorithm>

namespace Mailgauge::Bounce {

namespace {

constexpr qsizetype MaxNotification = 4'096;
constexpr qsizetype MaxReturnedHeader = 256 * 1024;

const Mime::Part *partOf(
    const Mime::ParsedMessage &message, std::initializer_list<QByteArrayView> types)
{
    const auto found = std::ranges::find_if(message.parts, [types](const Mime::Part &part) {
        return std::ranges::find(types, QByteArrayView(part.mimeType)) != types.end();
    });
    return found == message.parts.cend() ? nullptr : &*found;
}

/// The header of the message that came back; empty where the report holds none.
Mime::ParsedMessage returnedHeader(const Mime::ParsedMessage &message)
{
    const Mime::Part *part = partOf(message,
        {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global",
            "message/global-headers", "text/rfc822"});
    if (!part)
        return {};
    // An empty line ends the header: what follows is not needed.
    QByteArray header = part->body.first(qMin(part->body.size(), MaxReturnedHeader));
    qsizetype start = 0;
    while (start < header.size() && (header[start] == '\r' || header[start] == '\n'))
        ++start; // some reports begin with an empty line
    return Mime::parse(header.sliced(start));
}

QByteArray originalMessageId(const Mime::ParsedMessage &message,
    const Mime::ParsedMessage &returned, const QByteArray &statusBody)
{
    if (const QByteArray id = Mime::messageIdOf(returned.header("Message-ID")); !id.isEmpty())
        return id;
    for (const FieldGroup &group : readGroups(statusBody, 3))
        for (const QByteArrayView name :
            {QByteArrayView("X-Original-Message-ID"), QByteArrayView("Original-Message-ID")})
            if (group.has(name))
                return Mime::messageIdOf(QString::fromUtf8(group.value(name)));
    for (const QByteArrayView name : {QByteArrayView("In-Reply-To"), QByteArrayView("References")})
        if (const QByteArray id = Mime::messageIdOf(message.header(name)); !id.isEmpty())
            return id;
    return {};
}

QByteArray senderOf(const Mime::ParsedMessage &message)
{
    const auto from = Mime::addressesOf(message.header("From"));
    return from && !from->isEmpty() ? from->first() : QByteArray();
}

/// A mail system speaks, not somebody's mailbox: a report in words of its own.
bool isFromMailSystem(const Mime::ParsedMessage &message)
{
    return message.header("From").contains("mailer-daemon"_L1, Qt::CaseInsensitive)
        || senderOf(message).toLower().startsWith("postmaster@")
        || !message.header("X-Failed-Recipients").isEmpty();
}

/// An answer that a program gave (RFC 3834 5); reports are found before.
bool isAutomaticAnswer(const Mime::ParsedMessage &message)
{
    if (isFromMailSystem(message))
        return false;
    // Parameters and comments may follow.
    if (message.header("Auto-Submitted").startsWith("auto-replied"_L1, Qt::CaseInsensitive))
        return true;
    const QString precedence = message.header("Precedence").trimmed();
    if (precedence.compare("auto_reply"_L1, Qt::CaseInsensitive) == 0
        || !message.header("X-Autoreply").isEmpty() || !message.header("X-Autorespond").isEmpty())
        return true;
    // Exchange says it in the subject, in the language of the mailbox.
    static const QRegularExpression subject(
        u"^\\s*(automatic reply|auto(matic)?[ -]?(reply|response)|out of (the )?office|abwesenheit"
        "|automatische antwort|r\u00e9ponse automatique|respuesta autom\u00e1tica"
        "|risposta automatica|automatisch antwoord|\u81ea\u52d5\u5fdc\u7b54"
        "|\u81ea\u52a8\u7b54\u590d)"_s,
        QRegularExpression::CaseInsensitiveOption);
    const bool fromProgram = !message.header("X-Auto-Response-Suppress").isEmpty()
        || message.header("Return-Path").trimmed() == "<>"_L1;
    return fromProgram && subject.match(message.header("Subject")).hasMatch();
}

Report vacation(const Mime::ParsedMessage &message)
{
    Report report;
    report.kind = Kind::Vacation;
    report.recipient = senderOf(message);
    report.reason = "vacation"_ba;
    report.diagnostic = message.text.left(MaxNotification).simplified().left(500).toUtf8();
    report.originalMessageId = originalMessageId(message, {}, {});
    report.rule = "rfc3834:autoSubmitted"_ba;
    const QString submitted = message.header("Auto-Submitted");
    report.evidence = submitted.isEmpty() ? "Subject: " + message.header("Subject").toUtf8()
                                          : "Auto-Submitted: " + submitted.toUtf8();
    return report;
}

/// The fields of a delivery report written into plain text, as some gateways do.
QByteArray statusInText(const Mime::ParsedMessage &message)
{
    const bool isReport = message.header("Content-Type").contains("report"_L1, Qt::CaseInsensitive)
        || message.header("Return-Path").trimmed() == "<>"_L1;
    for (const Mime::Part &part : message.parts) {
        if (part.mimeType != "text/plain" || !isReport)
            continue;
        const qsizetype at = ("\n" + part.body).indexOf("\nFinal-Recipient:");
        if (at >= 0 && part.body.contains("\nAction:") && part.body.contains("\nStatus:"))
            return part.body;
    }
    return {};
}

QByteArray sessionFromVerp(
    const Mime::ParsedMessage &message, const Mime::ParsedMessage &returned, const Verp &verp)
{
    const auto tokenIn = [&verp](const Mime::ParsedMessage &from, QByteArrayView name) {
        for (const Mime::HeaderField &field : from.headers) {
            if (field.name.compare(name, Qt::CaseInsensitive) != 0)
                continue;
            const auto addresses = Mime::addressesOf(field.value);
            for (const QByteArray &address : addresses.value_or(QList<QByteArray>()))
                if (const auto token = verp.decode(address))
                    return token->session.toByteArray(QUuid::WithoutBraces);
        }
        return QByteArray();
    };
    for (const QByteArrayView name : {QByteArrayView("To"), QByteArrayView("Delivered-To"),
             QByteArrayView("X-Original-To"), QByteArrayView("Envelope-To")})
        if (const QByteArray session = tokenIn(message, name); !session.isEmpty())
            return session;
    return tokenIn(returned, "Return-Path");
}

QList<Report> readReports(
    const Mime::ParsedMessage &message, const Mime::ParsedMessage &returned, bool mayRecurse = true)
{
    ReportContext context;
    context.notification = message.text.left(MaxNotification).toUtf8();
    context.failedRecipients = message.header("X-Failed-Recipients").toUtf8();

    if (const Mime::Part *feedback = partOf(message, {"message/feedback-report"})) {
        context.originalMessageId = originalMessageId(message, returned, {});
        const auto to = Mime::addressesOf(returned.header("To"));
        return readFeedback(feedback->body, to.value_or(QList<QByteArray>()), context);
    }
    const Mime::Part *status = partOf(
        message, {"message/delivery-status", "message/global-delivery-status"});
    const QByteArray body = status ? status->body : statusInText(message);
    if (!body.isEmpty()) {
        context.originalMessageId = originalMessageId(message, returned, body);
        const QList<Report> reports = readDeliveryStatus(body, context);
        if (!reports.isEmpty())
            return reports;
    }
    // A report that somebody, or a gateway, passed on as an attachment.
    for (const Mime::Part &part : message.parts) {
        if (!mayRecurse || part.mimeType != "message/rfc822"
            || !part.body.contains("delivery-status"))
            continue;
        const Mime::ParsedMessage inner = Mime::parse(part.body);
        const QList<Report> reports = readReports(inner, returnedHeader(inner), false);
        if (!reports.isEmpty())
            return reports;
    }
    // A receipt is sent by a program too, but reports reading, not delivery.
    if (isAutomaticAnswer(message) && !partOf(message, {"message/disposition-notification"}))
        return {vacation(message)};
    return {};
}

} // namespace

QList<Report> parse(const QByteArray &bytes, const Verp *verp)
{
    const Mime::ParsedMessage message = Mime::parse(bytes);
    const Mime::ParsedMessage returned = returnedHeader(message);
    QList<Report> reports = readReports(message, returned);
    if (verp && !reports.isEmpty()) {
        const QByteArray session = sessionFromVerp(message, returned, *verp);
        for (Report &report : reports)
            report.campaign = session;
    }
    return reports;
}

} // namespace Mailgauge::Bounce
