// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/noise.h"

#include "base/literals.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <utility>

namespace Mailgauge::Transcript {

namespace {

constexpr qsizetype MaxLooked = 4096;

struct Habit {
    QLatin1StringView pattern;
    QLatin1StringView mark;
};

// The particular stand before the general: a date holds numbers, an address holds an id.
constexpr std::array habits {
    Habit {"boundary=\"?[^\"; ]+\"?"_L1, "<boundary>"_L1},
    // RFC 5322 3.3, then asctime, then ISO 8601
    Habit {"\\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d{1,2} \\w{3} \\d{4} \\d\\d:\\d\\d(?::\\d\\d)?"
           "(?: (?:[+-]\\d{4}|[A-Z]{1,5}))?(?: \\([^)]*\\))?"_L1,
        "<date>"_L1},
    Habit {"\\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \\w{3} +\\d{1,2} \\d\\d:\\d\\d:\\d\\d "
           "(?:[A-Z]{1,5} )?\\d{4}"_L1,
        "<date>"_L1},
    Habit {
        "\\b\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?(?:Z|[+-]\\d\\d:?\\d\\d)?"_L1,
        "<date>"_L1},
    Habit {"\\b\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?\\b"_L1, "<time>"_L1},
    Habit {"\\[?(?:IPv6:)?(?:[0-9A-Fa-f]{1,4}:){2,7}:?(?:[0-9A-Fa-f]{1,4}:?){0,6}"
           "(?:\\d{1,3}(?:\\.\\d{1,3}){3})?\\]?(?::\\d+)?"_L1,
        "<address>"_L1},
    Habit {
        "\\[?(?<![\\w.])\\d{1,3}(?:\\.\\d{1,3}){3}(?![\\w.]*\\w)\\]?(?::\\d+)?"_L1, "<address>"_L1},
    Habit {"\\bqueued as [!-~]+"_L1, "queued as <id>"_L1},
    Habit {"\\b(?:queue-?id|qid|message-?id|session-?id|InternalId|id|qp|sid|ref|tid|pid|Hostname)"
           "[=:] ?[!-~]+"_L1,
        "<id>"_L1},
    Habit {"\\bqp \\d+\\b"_L1, "<id>"_L1},
    Habit {"\\b\\d+(?:\\.\\d+)? ?(?:ms|msecs?|s|secs?|seconds?|min|minutes?|hours?)\\b"_L1,
        "<duration>"_L1},
    Habit {"\\b\\d+(?:\\.\\d+)? ?(?:bytes|octets|[KM]i?B(?:/sec|/s)?)\\b"_L1, "<size>"_L1},
    // Letters and digits mixed, eight or more of them: made by a machine.
    Habit {
        "\\b(?=[0-9A-Za-z.\\-]*\\d)[0-9A-Za-z]{1,12}-[0-9A-Za-z]{8,}(?:[.\\-][0-9A-Za-z]+)*\\b"_L1,
        "<id>"_L1},
    Habit {"\\b(?=[A-Za-z]*\\d)(?=\\d*[A-Za-z])[0-9A-Za-z]{8,}(?:[.\\-][0-9A-Za-z]+)*\\b"_L1,
        "<id>"_L1},
    Habit {
        "\\b(?=[0-9A-Za-z]*\\d)[0-9A-Za-z]{4,}-[0-9A-Za-z]{6,}-[0-9A-Za-z]{2,}\\b"_L1, "<id>"_L1},
    Habit {"\\b\\d{6,}(?:\\.\\d+)*\\b"_L1, "<number>"_L1},
};

const std::array<QRegularExpression, habits.size()> &expressions()
{
    static const auto all = [] {
        std::array<QRegularExpression, habits.size()> made;
        for (std::size_t i = 0; i < habits.size(); ++i)
            made[i] = QRegularExpression(
                habits[i].pattern, QRegularExpression::CaseInsensitiveOption);
        return made;
    }();
    return all;
}

QByteArray firstWord(const QByteArray &text)
{
    return text.simplified().split(' ').first();
}

} // namespace

NoiseFilter::NoiseFilter(const SessionRecord &record, const QByteArray &ehloName)
{
    const auto know = [this](const QByteArray &value, const QByteArray &mark) {
        if (value.size() > 2)
            m_known.append({value, mark});
    };
    know(record.queueId, "<id>"_ba);
    know(record.messageId, "<message id>"_ba);
    know(record.host.toLatin1(), "<server>"_ba);
    know(record.address.toLatin1(), "<server>"_ba);
    know(firstWord(record.greeting), "<server>"_ba);
    know(firstWord(record.capabilities.domain()), "<server>"_ba);
    know(ehloName, "<client>"_ba);
    std::ranges::stable_sort(
        m_known, std::ranges::greater {}, [](const Known &known) { return known.value.size(); });
    m_addresses.append(record.reversePath);
    for (const Smtp::RecipientOutcome &recipient : record.recipients)
        m_addresses.append(recipient.recipient.address());
}

QByteArray NoiseFilter::apply(const QByteArray &text) const
{
    QByteArray bytes = text.left(MaxLooked);
    for (const auto &[value, mark] : m_known)
        bytes.replace(value, mark);
    QString result = QString::fromLatin1(bytes);
    // A Message-ID looks like an address; those of the envelope are none.
    static const QRegularExpression angled(u"<[^<>\\s]+@[^<>\\s]+>"_s);
    for (auto match = angled.match(result); match.hasMatch();) {
        const QByteArray inside = match.captured().sliced(1).chopped(1).toLatin1();
        qsizetype next = match.capturedEnd();
        if (!m_addresses.contains(inside)) {
            result.replace(match.capturedStart(), match.capturedLength(), u"<message id>"_s);
            next = match.capturedStart() + 12;
        }
        match = angled.match(result, next);
    }
    for (std::size_t i = 0; i < habits.size(); ++i)
        result.replace(expressions()[i], QString(habits[i].mark));
    return result.toLatin1();
}

} // namespace Mailgauge::Transcript
