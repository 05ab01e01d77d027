// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/danefacts.h"
#include "net/mtastspolicy.h"
#include "tls/tlsfacts.h"

namespace Mailgauge::Net {

/// Senders that take different care of whom they hand mail to.
enum class Sender : quint8 {
    Opportunistic, ///< TLS where offered, any certificate (RFC 7435).
    MtaSts, ///< RFC 8461.
    Dane, ///< RFC 7672.
};
inline constexpr std::array allSenders {Sender::Opportunistic, Sender::MtaSts, Sender::Dane};

/// What such a sender does with mail at a host.
enum class Conduct : quint8 {
    SendsAuthenticated, ///< By TLS, to whom the certificate vouches for.
    SendsEncrypted, ///< By TLS, to whoever answers.
    SendsInClear,
    DoesNotSend, ///< Keeps the mail, and tries the next host or later again.
};

/// "opportunistic", "mta-sts", "dane".
[[nodiscard]] QByteArrayView senderName(Sender sender);
/// "authenticated", "encrypted", "clear", "none".
[[nodiscard]] QByteArrayView conductName(Conduct conduct);

/// What is known of one host of a route.
struct HostSecurity {
    enum class StartTls : quint8 {
        Unknown, ///< No session came so far.
        NotOffered, ///< Or refused.
        HandshakeFailed,
        Established,
    };
    QString host;
    QByteArray domain {}; ///< Whose MX led there; empty: the host was named by itself.
    DaneFacts dane;
    MtaStsFacts mtaSts;
    StartTls startTls = StartTls::Unknown;
    Tls::TlsFacts tls; ///< Where a handshake came as far as the certificate.
};

/// One row of the table: who, what, why.
struct PolicyVerdict {
    Sender sender = Sender::Opportunistic;
    Conduct conduct = Conduct::DoesNotSend;
    /// A finding's id: "policy.daneMatch" …; of MTA-STS and DANE also why their policy does not
    /// apply ("dane.noRecords", "mtaSts.testing").
    QByteArray reason;
    QByteArray evidence; ///< The record, the certificate's fault …; may be empty.

    bool operator==(const PolicyVerdict &) const = default;
};

/// What a sender of each kind would do at this host, and why, in the order of allSenders. TLSA
/// records are matched against the chain here, so that one handshake that verified nothing is
/// enough.
[[nodiscard]] QList<PolicyVerdict> policyVerdicts(const HostSecurity &host);

} // namespace Mailgauge::Net
