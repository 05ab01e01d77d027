// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/certificates.h"
#include "sandbox/sandboxsession.h"
#include "tls/tlsstream.h"

#include <QObject>
#include <QTimer>

class QTcpSocket;

namespace Mailgauge::Sandbox {

/// Who sent a message, as the inbox shows it.
struct ClientFacts {
    QByteArray heloName;
    QByteArray user; ///< Empty: not authenticated.
    QByteArray hostName; ///< Ours, in the scenario of this session.
    bool tls = false;
};

/// The thin driver of one session: a socket, TLS between it and the session, and a timer. What it
/// buffers is bounded in both directions; it reports closed() once and then wants to be deleted.
class SandboxConnection final : public QObject {
    Q_OBJECT

public:
    static constexpr qint64 MaxBuffered = 256 * 1024;

    /// Takes the socket.
    SandboxConnection(QTcpSocket *socket, std::shared_ptr<ScenarioPlayer> player,
        const SessionContext &context, Certificates &certificates, const Base::Clock &clock,
        QObject *parent);
    ~SandboxConnection() override;

    void start();

Q_SIGNALS:
    void accepted(const Mailgauge::Sandbox::SandboxEvent::Accepted &message,
        const Mailgauge::Sandbox::ClientFacts &client);
    void closed();

private:
    /// How the end is coming along.
    enum class End : quint8 {
        NotYet,
        Fin, ///< Write what is left, then close our half.
        Rst, ///< Write what is left, then reset.
        HalfClosed, ///< Waits for the client's end.
        Over,
    };
    void pump();
    void readAll();
    void readEncrypted(QByteArrayView bytes);
    void readPlain();
    void writeAll();
    void on(const SandboxEvent::Write &write);
    void on(const SandboxEvent::StartTls &startTls);
    void on(const SandboxEvent::Accepted &accepted);
    void on(const SandboxEvent::Close &close);
    void flushTls();
    void writeWire();
    void endSoon(End how);
    void finish();
    void reset();
    void armTimer();
    void timerFired();
    [[nodiscard]] qsizetype room() const;

    QTcpSocket *m_socket;
    Certificates &m_certificates;
    const Base::Clock &m_clock;
    SandboxSession m_session;
    std::optional<Tls::TlsStream> m_tls;
    bool m_tlsEstablished = false;
    OutputQueue m_wire; ///< Encrypted bytes not yet given to the socket.
    std::optional<Split> m_wireSplit; ///< While the handshake is cut in pieces.
    End m_end = End::NotYet;
    std::optional<Base::TimePoint> m_endBy;
    QTimer m_timer;
    bool m_pumping = false;
    bool m_pumpAgain = false;
    qsizetype m_writtenThisTurn = 0;
    bool m_told = false; ///< closed() was emitted.
};

} // namespace Mailgauge::Sandbox
