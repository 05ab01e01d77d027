// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/addressforms.h"

#include "base/literals.h"
#include "transcript/linefacts.h"

#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

constexpr qsizetype EncodedChunk = 42; ///< Octets; 56 characters of base64, below 75 in all.

bool looksLikeDomain(QByteArrayView text)
{
    const bool plain = std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '.'
            || c == '-' || static_cast<quint8>(c) >= 0x80;
    });
    const qsizetype dot = text.lastIndexOf('.');
    return plain && dot > 0 && dot + 2 < text.size();
}

bool startsWithWord(QByteArrayView text, QByteArrayView word)
{
    return text.size() > word.size()
        && text.first(word.size()).compare(word, Qt::CaseInsensitive) == 0;
}

/// Behind the n-th equals sign from `from`; -1: there are fewer.
qsizetype behindEquals(QByteArrayView text, qsizetype from, int n)
{
    while (n-- > 0) {
        const qsizetype at = text.sliced(from).indexOf('=');
        if (at < 0)
            return -1;
        from += at + 1;
    }
    return from;
}

std::optional<LocalForm> srsForm(QByteArrayView local)
{
    qsizetype domainAt = -1;
    if (startsWithWord(local, "SRS0") && local.size() > 5)
        domainAt = behindEquals(local, 5, 2);
    else if (startsWithWord(local, "SRS1")) {
        // SRS1=HHH=host==HHH=TT=domain=local
        if (const qsizetype twice = local.indexOf("=="); twice > 0)
            domainAt = behindEquals(local, twice + 2, 2);
    }
    const qsizetype localAt = domainAt < 0 ? -1 : behindEquals(local, domainAt, 1);
    if (localAt < 0 || localAt == local.size())
        return std::nullopt;
    LocalForm form;
    form.keep = local.first(domainAt);
    form.domain = local.sliced(domainAt, localAt - 1 - domainAt);
    form.local = local.sliced(localAt);
    form.domainFirst = true;
    return form.domain.isEmpty() ? std::nullopt : std::optional(form);
}

std::optional<LocalForm> batvForm(QByteArrayView local)
{
    // draft-levine-smtp-batv: prvs=KDDDSSSSSS=local
    if (!startsWithWord(local, "prvs="))
        return std::nullopt;
    const qsizetype at = behindEquals(local, 5, 1);
    if (at < 0 || at == local.size())
        return std::nullopt;
    return LocalForm {.keep = local.first(at), .local = local.sliced(at)};
}

std::optional<LocalForm> verpForm(
    QByteArrayView local, const std::function<bool(QByteArrayView, QByteArrayView)> &known)
{
    const qsizetype equals = local.lastIndexOf('=');
    if (equals <= 0 || !looksLikeDomain(local.sliced(equals + 1)))
        return std::nullopt;
    const QByteArrayView left = local.first(equals);
    const QByteArrayView domain = local.sliced(equals + 1);
    qsizetype mark = -1;
    for (qsizetype at = 1; at + 1 < left.size() && mark < 0; ++at) {
        if ((left[at] == '+' || left[at] == '-') && known(left.sliced(at + 1), domain))
            mark = at;
    }
    if (mark < 0 && !known(left, domain)) {
        mark = left.indexOf('+');
        if (mark <= 0 || mark + 1 == left.size())
            mark = left.lastIndexOf('-');
    }
    if (mark <= 0 || mark + 1 == left.size())
        return LocalForm {.local = left, .domain = domain};
    return LocalForm {.prefix = left.first(mark),
        .mark = left.sliced(mark, 1),
        .local = left.sliced(mark + 1),
        .domain = domain};
}

std::optional<LocalForm> routedForm(QByteArrayView local)
{
    if (const qsizetype at = local.lastIndexOf('%');
        at > 0 && looksLikeDomain(local.sliced(at + 1)))
        return LocalForm {.local = local.first(at), .domain = local.sliced(at + 1), .joint = '%'};
    if (const qsizetype at = local.indexOf('!');
        at > 0 && at + 1 < local.size() && looksLikeDomain(local.first(at))) {
        LocalForm form {.local = local.sliced(at + 1), .domain = local.first(at), .joint = '!'};
        form.domainFirst = true;
        return form;
    }
    return std::nullopt;
}

QByteArray fromQ(QByteArrayView text)
{
    QByteArray out;
    for (qsizetype at = 0; at < text.size(); ++at) {
        if (text[at] == '=' && at + 2 < text.size()) {
            out += QByteArray::fromHex(text.sliced(at + 1, 2).toByteArray());
            at += 2;
        } else {
            out += text[at] == '_' ? ' ' : text[at];
        }
    }
    return out;
}

} // namespace

QString normalLocal(QByteArrayView local)
{
    QByteArray bytes = local.toByteArray();
    if (bytes.size() >= 2 && bytes.startsWith('"') && bytes.endsWith('"')) {
        bytes = bytes.sliced(1, bytes.size() - 2);
        for (qsizetype at = 0; at + 1 < bytes.size(); ++at) {
            if (bytes.at(at) == '\\')
                bytes.remove(at, 1);
        }
    }
    const QString text = bytes.isValidUtf8() ? QString::fromUtf8(bytes)
                                             : QString::fromLatin1(bytes);
    return text.normalized(QString::NormalizationForm_KC).toCaseFolded();
}

