// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/proxy.h"

namespace Mailgauge::Net {

/// The client side of SOCKS version 5 (RFC 1928), CONNECT only. No more than the proxy's answer is
/// read: what stands behind it is the server's.
class Socks5 final : public ProxyHandshake {
public:
    Socks5(QByteArray host, quint16 port, QByteArray user, Base::Secret password);

    [[nodiscard]] QByteArray start() override;
    [[nodiscard]] Base::Result<QByteArray> receive(QByteArrayView bytes) override;

private:
    enum class Step : quint8 {
        Method,
        Credentials,
        Connect
    };
    [[nodiscard]] Base::Result<QByteArray> onMethod();
    [[nodiscard]] Base::Result<QByteArray> onCredentials();
    [[nodiscard]] Base::Result<QByteArray> onConnect();
    [[nodiscard]] QByteArray request();

    QByteArray m_host;
    quint16 m_port;
    QByteArray m_user;
    Base::Secret m_password;
    Step m_step = Step::Method;
};

} // namespace Mailgauge::Net
