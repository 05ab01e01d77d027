// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/opener.h"

#include <QTcpServer>
#include <QTcpSocket>

namespace Mailgauge::Net {

/// A port of this machine that leads through a proxy to one place, for who connects by Qt, which
/// knows neither SOCKS 4 nor a proxy behind TLS. It takes one caller; what that one says is to be
/// protected by itself.
class ProxyBridge final : public QObject {
    Q_OBJECT

public:
    ProxyBridge(const Proxy &proxy, const QHostAddress &destination, quint16 port,
        std::chrono::milliseconds limit, QObject *parent);
    ~ProxyBridge() override;

    /// The port to connect to.
    [[nodiscard]] Base::Result<quint16> listen();
    /// Why the proxy did not lead there, once the caller was hung up on.
    [[nodiscard]] const std::optional<Base::Error> &error() const { return m_error; }

private:
    void called();
    void opened();

    Transport m_transport;
    Opener m_opener;
    QTcpServer m_server;
    QTcpSocket *m_caller = nullptr;
    std::optional<Base::Error> m_error;
};

} // namespace Mailgauge::Net
