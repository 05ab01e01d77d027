// SPDX-License-Identifier: GPL-3.0-or-later
#include "fakeproxy.h"

#include "base/literals.h"
#include "tls/tlsstream.h"

#include <QTcpServer>
#include <QTcpSocket>

namespace Mailgauge::Test {

using Cut = ProxyFault::Cut;

/// One connection: TLS where there is an identity, the request, then bytes both ways.
class FakeProxy::Caller final : public QObject {
public:
    Caller(FakeProxy &proxy, QTcpSocket *near)
        : m_proxy(proxy)
        , m_near(near)
        , m_far(this)
    {
        near->setParent(this);
        if (!proxy.m_identity.certificatePem.isEmpty()) {
            auto stream = Tls::TlsStream::server({.certificatePem = proxy.m_identity.certificatePem,
                .keyPem = proxy.m_identity.keyPem,
                .minVersion = {},
                .maxVersion = {},
                .clientCaPem = {}});
            Q_ASSERT(stream);
            m_tls.emplace(std::move(*stream));
        }
        connect(near, &QTcpSocket::readyRead, this, &Caller::read);
        connect(near, &QTcpSocket::disconnected, &m_far, &QTcpSocket::disconnectFromHost);
        connect(&m_far, &QTcpSocket::connected, this, [this] { m_far.write(m_early); });
        connect(&m_far, &QTcpSocket::readyRead, this, [this] { answer(m_far.readAll()); });
        connect(&m_far, &QTcpSocket::disconnected, this, [this] { hangUp(); });
        if (proxy.m_fault.cut == Cut::AtOnce)
            near->disconnectFromHost();
    }

    QByteArray request;
    QByteArray wire;

private:
    void read()
    {
        QByteArray bytes = m_near->readAll();
        wire += bytes;
        if (m_tls) {
            m_tls->receiveEncrypted(bytes);
            bytes.clear();
            for (QByteArray plain; !(plain = m_tls->readPlain()).isEmpty();)
                bytes += plain;
            m_near->write(m_tls->takeEncrypted());
            if (m_tls->state() == Tls::TlsStream::State::PeerClosed)
                m_far.disconnectFromHost();
        }
        if (m_asked)
            forward(bytes);
        else
            take(bytes);
    }

    void forward(const QByteArray &bytes)
    {
        if (m_far.state() == QAbstractSocket::ConnectedState)
            m_far.write(bytes);
        else
            m_early += bytes;
    }

    void take(const QByteArray &bytes)
    {
        request += bytes;
        QByteArray granted;
        qsizetype size = -1;
        if (request.startsWith('\x04')) {
            const bool named = request.mid(4, 3) == QByteArray(3, '\0') && request.size() > 7
                && request.at(7) != 0;
            size = request.size() < 9 ? -1 : request.indexOf('\0', 8) + 1;
            if (named && size > 0)
                size = request.indexOf('\0', size) + 1;
            size = size > 0 ? size : -1;
            granted = QByteArray::fromHex("005a000000000000");
        } else if (request.startsWith('\x05')) {
            const qsizetype methods = request.size() < 2 ? 256 : 2 + request.at(1);
            if (request.size() >= methods && !m_greeted) {
                m_greeted = true;
                answer(QByteArray::fromHex("0500"));
            }
            const qsizetype kind = methods + 3;
            if (request.size() > kind + 1)
                size = kind + 3
                    + (request.at(kind) == 1        ? 4
                            : request.at(kind) == 4 ? 16
                                                    : 1 + request.at(kind + 1));
            if (request.size() < size)
                size = -1;
            granted = QByteArray::fromHex("05000001000000000000");
        } else if (const qsizetype end = request.indexOf("\r\n\r\n"); end >= 0) {
            size = end + 4;
            granted = "HTTP/1.1 200 Connection established\r\n\r\n"_ba;
        }
        if (size < 0)
            return;
        m_asked = true;
        m_early = request.sliced(size);
        request.truncate(size);
        decide(granted);
    }

    void decide(const QByteArray &granted)
    {
        const ProxyFault &fault = m_proxy.m_fault;
        if (fault.cut == Cut::AfterRequest)
            return hangUp();
        answer(fault.answer.value_or(granted));
        if (fault.cut == Cut::AfterAnswer)
            hangUp();
        else if (!fault.answer)
            m_far.connectToHost(QHostAddress::LocalHost, m_proxy.m_target);
    }

    void answer(const QByteArray &bytes)
    {
        if (!m_tls) {
            m_near->write(bytes);
            return;
        }
        (void)m_tls->write(bytes);
        m_near->write(m_tls->takeEncrypted());
    }

    void hangUp()
    {
        if (m_tls) {
            m_tls->shutDown();
            m_near->write(m_tls->takeEncrypted());
        }
        m_near->disconnectFromHost();
    }

    FakeProxy &m_proxy;
    QTcpSocket *m_near;
    QTcpSocket m_far;
    std::optional<Tls::TlsStream> m_tls;
    QByteArray m_early; // for the server, before it is connected
    bool m_greeted = false;
    bool m_asked = false;
};

FakeProxy::FakeProxy(quint16 target, const Tls::Identity &identity, const ProxyFault &fault)
    : m_target(target)
    , m_identity(identity)
    , m_fault(fault)
    , m_server(std::make_unique<QTcpServer>())
{
    connect(m_server.get(), &QTcpServer::newConnection, this, &FakeProxy::accept);
    if (!m_server->listen(QHostAddress::LocalHost))
        qFatal("no port for a proxy");
}

FakeProxy::~FakeProxy() = default;

quint16 FakeProxy::port() const
{
    return m_server->serverPort();
}

void FakeProxy::accept()
{
    while (QTcpSocket *near = m_server->nextPendingConnection())
        m_callers.push_back(std::make_unique<Caller>(*this, near));
}

QList<QByteArray> FakeProxy::requests() const
{
    QList<QByteArray> requests;
    for (const auto &caller : m_callers)
        requests.append(caller->request);
    return requests;
}

QByteArray FakeProxy::wire() const
{
    QByteArray bytes;
    for (const auto &caller : m_callers)
        bytes += caller->wire;
    return bytes;
}

} // namespace Mailgauge::Test
