// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "delivery/sendrequest.h"
#include "net/stepsession.h"
#include "transcript/sessionrecord.h"

#include <functional>

namespace Mailgauge::Cli {

/// A session that is led step by step, as the store keeps it: one session, whatever was sent in it.
/// Recipients are those of every RCPT, in their order; the outcome is what the final reply said,
/// and `stopped` where none was asked for. The message itself is not kept, its size is.
class StepRecord final {
public:
    using Kept = QFuture<Base::Result<void>>;
    /// Told once, why the session is not kept, or not all of it.
    using TellLost = std::function<void(const Base::Error &)>;

    /// `sessions` may be null: then nothing is kept.
    StepRecord(Transcript::SessionRepository *sessions, const Delivery::SendRequest &request,
        TellLost tellLost);
    /// Waits until all is kept that can be.
    ~StepRecord();
    Q_DISABLE_COPY_MOVE(StepRecord)

    /// A step ended. `path`: of MAIL and RCPT, where it has one.
    void step(const QByteArray &op, const std::optional<Smtp::Mailbox> &path,
        const Net::StepResult &result, Net::StepSession &session);
    /// Before a whole transaction begins.
    void claim(const QList<Smtp::Mailbox> &recipients);
    /// Before DATA: without an entry in the ledger the dot must not be sent.
    [[nodiscard]] Kept commit(const QList<QByteArray> &recipients);
    /// Those whose RCPT was accepted and whose message was not sent yet.
    [[nodiscard]] QList<QByteArray> openRecipients() const;
    /// A whole transaction ended.
    void transaction(const std::optional<Smtp::Mailbox> &reversePath,
        const QList<Smtp::RecipientOutcome> &outcomes, const std::optional<Smtp::Reply> &finalReply,
        const std::optional<Smtp::Failure> &failure, Net::StepSession &session);
    /// Once, when the session is over. One that is still open is closed.
    void finish(Net::StepSession &session);

    [[nodiscard]] const Transcript::SessionRecord &record() const { return m_record; }

private:
    void keepEntries(Net::StepSession &session);
    void decide(Smtp::Outcome outcome, Smtp::Stage stage, const Net::StepResult &result);
    void decideEach(const QList<Smtp::Reply> &replies);
    void setFinalReply(const Smtp::Reply &reply);
    void watch(const Kept &kept);
    void judge(const Base::Result<void> &kept);

    Transcript::SessionRepository *m_sessions;
    TellLost m_tellLost;
    Transcript::SessionRecord m_record;
    QList<bool> m_open; ///< Accepted at RCPT, the message not sent yet; parallel to the recipients.
    QList<qsizetype> m_turns; ///< Which reply of LMTP's is about it; parallel, too.
    Base::TimePoint m_start;
    Kept m_kept; ///< The last one: the store takes them in their order.
    std::optional<Base::Error> m_lost;
    bool m_finished = false;
    QObject m_context; ///< Whoever waits for the store waits no longer than this lives.
};

} // namespace Mailgauge::Cli
