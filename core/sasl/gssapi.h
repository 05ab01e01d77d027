// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/mechanism.h"

namespace Mailgauge::Sasl {

/// RFC 4752: Kerberos 5 through MIT's GSSAPI, with mutual authentication and without a security
/// layer (TLS is the layer). The ticket is that of the system's credential cache: the default one,
/// or that of `user` where it is told; where there is a password too, a ticket is got by it and
/// kept in memory only.
///
/// The library asks the KDC where it has no ticket for the service: respond() waits for the
/// network. Error kinds beyond Mechanism's: Denied for what the KDC or the cache refuses, Timeout
/// where no KDC answers; details begin with "GSSAPI:".
class Gssapi final : public Mechanism {
public:
    explicit Gssapi(Credentials credentials);
    ~Gssapi() override;

    [[nodiscard]] QByteArray name() const override;
    [[nodiscard]] bool isClientFirst() const override { return true; }
    [[nodiscard]] bool mayBlock() const override { return true; }
    [[nodiscard]] Base::Result<Response> respond(const QByteArray &challenge) override;
    [[nodiscard]] Base::Result<void> finish() const override;

private:
    enum class Step : quint8 {
        First,
        Establishing,
        Layer, ///< The context stands; the server says which security layers it has.
        Done,
    };
    struct Handles; // the library's; its headers stay out of ours

    [[nodiscard]] Base::Result<void> prepare();
    [[nodiscard]] Base::Result<Response> establish(const QByteArray &token);
    [[nodiscard]] Base::Result<Response> refuseLayers(const QByteArray &challenge);

    Credentials m_credentials;
    std::unique_ptr<Handles> m_handles;
    Step m_step = Step::First;
};

} // namespace Mailgauge::Sasl
