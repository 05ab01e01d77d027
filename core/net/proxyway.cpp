// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/proxyway.h"

#include "base/literals.h"

namespace Mailgauge::Net {

using ErrorKind = Base::Error::Kind;

ProxyWay::ProxyWay(Transport &transport, QObject *parent)
    : QObject(parent)
    , m_transport(transport)
{
    connect(&m_transport, &Transport::secured, this, &ProxyWay::secured);
    connect(&m_transport, &Transport::received, this, &ProxyWay::received);
    connect(&m_transport, &Transport::ended, this, &ProxyWay::ended);
}

void ProxyWay::ask(const Proxy &proxy, const QString &destination, quint16 port)
{
    forget();
    m_proxy = proxy;
    m_destination = destination;
    m_port = port;
    if (proxy.kind == Proxy::Kind::HttpsConnect)
        secure();
    else
        handshake();
}

void ProxyWay::forget()
{
    m_securing = false;
    m_handshake.reset();
    m_early.clear();
}

void ProxyWay::secure()
{
    Tls::ClientOptions tls;
    tls.caFile = m_proxy.caFile;
    tls.caPem = m_proxy.caPem;
    tls.serverName = m_proxy.host;
    m_securing = true;
    if (const auto begun = m_transport.secure(tls); !begun)
        fail({begun.error().kind, begun.error().detail, {}});
}

void ProxyWay::secured(const Tls::TlsFacts &facts)
{
    if (!std::exchange(m_securing, false))
        return;
    Q_EMIT noted(u"TLS with the proxy %1: %2, %3"_s.arg(
        m_proxy.host, QString::fromLatin1(facts.version), QString::fromLatin1(facts.cipher)));
    handshake();
}

void ProxyWay::handshake()
{
    auto begun = ProxyHandshake::create(m_proxy, m_destination, m_port);
    if (!begun)
        return fail(begun.error());
    m_handshake = std::move(*begun);
    Q_EMIT noted(u"asking the proxy for %1:%2"_s.arg(m_destination).arg(m_port));
    m_transport.write(m_handshake->start());
}

void ProxyWay::received(const QByteArray &bytes)
{
    if (!m_handshake)
        return;
    if (m_handshake->isDone()) {
        m_early += bytes;
        return;
    }
    const auto answer = m_handshake->receive(bytes);
    if (!answer)
        return fail(answer.error());
    m_transport.write(*answer);
    if (!m_handshake->isDone())
        return;
    m_early = m_handshake->rest();
    Q_EMIT noted(u"the proxy is connected to %1:%2"_s.arg(m_destination).arg(m_port));
    // Queued: others hear of the same bytes, which are none of theirs.
    QMetaObject::invokeMethod(
        this,
        [this, asked = m_handshake.get()] {
            if (m_handshake.get() != asked)
                return;
            m_handshake.reset();
            Q_EMIT done();
        },
        Qt::QueuedConnection);
}

void ProxyWay::ended(const std::optional<Base::Error> &error)
{
    if (!m_securing && !m_handshake)
        return;
    const QString what = error ? error->detail : u"closed the connection"_s;
    if (m_securing)
        fail({ErrorKind::TlsHandshake, what, error ? error->evidence : QByteArray()});
    else
        fail({ErrorKind::ConnectionClosed, u"proxy: "_s + what, {}});
}

void ProxyWay::fail(const Base::Error &error)
{
    Base::Error told = error;
    // Whose certificate it is has to be said: the server has one too.
    if (m_securing)
        told.detail = u"proxy: TLS with %1: %2"_s.arg(m_proxy.host, error.detail);
    const bool aboutDestination = m_handshake && m_handshake->isAboutDestination();
    forget();
    Q_EMIT failed(told, aboutDestination);
}

} // namespace Mailgauge::Net

#include "moc_proxyway.cpp"
