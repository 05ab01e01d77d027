// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/serverexchange.h"

#include <QCryptographicHash>

namespace Mailgauge::Sasl {

/// SCRAM (RFC 5802, RFC 7677), with channel binding where `binding` is given. The server-final
/// message goes out as a last challenge, which the client answers with nothing, because 235 carries
/// no data.
class ScramServer final : public ServerExchange {
public:
    static constexpr int Iterations = 4096;

    enum class Binding : quint8 {
        None, ///< And none is announced.
        NotUsed, ///< A -PLUS mechanism is announced, and this is another.
        Used,
    };
    struct Variant {
        QCryptographicHash::Algorithm hash = QCryptographicHash::Sha256;
        Binding binding = Binding::None;
        QList<Base::ChannelBinding> bindings {}; ///< Of the connection, for Used.
    };

    /// The salt is derived from the nonce where none is given.
    ScramServer(ServerAccount account, QByteArray nonce, QByteArray salt = {});
    ScramServer(Variant variant, ServerAccount account, QByteArray nonce, QByteArray salt = {});

    [[nodiscard]] ServerStep start(const std::optional<QByteArray> &initial) override;
    [[nodiscard]] ServerStep step(const QByteArray &response) override;

private:
    enum class Expect : quint8 {
        ClientFirst,
        ClientFinal,
        Nothing,
        Refusal, ///< What the client answers to our reason.
        Over,
    };
    [[nodiscard]] ServerStep clientFirst(const QByteArray &message);
    [[nodiscard]] ServerStep clientFinal(const QByteArray &message);

    /// gs2-cbind-flag, and what has to be bound with it; nothing where it does not fit the variant.
    [[nodiscard]] std::optional<QByteArray> boundBy(const QByteArray &flag) const;

    Variant m_variant;
    ServerAccount m_account;
    QByteArray m_nonce;
    QByteArray m_salt;
    Expect m_expect = Expect::ClientFirst;
    QByteArray m_gs2Header;
    QByteArray m_bound;
    QByteArray m_clientFirstBare;
    QByteArray m_serverFirst;
    QByteArray m_fullNonce;
};

} // namespace Mailgauge::Sasl
