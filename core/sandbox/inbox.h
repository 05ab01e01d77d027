// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QDateTime>
#include <QFuture>
#include <QList>
#include <QMetaType>
#include <QUuid>

namespace Mailgauge::Sandbox {

/// A message that the sandbox accepted, or a bounce that it made.
struct InboxMessage {
    QUuid id;
    QDateTime arrivedAt;
    QByteArray reversePath; ///< Without brackets; empty for bounces.
    QList<QByteArray> forwardPaths;
    QByteArray heloName; ///< Empty for bounces: they came by no session.
    bool tls = false;
    QByteArray user; ///< Who authenticated.
    QString subject; ///< Decoded, for lists.
    QByteArray messageId; ///< Without brackets.
    QByteArray
        bytes; ///< As received, dots unstuffed; empty in lists (see InboxRepository::messages).
    qint64 size = 0;

    bool operator==(const InboxMessage &) const = default;
};

/// Implemented by store/; kept small by `Limit`. Any thread.
class InboxRepository {
public:
    static constexpr int Limit = 5000;

    virtual ~InboxRepository() = default;
    virtual QFuture<Base::Result<void>> add(InboxMessage message) = 0;
    /// Newest first, without `bytes`.
    virtual QFuture<Base::Result<QList<InboxMessage>>> messages() = 0;
    virtual QFuture<Base::Result<InboxMessage>> message(QUuid id) = 0;
    /// What arrived meanwhile stays.
    virtual QFuture<Base::Result<void>> remove(QList<QUuid> ids) = 0;
};

} // namespace Mailgauge::Sandbox

Q_DECLARE_METATYPE(Mailgauge::Sandbox::InboxMessage)
