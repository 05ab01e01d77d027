// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/mechanism.h"

namespace Mailgauge::Sasl {

/// RFC 2195: the password keys a digest of the challenge.
class CramMd5 final : public Mechanism {
public:
    explicit CramMd5(Credentials credentials);

    [[nodiscard]] QByteArray name() const override;
    [[nodiscard]] bool isClientFirst() const override { return false; }
    [[nodiscard]] Base::Result<Response> respond(const QByteArray &challenge) override;
    [[nodiscard]] Base::Result<void> finish() const override;

private:
    Credentials m_credentials;
    bool m_done = false;
};

} // namespace Mailgauge::Sasl
