// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/mechanism.h"

namespace Mailgauge::Sasl {

/// The undocumented LOGIN: whatever the two challenges say, user name first, then password.
class Login final : public Mechanism {
public:
    explicit Login(Credentials credentials);

    [[nodiscard]] QByteArray name() const override;
    [[nodiscard]] bool isClientFirst() const override { return false; }
    [[nodiscard]] Base::Result<Response> respond(const QByteArray &challenge) override;
    [[nodiscard]] Base::Result<void> finish() const override;

private:
    Credentials m_credentials;
    int m_sent = 0;
};

} // namespace Mailgauge::Sasl