QString normalDomain(QByteArrayView domain)
{
    QString text = QString::fromUtf8(domain).toCaseFolded();
    if (text.endsWith(u'.'))
        text.chop(1);
    const QByteArray ace = text.startsWith(u'[') ? QByteArray() : QUrl::toAce(text);
    return ace.isEmpty() ? text : QString::fromLatin1(ace).toLower();
}

LocalForm formOf(QByteArrayView local,
    const std::function<bool(QByteArrayView local, QByteArrayView domain)> &known)
{
    if (const auto form = srsForm(local))
        return *form;
    if (const auto form = batvForm(local))
        return *form;
    if (const auto form = verpForm(local, known))
        return *form;
    return routedForm(local).value_or(LocalForm {.local = local});
}

QByteArray withoutEscapes(QByteArrayView local, QByteArrayView separator)
{
    if (separator == "%40")
        return QByteArray::fromPercentEncoding(local.toByteArray());
    return separator == "=40" ? QByteArray::fromPercentEncoding(local.toByteArray(), '=')
                              : local.toByteArray();
}

QByteArray fromParameter(const QByteArray &xtext)
{
    static const QRegularExpression embedded(u"\\\\x\\{([0-9A-Fa-f]{1,6})\\}"_s);
    return replaceMatches(fromXtext(xtext), embedded, [](const QRegularExpressionMatch &match) {
        const char32_t character = match.captured(1).toUInt(nullptr, 16);
        return QString::fromUcs4(&character, 1).toUtf8();
    });
}

QByteArray toXtext(QByteArrayView bytes)
{
    static constexpr char hex[] = "0123456789ABCDEF";
    QByteArray out;
    for (const char c : bytes) {
        const auto value = static_cast<quint8>(c);
        if (value > 0x20 && value != 0x7f && c != '+' && c != '=') {
            out += c;
        } else {
            out += '+';
            out += hex[value >> 4];
            out += hex[value & 0xf];
        }
    }
    return out;
}

std::optional<EncodedText> fromEncodedWords(const QByteArray &words)
{
    static const QRegularExpression word(u"=\\?([^?\\s]+)\\?([QqBb])\\?([^?\\s]*)\\?="_s);
    EncodedText text;
    text.folded = words.contains('\n');
    auto matches = word.globalMatch(QString::fromLatin1(words));
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        const QByteArray charset = match.captured(1).toLatin1();
        if (text.charset.isEmpty())
            text.charset = charset;
        if (charset.compare(text.charset, Qt::CaseInsensitive) != 0)
            return std::nullopt;
        const QByteArray encoded = match.captured(3).toLatin1();
        text.bytes += match.captured(2).toLower() == u'b' ? QByteArray::fromBase64(encoded)
                                                          : fromQ(encoded);
    }
    return text;
}

QByteArray toEncodedWords(const EncodedText &text)
{
    QByteArrayList words;
    for (qsizetype at = 0; at < text.bytes.size();) {
        qsizetype length = std::min(EncodedChunk, text.bytes.size() - at);
        // RFC 2047 5: no character is split.
        while (length > 1 && at + length < text.bytes.size()
            && (static_cast<quint8>(text.bytes.at(at + length)) & 0xc0) == 0x80)
            --length;
        words.append("=?" + text.charset + "?B?" + text.bytes.sliced(at, length).toBase64() + "?=");
        at += length;
    }
    return words.join(text.folded ? "\r\n "_ba : " "_ba);
}

std::optional<QByteArray> fromPrintableBase64(const QByteArray &base64)
{
    const auto options = base64.contains('-') || base64.contains('_')
        ? QByteArray::Base64UrlEncoding
        : QByteArray::Base64Encoding;
    const auto decoded = QByteArray::fromBase64Encoding(
        base64, options | QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded || !(*decoded).isValidUtf8())
        return std::nullopt;
    const bool printable = std::ranges::all_of(*decoded, [](char c) {
        return static_cast<quint8>(c) >= 0x20 || c == '\0' || c == '\1' || c == '\t' || c == '\r'
            || c == '\n';
    });
    return printable ? std::optional(*decoded) : std::nullopt;
}

QByteArray replaceMatches(const QByteArray &text, const QRegularExpression &pattern,
    const std::function<QByteArray(const QRegularExpressionMatch &)> &replacement)
{
    // One character per byte: the pattern's offsets are the bytes'.
    auto matches = pattern.globalMatch(QString::fromLatin1(text));
    QByteArray out;
    qsizetype done = 0;
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        out += text.sliced(done, match.capturedStart() - done) + replacement(match);
        done = match.capturedEnd();
    }
    return done == 0 ? text : out + text.sliced(done);
}

} // namespace Mailgauge::Transcript
