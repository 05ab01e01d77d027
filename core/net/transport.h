// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "net/connector.h"
#include "net/proxyheader.h"
#include "tls/tlsstream.h"

#include <QByteArray>
#include <QHostAddress>
#include <QObject>
#include <QSocketNotifier>

#include <memory>
#include <optional>

namespace Mailgauge::Net {

/// A TCP or UNIX stream: one attempt to open, bytes both ways, one end.
///
/// Not QTcpSocket, because that tells RST from FIN in no way, throws away a reply that is still
/// unread when a write fails (faults B22), and gives up connecting after 30 seconds whatever the
/// user's limit is. Nothing received is kept in here: all of it is handed on at once.
class Transport final : public QObject {
    Q_OBJECT

public:
    explicit Transport(QObject *parent = nullptr);
    ~Transport() override;

    void open(const QHostAddress &address, quint16 port, const Endpoint &local);
    void open(const QString &socketPath);
    /// Takes over a stream that is open and does not block; tells opened().
    void adopt(int descriptor);
    /// From here on all bytes both ways go through TLS, which nobody else sees: to a proxy, the
    /// server's own goes inside it. Tells secured() or ended(); an error where `options` are of no
    /// use.
    [[nodiscard]] Base::Result<void> secure(const Tls::ClientOptions &options);
    [[nodiscard]] bool isOpen() const { return m_descriptor >= 0 && !m_ended; }
    /// Writes what the system takes now and keeps the rest.
    void write(const QByteArray &bytes);
    /// What the system did not take; keeps its value when the stream ended.
    [[nodiscard]] qint64 bytesToWrite() const { return m_unwritten.size(); }
    /// FIN once all is written; then ended().
    void closeAfterWriting();
    /// At once and without a signal.
    void abort();
    /// Null addresses for UNIX sockets.
    [[nodiscard]] Endpoint localEndpoint() const;
    [[nodiscard]] Endpoint peerEndpoint() const;
    /// "127.0.0.1:40312", empty for UNIX sockets.
    [[nodiscard]] QString localName() const;

Q_SIGNALS:
    void opened();
    void openFailed(const Mailgauge::Base::Error &error);
    void secured(const Mailgauge::Tls::TlsFacts &facts);
    void received(const QByteArray &bytes);
    /// Something of bytesToWrite() went out.
    void progressed();
    /// `error` is empty where the peer ended in order, or we did; of secure() it is TlsHandshake.
    void ended(const std::optional<Mailgauge::Base::Error> &error);

private:
    void read();
    void receivedSecured(QByteArrayView bytes);
    void writable();
    void writeRaw(const QByteArray &bytes);
    /// Hands to the system what it takes; how much. May have ended the stream.
    qsizetype sendSome(QByteArrayView bytes);
    void end(const char *call, int error);
    void end(std::optional<Base::Error> error);
    void reportEnd();

    Connector m_connector;
    int m_descriptor = -1;
    std::unique_ptr<QSocketNotifier> m_readable;
    std::unique_ptr<QSocketNotifier> m_writable;
    std::optional<Tls::TlsStream> m_tls;
    QByteArray m_buffer; // read into, kept between reads
    QByteArray m_unwritten;
    bool m_closing = false;
    bool m_ended = false;
    QByteArray m_rest; // read, but not handed on before the end
    std::optional<Base::Error> m_endError;
};

} // namespace Mailgauge::Net
