// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/mechanism.h"

#include <QCryptographicHash>

namespace Mailgauge::Sasl {

/// SCRAM with SHA-1, SHA-256 or SHA-512 (RFC 5802, RFC 7677), with or without channel binding:
/// neither side shows the password, and the server proves that it knew it. The iteration count of a
/// server is bounded both ways: a low one would make guessing cheap, a huge one would stop us.
class Scram final : public Mechanism {
public:
    static constexpr int MinIterations = 4096;
    static constexpr int MaxIterations = 1'000'000;

    enum class Binding : quint8 {
        Unbound,
        Bound, ///< -PLUS, to Credentials::binding.
    };

    /// `nonce` is for tests; empty: a random one.
    Scram(QCryptographicHash::Algorithm hash, Binding binding, Credentials credentials,
        QByteArray nonce = {});

    [[nodiscard]] QByteArray name() const override;
    [[nodiscard]] bool isClientFirst() const override { return true; }
    [[nodiscard]] Base::Result<Response> respond(const QByteArray &challenge) override;
    [[nodiscard]] Base::Result<void> finish() const override;
    /// RFC 5802 7 server-error-value: "invalid-proof" …
    [[nodiscard]] QString refusalReason() const override { return m_serverError; }

private:
    enum class Step : quint8 {
        First,
        Final,
        Verify,
        Verified,
        Refused,
    };
    [[nodiscard]] Base::Result<Response> first();
    [[nodiscard]] Base::Result<Response> final(const QByteArray &serverFirst);
    [[nodiscard]] Base::Result<Response> verify(const QByteArray &serverFinal);
    /// The reply that follows tells how it ends.
    [[nodiscard]] Response refused(const QByteArray &serverError);

    QCryptographicHash::Algorithm m_hash;
    Binding m_binding;
    Credentials m_credentials;
    QByteArray m_nonce;
    QByteArray m_gs2Header;
    QByteArray m_clientFirstBare;
    QByteArray m_serverSignature;
    QString m_serverError;
    Step m_step = Step::First;
};

} // namespace Mailgauge::Sasl
