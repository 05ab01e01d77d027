// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/proxy.h"

namespace Mailgauge::Net {

/// The client side of SOCKS version 4 ("SOCKS: A protocol for TCP proxy across firewalls", Ying-Da
/// Lee) and of 4A, where the proxy looks the name up; CONNECT only. There are no passwords, and no
/// addresses but IPv4.
class Socks4 final : public ProxyHandshake {
public:
    /// `host` is an IPv4 address, or a name for 4A.
    Socks4(QByteArray host, quint16 port, QByteArray user);

    [[nodiscard]] QByteArray start() override;
    [[nodiscard]] Base::Result<QByteArray> receive(QByteArrayView bytes) override;

private:
    QByteArray m_host;
    quint16 m_port;
    QByteArray m_user;
};

} // namespace Mailgauge::Net
