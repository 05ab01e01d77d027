// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/scenarioplayer.h"

#include "base/literals.h"

#include <algorithm>
#include <limits>

namespace Mailgauge::Sandbox {

namespace {

bool patternsMatch(const Match &match, const Occasion &occasion)
{
    const auto fits = [](const std::optional<Pattern> &pattern, QByteArrayView text) {
        return !pattern || pattern->matches(text);
    };
    if (!fits(match.sender, occasion.sender) || !fits(match.user, occasion.user)
        || !fits(match.helo, occasion.helo))
        return false;
    if (occasion.stage == Smtp::Stage::Content
        && (occasion.contentBefore >= match.afterBytes || occasion.contentNow < match.afterBytes))
        return false;
    return !match.recipient
        || std::ranges::any_of(occasion.recipients,
            [&match](const QByteArray &recipient) { return match.recipient->matches(recipient); });
}

bool countHolds(const Match &match, qint64 nth)
{
    switch (match.count) {
    case Match::Count::Any:
        return true;
    case Match::Count::First:
        return nth <= match.n;
    case Match::Count::Nth:
        return nth == match.n;
    case Match::Count::Every:
        return nth % match.n == 0;
    case Match::Count::From:
        return nth >= match.n;
    }
    return false;
}

/// Beyond the bound a new key is taken for one seen long ago: memory stays bounded.
qint64 countOne(QHash<QByteArray, qint64> &counters, const QByteArray &key)
{
    if (counters.size() >= ScenarioPlayer::MaxCounters && !counters.contains(key))
        return std::numeric_limits<int>::max();
    return ++counters[key];
}

QByteArray subjectOf(const Occasion &occasion)
{
    return occasion.sender + '\0' + occasion.recipients.join('\0');
}

/// FNV-1a, then the finaliser of SplitMix64: the same on every machine, unlike qHash.
quint64 mix(quint64 hash, QByteArrayView bytes)
{
    for (const char c : bytes)
        hash = (hash ^ static_cast<uchar>(c)) * 0x100000001b3ULL;
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
    return hash ^ (hash >> 31);
}

} // namespace

ScenarioPlayer::ScenarioPlayer(Scenario scenario)
    : m_scenario(std::move(scenario))
    , m_counters(static_cast<std::size_t>(m_scenario.rules.size()))
{
}

qint64 ScenarioPlayer::count(Counters &counters, const Rule &rule, const Occasion &occasion)
{
    const qint64 overall = ++counters.overall;
    switch (rule.match.scope) {
    case Match::Scope::Overall:
        break;
    case Match::Scope::Session:
        return ++counters.sessions[occasion.session];
    case Match::Scope::Recipient:
        return countOne(counters.recipients, subjectOf(occasion));
    }
    return overall;
}

bool ScenarioPlayer::chanceHolds(std::size_t index, const Occasion &occasion)
{
    const double chance = m_scenario.rules.at(static_cast<qsizetype>(index)).match.chance;
    if (chance >= 1.0)
        return true;
    const QByteArray subject = subjectOf(occasion);
    const qint64 nth = countOne(m_counters[index].draws, subject);
    quint64 hash = mix(m_scenario.seed ^ 0xcbf29ce484222325ULL, QByteArray::number(quint64(index)));
    hash = mix(hash, Smtp::stageName(occasion.stage));
    hash = mix(hash, subject);
    hash = mix(hash, QByteArray::number(nth));
    return static_cast<double>(hash >> 11) * 0x1.0p-53 < chance;
}

const Actions *ScenarioPlayer::decide(const Occasion &occasion)
{
    const Actions *decided = nullptr;
    for (std::size_t i = 0; i < m_counters.size(); ++i) {
        const Rule &rule = m_scenario.rules.at(static_cast<qsizetype>(i));
        if (!rule.stages.contains(occasion.stage) || !patternsMatch(rule.match, occasion))
            continue;
        const qint64 nth = count(m_counters[i], rule, occasion);
        if (!decided && countHolds(rule.match, nth) && chanceHolds(i, occasion))
            decided = &rule.actions;
    }
    return decided;
}

void ScenarioPlayer::sessionEnded(quint64 session)
{
    for (Counters &counters : m_counters)
        counters.sessions.remove(session);
}

} // namespace Mailgauge::Sandbox
