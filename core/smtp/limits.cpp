// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/limits.h"

#include <array>
#include <utility>

namespace Mailgauge::Smtp {

namespace {

constexpr qsizetype MaxDigits = 6; // RFC 9422 3

std::optional<int> valueOf(const QByteArray &text)
{
    bool isNumber = false;
    const int value = text.size() <= MaxDigits ? text.toInt(&isNumber) : 0;
    return isNumber && value > 0 && text[0] != '+' ? std::optional(value) : std::nullopt;
}

} // namespace

AnnouncedLimits AnnouncedLimits::of(const Capabilities &capabilities)
{
    AnnouncedLimits limits;
    const Capability *capability = capabilities.find("LIMITS");
    if (!capability)
        return limits;
    const std::array names {std::pair {"MAILMAX", &limits.mailMax},
        std::pair {"RCPTMAX", &limits.rcptMax}, std::pair {"RCPTDOMAINMAX", &limits.rcptDomainMax}};
    for (const QByteArray &parameter : capability->parameters) {
        const qsizetype equals = parameter.indexOf('=');
        if (equals < 0)
            continue;
        for (const auto &[name, limit] : names) {
            if (parameter.first(equals).compare(name, Qt::CaseInsensitive) == 0)
                *limit = valueOf(parameter.sliced(equals + 1));
        }
    }
    return limits;
}

QList<Mailbox> RecipientSplitter::take(QList<Mailbox> &rest)
{
    QList<Mailbox> batch;
    if (m_limits.mailMax && m_transactions >= *m_limits.mailMax)
        return batch;
    QList<Mailbox> later;
    for (const Mailbox &recipient : std::as_const(rest)) {
        const QByteArray domain = recipient.domain();
        const bool known = m_domains.contains(domain);
        const bool domainFits = known || !m_limits.rcptDomainMax
            || m_domains.size() < *m_limits.rcptDomainMax;
        if (!domainFits || (m_limits.rcptMax && batch.size() >= *m_limits.rcptMax)) {
            later.append(recipient);
            continue;
        }
        m_domains.insert(domain);
        batch.append(recipient);
    }
    if (!batch.isEmpty())
        ++m_transactions;
    rest = later;
    return batch;
}

} // namespace Mailgauge::Smtp
