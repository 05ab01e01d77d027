// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/mechanism.h"

namespace Mailgauge::Sasl {

/// NTLM version 2 ([MS-NLMP], in SMTP as [MS-SMTPNTLM] says), without session security. The user
/// name may be `DOMAIN\user`. The server proves nothing.
class Ntlm final : public Mechanism {
public:
    /// For tests: eight octets each; empty: random, and now.
    struct Seed {
        QByteArray clientChallenge;
        QByteArray time;
    };
    explicit Ntlm(Credentials credentials, Seed seed = {});

    [[nodiscard]] QByteArray name() const override;
    [[nodiscard]] bool isClientFirst() const override { return true; }
    [[nodiscard]] Base::Result<Response> respond(const QByteArray &challenge) override;
    [[nodiscard]] Base::Result<void> finish() const override;

private:
    Credentials m_credentials;
    Seed m_seed;
    int m_sent = 0;
};

} // namespace Mailgauge::Sasl
