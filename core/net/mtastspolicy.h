// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// MTA-STS (RFC 8461) as values: what stands in the DNS and in the policy. Pure functions;
/// MtaStsLookup asks and fetches.
#include "net/route.h"

#include <QByteArrayList>
#include <QDateTime>
#include <QStringList>

#include <optional>

namespace Mailgauge::Net {

struct MtaStsPolicy {
    enum class Mode : quint8 {
        None, ///< Withdrawn.
        Testing, ///< What fails is to be reported, and delivered all the same.
        Enforce, ///< What fails is not delivered.
    };
    /// A year and a bit (RFC 8461 3.2).
    static constexpr qint64 MaxAge = 31'557'600;

    Mode mode = Mode::None;
    QStringList mx; ///< "mx.example.org", "*.example.org"; lower case.
    qint64 maxAge = 0; ///< Seconds.

    bool operator==(const MtaStsPolicy &) const = default;
};

/// "none", "testing", "enforce".
[[nodiscard]] QByteArrayView mtaStsModeName(MtaStsPolicy::Mode mode);

/// The id in the TXT record of `_mta-sts.DOMAIN` (RFC 8461 3.1).
struct MtaStsRecord {
    QByteArray id; ///< Empty: there is no record that can be used.
    QList<RouteFinding> findings; ///< "mtaSts.twoRecords", "mtaSts.badRecord".
};
[[nodiscard]] MtaStsRecord readMtaStsRecord(const QList<Dns::Txt> &texts);

/// A policy as served (RFC 8461 3.2), and what is odd about it.
struct ReadMtaStsPolicy {
    std::optional<MtaStsPolicy> policy; ///< None where it is not valid.
    QList<RouteFinding> findings; ///< "mtaSts.badPolicy", "mtaSts.oddPolicy".
};
[[nodiscard]] ReadMtaStsPolicy readMtaStsPolicy(const QByteArray &text);

/// One of the policy's patterns is the host's name; "*" stands for exactly one label (RFC 8461
/// 4.1).
[[nodiscard]] bool isNamed(const QString &host, const MtaStsPolicy &policy);

/// What is known about MTA-STS of one domain.
struct MtaStsFacts {
    QByteArray domain; ///< The policy domain.
    QByteArray id; ///< Of the policy.
    std::optional<MtaStsPolicy> policy; ///< The one that counts now, if there is any.
    bool isCached = false; ///< It was fetched earlier, and is still valid.
    QDateTime until; ///< When the policy ends; UTC.
    QList<RouteFinding> findings; ///< Everything that went wrong on the way there.

    [[nodiscard]] bool isEnforced() const
    {
        return policy && policy->mode == MtaStsPolicy::Mode::Enforce;
    }
    bool operator==(const MtaStsFacts &) const = default;
};

} // namespace Mailgauge::Net
