// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tls/tlsstream.h"

#include <QElapsedTimer>
#include <QObject>
#include <QSocketNotifier>

#include <optional>

namespace Mailgauge::Test {

/// A client that knows no SMTP: writes what it is told, keeps what comes, tells how it ended. On a
/// bare socket, because QTcpSocket does not tell a reset from an orderly end.
class RawClient final : public QObject {
    Q_OBJECT

public:
    explicit RawClient(quint16 port);
    ~RawClient() override;

    void send(const QByteArray &bytes);
    /// Starts a handshake that trusts `caPem` alone.
    void startTls(const QByteArray &caPem, const QString &name = QStringLiteral("localhost"));
    /// Keeps only the first bytes of what comes; all are counted.
    void keepAtMost(qsizetype bytes) { m_keep = bytes; }
    /// Resets the connection.
    void abort();
    /// Sends our FIN; goes on reading.
    void closeHalf();

    /// What came since the last clear(), decrypted where TLS is up.
    [[nodiscard]] const QByteArray &received() const { return m_received; }
    [[nodiscard]] bool endsWith(const QByteArray &bytes) const
    {
        return m_received.endsWith(bytes);
    }
    void clear();
    /// Bytes of the transport since the beginning, and in how many reads they came.
    [[nodiscard]] qint64 total() const { return m_total; }
    [[nodiscard]] int pieces() const { return m_pieces; }
    /// Milliseconds from the first byte since clear() to the last.
    [[nodiscard]] qint64 duration() const { return m_lastAt - m_firstAt; }
    [[nodiscard]] qint64 lastAt() const { return m_lastAt; }
    /// The connection is gone, by FIN or by RST.
    [[nodiscard]] bool isOver() const { return m_over; }
    [[nodiscard]] bool wasReset() const { return m_reset; }
    [[nodiscard]] qsizetype unsent() const { return m_out.size(); }
    [[nodiscard]] bool isEstablished() const
    {
        return m_tls && m_tls->state() == Tls::TlsStream::State::Established;
    }
    [[nodiscard]] const std::optional<Tls::TlsStream> &tls() const { return m_tls; }

private:
    void read();
    void write();
    void over(bool reset);
    void take(const QByteArray &bytes);

    int m_fd = -1;
    std::optional<QSocketNotifier> m_readable;
    std::optional<QSocketNotifier> m_writable;
    std::optional<Tls::TlsStream> m_tls;
    QByteArray m_out;
    QByteArray m_received;
    QElapsedTimer m_timer;
    qsizetype m_keep = 64 * 1024 * 1024;
    qint64 m_total = 0;
    qint64 m_firstAt = -1;
    qint64 m_lastAt = 0;
    int m_pieces = 0;
    bool m_over = false;
    bool m_reset = false;
};

} // namespace Mailgauge::Test
