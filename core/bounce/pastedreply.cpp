// SPDX-License-Identifier: GPL-3.0-or-later
#include "bounce/pastedreply.h"

#include "base/literals.h"
#include "bounce/fields.h"

#include <QRegularExpression>

#include <algorithm>

namespace Mailgauge::Bounce {

namespace {

constexpr qsizetype MaxText = 64 * 1024; ///< A reply has no more (smtp/replyparser.h).

/// Where a code (RFC 5321 4.2) may stand, the likeliest first: one that has an enhanced code behind
/// it, one at the start of a line (behind a clock, "S:", "<-"), and refusals before what is good.
QRegularExpressionMatch findCode(const QString &text)
{
    static const QString before = u"(?:^|[\\s:;'\"(\\[<>*~|=])"_s;
    static const QString status = u"(?=[ -][245]\\.[0-9]{1,3}\\.[0-9]{1,3}\\b)"_s;
    static const QList<QRegularExpression> places = [] {
        QList<QRegularExpression> list;
        for (const QString &pattern : {before + u"([45][0-5][0-9])"_s + status,
                 u"^[^a-z\\n]{0,40}?(?<![A-Za-z0-9.])([45][0-5][0-9])(?=[ -]|$)"_s,
                 before + u"([2-5][0-5][0-9])"_s + status,
                 before + u"([2-5][0-5][0-9])(?=[ -]|$)"_s})
            list.append(QRegularExpression(pattern, QRegularExpression::MultilineOption));
        return list;
    }();
    for (const QRegularExpression &place : places) {
        if (const QRegularExpressionMatch match = place.match(text); match.hasMatch())
            return match;
    }
    return {};
}

QByteArray hostIn(const QString &text)
{
    static const QRegularExpression expression(
        u"(?:\\bhost |\\brelay=|Remote-MTA: *dns; *)([a-z0-9-]+(?:\\.[a-z0-9-]+)+)"_s,
        QRegularExpression::CaseInsensitiveOption);
    return expression.match(text).captured(1).toLatin1();
}

/// The texts of the reply that begins at `start`, of one line or more. A line without the code goes
/// on with the line before: mail programs and terminals wrap.
QList<QByteArray> linesFrom(const QString &text, qsizetype start, const QString &number)
{
    const QRegularExpression own(u"^[^a-z]{0,40}?(?<![A-Za-z0-9.])(%1)(?=[ -]|$)"_s.arg(number));
    static const QRegularExpression foreign(
        u"^(?:C: |-> |> |[^a-z]{0,40}?(?<![A-Za-z0-9.])[2-5][0-5][0-9](?:[ -]|$)"
        "|(?:EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL|RCPT|DATA|BDAT|RSET|NOOP|QUIT)\\b)"_s);
    static const QRegularExpression added(u"\\s*\\(?in reply to .*$"_s,
        QRegularExpression::CaseInsensitiveOption | QRegularExpression::DotMatchesEverythingOption);
    QList<QByteArray> lines;
    for (QString line : text.sliced(start).split(u'\n')) {
        line = line.trimmed();
        const bool last = line.contains(added);
        line.remove(added);
        const QRegularExpressionMatch match = own.match(line);
        if (!match.hasMatch() && (line.isEmpty() || foreign.match(line).hasMatch()))
            break;
        if (match.hasMatch()) {
            const QByteArray said = withoutRepeatedCodes(
                line.sliced(match.capturedStart(1)).toUtf8());
            lines.append(
                said.sliced(std::min<qsizetype>(said.size(), number.size() + 1)).trimmed());
        } else {
            lines.last() += ' ' + line.toUtf8();
        }
        if (last)
            break;
    }
    return lines;
}

} // namespace

std::optional<PastedReply> readPastedReply(const QByteArray &text)
{
    const QString all = QString::fromUtf8(text.left(MaxText)).remove(u'\r');
    const QRegularExpressionMatch match = findCode(all);
    if (!match.hasMatch())
        return std::nullopt;
    const QString number = match.captured(1);
    return PastedReply {
        .reply = {.code = number.toInt(), .lines = linesFrom(all, match.capturedStart(1), number)},
        .stage = stageIn(text.left(MaxText)),
        .host = hostIn(all)};
}

} // namespace Mailgauge::Bounce
