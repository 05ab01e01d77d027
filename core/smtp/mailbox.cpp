// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/mailbox.h"

#include "base/literals.h"

#include <QHostAddress>
#include <QUrl>
#include <QUtf8StringView>

#include <algorithm>
#include <utility>

namespace Mailgauge::Smtp {

namespace {

constexpr qsizetype MaxLocalPart = 64; // RFC 5321 4.5.3.1.1
constexpr qsizetype MaxAddress = 254; // 4.5.3.1.3: a path has 256 octets with its brackets
constexpr qsizetype MaxLabel = 63;

using Checked = Base::Result<void>;

std::unexpected<Base::Error> refuse(const QString &reason, qsizetype position)
{
    return Base::fail(Base::Error::Kind::InvalidInput,
        u"address: %1 at position %2"_s.arg(reason, QString::number(position + 1)));
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isEightBit(char c)
{
    return static_cast<uchar>(c) > 127;
}

/// RFC 5322 3.2.3, with RFC 6531's extension.
bool isAtext(char c)
{
    return isLetter(c) || isDigit(c) || isEightBit(c)
        || QByteArrayView("!#$%&'*+-/=?^_`{|}~").contains(c);
}

/// What no part of an address may hold, quoted or not: it could end the path or the command.
Checked checkBytes(QByteArrayView text)
{
    for (qsizetype i = 0; i < text.size(); ++i) {
        const auto c = static_cast<uchar>(text[i]);
        if (c < 0x20 || c == 0x7f)
            return refuse(u"control character"_s, i);
        if (c == '<' || c == '>')
            return refuse(u"angle bracket"_s, i);
    }
    const QUtf8StringView utf8(text);
    if (!utf8.isValidUtf8())
        return refuse(u"not UTF-8"_s, 0);
    for (const char32_t c : utf8.toString().toUcs4()) {
        const auto category = QChar::category(c);
        if (c > 127
            && (category == QChar::Other_Control || category == QChar::Separator_Line
                || category == QChar::Separator_Paragraph || category == QChar::Separator_Space))
            return refuse(u"space or control character beyond ASCII"_s, 0);
    }
    return {};
}

Checked checkDotString(QByteArrayView local)
{
    for (qsizetype i = 0; i < local.size(); ++i) {
        if (local[i] == '.') {
            if (i == 0 || i + 1 == local.size() || local[i + 1] == '.')
                return refuse(u"empty word beside a dot"_s, i);
        } else if (!isAtext(local[i])) {
            return refuse(u"“%1” outside quotes"_s.arg(QLatin1Char(local[i])), i);
        }
    }
    return {};
}

/// The position behind the closing quote.
Base::Result<qsizetype> endOfQuoted(QByteArrayView text)
{
    for (qsizetype i = 1; i < text.size(); ++i) {
        if (text[i] == '"')
            return i + 1;
        if (text[i] == '\\') {
            ++i;
            if (i == text.size() || isEightBit(text[i]))
                return refuse(u"backslash without a character to quote"_s, i - 1);
        }
    }
    return refuse(u"quote not closed"_s, 0);
}

bool isIpv4(QByteArrayView text)
{
    int parts = 0;
    qsizetype digits = 0;
    int value = 0;
    for (qsizetype i = 0; i <= text.size(); ++i) {
        if (i == text.size() || text[i] == '.') {
            if (digits == 0 || ++parts > 4)
                return false;
            digits = 0;
            value = 0;
        } else {
            value = value * 10 + (text[i] - '0');
            if (!isDigit(text[i]) || ++digits > 3 || value > 255)
                return false;
        }
    }
    return parts == 4;
}

bool isIpv6(QByteArrayView text)
{
    if (!std::ranges::all_of(text, [](char c) {
            return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':'
                || c == '.';
        }))
        return false;
    QHostAddress address;
    return address.setAddress(QString::fromLatin1(text))
        && address.protocol() == QHostAddress::IPv6Protocol;
}

/// `[192.0.2.1]`, `[IPv6:2001:db8::1]`, `[tag:content]` (RFC 5321 4.1.3).
Checked checkLiteral(QByteArrayView domain, qsizetype offset)
{
    if (domain.size() < 3 || !domain.endsWith(']'))
        return refuse(u"address literal not closed"_s, offset);
    const QByteArrayView inside = domain.sliced(1, domain.size() - 2);
    if (isIpv4(inside))
        return {};
    const qsizetype colon = inside.indexOf(':');
    const QByteArrayView tag = colon > 0 ? inside.first(colon) : QByteArrayView();
    if (tag.isEmpty() || !isLetter(tag.front()) || tag.endsWith('-')
        || !std::ranges::all_of(tag, [](char c) { return isLetter(c) || isDigit(c) || c == '-'; }))
        return refuse(u"address literal that is no address"_s, offset);
    const QByteArrayView rest = inside.sliced(colon + 1);
    if (tag.compare("ipv6", Qt::CaseInsensitive) == 0) {
        if (!isIpv6(rest))
            return refuse(u"address literal that is no IPv6 address"_s, offset);
        return {};
    }
    if (rest.isEmpty() || !std::ranges::all_of(rest, [](char c) {
            return c > 0x20 && c < 0x7f && c != '[' && c != '\\' && c != ']';
        }))
        return refuse(u"address literal with unusable content"_s, offset);
    return {};
}

Checked checkDomain(QByteArrayView domain, qsizetype offset)
{
    if (domain.isEmpty())
        return refuse(u"no domain"_s, offset);
    if (domain.startsWith('['))
        return checkLiteral(domain, offset);
    qsizetype labelStart = 0;
    bool international = false;
    for (qsizetype i = 0; i <= domain.size(); ++i) {
        if (i < domain.size() && domain[i] != '.') {
            const char c = domain[i];
            international = international || isEightBit(c);
            if (!isLetter(c) && !isDigit(c) && c != '-' && !isEightBit(c))
                return refuse(u"“%1” in the domain"_s.arg(QLatin1Char(c)), offset + i);
            continue;
        }
        const QByteArrayView label = domain.sliced(labelStart, i - labelStart);
        if (label.isEmpty())
            return refuse(u"empty label in the domain"_s, offset + labelStart);
        if (label.size() > MaxLabel && !international)
            return refuse(u"label longer than 63 octets"_s, offset + labelStart);
        if (label.startsWith('-') || label.endsWith('-'))
            return refuse(u"hyphen at the edge of a label"_s, offset + labelStart);
        labelStart = i + 1;
    }
    const bool encoded = domain.toByteArray().toLower().contains("xn--");
    if (international && QUrl::toAce(QString::fromUtf8(domain)).isEmpty())
        return refuse(u"domain is no valid international name"_s, offset);
    // Labels that do not decode stay as they are.
    if (encoded
        && QUrl::fromAce(domain.toByteArray(), QUrl::IgnoreIDNWhitelist)
            .contains("xn--"_L1, Qt::CaseInsensitive))
        return refuse(u"domain has an invalid xn-- label"_s, offset);
    return {};
}

} // namespace

Mailbox::Mailbox(QByteArray address, qsizetype at)
    : m_address(std::move(address))
    , m_at(at)
{
}

Base::Result<Mailbox> Mailbox::parse(QByteArrayView text)
{
    if (text.isEmpty())
        return Base::fail(Base::Error::Kind::InvalidInput, u"address: empty"_s);
    if (text.size() > MaxAddress)
        return refuse(u"longer than 254 octets"_s, MaxAddress);
    if (auto checked = checkBytes(text); !checked)
        return std::unexpected(checked.error());
    // RFC 5321 4.1.1.3: the one address without a domain, in any case.
    if (text.compare("postmaster", Qt::CaseInsensitive) == 0)
        return Mailbox(text.toByteArray(), -1);

    qsizetype at = 0;
    if (text.startsWith('"')) {
        const auto end = endOfQuoted(text);
        if (!end)
            return std::unexpected(end.error());
        at = *end;
        if (at == text.size() || text[at] != '@')
            return refuse(u"no @ behind the quoted local part"_s, at);
    } else {
        at = text.indexOf('@');
        if (at < 0)
            return refuse(u"no @"_s, text.size());
        if (at == 0)
            return refuse(u"no local part"_s, 0);
        if (auto checked = checkDotString(text.first(at)); !checked)
            return std::unexpected(checked.error());
    }
    if (at > MaxLocalPart)
        return refuse(u"local part longer than 64 octets"_s, MaxLocalPart);
    if (auto checked = checkDomain(text.sliced(at + 1), at + 1); !checked)
        return std::unexpected(checked.error());
    return Mailbox(text.toByteArray(), at);
}

QByteArrayView Mailbox::localPart() const
{
    return m_at < 0 ? QByteArrayView(m_address) : QByteArrayView(m_address).first(m_at);
}

QByteArray Mailbox::domain() const
{
    if (m_at < 0)
        return {};
    const QByteArray domain = m_address.sliced(m_at + 1);
    // toLower() of QByteArray knows ASCII only.
    return needsSmtpUtf8() ? QString::fromUtf8(domain).toLower().toUtf8() : domain.toLower();
}

bool Mailbox::needsSmtpUtf8() const
{
    return std::ranges::any_of(m_address, isEightBit);
}

std::optional<Mailbox> Mailbox::withAsciiDomain() const
{
    if (!needsSmtpUtf8())
        return *this;
    if (std::ranges::any_of(localPart(), isEightBit))
        return std::nullopt;
    const QByteArray domain = QUrl::toAce(QString::fromUtf8(m_address.sliced(m_at + 1)));
    if (domain.isEmpty())
        return std::nullopt;
    return Mailbox(m_address.first(m_at + 1) + domain, m_at);
}

bool Envelope::needsSmtpUtf8() const
{
    return (reversePath && reversePath->needsSmtpUtf8())
        || std::ranges::any_of(forwardPaths, &Mailbox::needsSmtpUtf8);
}

bool Envelope::hasAsciiForm() const
{
    const auto hasForm = [](const Mailbox &one) { return one.withAsciiDomain().has_value(); };
    return (!reversePath || hasForm(*reversePath)) && std::ranges::all_of(forwardPaths, hasForm);
}

} // namespace Mailgauge::Smtp
