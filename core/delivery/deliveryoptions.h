// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/sendrequest.h"

#include <QFlags>
#include <QMetaType>

namespace Mailgauge::Delivery {

/// What a report of delivery is asked for (RFC 3461).
struct DsnOptions {
    enum When : quint8 {
        Success = 1,
        Failure = 2,
        Delay = 4,
        Never = 8, ///< Stands alone.
    };
    enum class Return : quint8 {
        Unsaid,
        Full,
        Headers,
    };
    Q_DECLARE_FLAGS(Notify, When)
    Notify notify; ///< None: as the relay does it.
    Return ret = Return::Unsaid;
    QString envelopeId; ///< What a report calls this envelope; empty: nothing.

    bool operator==(const DsnOptions &) const = default;
};

Q_DECLARE_OPERATORS_FOR_FLAGS(DsnOptions::Notify)

/// RET and ENVID, NOTIFY, as ESMTP parameters. InvalidInput: NEVER beside another, ENVID of more
/// than 100 octets in xtext (RFC 3461 4.1, 4.4).
[[nodiscard]] Base::Result<QList<QByteArray>> dsnMailParameters(const DsnOptions &dsn);
[[nodiscard]] Base::Result<QList<QByteArray>> dsnRcptParameters(const DsnOptions &dsn);

/// What is asked for beyond the message and its envelope: texts as typed, applyTo() reads them.
struct DeliveryOptions {
    enum class Hold : quint8 {
        No,
        For,
        Until,
    };
    DsnOptions dsn;
    bool originalRecipient = false; ///< ORCPT= on RCPT.
    bool vouch = false; ///< AUTH= on MAIL.
    QString submitter; ///< Empty: `AUTH=<>`.
    bool requireTls = false;
    std::optional<Smtp::DeliverBy> deliverBy;
    Hold hold = Hold::No;
    std::chrono::seconds holdFor {3600};
    QDateTime holdUntil;
    std::optional<int> priority;
    QString mailParameters; ///< Separated by spaces.
    QString rcptParameters;
    std::optional<Smtp::StopRule> stop;
    bool traceTls = false; ///< The messages of the TLS handshake go into the transcript.
    int messages = 1; ///< More: a run of RepeatService, without a stop.
    int sessions = 1;
    bool fill = false; ///< `{{name}}` in envelope and message stands for a value.
    QString values; ///< Those values: one JSON object; empty: none but the program's.

    bool operator==(const DeliveryOptions &) const = default;
};

/// InvalidInput, and `detail` begins with the field: "AUTH", "ENVID", "HOLD" …
[[nodiscard]] Base::Result<void> applyTo(SendRequest &request, const DeliveryOptions &options);

/// Further parameters, of MAIL and RCPT, whose extension the server does not announce, as evidence:
/// "NOTIFY without DSN, BY without DELIVERBY"; empty where there are none. It may refuse them, or,
/// worse, not.
[[nodiscard]] QByteArray parametersNotOffered(
    const QList<QByteArray> &parameters, const Smtp::Capabilities &capabilities);

} // namespace Mailgauge::Delivery

Q_DECLARE_METATYPE(Mailgauge::Delivery::DeliveryOptions)
