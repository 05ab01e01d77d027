// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/comparison.h"

#include "transcript/comparedfacts.h"

#include <QHash>
#include <QSet>

#include <algorithm>
#include <utility>

namespace Mailgauge::Transcript {

namespace {

using Smtp::Stage;

/// What makes two steps the same one; counted up where it comes again.
QByteArray keyOf(const Exchange &exchange)
{
    QByteArray key = Smtp::stageName(exchange.stage).toByteArray() + '/'
        + QByteArray::number(exchange.connection);
    if (exchange.stage == Stage::Helo)
        return key + (exchange.tls ? "/tls" : "/clear");
    if (exchange.stage >= Stage::Mail && exchange.stage <= Stage::Dot)
        key += '/' + QByteArray::number(exchange.transaction);
    if (exchange.stage == Stage::Rcpt) {
        const QByteArray address = pathOf(exchange.command).value_or(exchange.command);
        const qsizetype at = address.lastIndexOf('@');
        key += '/' + address.first(at + 1) + address.sliced(at + 1).toLower();
    }
    return key;
}

QList<QByteArray> keysOf(const QList<Exchange> &exchanges)
{
    QHash<QByteArray, int> seen;
    QList<QByteArray> keys;
    for (const Exchange &exchange : exchanges) {
        const QByteArray key = keyOf(exchange);
        keys.append(key + '#' + QByteArray::number(seen[key]++));
    }
    return keys;
}

QList<ComparedStep> align(const QList<Exchange> &left, const QList<Exchange> &right)
{
    const QList<QByteArray> leftKeys = keysOf(left);
    const QList<QByteArray> rightKeys = keysOf(right);
    QHash<QByteArray, qsizetype> inRight;
    for (qsizetype j = 0; j < right.size(); ++j)
        inRight.insert(rightKeys[j], j);
    const QSet<QByteArray> inLeft(leftKeys.begin(), leftKeys.end());

    QList<ComparedStep> steps;
    qsizetype j = 0;
    const auto addOnlyRight = [&] {
        for (; j < right.size() && !inLeft.contains(rightKeys[j]); ++j)
            steps.append({std::nullopt, right[j], {}, {}});
    };
    for (qsizetype i = 0; i < left.size(); ++i) {
        const auto found = inRight.constFind(leftKeys[i]);
        if (found == inRight.constEnd()) {
            steps.append({left[i], std::nullopt, {}, {}});
            continue;
        }
        // Steps of the right that stand before the partner; those that have one come with it.
        for (; j < *found; ++j) {
            if (!inLeft.contains(rightKeys[j]))
                steps.append({std::nullopt, right[j], {}, {}});
        }
        steps.append({left[i], right[*found], {}, {}});
        j = std::max(j, *found + 1);
    }
    for (; j < right.size(); ++j)
        addOnlyRight();
    return steps;
}

} // namespace

qsizetype Comparison::count(Base::Severity severity) const
{
    return std::ranges::count(differences, severity, &Difference::severity);
}

Comparison compare(
    const StoredSession &left, const StoredSession &right, const CompareOptions &options)
{
    ComparedFacts facts(left, right);
    Comparison result;
    result.steps = align(exchangesOf(left.entries), exchangesOf(right.entries));

    facts.compareServer();
    for (ComparedStep &step : result.steps) {
        const auto [differences, noise] = facts.counts();
        facts.compareStep(step);
        const auto [differencesAfter, noiseAfter] = facts.counts();
        for (qsizetype i = differences; i < differencesAfter; ++i)
            step.differences.append(i);
        for (qsizetype i = noise; i < noiseAfter; ++i)
            step.noise.append(i);
        if (step.any().stage == Stage::Tls)
            facts.compareTls();
    }
    facts.compareTls(); // where no step told of it
    facts.compareOutcome();
    facts.compareTimings(options);
    result.differences = facts.takeDifferences();
    result.noise = facts.takeNoise();
    return result;
}

} // namespace Mailgauge::Transcript
