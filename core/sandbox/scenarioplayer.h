// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/scenario.h"

#include <QByteArrayList>
#include <QHash>

#include <vector>

namespace Mailgauge::Sandbox {

/// One moment at which a scenario may step in.
struct Occasion {
    Smtp::Stage stage = Smtp::Stage::Connect;
    quint64 session = 0;
    QByteArray helo;
    QByteArray user;
    QByteArray sender; ///< Reverse-path without brackets.
    QByteArrayList recipients; ///< At rcpt: the one asked for; later: those accepted.
    qint64 contentBefore = -1; ///< Octets at the last occasion of this content; -1: the first.
    qint64 contentNow = 0;
};

/// Says which rule decides, and counts. One per start of a scenario; all its sessions share it,
/// on one thread.
class ScenarioPlayer {
public:
    static constexpr qsizetype MaxCounters = 100'000;

    explicit ScenarioPlayer(Scenario scenario);

    [[nodiscard]] const Scenario &scenario() const { return m_scenario; }
    /// The actions of the rule that decides; null: behave well. Valid as long as the player.
    [[nodiscard]] const Actions *decide(const Occasion &occasion);
    /// Forgets what was counted for that session alone.
    void sessionEnded(quint64 session);

private:
    /// What one rule has counted.
    struct Counters {
        qint64 overall = 0;
        QHash<quint64, qint64> sessions;
        QHash<QByteArray, qint64> recipients;
        QHash<QByteArray, qint64> draws; ///< Chances taken, by reverse-path and forward-path.
    };
    [[nodiscard]] qint64 count(Counters &counters, const Rule &rule, const Occasion &occasion);
    /// Depends on who is concerned and how often it was drawn for them, not on what other sessions
    /// do meanwhile.
    [[nodiscard]] bool chanceHolds(std::size_t index, const Occasion &occasion);

    Scenario m_scenario;
    std::vector<Counters> m_counters; ///< One per rule.
};

} // namespace Mailgauge::Sandbox
