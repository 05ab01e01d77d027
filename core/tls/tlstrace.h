// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// What a handshake said, message by message, for a transcript: alerts (RFC 8446 6, RFC 5246 7.2)
/// and handshake messages with the facts that explain why it went as it did. Facts alone: of keys,
/// randoms and tickets at most their length. What is foreign text is printable ASCII behind it.
#include <QByteArrayView>
#include <QStringList>

#include <utility>

namespace Mailgauge::Tls {

class TlsTrace final {
public:
    /// Characters; what is longer is cut: a peer may list what it likes.
    static constexpr qsizetype LongestNote = 4096;

    enum class Direction : quint8 {
        Sent,
        Received,
    };
    /// "TLS received alert: fatal handshake_failure (40)".
    void alert(Direction direction, QByteArrayView alert);
    /// A whole handshake message with its head: "TLS sent ClientHello, 311 octets: offers TLSv1.3,
    /// TLSv1.2; …". What cannot be read is told by name and length.
    void message(Direction direction, QByteArrayView message);
    /// "TLS sent ChangeCipherSpec"
    void changeCipherSpec(Direction direction);
    /// Off: alerts alone, without the close_notify that ends every session well.
    void setEverything(bool everything) { m_everything = everything; }

    [[nodiscard]] QStringList take() { return std::exchange(m_notes, {}); }

private:
    [[nodiscard]] QStringList factsOf(quint8 type, QByteArrayView body);
    [[nodiscard]] QStringList serverHello(QByteArrayView body);
    [[nodiscard]] QStringList certificates(QByteArrayView body) const;
    [[nodiscard]] QStringList certificateRequest(QByteArrayView body) const;
    [[nodiscard]] QStringList keyExchange(QByteArrayView body) const;
    [[nodiscard]] QStringList newSessionTicket(QByteArrayView body) const;

    bool m_everything = false;
    quint16 m_version = 0; // that was agreed on
    quint16 m_suite = 0;
    QStringList m_notes;
};

} // namespace Mailgauge::Tls
