// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/reply.h"

#include <ranges>

namespace Mailgauge::Smtp {

namespace {

/// One to three digits at the start of `text`, which is shortened by them.
std::optional<quint16> takeNumber(QByteArrayView &text)
{
    quint16 value = 0;
    qsizetype digits = 0;
    while (digits < text.size() && digits < 3 && text[digits] >= '0' && text[digits] <= '9') {
        value = static_cast<quint16>(value * 10 + (text[digits] - '0'));
        ++digits;
    }
    text = text.sliced(digits);
    return digits == 0 ? std::nullopt : std::optional(value);
}

bool takeDot(QByteArrayView &text)
{
    if (!text.startsWith('.'))
        return false;
    text = text.sliced(1);
    return true;
}

} // namespace

std::optional<EnhancedStatusCode> EnhancedStatusCode::parse(QByteArrayView text)
{
    if (text.isEmpty() || (text[0] != '2' && text[0] != '4' && text[0] != '5'))
        return std::nullopt;
    EnhancedStatusCode code;
    code.klass = static_cast<quint8>(text[0] - '0');
    text = text.sliced(1);
    if (!takeDot(text))
        return std::nullopt;
    const auto subject = takeNumber(text);
    if (!subject || !takeDot(text))
        return std::nullopt;
    const auto detail = takeNumber(text);
    if (!detail || (!text.isEmpty() && text[0] != ' ' && text[0] != '\t'))
        return std::nullopt;
    code.subject = *subject;
    code.detail = *detail;
    return code;
}

QByteArray EnhancedStatusCode::toByteArray() const
{
    return QByteArray::number(klass) + '.' + QByteArray::number(subject) + '.'
        + QByteArray::number(detail);
}

std::optional<EnhancedStatusCode> Reply::enhanced() const
{
    for (const QByteArray &line : std::views::reverse(lines)) {
        if (const auto found = EnhancedStatusCode::parse(line))
            return found;
    }
    return std::nullopt;
}

QByteArray Reply::text() const
{
    return lines.join(' ');
}

QByteArray Reply::oneLine() const
{
    return QByteArray::number(code) + ' ' + text();
}

} // namespace Mailgauge::Smtp
