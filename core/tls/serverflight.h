// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// What a server says to a ClientHello, read by hand as far as it goes in clear: a ServerHello or
/// HelloRetryRequest, up to TLS 1.2 the certificates and the key exchange too, or an alert. Bytes
/// go in at any split; nothing is believed about lengths.
#include <QByteArray>
#include <QList>

#include <optional>

namespace Mailgauge::Tls {

struct Alert {
    quint8 level = 0; ///< 1 warning, 2 fatal.
    quint8 description = 0;

    bool operator==(const Alert &) const = default;
};

/// "alert 70 protocol_version"
[[nodiscard]] QByteArray alertText(const Alert &alert);

/// RFC 8446 4.1.3, 4.1.4; RFC 5246 7.4.1.3.
struct ServerHello {
    quint16 version = 0; ///< The one that was agreed on, wherever it is said.
    quint16 suite = 0;
    bool isRetry = false; ///< A HelloRetryRequest.
    quint16 group = 0; ///< Of key_share; 0: none.
    QByteArray cookie; ///< Of a HelloRetryRequest.
    bool extendedMasterSecret = false;
    bool secureRenegotiation = false;
    bool isResumed = false; ///< By a pre-shared key (TLS 1.3).
    QByteArray protocol; ///< ALPN, up to TLS 1.2; empty: none.

    bool operator==(const ServerHello &) const = default;
};

/// Of a message without its head; nothing where it cannot be read.
[[nodiscard]] std::optional<ServerHello> readServerHello(QByteArrayView body);

/// What a ServerKeyExchange brings (RFC 5246 7.4.3, RFC 8422 5.4).
struct KeyExchangeFacts {
    quint16 group = 0; ///< Of ECDHE; 0xff01, 0xff02: the curve is written out.
    int dhBits = 0; ///< Of the prime of DHE.
};
/// Both 0 of other kinds of key exchange; nothing where it cannot be read. The signature behind it
/// is not looked at.
[[nodiscard]] std::optional<KeyExchangeFacts> readKeyExchange(quint16 suite, QByteArrayView body);

struct ServerFlight {
    std::optional<ServerHello> hello;
    std::optional<Alert> alert; ///< That ended it.
    std::optional<Alert> warning; ///< The last one that did not.
    QList<QByteArray> certificates; ///< DER, as sent. Up to TLS 1.2.
    quint16 group = 0; ///< Of an ECDHE key exchange; 0xff01, 0xff02: curve written out. To TLS 1.2.
    int dhBits = 0; ///< Of the prime of a DHE key exchange.
    bool stapled = false; ///< A CertificateStatus came. Up to TLS 1.2.

    bool operator==(const ServerFlight &) const = default;
};

class ServerFlightReader final {
public:
    static constexpr qsizetype MaxMessage = 128 * 1024; ///< Certificates of many names.
    static constexpr qsizetype MaxFlight = 256 * 1024;

    enum class State : quint8 {
        NeedMore,
        Complete, ///< All that is said in clear: ServerHelloDone, or the hello of TLS 1.3.
        Alerted, ///< See flight().alert; a hello may have come before it.
        Malformed, ///< See problem().
        NotTls, ///< What came first is no TLS: a reply in clear.
    };

    /// Bytes behind the end are not looked at.
    void feed(QByteArrayView bytes);
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const ServerFlight &flight() const { return m_flight; }
    /// A fact, untranslated: "record of 40000 octets".
    [[nodiscard]] const QByteArray &problem() const { return m_problem; }

private:
    void readRecord(quint8 type, QByteArrayView content);
    void readAlert(QByteArrayView content);
    void readMessages();
    void readMessage(quint8 type, QByteArrayView body);
    [[nodiscard]] bool takeHello(QByteArrayView body);
    [[nodiscard]] bool readCertificates(QByteArrayView body);
    [[nodiscard]] bool takeKeyExchange(QByteArrayView body);
    void fail(const QByteArray &problem);

    State m_state = State::NeedMore;
    ServerFlight m_flight;
    QByteArray m_bytes; // of records not complete yet
    QByteArray m_messages; // of handshake messages not complete yet
    qsizetype m_total = 0;
    QByteArray m_problem;
};

} // namespace Mailgauge::Tls
