// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/proxy.h"
#include "net/transport.h"

#include <QObject>

#include <memory>
#include <utility>

namespace Mailgauge::Net {

/// Asks a proxy for the way to one destination, over a transport that is open to it: TLS with the
/// proxy where it is reached by that, then its handshake. Has no limit of its own.
class ProxyWay final : public QObject {
    Q_OBJECT

public:
    /// `transport` must live as long.
    explicit ProxyWay(Transport &transport, QObject *parent = nullptr);

    /// Ends in done() or failed().
    void ask(const Proxy &proxy, const QString &destination, quint16 port);
    /// Without a further signal.
    void forget();
    /// After done(): what the server said before the proxy's answer was read.
    [[nodiscard]] QByteArray takeEarly() { return std::exchange(m_early, {}); }

Q_SIGNALS:
    /// Something for the transcript.
    void noted(const QString &text);
    /// From now on the transport leads to the destination.
    void done();
    /// TlsHandshake: of the TLS with the proxy; else as ProxyHandshake has it. `aboutDestination`:
    /// another one may do.
    void failed(const Mailgauge::Base::Error &error, bool aboutDestination);

private:
    void secure();
    void secured(const Tls::TlsFacts &facts);
    void handshake();
    void received(const QByteArray &bytes);
    void ended(const std::optional<Base::Error> &error);
    void fail(const Base::Error &error);

    Transport &m_transport;
    Proxy m_proxy;
    QString m_destination;
    quint16 m_port = 0;
    bool m_securing = false; ///< TLS with the proxy is under way.
    std::unique_ptr<ProxyHandshake> m_handshake;
    QByteArray m_early;
};

} // namespace Mailgauge::Net
