// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/keptbytes.h"
#include "store/writer.h"
#include "transcript/sessionlibrary.h"

#include <limits>

namespace Mailgauge::Store {

/// Where a sweep is in the order of age.
struct SweepPlace {
    qint64 since = std::numeric_limits<qint64>::min();
    qint64 row = std::numeric_limits<qint64>::min();
    bool end = false; ///< There are none behind it.
};

/// Removes sessions for good, in steps that each take some milliseconds: first what the rules say
/// is marked (`deleted` = 0: out of every list, past being restored), then entries and octets go
/// some at a time, then the row, then the room is given back. A sweep that is interrupted goes on
/// with the next one.
class Sweep final {
public:
    Sweep(const Transcript::KeepRules &rules, const QDateTime &now);

    [[nodiscard]] Base::Result<Writer::Step> step(Connection &connection);
    /// Complete once step() said Done.
    [[nodiscard]] const Transcript::SweepReport &report() const { return m_report; }

private:
    enum class At : quint8 {
        Begin,
        Old,
        Bin,
        Remove,
        Weigh,
        Size,
        GiveBack,
        Done,
    };

    [[nodiscard]] Base::Result<At> advance(Connection &connection);
    [[nodiscard]] Base::Result<At> begin(Connection &connection);
    [[nodiscard]] Base::Result<At> markOld(Connection &connection);
    [[nodiscard]] Base::Result<At> markBin(Connection &connection);
    [[nodiscard]] Base::Result<At> remove(Connection &connection);
    [[nodiscard]] Base::Result<At> removeOctets(Connection &connection);
    [[nodiscard]] Base::Result<At> weigh(Connection &connection);
    [[nodiscard]] Base::Result<At> markForSize(Connection &connection);
    [[nodiscard]] Base::Result<bool> markOldest(Connection &connection);
    [[nodiscard]] Base::Result<int> mark(Connection &connection, qint64 row) const;
    [[nodiscard]] Base::Result<QList<qint64>> nextOldest(Connection &connection, qint64 before);
    [[nodiscard]] Base::Result<At> giveBack(Connection &connection);
    [[nodiscard]] QString mayGo() const;
    [[nodiscard]] QString removable() const;

    Transcript::KeepRules m_rules;
    qint64 m_now;
    Transcript::SweepReport m_report;
    At m_at = At::Begin;
    std::optional<KeptBytes> m_kept; ///< What no sweep can free; weighed once, where needed.
    SweepPlace m_oldest; ///< Those before it were looked at.
    QList<qint64> m_candidates; ///< Row ids behind it that may go for the size, the oldest first.
    int m_budget = 0; ///< What this step may still do, in rows of some kilobytes.
};

} // namespace Mailgauge::Store
