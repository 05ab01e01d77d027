// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/danefacts.h"

#include "base/literals.h"
#include "dns/name.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Net {

namespace {

using State = DaneFacts::State;

constexpr std::array states {"none", "usable", "unusable", "failed"};
static_assert(states.size() == static_cast<std::size_t>(State::Failed) + 1);

bool isFound(const Dns::Answer &answer)
{
    return answer.status == Dns::Status::Found;
}

bool isAuthentic(const Dns::Answer &answer)
{
    return isFound(answer) && answer.authenticated;
}

DaneFacts failed(const QByteArray &host, const Dns::Answer &answer)
{
    return {.state = State::Failed,
        .reason = answer.status == Dns::Status::Bogus ? "dane.bogus"_ba : "dane.failed"_ba,
        .baseDomain = host,
        .detail = Dns::describe(answer)};
}

} // namespace

QByteArrayView daneStateName(DaneFacts::State state)
{
    return states[static_cast<std::size_t>(state)];
}

DaneFacts daneFactsOf(const QByteArray &baseDomain, const Dns::Answer &tlsa)
{
    if (tlsa.isTemporary())
        return failed(baseDomain, tlsa);
    DaneFacts facts {.baseDomain = baseDomain, .detail = Dns::describe(tlsa)};
    if (!isFound(tlsa)) {
        facts.reason = "dane.noRecords"_ba;
        return facts;
    }
    if (!tlsa.authenticated) {
        facts.reason = "dane.recordsInsecure"_ba;
        return facts;
    }
    for (const Dns::Tlsa &one : tlsa.all<Dns::Tlsa>())
        facts.records.append({one.usage, one.selector, one.matchingType, one.association});
    const bool usable = Tls::isAnyUsable(facts.records);
    facts.state = usable ? State::Usable : State::Unusable;
    facts.reason = usable ? "dane.usable"_ba : "dane.unusable"_ba;
    return facts;
}

Tls::DaneAnchors anchorsOf(const DaneFacts &facts, const QByteArray &domain)
{
    Tls::DaneAnchors anchors {facts.records, {QString::fromLatin1(facts.baseDomain)}};
    if (!domain.isEmpty() && facts.isMxAuthenticated)
        anchors.names.append(QString::fromLatin1(domain));
    return anchors;
}

bool needsAlias(const QList<Dns::Answer> &addresses)
{
    return std::ranges::none_of(addresses, isAuthentic)
        && std::ranges::any_of(addresses,
            [](const Dns::Answer &one) { return isFound(one) && !one.aliases.isEmpty(); });
}

DaneBases daneBasesOf(const QByteArray &host, const QList<Dns::Answer> &addresses,
    const std::optional<Dns::Answer> &alias)
{
    DaneBases bases;
    // One family may be out of order: it is not tried then.
    if (const auto good = std::ranges::find_if(addresses, isAuthentic); good != addresses.end()) {
        bases.names.append(good->canonicalName());
        if (!Dns::isSameName(host, good->canonicalName()))
            bases.names.append(host);
        return bases;
    }
    if (alias && alias->isTemporary()) {
        bases.facts = failed(host, *alias);
    } else if (alias && isAuthentic(*alias)) {
        bases.names.append(host); // the zone of the alias is signed, what it leads to is not
    } else if (const auto found = std::ranges::find_if(addresses, isFound);
        found != addresses.end()) {
        bases.facts = {.reason = "dane.addressInsecure"_ba,
            .baseDomain = host,
            .detail = Dns::describe(*found)};
    } else if (const auto broken = std::ranges::find_if(addresses, &Dns::Answer::isTemporary);
        broken != addresses.end()) {
        bases.facts = failed(host, *broken);
    } else {
        bases.facts = {.reason = "dane.noRecords"_ba, .baseDomain = host};
    }
    return bases;
}

} // namespace Mailgauge::Net
