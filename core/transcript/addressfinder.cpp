// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/addressfinder.h"

#include "base/literals.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Transcript {

namespace {

// Longer than any real one; keeps hostile text linear.
constexpr qsizetype LongestLocal = 512;
constexpr qsizetype LongestLiteral = 255;
constexpr std::array separators {"@"_L1, "%40"_L1, "=40"_L1, "&#64;"_L1, "&#x40;"_L1, "&commat;"_L1,
    "\\x{40}"_L1, "\xef\xbc\xa0"_L1};
/// What logs and parameters write before an address with an equals sign, an atom's character too.
constexpr std::array fieldNames {"from"_L1, "to"_L1, "orig_to"_L1, "rcpt"_L1, "sender"_L1,
    "recipient"_L1, "user"_L1, "username"_L1, "login"_L1, "sasl_username"_L1, "sasl_sender"_L1,
    "mail"_L1, "email"_L1, "e-mail"_L1, "addr"_L1, "address"_L1, "id"_L1, "smtp.mailfrom"_L1,
    "smtp.auth"_L1, "header.from"_L1, "header.i"_L1, "envelope-from"_L1, "auth"_L1, "orcpt"_L1,
    "envid"_L1, "i"_L1, "n"_L1, "a"_L1, "authid"_L1, "authzid"_L1, "account"_L1, "mailbox"_L1,
    "emailaddress"_L1, "e"_L1};

bool isAlphanumeric(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
        || static_cast<quint8>(c) >= 0x80;
}

bool isLocal(char c)
{
    return isAlphanumeric(c) || (c != '\0' && QByteArrayView("!#$%&'*+-/=?^_`{|}~.").contains(c));
}

bool isDomain(char c)
{
    return isAlphanumeric(c) || c == '.' || c == '-' || c == '_';
}

struct Separator {
    qsizetype at = 0;
    qsizetype length = 0;
};

std::optional<Separator> nextSeparator(QByteArrayView text, qsizetype from)
{
    for (qsizetype at = from; at < text.size(); ++at) {
        const char c = text[at];
        if (c != '@' && c != '%' && c != '=' && c != '&' && c != '\\' && c != '\xef')
            continue;
        for (const QLatin1StringView separator : separators) {
            const QByteArrayView bytes(separator.data(), separator.size());
            if (text.sliced(at).startsWith(bytes))
                return Separator {at, bytes.size()};
        }
    }
    return std::nullopt;
}

/// Where a quoted local part that ends before `end` begins; -1: nowhere.
qsizetype quotedStart(QByteArrayView text, qsizetype end)
{
    for (qsizetype at = end - 2; at >= 0 && end - at <= LongestLocal; --at) {
        if (text[at] != '"')
            continue;
        qsizetype slashes = 0;
        while (at - slashes > 0 && text[at - slashes - 1] == '\\')
            ++slashes;
        if (slashes % 2 == 0)
            return at;
    }
    return -1;
}

/// In text with percent escapes some of them end a local part: "%3C" as "<" does.
qsizetype behindEscapes(QByteArrayView text, qsizetype start, qsizetype end)
{
    for (qsizetype at = start; at + 3 <= end; ++at) {
        if (text[at] != '%')
            continue;
        const QByteArray byte = QByteArray::fromHex(text.sliced(at + 1, 2).toByteArray());
        const QByteArrayView ending(" \t\r\n<>()[],;:\"\\@=&?/");
        if (byte.size() == 1 && byte != "+"_ba && ending.contains(byte.at(0)))
            start = at + 3;
    }
    return start;
}

qsizetype behindFieldName(QByteArrayView text, qsizetype start, qsizetype end)
{
    const qsizetype equals = text.sliced(start, end - start).indexOf('=');
    if (equals < 0)
        return start;
    const QByteArray name = text.sliced(start, equals).toByteArray().toLower();
    const bool known = std::ranges::any_of(fieldNames, [&name](QLatin1StringView field) {
        return name == QByteArrayView(field.data(), field.size());
    });
    return known && start + equals + 1 < end ? start + equals + 1 : start;
}

qsizetype localStart(QByteArrayView text, const Separator &separator)
{
    const qsizetype end = separator.at;
    if (end > 1 && text[end - 1] == '"') {
        if (const qsizetype start = quotedStart(text, end); start >= 0)
            return start;
    }
    qsizetype start = end;
    while (start > 0 && end - start < LongestLocal && isLocal(text[start - 1]))
        --start;
    const bool isPercent = text.sliced(separator.at, separator.length) == "%40";
    if (isPercent)
        start = behindEscapes(text, start, end);
    // "https://host/unsubscribe?for=": not a local part, though all of it could be.
    if (text.sliced(start, end - start).startsWith("//") || isPercent) {
        for (qsizetype at = end - 1; at > start; --at) {
            if (text[at] == '/' || text[at] == '?' || text[at] == '&' || text[at] == '=') {
                start = at + 1;
                break;
            }
        }
    }
    start = behindFieldName(text, start, end);
    // Quotation marks and bullets around an address.
    while (start < end && QByteArrayView("'`*|{.").contains(text[start]))
        ++start;
    return start;
}

/// Behind an address literal (RFC 5321 4.1.3); `start` where a bracket begins something else.
qsizetype literalEnd(QByteArrayView text, qsizetype start)
{
    const auto isLiteral = [](char c) {
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == ':'
            || c == '.' || c == '-';
    };
    qsizetype end = start + 1;
    while (end < text.size() && end - start <= LongestLiteral && isLiteral(text[end]))
        ++end;
    return end > start + 1 && end < text.size() && text[end] == ']' ? end + 1 : start;
}

qsizetype domainEnd(QByteArrayView text, qsizetype start)
{
    if (start < text.size() && text[start] == '[')
        return literalEnd(text, start);
    qsizetype end = start;
    while (end < text.size() && isDomain(text[end]))
        ++end;
    while (end > start && (text[end - 1] == '.' || text[end - 1] == '-' || text[end - 1] == '_'))
        --end;
    return end;
}

} // namespace

std::optional<FoundAddress> findAddress(QByteArrayView text, qsizetype from)
{
    while (const auto separator = nextSeparator(text, from)) {
        const qsizetype start = localStart(text, *separator);
        const qsizetype domain = separator->at + separator->length;
        const qsizetype end = domainEnd(text, domain);
        // "=40" and "%40" stand for themselves too, as in "prvs=4021bf8a".
        const bool certain = separator->length != 3 || text[separator->at] == '\xef'
            || text.sliced(domain, end - domain).contains('.');
        if (start < separator->at && end > domain && certain)
            return FoundAddress {start, separator->at - start, separator->length, end - domain};
        from = domain;
    }
    return std::nullopt;
}

} // namespace Mailgauge::Transcript
