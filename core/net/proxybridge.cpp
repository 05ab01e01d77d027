// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/proxybridge.h"

#include "base/literals.h"

namespace Mailgauge::Net {

namespace {

OpenerOptions optionsFor(const Proxy &proxy, const QHostAddress &destination, quint16 port,
    std::chrono::milliseconds limit)
{
    OpenerOptions options;
    options.target.host = destination.toString();
    options.target.port = port;
    options.target.proxy = proxy;
    options.limit = limit;
    return options;
}

} // namespace

ProxyBridge::ProxyBridge(const Proxy &proxy, const QHostAddress &destination, quint16 port,
    std::chrono::milliseconds limit, QObject *parent)
    : QObject(parent)
    , m_opener(optionsFor(proxy, destination, port, limit), m_transport, this)
{
    connect(&m_server, &QTcpServer::newConnection, this, &ProxyBridge::called);
    connect(&m_opener, &Opener::opened, this, &ProxyBridge::opened);
    connect(&m_opener, &Opener::failed, this, [this](const Base::Error &error) {
        m_error = error;
        m_caller->abort();
    });
    connect(&m_transport, &Transport::received, this, [this](const QByteArray &bytes) {
        if (m_opener.isOpen())
            m_caller->write(bytes);
    });
    connect(&m_transport, &Transport::ended, this, [this] {
        if (m_opener.isOpen())
            m_caller->disconnectFromHost();
    });
}

ProxyBridge::~ProxyBridge()
{
    m_transport.disconnect(this);
}

Base::Result<quint16> ProxyBridge::listen()
{
    if (!m_server.listen(QHostAddress::LocalHost))
        return Base::fail(Base::Error::Kind::Io, u"listen: "_s + m_server.errorString());
    return m_server.serverPort();
}

void ProxyBridge::called()
{
    if (m_caller)
        return;
    m_caller = m_server.nextPendingConnection();
    m_server.close();
    m_caller->setParent(this); // the server would take it along
    connect(m_caller, &QTcpSocket::readyRead, this, [this] {
        if (m_opener.isOpen())
            m_transport.write(m_caller->readAll());
    });
    connect(m_caller, &QTcpSocket::disconnected, this, [this] {
        if (m_opener.isOpen())
            m_transport.closeAfterWriting();
        else
            m_opener.abort();
    });
    m_opener.start();
}

void ProxyBridge::opened()
{
    if (const QByteArray early = m_opener.takeEarly(); !early.isEmpty())
        m_caller->write(early);
    m_transport.write(m_caller->readAll());
}

} // namespace Mailgauge::Net

#include "moc_proxybridge.cpp"
