// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/secretmask.h"

#include <QString>
#include <QStringEncoder>

#include <algorithm>
#include <optional>

namespace Mailgauge::Base {

namespace {

constexpr qsizetype ShortestMasked = 4;
// Shorter pieces of base64 stand in many words.
constexpr qsizetype ShortestBase64 = 5;

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The byte that two hexadecimal digits give.
std::optional<char> hexByte(QByteArrayView text, qsizetype at)
{
    if (at + 2 > text.size())
        return std::nullopt;
    const int high = hexDigit(text[at]);
    const int low = hexDigit(text[at + 1]);
    return high < 0 || low < 0 ? std::nullopt : std::optional(static_cast<char>(high << 4 | low));
}

/// How many bytes of the text stand for `byte`; 0: they do not.
qsizetype escapedByte(QByteArrayView text, qsizetype at, char byte)
{
    const char first = text[at];
    if ((first == '%' || first == '=' || first == '+') && hexByte(text, at + 1) == byte)
        return 3;
    if (first == '\\' && at + 1 < text.size() && (text[at + 1] | 0x20) == 'x'
        && hexByte(text, at + 2) == byte)
        return 4;
    return first == byte ? 1 : 0;
}

bool isBase64(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '+'
        || c == '/' || c == '-' || c == '_';
}

qsizetype escapedLength(QByteArrayView needle, QByteArrayView text, qsizetype at)
{
    qsizetype end = at;
    for (const char byte : needle) {
        const qsizetype step = end < text.size() ? escapedByte(text, end, byte) : 0;
        if (step == 0)
            return 0;
        end += step;
    }
    return end - at;
}

qsizetype hexLength(QByteArrayView needle, QByteArrayView text, qsizetype at)
{
    qsizetype end = at;
    for (const char byte : needle) {
        if (end > at && end < text.size()
            && (text[end] == ':' || text[end] == ' ' || text[end] == '-'))
            ++end;
        if (hexByte(text, end) != byte)
            return 0;
        end += 2;
    }
    return end - at;
}

QByteArray utf16(const QByteArray &utf8, QStringConverter::Encoding encoding)
{
    QStringEncoder encoder(encoding);
    return encoder.encode(QString::fromUtf8(utf8));
}

} // namespace

void SecretMask::add(const Secret &secret, const QByteArray &label)
{
    const QByteArray &bytes = secret.reveal();
    if (bytes.size() < ShortestMasked)
        return;
    addForms(bytes, label);
    if (!bytes.isValidUtf8())
        return;
    for (const auto encoding : {QStringConverter::Utf16LE, QStringConverter::Utf16BE})
        addForms(utf16(bytes, encoding), label);
}

void SecretMask::addForms(const QByteArray &bytes, const QByteArray &label)
{
    m_values.append({Secret(bytes), label, Form::Escaped});
    m_values.append({Secret(bytes), label, Form::Hex});
    // Behind 0, 1 or 2 other bytes: the characters that hold bits of the value alone.
    for (qsizetype before = 0; before < 3; ++before) {
        const qsizetype from = (8 * before + 5) / 6;
        const qsizetype to = 8 * (before + bytes.size()) / 6;
        if (to - from < ShortestBase64)
            continue;
        const QByteArray padded = QByteArray(before, '\0') + bytes;
        const QByteArray plain = padded.toBase64().sliced(from, to - from);
        m_values.append({Secret(plain), label, Form::Base64});
        const QByteArray url
            = padded.toBase64(QByteArray::Base64UrlEncoding).sliced(from, to - from);
        if (url != plain)
            m_values.append({Secret(url), label, Form::Base64});
    }
}

qsizetype SecretMask::matchAt(const Value &value, QByteArrayView text, qsizetype at)
{
    const QByteArrayView needle = value.needle.reveal();
    switch (value.form) {
    case Form::Escaped:
        return escapedLength(needle, text, at);
    case Form::Hex:
        return hexLength(needle, text, at);
    case Form::Base64:
        return needle.size(); // found as it is
    }
    Q_UNREACHABLE_RETURN(0);
}

QList<SecretMask::Hit> SecretMask::hits(QByteArrayView text) const
{
    QList<Hit> found;
    for (const Value &value : m_values) {
        for (qsizetype at = 0; at < text.size();) {
            if (value.form == Form::Base64)
                at = text.indexOf(value.needle.reveal(), at);
            if (at < 0)
                break;
            const qsizetype length = matchAt(value, text, at);
            if (length == 0) {
                ++at;
                continue;
            }
            Hit hit {at, at + length, value.label};
            if (value.form == Form::Base64) {
                // The characters at both ends may hold a few bits of the value too.
                hit.from -= at > 0 && isBase64(text[at - 1]) ? 1 : 0;
                hit.to += hit.to < text.size() && isBase64(text[hit.to]) ? 1 : 0;
            }
            found.append(hit);
            at += length;
        }
    }
    std::ranges::stable_sort(found, {}, &Hit::from);
    return found;
}

QByteArray redactionMark(const QByteArray &label)
{
    return "<redacted: " + label + '>';
}

QByteArray SecretMask::apply(const QByteArray &text) const
{
    const QList<Hit> found = hits(text);
    if (found.isEmpty())
        return text;
    QByteArray masked;
    qsizetype done = 0;
    for (const Hit &hit : found) {
        // Overlapping hits are one hole.
        if (hit.from >= done) {
            masked += QByteArrayView(text).sliced(done, hit.from - done);
            masked += redactionMark(hit.label);
        }
        done = std::max(done, hit.to);
    }
    return masked + text.sliced(done);
}

} // namespace Mailgauge::Base
