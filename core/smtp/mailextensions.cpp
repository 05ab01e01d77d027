// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/mailextensions.h"

#include "base/literals.h"

#include <algorithm>
#include <cstdlib>

namespace Mailgauge::Smtp {

namespace {

using Base::Error;

constexpr qint64 MostSeconds = 999'999'999; // nine digits: RFC 2852 4, RFC 4865 4.1
constexpr int HighestPriority = 9;

std::unexpected<Error> invalid(const QString &detail)
{
    return Base::fail(Error::Kind::InvalidInput, detail);
}

std::unexpected<Error> unsupported(const QString &detail)
{
    return Base::fail(Error::Kind::Unsupported, detail);
}

Base::Result<void> announced(const Capabilities &capabilities, QByteArrayView keyword)
{
    if (!capabilities.has(keyword))
        return unsupported(u"the server lacks "_s + QString::fromLatin1(keyword));
    return {};
}

QByteArray rfc3339(const QDateTime &time)
{
    return time.toUTC().toString(u"yyyy-MM-dd'T'HH:mm:ss'Z'"_s).toLatin1();
}

/// The limits that a server announces: a number that cannot be read is none.
std::optional<qint64> limitOf(const Capabilities &capabilities, QByteArrayView keyword)
{
    bool isNumber = false;
    const Capability *capability = capabilities.find(keyword);
    const qint64 limit = capability ? capability->parameters.value(0).toLongLong(&isNumber) : 0;
    return isNumber ? std::optional(limit) : std::nullopt;
}

Base::Result<QByteArray> deliverByParameter(
    const DeliverBy &deliverBy, const Capabilities &capabilities)
{
    if (auto there = announced(capabilities, "DELIVERBY"); !there)
        return std::unexpected(there.error());
    const qint64 seconds = deliverBy.within.count();
    const bool returns = deliverBy.mode == DeliverBy::Mode::Return;
    if (const auto least = limitOf(capabilities, "DELIVERBY"); least && returns && seconds < *least)
        return unsupported(u"delivery within %1 s was asked for, the server needs %2 s"_s.arg(
            QString::number(seconds), QString::number(*least)));
    return "BY=" + QByteArray::number(seconds) + ';' + (returns ? 'R' : 'N')
        + (deliverBy.trace ? "T" : "");
}

Base::Result<QByteArray> holdParameter(
    const MailExtensions &extensions, const Capabilities &capabilities)
{
    if (auto there = announced(capabilities, "FUTURERELEASE"); !there)
        return std::unexpected(there.error());
    if (extensions.holdUntil) {
        const QByteArray latest = capabilities.find("FUTURERELEASE")->parameters.value(1);
        const QDateTime until = QDateTime::fromString(QString::fromLatin1(latest), Qt::ISODate);
        if (until.isValid() && *extensions.holdUntil > until)
            return unsupported(
                u"the server holds mail until %1 only"_s.arg(QString::fromLatin1(latest)));
        return "HOLDUNTIL=" + rfc3339(*extensions.holdUntil);
    }
    const qint64 seconds = extensions.holdFor->count();
    if (const auto most = limitOf(capabilities, "FUTURERELEASE"); most && seconds > *most)
        return unsupported(u"holding for %1 s was asked for, the server does it for %2 s"_s.arg(
            QString::number(seconds), QString::number(*most)));
    return "HOLDFOR=" + QByteArray::number(seconds);
}

} // namespace

QByteArray toXtext(QByteArrayView text)
{
    QByteArray result;
    for (const char c : text) {
        const auto octet = static_cast<uchar>(c);
        if (octet > 0x20 && octet < 0x7f && c != '+' && c != '=')
            result += c;
        else
            result += '+' + QByteArray(1, c).toHex().toUpper();
    }
    return result;
}

QByteArray originalRecipientOf(const Mailbox &recipient)
{
    const QByteArray address = recipient.address();
    const auto isAscii = [](char c) { return static_cast<uchar>(c) < 0x80; };
    if (std::ranges::all_of(address, isAscii))
        return "rfc822;" + toXtext(address);
    // utf-8-addr-unitext: such an address only ever travels under SMTPUTF8.
    QByteArray text;
    for (const char c : address) {
        if (isAscii(c) && (c <= 0x20 || c == 0x7f || c == '+' || c == '=' || c == '\\'))
            text += "\\x{" + QByteArray(1, c).toHex().toUpper() + '}';
        else
            text += c;
    }
    return "utf-8;" + text;
}

Base::Result<void> check(const MailExtensions &extensions)
{
    if (const auto &by = extensions.deliverBy) {
        const qint64 seconds = by->within.count();
        if (std::abs(seconds) > MostSeconds)
            return invalid(u"DELIVERBY takes at most nine digits of seconds"_s);
        if (by->mode == DeliverBy::Mode::Return && seconds <= 0) // RFC 2852 4
            return invalid(u"a message to be returned needs time to be delivered"_s);
    }
    if (extensions.holdFor && extensions.holdUntil)
        return invalid(u"hold for a time, or until a time"_s);
    if (const auto &hold = extensions.holdFor)
        if (hold->count() < 1 || hold->count() > MostSeconds)
            return invalid(u"FUTURERELEASE takes 1 to 999999999 seconds"_s);
    if (const auto &until = extensions.holdUntil)
        if (!until->isValid() || until->toUTC().date().year() > 9999)
            return invalid(u"not a date and time to hold the message until"_s);
    if (const auto &priority = extensions.priority)
        if (std::abs(*priority) > HighestPriority)
            return invalid(u"a priority is a number from -9 to 9"_s);
    return {};
}

Base::Result<QList<QByteArray>> parametersOf(
    const MailExtensions &extensions, const Capabilities &capabilities, TlsTrust trust)
{
    QList<QByteArray> parameters;
    if (const auto &submitter = extensions.submitter) {
        if (capabilities.authMechanisms().isEmpty())
            return unsupported(u"the server lacks AUTH"_s);
        parameters += "AUTH="
            + (submitter->mailbox ? toXtext(submitter->mailbox->address()) : "<>"_ba);
    }
    if (extensions.requireTls) {
        // RFC 8689 4.2.1: else the promise would be broken on its first hop.
        if (trust != TlsTrust::Verified)
            return unsupported(trust == TlsTrust::None
                    ? u"REQUIRETLS without TLS"_s
                    : u"REQUIRETLS with a certificate that was not verified"_s);
        if (auto there = announced(capabilities, "REQUIRETLS"); !there)
            return std::unexpected(there.error());
        parameters += "REQUIRETLS"_ba;
    }
    if (extensions.deliverBy) {
        const auto by = deliverByParameter(*extensions.deliverBy, capabilities);
        if (!by)
            return std::unexpected(by.error());
        parameters += *by;
    }
    if (extensions.holdFor || extensions.holdUntil) {
        const auto hold = holdParameter(extensions, capabilities);
        if (!hold)
            return std::unexpected(hold.error());
        parameters += *hold;
    }
    if (extensions.priority) {
        if (auto there = announced(capabilities, "MT-PRIORITY"); !there)
            return std::unexpected(there.error());
        parameters += "MT-PRIORITY=" + QByteArray::number(*extensions.priority);
    }
    if (extensions.originalRecipient) {
        if (auto there = announced(capabilities, "DSN"); !there)
            return std::unexpected(there.error());
    }
    return parameters;
}

} // namespace Mailgauge::Smtp
