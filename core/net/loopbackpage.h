// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QHash>
#include <QObject>
#include <QTcpServer>

#include <functional>

class QTcpSocket;

namespace Mailgauge::Net {

/// A page on this machine that a browser is sent to once (RFC 8252 7.3): it listens at a free port
/// of 127.0.0.1 and shows every GET to a judge. After the one that the judge takes it listens no
/// more, so that nothing can be played to it again.
///
/// Requests are limited in size, in time and in number, and their Host must be this machine's, so
/// that no page of the web reaches it by a name of its own. Bodies are not read.
class LoopbackPage final : public QObject {
    Q_OBJECT

public:
    static constexpr qsizetype MaxRequest = 16 * 1024;
    static constexpr int MaxConnections = 16;
    static constexpr std::chrono::milliseconds RequestLimit {10'000};

    struct Answer {
        QString text; ///< Shown in the browser; escaped here.
        bool taken = false;
    };
    /// `target`: path and query as they came.
    using Judge = std::function<Answer(const QByteArray &target)>;

    explicit LoopbackPage(Judge judge, QObject *parent = nullptr);

    /// The port. Error kind Io.
    [[nodiscard]] Base::Result<quint16> listen();
    [[nodiscard]] bool isListening() const { return m_server.isListening(); }

private:
    void accept();
    void read(QTcpSocket *socket);
    void answer(QTcpSocket *socket, const QByteArray &status, const QString &text);
    [[nodiscard]] bool isHere(const QByteArray &head) const;

    Judge m_judge;
    QTcpServer m_server;
    QHash<QTcpSocket *, QByteArray> m_requests;
};

} // namespace Mailgauge::Net
