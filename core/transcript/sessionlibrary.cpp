// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/sessionlibrary.h"

#include "base/literals.h"

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {
constexpr qsizetype LongestTag = 40;
constexpr qsizetype LongestNote = 2000;
} // namespace

std::optional<QString> tagFrom(const QString &typed)
{
    const QString tag = typed.trimmed();
    const bool good = !tag.isEmpty() && tag.size() <= LongestTag
        && std::ranges::none_of(
            tag, [](QChar c) { return c.isSpace() || !c.isPrint() || c == u',' || c == u'"'; });
    return good ? std::optional(tag) : std::nullopt;
}

QString noteFrom(const QString &typed)
{
    return typed.simplified().left(LongestNote);
}

} // namespace Mailgauge::Transcript
