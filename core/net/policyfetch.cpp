// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/policyfetch.h"

#include "base/literals.h"
#include "net/proxybridge.h"
#include "tls/roots.h"

#include <QNetworkProxy>
#include <QNetworkReply>
#include <QSslConfiguration>
#include <QUrl>

#include <utility>

namespace Mailgauge::Net {

using Base::Error;

namespace {

bool isQts(const Proxy &proxy)
{
    return proxy.kind == Proxy::Kind::Socks5 || proxy.kind == Proxy::Kind::HttpConnect;
}

QNetworkProxy networkProxy(const std::optional<Proxy> &proxy)
{
    if (!proxy || !isQts(*proxy)) // nor the system's: nobody asked for one
        return QNetworkProxy(QNetworkProxy::NoProxy);
    return QNetworkProxy(
        proxy->kind == Proxy::Kind::Socks5 ? QNetworkProxy::Socks5Proxy : QNetworkProxy::HttpProxy,
        proxy->host, proxy->port, QString::fromUtf8(proxy->user),
        QString::fromUtf8(proxy->password.reveal()));
}

Error errorOf(const QNetworkReply &reply)
{
    switch (reply.error()) {
    case QNetworkReply::SslHandshakeFailedError:
        return {Error::Kind::TlsHandshake, reply.errorString(), {}};
    case QNetworkReply::TimeoutError:
        return {Error::Kind::Timeout, reply.errorString(), {}};
    case QNetworkReply::RemoteHostClosedError:
        return {Error::Kind::ConnectionClosed, reply.errorString(), {}};
    default:
        return {Error::Kind::Connect, reply.errorString(), {}};
    }
}

/// RFC 8461 3.2: parameters are ignored.
bool isPlainText(const QByteArray &type)
{
    return type.split(';').first().trimmed().toLower() == "text/plain";
}

} // namespace

PolicyFetch::PolicyFetch(QObject *parent)
    : QObject(parent)
{
    m_manager.setAutoDeleteReplies(false);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        finish(Base::fail(
            Error::Kind::Timeout, u"no policy within %1 ms"_s.arg(m_options.limit.count())));
    });
}

PolicyFetch::~PolicyFetch() = default;

void PolicyFetch::abort()
{
    m_timer.stop();
    if (m_bridge) // we may be called by it
        m_bridge.release()->deleteLater();
    if (QNetworkReply *reply = std::exchange(m_reply, nullptr)) {
        reply->disconnect(this);
        reply->abort();
        reply->deleteLater();
    }
}

void PolicyFetch::start(const PolicyFetchOptions &options)
{
    abort();
    m_options = options;
    m_lastError = {
        Error::Kind::Resolve, u"no address of "_s + QString::fromLatin1(options.host), {}};
    m_timer.start(options.limit);
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (m_timer.isActive() && !m_reply)
                next();
        },
        Qt::QueuedConnection);
}

Base::Result<QList<QSslCertificate>> PolicyFetch::roots() const
{
    QList<QSslCertificate> list;
    if (m_options.caFile.isEmpty()) {
        list = QSslConfiguration::systemCaCertificates();
    } else {
        const auto pem = Tls::readRoots(m_options.caFile);
        if (!pem)
            return std::unexpected(pem.error());
        list = QSslCertificate::fromData(*pem);
    }
    return list + QSslCertificate::fromData(m_options.caPem);
}

Base::Result<std::pair<QHostAddress, quint16>> PolicyFetch::wayTo(const QHostAddress &address)
{
    const auto &proxy = m_options.proxy;
    if (!proxy || isQts(*proxy))
        return std::pair(address, m_options.port);
    if (m_bridge)
        m_bridge.release()->deleteLater();
    m_bridge = std::make_unique<ProxyBridge>(
        *proxy, address, m_options.port, m_options.limit, this);
    return m_bridge->listen().transform(
        [](quint16 port) { return std::pair(QHostAddress(QHostAddress::LocalHost), port); });
}

void PolicyFetch::next()
{
    if (m_options.addresses.isEmpty())
        return finish(std::unexpected(m_lastError));
    const auto trusted = roots();
    if (!trusted)
        return finish(std::unexpected(trusted.error()));
    m_text.clear();
    const auto way = wayTo(m_options.addresses.takeFirst());
    if (!way)
        return finish(std::unexpected(way.error()));
    // The address stands in the URL, so that whoever resolved the name decides where it leads.
    QUrl url;
    url.setScheme(u"https"_s);
    url.setHost(way->first.toString());
    url.setPort(way->second);
    url.setPath(u"/.well-known/mta-sts.txt"_s);
    QNetworkRequest request(url);
    request.setPeerVerifyName(QString::fromLatin1(m_options.host)); // in SNI too
    request.setRawHeader("Host"_ba, m_options.host);
    request.setRawHeader("User-Agent"_ba, "Mailgauge"_ba);
    request.setRawHeader("Accept-Language"_ba, "en"_ba); // not the user's
    request.setRawHeader("Accept-Encoding"_ba, "identity"_ba); // nothing swells up here
    request.setAttribute(
        QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setProtocol(QSsl::TlsV1_2OrLater);
    tls.setCaCertificates(*trusted);
    request.setSslConfiguration(tls);
    m_manager.setProxy(networkProxy(m_options.proxy));
    m_reply = m_manager.get(request);
    m_reply->setReadBufferSize(MaxSize + 1);
    connect(m_reply, &QNetworkReply::encrypted, this, &PolicyFetch::judgeCertificate);
    connect(m_reply, &QNetworkReply::readyRead, this, &PolicyFetch::read);
    connect(m_reply, &QNetworkReply::finished, this, &PolicyFetch::replied);
}

void PolicyFetch::judgeCertificate()
{
    // Qt would take the common name too (RFC 8461 3.3 wants a DNS-ID).
    const QSslCertificate leaf = m_reply->sslConfiguration().peerCertificate();
    if (leaf.subjectAlternativeNames().contains(QSsl::DnsEntry))
        return;
    finish(Base::fail(
        Error::Kind::TlsHandshake, u"the certificate holds no name in subjectAltName"_s));
}

void PolicyFetch::read()
{
    m_text += m_reply->read(MaxSize + 1 - m_text.size());
    if (m_text.size() > MaxSize) {
        finish(
            Base::fail(Error::Kind::Full, u"the policy is longer than %1 octets"_s.arg(MaxSize)));
    }
}

void PolicyFetch::replied()
{
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status == 0) { // no answer at all: another address may have one
        m_lastError = m_bridge && m_bridge->error() ? *m_bridge->error() : errorOf(*m_reply);
        std::exchange(m_reply, nullptr)->deleteLater();
        return next();
    }
    if (status != 200) {
        const QByteArray to = m_reply->rawHeader("Location").left(200);
        return finish(Base::fail(Error::Kind::Denied,
            u"HTTP status %1"_s.arg(status)
                + (to.isEmpty() ? QString() : u", to "_s + QString::fromUtf8(to))));
    }
    if (m_reply->error() != QNetworkReply::NoError)
        return finish(std::unexpected(errorOf(*m_reply)));
    const QByteArray type = m_reply->rawHeader("Content-Type").left(200);
    if (!isPlainText(type)) {
        return finish(
            Base::fail(Error::Kind::Denied, u"Content-Type \"%1\""_s.arg(QString::fromUtf8(type))));
    }
    read();
    if (m_reply)
        finish(m_text);
}

void PolicyFetch::finish(const Base::Result<QByteArray> &text)
{
    abort();
    Q_EMIT finished(text);
}

} // namespace Mailgauge::Net

#include "moc_policyfetch.cpp"
