// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/queueid.h"

#include "base/literals.h"

#include <QRegularExpression>

#include <array>

namespace Mailgauge::Delivery {

namespace {

// One pattern per habit; the first that fits decides, so the particular stand before the general.
struct Habit {
    QLatin1StringView pattern;
};
constexpr std::array habits {
    // Postfix "Ok: queued as 4F2A1", qpsmtpd "Queued! 1234 (…)", hMailServer "Queued (10.5 s)" has
    // none
    Habit {"\\bqueued as ([!-~]+?)[.,;]?(?: |$)"_L1},
    // Exchange "<id@host> [InternalId=123, Hostname=x] 1 bytes in 0.1, Queued mail for delivery"
    Habit {"\\[InternalId=([0-9]+)"_L1},
    // Exim "OK id=1abcDE-000000001-Ab2C"
    Habit {"\\bOK id=([!-~]+)"_L1},
    // OpenSMTPD "c2f3a4 Message accepted for delivery", Sendmail "1AB Message accepted for
    // delivery"
    Habit {"^([!-~]+) Message accepted for delivery"_L1},
    // OpenSMTPD since 6.4: "Message accepted for delivery: c2f3"; Courier "Ok. 0000.1"
    Habit {"\\bMessage accepted for delivery: ([!-~]+)"_L1},
    // Gmail "OK  1700000000 a1-b2.7 - gsmtp"
    Habit {"^OK +[0-9]+ ([!-~]+) - gsmtp"_L1},
    // qmail "ok 1700000000 qp 4711"
    Habit {"^ok [0-9]+ qp ([0-9]+)"_L1},
    // smtp2go, Haraka and others: "OK id=…" above, "Message Queued (id)"
    Habit {"\\bqueued \\(([!-~]+)\\)"_L1},
    // Any "id=…", "id: …", "message id …"
    Habit {"\\b(?:queue-?id|message-?id|id)[=:] ?<?([!-;=?-~]+)>?"_L1},
    // Amazon SES "Ok 0100018c-…-000000"
    Habit {"^Ok:? ([0-9A-Za-z][0-9A-Za-z.@-]{7,})$"_L1},
};

} // namespace

QByteArray queueIdOf(const Smtp::Reply &finalReply)
{
    if (finalReply.code / 100 != 2)
        return {};
    static const auto expressions = [] {
        std::array<QRegularExpression, habits.size()> made;
        for (std::size_t i = 0; i < habits.size(); ++i) {
            made[i] = QRegularExpression(
                habits[i].pattern, QRegularExpression::CaseInsensitiveOption);
        }
        return made;
    }();
    for (const QRegularExpression &expression : expressions) {
        for (const QByteArray &line : finalReply.lines) {
            QByteArray text = line;
            if (const auto code = Smtp::EnhancedStatusCode::parse(text))
                text = text.sliced(code->toByteArray().size()).trimmed();
            const auto match = expression.match(QString::fromLatin1(text.left(1000)));
            if (match.hasMatch())
                return match.captured(1).toLatin1();
        }
    }
    return {};
}

} // namespace Mailgauge::Delivery
