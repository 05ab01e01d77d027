// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Delivery reports (RFC 3464) read from messages that came back: parse() takes bytes and gives one
/// row per recipient. Pure functions; joining a report to what was sent is join()'s, by VERP
/// address or Message-ID.
#include "base/error.h"

#include <QByteArray>
#include <QDateTime>
#include <QFuture>
#include <QList>
#include <QMetaType>
#include <QUuid>

#include <optional>

namespace Mailgauge::Bounce {

enum class Kind : quint8 {
    Bounce,
    Delay,
    Delivered,
    Relayed,
    Feedback,
    Vacation,
    None,
};

/// "bounce" … "none".
[[nodiscard]] QByteArrayView kindName(Kind kind);
[[nodiscard]] std::optional<Kind> kindFromName(QByteArrayView name);

/// One recipient reported: the fields of `bounce parse` (cli.md).
struct Report {
    Kind kind = Kind::None;
    QByteArray recipient; ///< Final-Recipient's address.
    QByteArray action; ///< "failed", "delayed" …, lower case.
    QByteArray status; ///< "5.1.1"
    int replyCode = 0; ///< 0: none.
    QByteArray reason; ///< A word for charts: "userUnknown", "mailboxFull", "spam" …
    std::optional<bool> hard; ///< None where it says nothing about the future.
    QByteArray diagnostic;
    QByteArray mta;
    QByteArray originalMessageId; ///< Without brackets.
    QByteArray originalRecipient;
    QByteArray campaign; ///< From VERP; empty so far.
    QByteArray rule; ///< Which rule decided.
    QByteArray evidence; ///< The field that decided.

    bool operator==(const Report &) const = default;
};

/// A report that arrived, and the session it belongs to where one matched; unmatched reports count
/// for nothing (faults G15).
struct BounceRecord {
    QUuid id;
    QDateTime arrivedAt;
    Report report;
    QUuid session; ///< Null: unverified.
    QUuid inboxMessage;

    bool operator==(const BounceRecord &) const = default;
};

/// Implemented by store/. Any thread.
class BounceRepository {
public:
    virtual ~BounceRepository() = default;
    /// Joins by Message-ID and recipient inside the transaction; returns the record with its
    /// session filled in.
    virtual QFuture<Base::Result<BounceRecord>> add(BounceRecord record) = 0;
    virtual QFuture<Base::Result<QList<BounceRecord>>> bounces() = 0;
};

} // namespace Mailgauge::Bounce

Q_DECLARE_METATYPE(Mailgauge::Bounce::BounceRecord)
