// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "net/proxyheader.h"

#include <QHostAddress>
#include <QObject>
#include <QSocketNotifier>

#include <memory>
#include <optional>

struct sockaddr;

namespace Mailgauge::Net {

/// One attempt to open a TCP or UNIX stream, without a time limit of its own.
class Connector final : public QObject {
    Q_OBJECT

public:
    explicit Connector(QObject *parent = nullptr);
    ~Connector() override;

    /// Ends in connected() or failed(), never before control is back in the event loop.
    /// `local` may name an address, a port, or neither.
    void start(const QHostAddress &address, quint16 port, const Endpoint &local);
    void start(const QString &socketPath);
    void abort();

Q_SIGNALS:
    /// The receiver owns the descriptor, which does not block.
    void connected(int descriptor);
    /// Kind Connect.
    void failed(const Mailgauge::Base::Error &error);

private:
    void begin(const sockaddr *address, unsigned size);
    void finish();
    void fail(const char *call, int error);

    int m_descriptor = -1;
    std::unique_ptr<QSocketNotifier> m_notifier;
    int m_attempt = 0; // so that a queued failure of an aborted attempt stays unheard
};

} // namespace Mailgauge::Net
