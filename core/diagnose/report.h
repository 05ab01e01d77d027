// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Everything one diagnosis of a relay found out: a value, complete, that lists, exports and
/// comparisons are made from.
#include "diagnose/cell.h"
#include "diagnose/check.h"
#include "diagnose/hostpolicies.h"
#include "diagnose/tlsinspection.h"

#include <QDateTime>
#include <QStringList>

#include <chrono>

namespace Mailgauge::Diagnose {

/// The relay asked us to slow down, and we did.
struct Pause {
    QByteArray where; ///< "587 ipv4 starttls", or the name of a check.
    QByteArray reply; ///< The 421 or 4yz that asked for it.
    std::chrono::milliseconds length {0};

    bool operator==(const Pause &) const = default;
};

struct RelayReport {
    QUuid id;
    QDateTime startedAt; ///< UTC.
    qint64 totalUs = 0; ///< 0 while it runs.
    QUuid profile; ///< Null where no profile was used.
    QString profileName;
    /// The relay; of a domain's route, the first mail exchanger where a session works. The
    /// behaviour checks ask each of them.
    QString host;
    quint16 port = 0; ///< Where the behaviour checks ask `host`; 0: nothing was found to work.
    QString domain; ///< Whose mail exchangers were asked for; empty: the host was named.
    QStringList exchangers; ///< Of `domain`, in the order to try them.
    bool cancelled = false;

    QList<Cell> cells; ///< Exchanger by exchanger, in the order of their keys.
    QList<CheckResult> checks; ///< Those asked for, by exchanger, in the order of the enum.
    QList<HostPolicies> policies; ///< One per host and address where STARTTLS was tried.
    QList<TlsInspection> inspections; ///< Those asked for; per host, address and way to TLS.
    QList<Finding> findings; ///< Of grid, checks, policies and TLS; the worst first.
    QList<Pause> pauses;

    [[nodiscard]] const Cell *cell(const CellKey &key) const;
    /// Older reports of a domain asked `host` alone, and did not say so.
    [[nodiscard]] CheckKey keyOf(const CheckResult &result) const;
    [[nodiscard]] const CheckResult *check(const CheckKey &key) const;
    /// Of `host`.
    [[nodiscard]] const CheckResult *check(Check check) const;
    [[nodiscard]] qsizetype count(Base::Severity severity) const;

    bool operator==(const RelayReport &) const = default;
};

/// 1 where a finding is an error, else 0, as cli.md has it for checks.
[[nodiscard]] int exitCodeOf(const RelayReport &report);

} // namespace Mailgauge::Diagnose

Q_DECLARE_METATYPE(Mailgauge::Diagnose::RelayReport)
