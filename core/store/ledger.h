// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The ledger of outcomes (faults.md 1.1): queued -> claimed -> committing -> accepted, rejected,
/// deferred or uncertain; failed and stopped where the message was never offered. Every change runs
/// inside the caller's transaction.
#include "smtp/outcome.h"
#include "store/filelock.h"
#include "store/openreport.h"
#include "store/sql.h"

namespace Mailgauge::Store {

/// One claimed row per recipient, behind those that the session has.
[[nodiscard]] Base::Result<void> claim(
    Connection &connection, qint64 session, qint64 owner, const QList<Smtp::Mailbox> &recipients);

/// InvalidInput where one of the recipients is not claimed: then the final dot must not be sent.
[[nodiscard]] Base::Result<void> setCommitting(
    Connection &connection, qint64 session, const QList<QByteArray> &recipients);

/// The final outcomes, in envelope order.
[[nodiscard]] Base::Result<void> decide(
    Connection &connection, qint64 session, const QList<Smtp::RecipientOutcome> &recipients);

/// After a crash: what a process that is gone had claimed is queued again (its dot was never sent),
/// what it was committing is uncertain, sessions it left open are closed accordingly. Counts go
/// into `report`. In a transaction of its own.
[[nodiscard]] Base::Result<void> recover(
    Connection &connection, const FileLock &lock, OpenReport &report);

/// How addresses are compared when a bounce is joined: case is not told apart.
[[nodiscard]] QString addressKey(const QByteArray &address);

} // namespace Mailgauge::Store
