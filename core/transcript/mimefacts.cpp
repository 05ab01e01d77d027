// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/mimefacts.h"

#include "base/literals.h"
#include "mime/charset.h"
#include "mime/headerreader.h"
#include "transcript/visible.h"

#include <QRegularExpression>

namespace Mailgauge::Transcript {

namespace {

using Kind = LineFact::Kind;

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

void addEncodedWords(const QByteArray &text, QList<LineFact> &facts)
{
    if (!text.contains("=?"))
        return;
    const QString decoded = visible(Mime::decodeField("Subject", text).toUtf8());
    if (decoded != visible(text))
        facts.append({.kind = Kind::EncodedWords, .name = {}, .value = decoded, .number = {}});
}

/// RFC 2231 3 and 4: `name*=charset'language'text`, `name*0*=…; name*1*=…`, with %XX.
void addExtendedParameters(const QByteArray &text, QList<LineFact> &facts)
{
    static const QRegularExpression pattern(
        uR"(([A-Za-z0-9!#$&+^_.`{}~-]+)(?:\*([0-9]{1,3}))?\*=([^;\s"]+))"_s);
    auto matches = pattern.globalMatch(QString::fromLatin1(text));
    struct Found {
        QByteArray name;
        QByteArray charset;
        QByteArray bytes;
    };
    QList<Found> found;
    while (matches.hasNext() && found.size() < MaxFacts) {
        const QRegularExpressionMatch match = matches.next();
        const QByteArray name = match.captured(1).toLatin1();
        QByteArray value = match.captured(3).toLatin1();
        const bool goesOn = !found.isEmpty() && found.last().name == name
            && match.captured(2).toInt() > 0;
        if (!goesOn) {
            found.append({name, {}, {}});
            const QList<QByteArray> parts = value.split('\'');
            if (parts.size() >= 3) {
                found.last().charset = parts.at(0);
                value = value.sliced(parts.at(0).size() + parts.at(1).size() + 2);
            }
        }
        found.last().bytes += QByteArray::fromPercentEncoding(value);
    }
    for (const Found &one : std::as_const(found))
        facts.append({.kind = Kind::ExtendedParameter,
            .name = one.name,
            .value = visible(Mime::decodeText(one.bytes, one.charset).toUtf8()),
            .number = {}});
}

/// RFC 2045 6.7, strictly: one equals sign that is none of its own and the line is left alone.
void addQuotedPrintable(const QByteArray &text, QList<LineFact> &facts)
{
    QByteArray decoded;
    bool any = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text.at(i) != '=') {
            decoded += text.at(i);
            continue;
        }
        if (i + 1 == text.size()) { // a soft line break
            any = true;
            break;
        }
        const int high = hexDigit(text.at(i + 1));
        const int low = i + 2 < text.size() ? hexDigit(text.at(i + 2)) : -1;
        if (high < 0 || low < 0)
            return;
        decoded += static_cast<char>(high * 16 + low);
        any = true;
        i += 2;
    }
    if (any)
        facts.append({.kind = Kind::QuotedPrintable,
            .name = {},
            .value = visible(Mime::decodeText(decoded, {}).toUtf8()),
            .number = {}});
}

} // namespace

QList<LineFact> mimeFacts(Smtp::Stage stage, const QByteArray &text)
{
    QList<LineFact> facts;
    addEncodedWords(text, facts);
    if (stage != Smtp::Stage::Content)
        return facts;
    addExtendedParameters(text, facts);
    if (facts.isEmpty())
        addQuotedPrintable(text, facts);
    return facts;
}

} // namespace Mailgauge::Transcript
