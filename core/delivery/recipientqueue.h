// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "smtp/limits.h"
#include "smtp/outcome.h"
#include "transcript/sessionrecord.h"

#include <QList>

#include <optional>

namespace Mailgauge::Delivery {

/// The recipients of one message on their way through as many transactions and sessions as it
/// takes. Nobody is skipped and nobody comes twice (faults B20).
///
/// What a session announces is kept to (LIMITS, RFC 9422). Whom a transaction had no room for (452,
/// RFC 5321 4.5.3.1.10), those who were taken go first and the rest follows in another one. Whom a
/// server turned away by 421 behind earlier transactions goes to another session.
class RecipientQueue {
public:
    RecipientQueue() = default;
    explicit RecipientQueue(QList<Smtp::Mailbox> recipients);

    /// Those of the next transaction. Empty: nobody is left, or nobody fits into this session.
    [[nodiscard]] QList<Smtp::Mailbox> take(Smtp::RecipientSplitter &session);
    /// True: this is not the last word, so that nobody is told yet. `used`: a transaction was done
    /// in this session before.
    [[nodiscard]] bool keeps(const Smtp::RecipientOutcome &outcome, bool used);
    /// The transaction is over: who was kept goes back into the queue, or is returned, where that
    /// was the last word after all (nobody else got any further).
    [[nodiscard]] QList<Smtp::RecipientOutcome> settle();
    /// Nothing more is tried: those who wait, with what they were told last.
    [[nodiscard]] QList<Smtp::RecipientOutcome> leftovers();

    [[nodiscard]] bool isEmpty() const { return m_waiting.isEmpty(); }
    /// Nobody waits, and nobody was kept from the running transaction for another one.
    [[nodiscard]] bool isSettled() const { return m_waiting.isEmpty() && m_kept.isEmpty(); }
    /// Whom of these the running transaction is about; those kept back are not.
    [[nodiscard]] QList<QByteArray> sentNow(const QList<QByteArray> &addresses) const;
    /// What made the running transaction one of several.
    [[nodiscard]] std::optional<Transcript::SessionFinding> finding(
        const Smtp::Capabilities &capabilities) const;

private:
    void forget(const Smtp::Mailbox &recipient);

    QList<Smtp::Mailbox> m_waiting;
    QList<Smtp::Mailbox> m_batch;
    QList<Smtp::RecipientOutcome> m_kept; ///< Of the running transaction.
    QList<Smtp::RecipientOutcome> m_last; ///< Of those who wait again.
    bool m_further = false; ///< Somebody of the running transaction got behind RCPT.
    int m_returns = 0;
};

} // namespace Mailgauge::Delivery
