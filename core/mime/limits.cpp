// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/limits.h"

#include <QByteArray>
#include <QSet>

#include <array>

namespace Mailgauge::Mime {

namespace {

constexpr qsizetype MaxBoundary = 70; // RFC 2046 5.1.1

/// The value behind `boundary=`, quoted or not.
QByteArray boundaryAt(QByteArrayView rest)
{
    const bool quoted = rest.startsWith('"');
    if (quoted)
        rest = rest.sliced(1);
    qsizetype length = 0;
    while (length < rest.size() && length < MaxBoundary) {
        const char c = rest[length];
        if (c == '\n' || c == '\r' || c == '"' || (!quoted && (c == ';' || c == ' ')))
            break;
        ++length;
    }
    return rest.first(length).toByteArray();
}

/// The line of a delimiter without its dashes.
QByteArray delimiterAt(QByteArrayView line)
{
    QByteArrayView text = line.sliced(2);
    const qsizetype end = text.first(qMin(text.size(), MaxBoundary + 4)).indexOf('\n');
    text = end < 0 ? text.first(qMin(text.size(), MaxBoundary + 4)) : text.first(end);
    return text.trimmed().toByteArray();
}

} // namespace

qsizetype saneLength(QByteArrayView bytes)
{
    QSet<QByteArray> boundaries;
    qsizetype delimiters = 0;
    qsizetype named = 0;
    for (qsizetype line = 0; line < bytes.size();) {
        const qsizetype lf = bytes.indexOf('\n', line);
        const qsizetype end = lf < 0 ? bytes.size() : lf;
        const QByteArrayView text = bytes.sliced(line, end - line);
        if (text.startsWith("--")) {
            QByteArray name = delimiterAt(text);
            const bool known = boundaries.contains(name)
                || (name.endsWith("--") && boundaries.contains(name.chopped(2)));
            if (known && ++delimiters > Limits::MaxParts)
                return line;
        } else {
            for (qsizetype at = text.indexOf('='); at >= 0; at = text.indexOf('=', at + 1)) {
                constexpr QByteArrayView key = "boundary";
                if (at < key.size()
                    || text.sliced(at - key.size(), key.size()).compare(key, Qt::CaseInsensitive)
                        != 0)
                    continue;
                if (++named > Limits::MaxParts)
                    return line;
                boundaries.insert(boundaryAt(text.sliced(at + 1)));
            }
        }
        line = end + 1;
    }
    return bytes.size();
}

} // namespace Mailgauge::Mime
