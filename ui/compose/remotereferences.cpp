// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/remotereferences.h"

#include "base/literals.h"

#include <QRegularExpression>
#include <QSet>

namespace Mailgauge::Compose {

namespace {
// Attributes that load. `href` loads in link, base and SVG's image and use, elsewhere it is a link.
const QRegularExpression &loadingAttribute()
{
    static const QRegularExpression expression(
        uR"~((?:\b(?:src|srcset|background|poster|data|lowsrc|dynsrc|code|codebase|classid|longdesc|profile|manifest|action|formaction|icon|ping)|<\s*(?:link|base|image|use|feimage)\b[^>]*?\b(?:xlink:)?href)\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))~"_s,
        QRegularExpression::CaseInsensitiveOption);
    return expression;
}

const QRegularExpression &styleUrl()
{
    static const QRegularExpression expression(
        uR"~((?:url\(\s*|@import\s+|image-set\(\s*)(?:"([^"]*)"|'([^']*)'|([^\s)"';]+)))~"_s,
        QRegularExpression::CaseInsensitiveOption);
    return expression;
}

bool isRemote(const QString &address)
{
    static const QRegularExpression expression(
        u"^(?:(?:https?|ftp|wss?):|[\\\\/]{2})"_s, QRegularExpression::CaseInsensitiveOption);
    return expression.match(address).hasMatch();
}

QString cleaned(QString address)
{
    if (address.size() >= 2 && (address.startsWith(u'"') || address.startsWith(u'\'')))
        address = address.mid(1, address.size() - 2);
    address.replace(u"&amp;"_s, u"&"_s);
    // Browsers drop these inside an address.
    address.removeIf([](QChar c) { return c == u'\n' || c == u'\r' || c == u'\t'; });
    return address.trimmed();
}
} // namespace

QStringList remoteReferences(const QString &html)
{
    QStringList found;
    QSet<QString> seen;
    const auto take = [&](const QString &address) {
        if (found.size() < MaxReferences && isRemote(address) && !seen.contains(address)) {
            seen.insert(address);
            found.append(address);
        }
    };
    auto attributes = loadingAttribute().globalMatch(html);
    while (attributes.hasNext()) {
        const QString value = cleaned(attributes.next().captured(1));
        // srcset lists several, each followed by its size.
        const QStringList candidates = value.split(u',');
        for (const QString &candidate : candidates)
            take(candidate.trimmed().section(u' ', 0, 0));
    }
    auto urls = styleUrl().globalMatch(html);
    while (urls.hasNext()) {
        const QRegularExpressionMatch match = urls.next();
        take(cleaned(match.captured(match.lastCapturedIndex())));
    }
    return found;
}

} // namespace Mailgauge::Compose
