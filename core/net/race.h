// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/connector.h"

#include <QElapsedTimer>
#include <QTimer>

#include <chrono>
#include <vector>

namespace Mailgauge::Net {

/// Connects to one of several addresses. Those of one family are tried one after the other, each
/// within its own limit; where both families are there the next one starts while the one before
/// still waits, and the first that connects wins (RFC 8305 5).
class Race final : public QObject {
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds AttemptDelay {250};

    explicit Race(QObject *parent);
    ~Race() override;

    void start(const QList<QHostAddress> &addresses, quint16 port, const Endpoint &local,
        std::chrono::milliseconds limit);
    /// Addresses that were found later: they have their turn at once, and families take turns from
    /// here on (RFC 8305 3). Where the race is over they only join those left.
    void add(const QList<QHostAddress> &addresses);
    [[nodiscard]] bool isRunning() const { return !m_running.empty(); }
    void abort();
    /// After won(): addresses that did not fail and did not win.
    [[nodiscard]] QList<QHostAddress> left() const { return m_left; }

Q_SIGNALS:
    void trying(const QHostAddress &address);
    void failed(const QHostAddress &address, const Mailgauge::Base::Error &error);
    /// The receiver owns the descriptor.
    void won(const QHostAddress &address, int descriptor);
    /// All failed.
    void lost();

private:
    struct Attempt;

    void next();
    void end(Attempt *attempt, const Base::Error &error);
    void win(const QHostAddress &address, int descriptor);

    QList<QHostAddress> m_addresses;
    QList<QHostAddress> m_left;
    qsizetype m_next = 0;
    quint16 m_port = 0;
    Endpoint m_local;
    std::chrono::milliseconds m_limit {};
    bool m_both = false;
    QTimer m_delay;
    QElapsedTimer m_sinceAttempt;
    std::vector<Attempt *> m_running; // children; deleted later, because their signals end them
};

} // namespace Mailgauge::Net
