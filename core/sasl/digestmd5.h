// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/mechanism.h"

namespace Mailgauge::Sasl {

/// RFC 2831, historic since RFC 6331 and still met: digests of the password both ways, for
/// authentication alone (qop=auth).
class DigestMd5 final : public Mechanism {
public:
    /// `nonce` is for tests; empty: a random one.
    explicit DigestMd5(Credentials credentials, QByteArray nonce = {});

    [[nodiscard]] QByteArray name() const override;
    [[nodiscard]] bool isClientFirst() const override { return false; }
    [[nodiscard]] Base::Result<Response> respond(const QByteArray &challenge) override;
    [[nodiscard]] Base::Result<void> finish() const override;

private:
    enum class Step : quint8 {
        Answer,
        Verify,
        Verified,
    };
    [[nodiscard]] Base::Result<Response> answer(const QByteArray &challenge);
    [[nodiscard]] Base::Result<Response> verify(const QByteArray &challenge);

    Credentials m_credentials;
    QByteArray m_nonce;
    QByteArray m_serverProof; ///< What rspauth has to be.
    Step m_step = Step::Answer;
};

} // namespace Mailgauge::Sasl
