// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain/sentence.h"

#include "base/literals.h"

namespace Mailgauge::Explain {

namespace {
constexpr qsizetype MaxMatchable = 2'000;
}

QString filled(const QString &pattern, const QStringList &parameters)
{
    QString result;
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        const bool placeholder = pattern[i] == u'%' && i + 1 < pattern.size()
            && pattern[i + 1] >= u'1' && pattern[i + 1] <= u'9';
        if (!placeholder) {
            result += pattern[i];
            continue;
        }
        const qsizetype number = pattern[++i].unicode() - u'1';
        const QString value = parameters.value(number);
        if (value.isEmpty() && result.endsWith(u" ("_s) && i + 1 < pattern.size()
            && pattern[i + 1] == u')') {
            result.chop(2);
            ++i;
            continue;
        }
        result += value;
    }
    return result;
}

QString quotable(const QString &text, qsizetype limit)
{
    QString result;
    for (const char32_t c : text.toUcs4()) {
        if (result.size() >= limit)
            return result + u'…';
        if (c == U'\n' || c == U'\r' || c == U'\t')
            result += result.endsWith(u' ') ? u""_s : u" "_s;
        else if (c == 0xFFFD || (QChar::isPrint(c) && QChar::category(c) != QChar::Other_Format))
            result += QChar::fromUcs4(c);
        else
            result += u"\\u%1"_s.arg(quint32(c), 4, 16, QChar(u'0'));
    }
    return result.trimmed();
}

QString quotable(const QByteArray &text, qsizetype limit)
{
    return quotable(
        text.isValidUtf8() ? QString::fromUtf8(text) : QString::fromLatin1(text), limit);
}

QString matchable(const QByteArray &text)
{
    const QByteArray part = text.first(qMin(text.size(), MaxMatchable));
    return (text.isValidUtf8() ? QString::fromUtf8(part) : QString::fromLatin1(part)).simplified();
}

} // namespace Mailgauge::Explain
