// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/secret.h"
#include "relay/route.h"

#include <QByteArray>
#include <QString>

#include <memory>

namespace Mailgauge::Net {

/// A proxy that connects for us, with its password.
struct Proxy {
    using Kind = Relay::ProxyServer::Kind;
    Kind kind = Kind::Socks5;
    QString host {};
    quint16 port = 1080;
    QByteArray user {}; ///< Empty: no authentication.
    Base::Secret password {};
    /// The proxy looks names up, so that no question about them leaves this machine; else it is
    /// given addresses.
    bool remoteNames = true;
    QString caFile {}; ///< Of HttpsConnect: see Relay::ProxyServer.
    QByteArray caPem {}; ///< Trusted about the proxy, beside those of the file.
};

/// Why SOCKS 4 cannot be asked for an IPv6 address.
[[nodiscard]] Base::Error onlyIp4(const QString &host);

/// One way through a proxy, without input and output: what start() and receive() return is to be
/// written, until done. A peer that breaks the protocol is a MalformedReply, a refusal is of kind
/// Connect, refused credentials are Denied.
class ProxyHandshake {
public:
    /// InvalidInput where host or credentials are nothing that the protocol can carry (faults A9).
    [[nodiscard]] static Base::Result<std::unique_ptr<ProxyHandshake>> create(
        const Proxy &proxy, const QString &host, quint16 port);
    virtual ~ProxyHandshake() = default;

    [[nodiscard]] virtual QByteArray start() = 0;
    [[nodiscard]] virtual Base::Result<QByteArray> receive(QByteArrayView bytes) = 0;
    [[nodiscard]] bool isDone() const { return m_done; }
    /// Bytes behind the proxy's last one: they are the server's.
    [[nodiscard]] QByteArray rest() const { return m_buffer; }
    /// The proxy could not reach this destination; another one may do.
    [[nodiscard]] bool isAboutDestination() const { return m_aboutDestination; }

protected:
    QByteArray m_buffer; ///< Not read yet.
    bool m_done = false;
    bool m_aboutDestination = false;
};

} // namespace Mailgauge::Net
