// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractSocket>
#include <QHostAddress>
#include <QTcpSocket>

namespace Mailgauge::Test {

/// A port of this machine where connections are refused: it is taken, so that nobody else gets it
/// meanwhile, and nobody listens.
class ClosedPort final {
public:
    explicit ClosedPort(const QHostAddress &address = QHostAddress::LocalHost)
    {
        if (!m_socket.bind(address, 0, QAbstractSocket::DontShareAddress))
            qFatal("no port to take");
    }
    [[nodiscard]] quint16 port() const { return m_socket.localPort(); }

private:
    QTcpSocket m_socket;
};

} // namespace Mailgauge::Test
