// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/entry.h"

#include "base/secretmask.h"
#include "smtp/expectation.h"
#include "transcript/visible.h"

#include <algorithm>

namespace Mailgauge::Transcript {

QByteArrayView directionName(Direction direction)
{
    switch (direction) {
    case Direction::Client:
        return "client";
    case Direction::Server:
        return "server";
    case Direction::Event:
        return "event";
    }
    Q_UNREACHABLE_RETURN("");
}

std::optional<Direction> directionFromName(QByteArrayView name)
{
    for (const Direction direction : {Direction::Client, Direction::Server, Direction::Event}) {
        if (directionName(direction) == name)
            return direction;
    }
    return std::nullopt;
}

bool isUnexpected(const Entry &entry)
{
    return entry.direction == Direction::Server && !Smtp::isHopedFor(entry.stage, entry.text);
}

QByteArray redact(const QByteArray &bytes, const QList<Base::SecretSpan> &spans,
    QList<Redaction> *redactions, bool keepSecrets)
{
    QList<Base::SecretSpan> ordered = spans;
    std::ranges::stable_sort(ordered, {}, &Base::SecretSpan::offset);
    QByteArray text;
    qsizetype done = 0;
    for (const Base::SecretSpan &span : std::as_const(ordered)) {
        const qsizetype end = std::min(bytes.size(), span.offset + span.length);
        // Overlapping spans are one hole: what the first cut out must not come back.
        const qsizetype begin = std::max(done, span.offset);
        if (begin >= end)
            continue;
        text += QByteArrayView(bytes).sliced(done, begin - done);
        if (redactions) {
            redactions->append({text.size(), span.label,
                keepSecrets ? Base::Secret(bytes.sliced(begin, end - begin)) : Base::Secret()});
        }
        text += Base::redactionMark(span.label);
        done = end;
    }
    text += QByteArrayView(bytes).sliced(done);
    return text;
}

bool isHandshakeNote(const Entry &entry)
{
    return entry.direction == Direction::Event
        && (entry.text.startsWith("TLS sent ") || entry.text.startsWith("TLS received "));
}

QByteArray revealed(const Entry &entry)
{
    QByteArray text = entry.text;
    // From the end, so that the places before stay valid.
    for (qsizetype i = entry.redactions.size() - 1; i >= 0; --i) {
        const Redaction &redaction = entry.redactions.at(i);
        const QByteArray mark = Base::redactionMark(redaction.label);
        if (!redaction.kept.isEmpty() && redaction.at >= 0 && redaction.at <= text.size()
            && QByteArrayView(text).sliced(redaction.at).startsWith(mark))
            text.replace(redaction.at, mark.size(), redaction.kept.reveal());
    }
    return text;
}

QString visibleText(const QByteArray &bytes)
{
    return visible(bytes);
}

QString visibleText(const QString &text)
{
    return visible(text.toUtf8());
}

} // namespace Mailgauge::Transcript
