// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/serverexchange.h"

#include "base/literals.h"
#include "sasl/mechanism.h"
#include "sasl/scramkeys.h"
#include "sasl/serverbearer.h"
#include "sasl/serverscram.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>

#include <array>

namespace Mailgauge::Sasl {

namespace {

using Kind = ServerStep::Kind;
using Hash = QCryptographicHash::Algorithm;

constexpr std::array scramHashes {Hash::Sha256, Hash::Sha1, Hash::Sha512};

Kind verdict(bool right)
{
    return right ? Kind::Success : Kind::Denied;
}

/// RFC 4616.
class PlainServer final : public ServerExchange {
public:
    explicit PlainServer(ServerAccount account)
        : m_account(std::move(account))
    {
    }

    ServerStep start(const std::optional<QByteArray> &initial) override
    {
        return initial ? step(*initial) : ServerStep {Kind::Challenge, {}};
    }

    ServerStep step(const QByteArray &response) override
    {
        const QList<QByteArray> parts = response.split('\0');
        if (parts.size() != 3 || parts[1].isEmpty())
            return {Kind::Malformed, {}};
        m_user = parts[1];
        const bool asOneself = parts[0].isEmpty() || parts[0] == parts[1];
        return {verdict(asOneself && m_user == m_account.user
                    && parts[2] == m_account.password.reveal()),
            {}};
    }

private:
    ServerAccount m_account;
};

/// Never standardised (draft-murchison-sasl-login), spoken everywhere.
class LoginServer final : public ServerExchange {
public:
    explicit LoginServer(ServerAccount account)
        : m_account(std::move(account))
    {
    }

    ServerStep start(const std::optional<QByteArray> &initial) override
    {
        return initial ? step(*initial) : ServerStep {Kind::Challenge, "Username:"_ba};
    }

    ServerStep step(const QByteArray &response) override
    {
        if (!m_haveUser) {
            m_haveUser = true;
            m_user = response;
            return {Kind::Challenge, "Password:"_ba};
        }
        return {verdict(m_user == m_account.user && response == m_account.password.reveal()), {}};
    }

private:
    ServerAccount m_account;
    bool m_haveUser = false;
};

/// RFC 2195.
class CramMd5Server final : public ServerExchange {
public:
    CramMd5Server(ServerAccount account, const QByteArray &nonce, const QByteArray &hostName)
        : m_account(std::move(account))
        , m_challenge('<' + nonce + '@' + hostName + '>')
    {
    }

    ServerStep start(const std::optional<QByteArray> &initial) override
    {
        // The server speaks first here: an initial response is an error.
        return initial ? ServerStep {Kind::Malformed, {}}
                       : ServerStep {Kind::Challenge, m_challenge};
    }

    ServerStep step(const QByteArray &response) override
    {
        const qsizetype space = response.lastIndexOf(' ');
        if (space <= 0)
            return {Kind::Malformed, {}};
        m_user = response.first(space);
        const QByteArray digest = QMessageAuthenticationCode::hash(
            m_challenge, m_account.password.reveal(), QCryptographicHash::Md5)
                                      .toHex();
        return {verdict(m_user == m_account.user && response.sliced(space + 1) == digest), {}};
    }

private:
    ServerAccount m_account;
    QByteArray m_challenge;
};

} // namespace

std::unique_ptr<ServerExchange> makeServerExchange(QByteArrayView mechanism,
    const ServerAccount &account, const QByteArray &nonce, const QByteArray &hostName,
    const ServerBindings &bindings)
{
    if (mechanism == "PLAIN")
        return std::make_unique<PlainServer>(account);
    if (mechanism == "LOGIN")
        return std::make_unique<LoginServer>(account);
    if (mechanism == "CRAM-MD5")
        return std::make_unique<CramMd5Server>(account, nonce, hostName);
    if (mechanism == "OAUTHBEARER")
        return std::make_unique<BearerServer>(BearerServer::Form::OAuthBearer, account);
    if (mechanism == "XOAUTH2")
        return std::make_unique<BearerServer>(BearerServer::Form::XOAuth2, account);
    const bool bound = bindsChannel(mechanism);
    for (const Hash hash : scramHashes) {
        if (mechanism != scramName(hash) + (bound ? "-PLUS" : "")
            || (bound && bindings.values.isEmpty()))
            continue;
        const auto binding = bound ? ScramServer::Binding::Used
            : bindings.announced   ? ScramServer::Binding::NotUsed
                                   : ScramServer::Binding::None;
        return std::make_unique<ScramServer>(
            ScramServer::Variant {hash, binding, bindings.values}, account, nonce);
    }
    return nullptr;
}

QList<QByteArray> serverMechanisms()
{
    QList<QByteArray> names {"PLAIN"_ba, "LOGIN"_ba, "CRAM-MD5"_ba};
    for (const Hash hash : scramHashes)
        names += {scramName(hash), scramName(hash) + "-PLUS"};
    return names + QList<QByteArray> {"OAUTHBEARER"_ba, "XOAUTH2"_ba};
}

} // namespace Mailgauge::Sasl
