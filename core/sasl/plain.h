// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/mechanism.h"

namespace Mailgauge::Sasl {

/// RFC 4616: authorization identity, user and password with NUL between them, in one message.
class Plain final : public Mechanism {
public:
    explicit Plain(Credentials credentials);

    [[nodiscard]] QByteArray name() const override;
    [[nodiscard]] bool isClientFirst() const override { return true; }
    [[nodiscard]] Base::Result<Response> respond(const QByteArray &challenge) override;

private:
    Credentials m_credentials;
    bool m_done = false;
};

} // namespace Mailgauge::Sasl
