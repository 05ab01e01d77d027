// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/serverexchange.h"

namespace Mailgauge::Sasl {

/// XOAUTH2, or OAUTHBEARER (RFC 7628), for the one token of the account. A refusal is two steps: a
/// challenge with the reason as JSON, then, behind the client's answer to it (empty; 0x01 under
/// OAUTHBEARER), Denied.
class BearerServer final : public ServerExchange {
public:
    enum class Form : quint8 {
        XOAuth2,
        OAuthBearer,
    };
    BearerServer(Form form, ServerAccount account);

    ServerStep start(const std::optional<QByteArray> &initial) override;
    ServerStep step(const QByteArray &response) override;

private:
    enum class Step : quint8 {
        First,
        Refused,
        Over,
    };
    /// What the client showed; none where it is not what the mechanism's grammar asks for.
    [[nodiscard]] std::optional<QByteArray> tokenIn(const QByteArray &message);
    [[nodiscard]] ServerStep judge(const std::optional<QByteArray> &token);

    Form m_form;
    ServerAccount m_account;
    Step m_step = Step::First;
};

} // namespace Mailgauge::Sasl
