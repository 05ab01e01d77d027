// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/channelbinding.h"
#include "base/secret.h"

#include <QByteArray>
#include <QList>

#include <memory>
#include <optional>

namespace Mailgauge::Sasl {

/// The one account that a server side knows.
struct ServerAccount {
    QByteArray user;
    Base::Secret password;
    Base::Secret token {}; ///< OAuth 2.0 access token; empty: none is good.
};

/// What the server side says next; all bytes before base64.
struct ServerStep {
    enum class Kind : quint8 {
        Challenge,
        Success,
        Denied, ///< Wrong user, password or authorization id.
        Malformed, ///< Not what the mechanism's grammar asks for.
    };
    Kind kind = Kind::Malformed;
    QByteArray challenge;

    bool operator==(const ServerStep &) const = default;
};

/// The server side of one authentication (RFC 4422): pure challenge and response.
class ServerExchange {
public:
    virtual ~ServerExchange() = default;
    /// With the initial response, if the client sent one (it may be empty).
    [[nodiscard]] virtual ServerStep start(const std::optional<QByteArray> &initial) = 0;
    [[nodiscard]] virtual ServerStep step(const QByteArray &response) = 0;
    /// Who the client says it is, once it said so.
    [[nodiscard]] const QByteArray &user() const { return m_user; }

protected:
    QByteArray m_user;
};

/// What a server can bind to, and whether it announced that.
struct ServerBindings {
    QList<Base::ChannelBinding> values; ///< Of the connection; empty without TLS.
    bool announced = false;
};

/// PLAIN, LOGIN, CRAM-MD5, SCRAM in all variants, OAUTHBEARER, XOAUTH2; null for any other, and for
/// a -PLUS without a binding. `nonce` is printable, without a comma, and must be fresh for each
/// exchange; `hostName` stands in CRAM-MD5's challenge.
[[nodiscard]] std::unique_ptr<ServerExchange> makeServerExchange(QByteArrayView mechanism,
    const ServerAccount &account, const QByteArray &nonce, const QByteArray &hostName,
    const ServerBindings &bindings = {});

/// What makeServerExchange() knows.
[[nodiscard]] QList<QByteArray> serverMechanisms();

} // namespace Mailgauge::Sasl
