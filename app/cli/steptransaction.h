// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/stepsession.h"
#include "smtp/mailparameters.h"
#include "smtp/outcome.h"

#include <QFuture>
#include <QObject>

#include <functional>

namespace Mailgauge::Cli {

/// What a reply to a step decides for who waited for it.
[[nodiscard]] Smtp::Outcome outcomeOf(const Smtp::Reply &reply);
/// What a step without a reply decides: behind the dot nobody knows, whatever came instead of one.
[[nodiscard]] Smtp::Outcome outcomeOf(const Smtp::Failure &failure);

/// LMTP: decides those who are open, in their order, by the replies behind the content.
void decideEach(
    QList<Smtp::RecipientOutcome> &outcomes, QList<bool> &open, const QList<Smtp::Reply> &replies);

/// One transaction, step by step, on a session that stays open: MAIL, every RCPT, DATA, the
/// content; RSET where nobody was accepted.
class StepTransaction final : public QObject {
    Q_OBJECT

public:
    /// Makes durable that those recipients are about to be sent the message; see
    /// SessionRepository::commit(). Where it fails, no DATA is sent.
    using Commit = std::function<QFuture<Base::Result<void>>(const QList<QByteArray> &recipients)>;

    StepTransaction(Net::StepSession &session, Smtp::Transaction transaction, Base::Content content,
        Smtp::SessionOptions options, Commit commit);

    void start();
    /// Decides who is not decided yet, before the session is closed: uncertain behind the dot.
    void stop();

    [[nodiscard]] const Smtp::Envelope &envelope() const { return m_transaction.envelope; }
    /// One per forward-path, in envelope order.
    [[nodiscard]] const QList<Smtp::RecipientOutcome> &outcomes() const { return m_outcomes; }
    [[nodiscard]] const std::optional<Smtp::Reply> &finalReply() const { return m_finalReply; }
    [[nodiscard]] const std::optional<Smtp::Reply> &lastReply() const { return m_lastReply; }
    [[nodiscard]] const std::optional<Smtp::Failure> &failure() const { return m_failure; }

Q_SIGNALS:
    void finished();

private:
    enum class At : quint8 {
        Mail,
        Rcpt,
        Data,
        Rset,
    };

    void stepFinished(const Net::StepResult &result);
    void answered(const Smtp::Reply &reply);
    void sendMail();
    void sendRcpt();
    void decide(const Smtp::Reply &reply, Smtp::Stage stage);
    void commit();
    void decideBy(const Smtp::Failure &failure, Smtp::Outcome outcome);
    void broke(const Smtp::Failure &failure);

    Net::StepSession &m_session;
    Smtp::Transaction m_transaction;
    Base::Content m_content;
    Smtp::SessionOptions m_options; ///< Which extensions it uses.
    Commit m_commit;
    QList<Smtp::RecipientOutcome> m_outcomes;
    QList<bool> m_open; ///< Accepted at RCPT, not decided yet; parallel to the outcomes.
    Smtp::Domains m_domains = Smtp::Domains::AsGiven;
    qsizetype m_next = 0;
    At m_at = At::Mail;
    std::optional<Smtp::Reply> m_finalReply;
    std::optional<Smtp::Reply> m_lastReply;
    std::optional<Smtp::Failure> m_failure;
};

} // namespace Mailgauge::Cli
