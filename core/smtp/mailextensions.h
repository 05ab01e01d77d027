// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/capabilities.h"
#include "smtp/mailbox.h"

#include <QDateTime>

#include <chrono>
#include <optional>

namespace Mailgauge::Smtp {

/// What the handshake said of the peer.
enum class TlsTrust : quint8 {
    None, ///< No TLS.
    Unverified,
    Verified, ///< Chain and name are right.
};

/// RFC 2852: when the message is of no use any more.
struct DeliverBy {
    enum class Mode : quint8 {
        Notify, ///< Report the delay and go on.
        Return, ///< Send it back.
    };
    std::chrono::seconds within {0}; ///< Return needs more than 0; Notify may be in the past.
    Mode mode = Mode::Notify;
    bool trace = false; ///< Report each relay that passes it on.

    bool operator==(const DeliverBy &) const = default;
};

/// What MAIL asks of the server beyond the transaction itself. Each is refused before a byte is
/// sent where the server does not announce it: none of them means anything to one that does not
/// know it.
struct MailExtensions {
    struct Submitter {
        std::optional<Mailbox> mailbox; ///< None: `AUTH=<>`, nobody vouches.

        bool operator==(const Submitter &) const = default;
    };
    std::optional<Submitter> submitter; ///< RFC 4954 5, in xtext.
    bool requireTls = false; ///< RFC 8689: only inside TLS with a verified peer.
    std::optional<DeliverBy> deliverBy;
    std::optional<std::chrono::seconds> holdFor; ///< RFC 4865; excludes holdUntil.
    std::optional<QDateTime> holdUntil; ///< RFC 4865.
    std::optional<int> priority; ///< RFC 6710: -9 to 9.
    bool originalRecipient = false; ///< RFC 3461 4.2: RCPT tells reports who was meant (ORCPT).

    bool operator==(const MailExtensions &) const = default;
};

/// RFC 3461 4: octets outside printable ASCII, `+` and `=` as `+XX`.
[[nodiscard]] QByteArray toXtext(QByteArrayView text);

/// RFC 3461 4.2, RFC 6533 3: the address as ORCPT has it, "rfc822;…" or "utf-8;…".
[[nodiscard]] QByteArray originalRecipientOf(const Mailbox &recipient);

/// InvalidInput where a value is beyond its RFC's grammar.
[[nodiscard]] Base::Result<void> check(const MailExtensions &extensions);
/// The ESMTP parameters of MAIL; those of RCPT are only judged. Unsupported where the server does
/// not offer one, or less than is asked for.
[[nodiscard]] Base::Result<QList<QByteArray>> parametersOf(
    const MailExtensions &extensions, const Capabilities &capabilities, TlsTrust trust);

} // namespace Mailgauge::Smtp
