// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/saslprep.h"

#include <QChar>
#include <QList>
#include <QString>
#include <QUtf8StringView>

#include <algorithm>

namespace Mailgauge::Sasl {

namespace {

/// RFC 3454 table B.1.
bool isMappedToNothing(char32_t c)
{
    return c == 0x00ad || c == 0x034f || c == 0x1806 || (c >= 0x180b && c <= 0x180d)
        || (c >= 0x200b && c <= 0x200d) || c == 0x2060 || (c >= 0xfe00 && c <= 0xfe0f)
        || c == 0xfeff;
}

/// RFC 3454 tables C.1.2 to C.9, as RFC 4013 2.3 lists them.
bool isProhibited(char32_t c)
{
    switch (QChar::category(c)) {
    case QChar::Other_Control:
    case QChar::Other_PrivateUse:
    case QChar::Other_Surrogate:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return true;
    case QChar::Separator_Space:
        return c != U' ';
    default:
        break;
    }
    return QChar::isNonCharacter(c) || c == 0x0340 || c == 0x0341 || c == 0x06dd || c == 0x070f
        || c == 0x180e || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2061 && c <= 0x2063) || (c >= 0x206a && c <= 0x206f)
        || (c >= 0x2ff0 && c <= 0x2ffb) || (c >= 0xfff9 && c <= 0xfffd)
        || (c >= 0x1d173 && c <= 0x1d17a) || (c >= 0xe0000 && c <= 0xe007f);
}

/// RFC 3454 6: a string with right-to-left letters has no left-to-right ones, and begins and ends
/// with them.
bool isBidiSound(const QList<uint> &text)
{
    const auto isRightToLeft = [](char32_t c) {
        return QChar::direction(c) == QChar::DirR || QChar::direction(c) == QChar::DirAL;
    };
    if (std::ranges::none_of(text, isRightToLeft))
        return true;
    return isRightToLeft(text.first()) && isRightToLeft(text.last())
        && std::ranges::none_of(
            text, [](char32_t c) { return QChar::direction(c) == QChar::DirL; });
}

} // namespace

std::optional<QByteArray> saslPrep(const QByteArray &text)
{
    const QUtf8StringView utf8(text);
    if (!utf8.isValidUtf8())
        return std::nullopt;
    QString mapped;
    for (const char32_t c : utf8.toString().toUcs4()) {
        if (isMappedToNothing(c))
            continue;
        const bool space = QChar::category(c) == QChar::Separator_Space;
        mapped += QChar::fromUcs4(space ? U' ' : c);
    }
    const QString prepared = mapped.normalized(QString::NormalizationForm_KC, QChar::Unicode_3_2);
    const QList<uint> characters = prepared.toUcs4();
    if (std::ranges::any_of(characters, isProhibited) || !isBidiSound(characters))
        return std::nullopt;
    return prepared.toUtf8();
}

} // namespace Mailgauge::Sasl
