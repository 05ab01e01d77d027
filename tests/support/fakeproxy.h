// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tls/certificatemaker.h"

#include <QByteArray>
#include <QList>
#include <QObject>

#include <memory>
#include <optional>
#include <vector>

class QTcpServer;

namespace Mailgauge::Test {

/// What a FakeProxy does otherwise than a good one.
struct ProxyFault {
    enum class Cut : quint8 {
        Never,
        AtOnce, ///< Before it read anything.
        AfterRequest,
        AfterAnswer,
    };
    std::optional<QByteArray> answer {}; ///< Instead of the one that grants; nothing is connected.
    Cut cut = Cut::Never;
};

/// A proxy on 127.0.0.1 that speaks SOCKS 4 and 4A, SOCKS 5 without authentication and CONNECT,
/// whatever it is asked by, inside TLS where it has an identity. Wherever it is asked to connect
/// to, it leads to one port of this machine.
class FakeProxy final : public QObject {
    Q_OBJECT

public:
    explicit FakeProxy(
        quint16 target, const Tls::Identity &identity = {}, const ProxyFault &fault = {});
    ~FakeProxy() override;

    [[nodiscard]] quint16 port() const;
    /// What each connection asked with, inside TLS, up to what is for the server.
    [[nodiscard]] QList<QByteArray> requests() const;
    /// All that came in as it was on the wire.
    [[nodiscard]] QByteArray wire() const;

private:
    class Caller;
    void accept();

    quint16 m_target;
    Tls::Identity m_identity;
    ProxyFault m_fault;
    std::unique_ptr<QTcpServer> m_server;
    std::vector<std::unique_ptr<Caller>> m_callers;
};

} // namespace Mailgauge::Test
