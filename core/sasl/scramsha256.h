// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/mechanism.h"

namespace Mailgauge::Sasl {

/// RFC 7677 and RFC 5802, without channel binding: neither side shows the password, and the server
/// proves that it knew it. The iteration count of a server is bounded both ways: a low one would
/// make guessing cheap, a huge one would stop us.
class ScramSha256 final : public Mechanism {
public:
    static constexpr int MinIterations = 4096;
    static constexpr int MaxIterations = 1'000'000;

    /// `nonce` is for tests; empty: a random one.
    explicit ScramSha256(Credentials credentials, QByteArray nonce = {});

    [[nodiscard]] QByteArray name() const override;
    [[nodiscard]] bool isClientFirst() const override { return true; }
    [[nodiscard]] Base::Result<Response> respond(const QByteArray &challenge) override;
    [[nodiscard]] Base::Result<void> finish() const override;

private:
    enum class Step : quint8 {
        First,
        Final,
        Verify,
        Verified,
    };
    [[nodiscard]] Base::Result<Response> first();
    [[nodiscard]] Base::Result<Response> final(const QByteArray &serverFirst);
    [[nodiscard]] Base::Result<Response> verify(const QByteArray &serverFinal);

    Credentials m_credentials;
    QByteArray m_nonce;
    QByteArray m_gs2Header;
    QByteArray m_clientFirstBare;
    QByteArray m_serverSignature;
    Step m_step = Step::First;
};

} // namespace Mailgauge::Sasl
