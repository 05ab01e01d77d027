// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/bouncemaker.h"

#include "base/literals.h"

#include <QLocale>

#include <algorithm>

namespace Mailgauge::Sandbox {

namespace {

/// RFC 5322 3.3, in UTC, independent of the locale.
QByteArray dateField(const QDateTime &when)
{
    return QLocale::c().toString(when.toUTC(), u"ddd, dd MMM yyyy HH:mm:ss"_s).toLatin1()
        + " +0000";
}

bool isAscii(QByteArrayView bytes)
{
    return std::ranges::all_of(bytes, [](char c) { return static_cast<uchar>(c) < 0x80; });
}

/// `rfc822; a@b`, or `utf-8; \x{E9}@b` where the address is not ASCII.
QByteArray typedAddress(const QByteArray &address)
{
    if (isAscii(address))
        return "rfc822; " + address;
    QByteArray result = "utf-8; ";
    for (const char32_t c : QString::fromUtf8(address).toUcs4()) {
        if (c < 0x80)
            result += static_cast<char>(c);
        else
            result += "\\x{" + QByteArray::number(static_cast<uint>(c), 16).toUpper() + '}';
    }
    return result;
}

/// A field value on one line of printable ASCII.
QByteArray fieldText(const QByteArray &text)
{
    QByteArray result = text.simplified();
    std::ranges::replace_if(result, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
    return result.left(900);
}

QByteArray explanation(const BounceFacts &facts, bool delayed)
{
    QByteArray text = "This is the mail system at host " + facts.hostName + ".\r\n\r\n";
    text += delayed ? "Your message could not be delivered yet to:\r\n"
                    : "Your message could not be delivered to:\r\n";
    text += "\r\n";
    for (const BouncedRecipient &recipient : facts.recipients)
        text += '<' + recipient.address + ">: " + fieldText(recipient.diagnostic) + "\r\n";
    text += "\r\n";
    text += delayed
        ? "It stays in the queue and will be tried again. You need not send it again.\r\n"
        : "It will not be tried again.\r\n";
    return text;
}

QByteArray statusFields(const BounceFacts &facts)
{
    QByteArray text = "Reporting-MTA: dns; " + facts.hostName + "\r\n";
    text += "X-Queue-Id: " + facts.queueId + "\r\n";
    text += "Arrival-Date: " + dateField(facts.arrivedAt) + "\r\n";
    for (const BouncedRecipient &recipient : facts.recipients) {
        text += "\r\nFinal-Recipient: " + typedAddress(recipient.address) + "\r\n";
        text += recipient.status.startsWith('4') ? "Action: delayed\r\n" : "Action: failed\r\n";
        text += "Status: " + recipient.status + "\r\n";
        text += "Diagnostic-Code: smtp; " + fieldText(recipient.diagnostic) + "\r\n";
        text += "Last-Attempt-Date: " + dateField(facts.reportedAt) + "\r\n";
    }
    return text;
}

} // namespace

QByteArray headerSection(const QByteArray &message, qsizetype max)
{
    qsizetype end = message.startsWith("\r\n") ? 0 : message.indexOf("\r\n\r\n");
    end = end < 0 ? message.size() : qMin(end + 2, message.size());
    if (end == 2 && message.startsWith("\r\n"))
        return {};
    if (end <= max)
        return message.first(end);
    const qsizetype line = message.lastIndexOf("\r\n", max - 2);
    return line < 0 ? QByteArray() : message.first(line + 2);
}

QByteArray makeBounce(const BounceFacts &facts)
{
    const bool delayed = std::ranges::all_of(
        facts.recipients, [](const BouncedRecipient &r) { return r.status.startsWith('4'); });
    const QByteArray boundary = "report-" + facts.reportId;
    const QByteArray text = explanation(facts, delayed);
    const auto encoding = [](const QByteArray &part) {
        return isAscii(part) ? QByteArray() : "Content-Transfer-Encoding: 8bit\r\n"_ba;
    };
    const auto delimiter = "\r\n--" + boundary;

    QByteArray bounce = "Date: " + dateField(facts.reportedAt) + "\r\n";
    bounce += "From: Mail Delivery System <MAILER-DAEMON@" + facts.hostName + ">\r\n";
    bounce += "To: <" + facts.reversePath + ">\r\n";
    bounce += delayed ? "Subject: Delayed Mail (still being retried)\r\n"
                      : "Subject: Undelivered Mail Returned to Sender\r\n";
    bounce += "Message-ID: <" + facts.reportId + '@' + facts.hostName + ">\r\n";
    bounce += "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n";
    bounce += "Content-Type: multipart/report; report-type=delivery-status;\r\n boundary=\""
        + boundary + "\"\r\n";
    bounce += delimiter + "\r\nContent-Type: text/plain; charset=utf-8\r\n" + encoding(text)
        + "\r\n" + text;
    bounce += delimiter + "\r\nContent-Type: message/delivery-status\r\n\r\n" + statusFields(facts);
    bounce += delimiter + "\r\nContent-Type: text/rfc822-headers; charset=utf-8\r\n"
        + encoding(facts.originalHeaders) + "\r\n" + facts.originalHeaders;
    bounce += delimiter + "--\r\n";
    return bounce;
}

} // namespace Mailgauge::Sandbox
