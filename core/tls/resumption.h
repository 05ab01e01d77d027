// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Taking a session up again: by the id that a server keeps (RFC 5246 7.4.1.3), by a ticket that it
/// gives to keep (RFC 5077), or in TLS 1.3 by a ticket that stands for a pre-shared key (RFC 8446
/// 2.2). Only a diagnosis does so; sessions that carry mail always begin anew.
#include <QByteArrayView>

#include <memory>
#include <optional>
#include <utility>

#include <openssl/types.h>

struct ssl_session_st; // SSL_SESSION: ssl.h is large, and this header is read widely

namespace Mailgauge::Tls {

enum class ResumptionBy : quint8 {
    SessionId, ///< Up to TLS 1.2.
    Ticket, ///< Up to TLS 1.2.
    PreSharedKey, ///< TLS 1.3.
};

/// "sessionId", "ticket", "preSharedKey".
[[nodiscard]] QByteArrayView resumptionByName(ResumptionBy by);
[[nodiscard]] std::optional<ResumptionBy> resumptionByFromName(QByteArrayView name);

/// What a handshake left to take its session up by. It holds that session's keys: it stays in
/// memory and is shown to nobody but the server that it came from.
class ResumableSession final {
public:
    /// Nothing where the server left nothing.
    [[nodiscard]] static std::optional<ResumableSession> of(SSL *ssl);

    [[nodiscard]] ResumptionBy by() const;
    /// How long the server says that the ticket is good for, in seconds; 0: it does not say.
    [[nodiscard]] qint64 lifetime() const;
    /// Octets that may be sent before the handshake is over (RFC 8446 4.2.10); 0: none.
    [[nodiscard]] quint32 maxEarlyData() const;

    /// Before the handshake.
    void use(SSL *ssl) const;

private:
    struct Free {
        void operator()(ssl_session_st *session) const;
    };
    using SessionPtr = std::unique_ptr<ssl_session_st, Free>;
    explicit ResumableSession(SessionPtr session)
        : m_session(std::move(session))
    {
    }

    SessionPtr m_session;
};

} // namespace Mailgauge::Tls
