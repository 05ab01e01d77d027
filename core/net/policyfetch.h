// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "net/proxy.h"

#include <QHostAddress>
#include <QNetworkAccessManager>
#include <QSslCertificate>
#include <QTimer>

#include <chrono>
#include <memory>
#include <optional>

namespace Mailgauge::Net {

class ProxyBridge;

struct PolicyFetchOptions {
    QByteArray host; ///< "mta-sts.example.org": whom the certificate must name.
    QList<QHostAddress> addresses; ///< Tried one after the other.
    quint16 port = 443;
    QString caFile {}; ///< PEM, instead of the system's roots.
    QByteArray caPem {}; ///< Further trusted certificates.
    std::optional<Proxy> proxy {};
    std::chrono::milliseconds limit {30'000}; ///< Of everything.
};

/// Fetches `/.well-known/mta-sts.txt` as RFC 8461 3.3 asks: over HTTPS with a certificate that
/// public authorities vouch for and that names the host, without redirects, cookies or caches. At
/// most MaxSize octets.
class PolicyFetch final : public QObject {
    Q_OBJECT

public:
    static constexpr qint64 MaxSize = 64 * 1024;

    explicit PolicyFetch(QObject *parent);
    ~PolicyFetch() override;

    /// Ends in finished(), never before control is back in the event loop.
    void start(const PolicyFetchOptions &options);
    void abort();

Q_SIGNALS:
    /// The policy's text. TlsHandshake: the certificate, or no TLS; Denied: another status or type;
    /// Full: too long; Connect, Timeout, Io.
    void finished(const Mailgauge::Base::Result<QByteArray> &text);

private:
    void next();
    void judgeCertificate();
    void read();
    void replied();
    void finish(const Base::Result<QByteArray> &text);
    /// Host and port of the URL for that address.
    [[nodiscard]] Base::Result<std::pair<QHostAddress, quint16>> wayTo(const QHostAddress &address);
    [[nodiscard]] Base::Result<QList<QSslCertificate>> roots() const;

    PolicyFetchOptions m_options;
    QNetworkAccessManager m_manager;
    QNetworkReply *m_reply = nullptr;
    std::unique_ptr<ProxyBridge> m_bridge; ///< Where Qt has no such proxy.
    QTimer m_timer;
    QByteArray m_text;
    Base::Error m_lastError;
};

} // namespace Mailgauge::Net
