// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/capabilities.h"
#include "smtp/mailbox.h"

#include <QList>
#include <QSet>

#include <optional>

namespace Mailgauge::Smtp {

/// What a server announced with LIMITS (RFC 9422). Values are 1 to 999999; others count as not
/// announced.
struct AnnouncedLimits {
    std::optional<int> mailMax; ///< Transactions in a session.
    std::optional<int> rcptMax; ///< Recipients in a transaction.
    std::optional<int> rcptDomainMax; ///< Different recipient domains in a session.

    [[nodiscard]] static AnnouncedLimits of(const Capabilities &capabilities);
    bool operator==(const AnnouncedLimits &) const = default;
};

/// Cuts recipients into transactions that keep to the limits of one session. Nobody is skipped and
/// nobody comes twice: what does not fit any more waits for another session.
class RecipientSplitter {
public:
    explicit RecipientSplitter(AnnouncedLimits limits)
        : m_limits(limits)
    {
    }

    /// Takes the recipients of the next transaction out of `rest`, in their order. Empty where
    /// nothing of it fits into this session.
    [[nodiscard]] QList<Mailbox> take(QList<Mailbox> &rest);

private:
    AnnouncedLimits m_limits;
    int m_transactions = 0;
    QSet<QByteArray> m_domains;
};

} // namespace Mailgauge::Smtp
