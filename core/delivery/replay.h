// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/sendrequest.h"
#include "transcript/comparison.h"

namespace Mailgauge::Delivery {

/// What of the first session the replay cannot do again.
struct ReplayNote {
    enum class Kind : quint8 {
        NoContent, ///< The message was not kept: the session ends with QUIT behind RCPT.
        NoEnvelope, ///< It never came to MAIL, and the envelope is not known.
        FurtherTransactions, ///< Only the first one is played again.
        OtherCommands, ///< NOOP, VRFY, RSET …: left out.
        NoPassword, ///< It was authenticated; there is no user to log in with now.
        BadAddress, ///< An address that cannot be sent: left out.
        RecipientParameters, ///< Not alike for all recipients, or ORCPT: left out.
    };
    Kind kind = Kind::NoContent;
    QByteArray detail;

    bool operator==(const ReplayNote &) const = default;
};

/// "The message was not kept …": one English sentence.
[[nodiscard]] QString noteText(const ReplayNote &note);

struct Replay {
    SendRequest request;
    QList<ReplayNote> notes;
};

/// What of `base` the caller chose and the first session must not change.
struct ReplayChoices {
    bool ehloName = false;
    bool protocol = false;
    bool pipelining = false;
};

/// The session once more against another relay. `base` says where to and with which TLS and AUTH;
/// envelope, parameters of MAIL and RCPT, content, EHLO or HELO, the name in it and pipelining
/// are those of `session`. `message`: the stored octets; none where they were not kept. Pure.
/// InvalidInput where there is nothing that could be sent.
[[nodiscard]] Base::Result<Replay> replay(const Transcript::StoredSession &session,
    const std::optional<QByteArray> &message, const SendRequest &base,
    const ReplayChoices &choices = {});

} // namespace Mailgauge::Delivery
