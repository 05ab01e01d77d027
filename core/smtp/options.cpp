// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/session.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Smtp {

namespace {
constexpr std::array allPolicies {TlsPolicy::None, TlsPolicy::Opportunistic,
    TlsPolicy::RequireStartTls, TlsPolicy::ImplicitTls, TlsPolicy::OpportunisticStrict,
    TlsPolicy::Dane, TlsPolicy::MtaSts};
constexpr std::array<const char *, allPolicies.size()> policyNames {
    "none", "opportunistic", "starttls", "implicit", "opportunistic-strict", "dane", "mta-sts"};

/// The member that limits a stage. Resolving and the proxy count as connecting.
constexpr std::chrono::milliseconds Deadlines::*memberOf(Stage stage)
{
    switch (stage) {
    case Stage::Resolve:
    case Stage::Connect:
    case Stage::Proxy:
        return &Deadlines::connect;
    case Stage::Greeting:
        return &Deadlines::greeting;
    case Stage::Helo:
        return &Deadlines::helo;
    case Stage::StartTls:
        return &Deadlines::startTls;
    case Stage::Tls:
        return &Deadlines::tls;
    case Stage::Auth:
        return &Deadlines::auth;
    case Stage::Mail:
        return &Deadlines::mail;
    case Stage::Rcpt:
        return &Deadlines::rcpt;
    case Stage::Data:
        return &Deadlines::data;
    case Stage::Content:
        return &Deadlines::content;
    case Stage::Dot:
        return &Deadlines::dot;
    case Stage::Rset:
        return &Deadlines::rset;
    case Stage::Quit:
        return &Deadlines::quit;
    }
    Q_UNREACHABLE_RETURN(&Deadlines::connect);
}
} // namespace

QByteArrayView tlsPolicyName(TlsPolicy policy)
{
    return policyNames[static_cast<std::size_t>(policy)];
}

std::optional<TlsPolicy> tlsPolicyFromName(QByteArrayView name)
{
    const auto found = std::ranges::find_if(
        allPolicies, [name](TlsPolicy policy) { return tlsPolicyName(policy) == name; });
    return found == allPolicies.end() ? std::nullopt : std::optional(*found);
}

bool isPublished(TlsPolicy policy)
{
    return policy == TlsPolicy::Dane || policy == TlsPolicy::MtaSts;
}

bool isStartTlsRequired(TlsPolicy policy)
{
    return policy == TlsPolicy::RequireStartTls || isPublished(policy);
}

bool isTlsWished(TlsPolicy policy)
{
    return policy == TlsPolicy::Opportunistic || policy == TlsPolicy::OpportunisticStrict;
}

std::chrono::milliseconds Deadlines::of(Stage stage) const
{
    return this->*memberOf(stage);
}

void Deadlines::set(Stage stage, std::chrono::milliseconds limit)
{
    this->*memberOf(stage) = limit;
}

} // namespace Mailgauge::Smtp
