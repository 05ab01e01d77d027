// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/mechanism.h"

namespace Mailgauge::Sasl {

/// One message of the client and nothing that proves who it is.
class OneMessage : public Mechanism {
public:
    explicit OneMessage(QByteArray message);
    [[nodiscard]] bool isClientFirst() const override { return true; }
    [[nodiscard]] Base::Result<Response> respond(const QByteArray &challenge) override;

private:
    QByteArray m_message;
    bool m_done = false;
};

/// RFC 4422 A: who we are was proved outside (the client certificate of TLS, a UNIX socket's
/// owner); the message is whom to act as, empty: oneself.
class External final : public OneMessage {
public:
    explicit External(const Credentials &credentials)
        : OneMessage(credentials.authorizationId)
    {
    }
    [[nodiscard]] QByteArray name() const override;
};

/// RFC 4505: the message is a trace for the server's log, our user name where there is one.
class Anonymous final : public OneMessage {
public:
    explicit Anonymous(const Credentials &credentials)
        : OneMessage(credentials.user)
    {
    }
    [[nodiscard]] QByteArray name() const override;
};

} // namespace Mailgauge::Sasl
