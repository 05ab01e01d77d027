// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/mechanism.h"

namespace Mailgauge::Sasl {

/// The two mechanisms that show an OAuth 2.0 access token. A server that refuses the token sends a
/// challenge with the reason as JSON, and waits for one more message before it says so.
class Bearer : public Mechanism {
public:
    explicit Bearer(Credentials credentials);

    [[nodiscard]] bool isClientFirst() const override { return true; }
    [[nodiscard]] Base::Result<Response> respond(const QByteArray &challenge) override;
    [[nodiscard]] Base::Result<void> finish() const override;
    /// The members of the JSON (RFC 7628 3.2.2): "status: invalid_token, scope: mail".
    [[nodiscard]] QString refusalReason() const override { return m_reason; }

protected:
    [[nodiscard]] const Credentials &credentials() const { return m_credentials; }

private:
    /// All but the token's own check.
    [[nodiscard]] virtual Base::Result<QByteArray> message() const = 0;
    /// What answers the reason.
    [[nodiscard]] virtual QByteArray acknowledgement() const = 0;

    enum class Step : quint8 {
        First,
        Sent,
        Refused,
    };
    Credentials m_credentials;
    QString m_reason;
    Step m_step = Step::First;
};

/// RFC 7628.
class OAuthBearer final : public Bearer {
public:
    using Bearer::Bearer;
    [[nodiscard]] QByteArray name() const override;

private:
    [[nodiscard]] Base::Result<QByteArray> message() const override;
    [[nodiscard]] QByteArray acknowledgement() const override;
};

/// What Google and Microsoft had before RFC 7628.
class XOAuth2 final : public Bearer {
public:
    using Bearer::Bearer;
    [[nodiscard]] QByteArray name() const override;

private:
    [[nodiscard]] Base::Result<QByteArray> message() const override;
    [[nodiscard]] QByteArray acknowledgement() const override;
};

} // namespace Mailgauge::Sasl
