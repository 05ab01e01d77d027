// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/serverexchange.h"

namespace Mailgauge::Sasl {

/// SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding. The server-final message goes out as
/// a last challenge, which the client answers with nothing, because 235 carries no data.
class ScramSha256Server final : public ServerExchange {
public:
    static constexpr int Iterations = 4096;

    /// The salt is derived from the nonce where none is given.
    ScramSha256Server(ServerAccount account, QByteArray nonce, QByteArray salt = {});

    [[nodiscard]] ServerStep start(const std::optional<QByteArray> &initial) override;
    [[nodiscard]] ServerStep step(const QByteArray &response) override;

private:
    enum class Expect : quint8 {
        ClientFirst,
        ClientFinal,
        Nothing,
        Over,
    };
    [[nodiscard]] ServerStep clientFirst(const QByteArray &message);
    [[nodiscard]] ServerStep clientFinal(const QByteArray &message);

    ServerAccount m_account;
    QByteArray m_nonce;
    QByteArray m_salt;
    Expect m_expect = Expect::ClientFirst;
    QByteArray m_gs2Header;
    QByteArray m_clientFirstBare;
    QByteArray m_serverFirst;
    QByteArray m_fullNonce;
};

} // namespace Mailgauge::Sasl
