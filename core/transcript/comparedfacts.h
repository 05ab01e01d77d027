// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/comparison.h"
#include "transcript/noise.h"

namespace Mailgauge::Transcript {

/// Gathers what differs between two sessions, one kind of fact after the other. The parts of
/// compare(); of no use alone.
class ComparedFacts final {
public:
    ComparedFacts(const StoredSession &left, const StoredSession &right);

    void compareServer();
    void compareStep(const ComparedStep &step);
    /// Once: a second call does nothing.
    void compareTls();
    void compareOutcome();
    void compareTimings(const CompareOptions &options);

    /// How many differences and how much noise so far.
    [[nodiscard]] std::pair<qsizetype, qsizetype> counts() const
    {
        return {m_differences.size(), m_noise.size()};
    }
    [[nodiscard]] QList<Difference> takeDifferences() { return std::move(m_differences); }
    [[nodiscard]] QList<Difference> takeNoise() { return std::move(m_noise); }

private:
    void add(Difference difference);
    void compareCommand(const ComparedStep &step);
    void compareReply(const ComparedStep &step);
    void compareReplyText(const ComparedStep &step, Difference difference);
    void compareGreeting(const ComparedStep &step);
    void compareCapabilities(const ComparedStep &step);
    void compareCapability(
        const Smtp::Capability *left, const Smtp::Capability *right, const ComparedStep &step);
    void compareFailure();
    void compareFindings();

    const SessionRecord &m_left;
    const SessionRecord &m_right;
    NoiseFilter m_leftNoise;
    NoiseFilter m_rightNoise;
    QList<Difference> m_differences;
    QList<Difference> m_noise;
    bool m_tlsDone = false;
};

} // namespace Mailgauge::Transcript
