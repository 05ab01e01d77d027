// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/visible.h"

#include "base/literals.h"

#include <QChar>

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

void appendHex(QString &out, char32_t value, int digits)
{
    static constexpr char16_t hex[] = u"0123456789abcdef";
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
        out += QChar(hex[(value >> shift) & 0xf]);
}

void appendEscape(QString &out, const Utf8Step &step)
{
    if (step.character < 0x80 || !step.valid) {
        out += u"\\x"_s;
        appendHex(out, step.character, 2);
    } else if (step.character <= 0xffff) {
        out += u"\\u"_s;
        appendHex(out, step.character, 4);
    } else {
        out += u"\\u{"_s;
        appendHex(out, step.character, step.character > 0xfffff ? 6 : 5);
        out += u'}';
    }
}

bool isPlainAscii(QByteArrayView bytes)
{
    return std::ranges::all_of(bytes, [](char c) { return c >= 0x20 && c < 0x7f; });
}

} // namespace

Utf8Step readUtf8(QByteArrayView bytes, qsizetype at)
{
    const auto byte = [&](qsizetype i) { return static_cast<quint8>(bytes[i]); };
    const quint8 first = byte(at);
    const Utf8Step invalid {first, 1, false};
    if (first < 0x80)
        return {first, 1, true};
    const qsizetype length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || bytes.size() - at < length)
        return invalid;
    char32_t character = first & (0x7fU >> length);
    for (qsizetype i = 1; i < length; ++i) {
        if ((byte(at + i) & 0xc0) != 0x80)
            return invalid;
        character = character << 6 | (byte(at + i) & 0x3fU);
    }
    static constexpr char32_t smallest[] {0, 0, 0x80, 0x800, 0x10000};
    if (character < smallest[length] || character > 0x10ffff
        || (character >= 0xd800 && character <= 0xdfff))
        return invalid;
    return {character, length, true};
}

bool isUtf8(QByteArrayView bytes)
{
    for (qsizetype at = 0; at < bytes.size();) {
        const Utf8Step step = readUtf8(bytes, at);
        if (!step.valid)
            return false;
        at += step.length;
    }
    return true;
}

bool isHidden(char32_t character)
{
    if (character < 0x80)
        return character < 0x20 || character == 0x7f;
    switch (QChar::category(character)) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Other_Surrogate:
    case QChar::Other_NotAssigned:
    case QChar::Other_PrivateUse:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return true;
    default:
        break;
    }
    // Letters and marks by category that nobody sees: fillers, joiners, variation selectors.
    return character == 0x034f || character == 0x115f || character == 0x1160 || character == 0x17b4
        || character == 0x17b5 || (character >= 0x180b && character <= 0x180f)
        || character == 0x3164 || (character >= 0xfe00 && character <= 0xfe0f)
        || character == 0xffa0 || (character >= 0xe0000 && character <= 0xe0fff);
}

QString visible(QByteArrayView bytes)
{
    if (isPlainAscii(bytes))
        return QString::fromLatin1(bytes);
    QString text;
    text.reserve(bytes.size() + 16);
    for (qsizetype at = 0; at < bytes.size();) {
        const Utf8Step step = readUtf8(bytes, at);
        if (!step.valid || isHidden(step.character))
            appendEscape(text, step);
        else
            text += QChar::fromUcs4(step.character);
        at += step.length;
    }
    return text;
}

} // namespace Mailgauge::Transcript
