// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

#include <chrono>
#include <deque>
#include <memory>

namespace Mailgauge::Bench {

/// A TCP proxy on loopback that hands every byte on after a fixed time, each way: a distant relay
/// for programs that know nothing of it. Lives in one thread with an event loop.
class DelayProxy final : public QObject {
public:
    DelayProxy(quint16 target, std::chrono::milliseconds delay)
        : m_target(target)
        , m_delay(delay)
    {
        connect(&m_server, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *client = m_server.nextPendingConnection())
                adopt(client);
        });
        m_server.listen(QHostAddress::LocalHost);
    }

    [[nodiscard]] quint16 port() const { return m_server.serverPort(); }

private:
    using Clock = std::chrono::steady_clock;

    /// One direction of one connection.
    class Pipe final : public QObject {
    public:
        Pipe(QTcpSocket *from, QTcpSocket *to, std::chrono::milliseconds delay, QObject *parent)
            : QObject(parent)
            , m_to(to)
            , m_delay(delay)
        {
            m_timer.setSingleShot(true);
            m_timer.setTimerType(Qt::PreciseTimer);
            connect(&m_timer, &QTimer::timeout, this, &Pipe::handOn);
            connect(from, &QTcpSocket::readyRead, this, [this, from] {
                // It may be told of bytes that an earlier call has read: those are not the end.
                if (const QByteArray bytes = from->readAll(); !bytes.isEmpty())
                    later(bytes);
            });
            connect(from, &QTcpSocket::disconnected, this, [this] { later({}); });
        }

    private:
        struct Parcel {
            Clock::time_point due;
            QByteArray bytes; ///< Empty: the end.
        };

        void later(const QByteArray &bytes)
        {
            m_parcels.push_back({Clock::now() + m_delay, bytes});
            if (!m_timer.isActive())
                m_timer.start(m_delay);
        }

        void handOn()
        {
            while (!m_parcels.empty() && m_parcels.front().due <= Clock::now()) {
                const Parcel parcel = std::move(m_parcels.front());
                m_parcels.pop_front();
                if (parcel.bytes.isEmpty()) {
                    m_to->disconnectFromHost();
                } else {
                    m_to->write(parcel.bytes);
                    m_to->flush();
                }
            }
            if (!m_parcels.empty())
                m_timer.start(std::chrono::ceil<std::chrono::milliseconds>(
                    m_parcels.front().due - Clock::now()));
        }

        QTcpSocket *m_to;
        std::chrono::milliseconds m_delay;
        QTimer m_timer;
        std::deque<Parcel> m_parcels;
    };

    void adopt(QTcpSocket *client)
    {
        auto *server = new QTcpSocket(client);
        client->setSocketOption(QAbstractSocket::LowDelayOption, 1);
        new Pipe(client, server, m_delay, client);
        new Pipe(server, client, m_delay, client);
        // What one side said last is still on its way when its socket has closed.
        const auto over = [client, server] {
            if (client->state() == QTcpSocket::UnconnectedState
                && server->state() == QTcpSocket::UnconnectedState)
                client->deleteLater();
        };
        connect(client, &QTcpSocket::disconnected, client, over);
        connect(server, &QTcpSocket::disconnected, client, over);
        server->connectToHost(QHostAddress::LocalHost, m_target);
        server->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    }

    quint16 m_target;
    std::chrono::milliseconds m_delay;
    QTcpServer m_server;
};

} // namespace Mailgauge::Bench
