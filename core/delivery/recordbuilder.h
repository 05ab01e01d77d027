// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "delivery/exitcode.h"
#include "delivery/sendrequest.h"
#include "net/connection.h"
#include "transcript/sessionrecord.h"

#include <optional>

namespace Mailgauge::Delivery {

// What every way of sending a request needs.
[[nodiscard]] Smtp::Transaction transactionOf(
    const SendRequest &request, const Base::Content &content);
[[nodiscard]] Net::ConnectionOptions connectionOptionsOf(const SendRequest &request);
/// What can never be sent is refused before there is a connection (faults D1).
[[nodiscard]] Base::Result<void> checkRequest(const SendRequest &request);
/// Before entries go to the store, which keeps no secret.
void removeKeptSecrets(QList<Transcript::Entry> &entries);

/// Gathers a session's events into its record. No I/O: events and times in, one record out.
class RecordBuilder {
public:
    RecordBuilder(const SendRequest &request, const Base::Clock &clock);
    /// The same request once more, beginning now: what does not change from one to the next is
    /// worked out once.
    [[nodiscard]] RecordBuilder again(const QUuid &session, const QUuid &message) const;

    void apply(const Smtp::SessionEvent &event);
    void setAddress(const QString &address) { m_record.address = address; }
    /// Behind a route by MX or SRV: whom it led to.
    void setHost(const QString &host, quint16 port);
    /// Of a message that is repeated; without brackets.
    void setMessageId(const QByteArray &id);
    void setSubject(const QString &subject);
    void setTls(const Tls::TlsFacts &facts);
    void addFinding(const QByteArray &id, Smtp::Stage stage, const QByteArray &evidence);
    /// The next connection of the same session begins (opportunistic TLS): what the first one broke
    /// on is a finding from now on.
    void restart(const QByteArray &findingId);
    /// A further message on a session that an earlier one opened.
    void inherit(const Transcript::SessionRecord &session);
    /// Decides who is still undecided, the verdict and the last timing.
    void finish();

    [[nodiscard]] const Transcript::SessionRecord &record() const { return m_record; }
    /// Those whom no reply and no failure decided yet.
    [[nodiscard]] QList<QByteArray> undecided() const;
    [[nodiscard]] bool hasDecided() const;
    /// The reply that made the failure, if one did.
    [[nodiscard]] std::optional<Smtp::Reply> refusal() const;

private:
    void on(const Smtp::Event::ReplyReceived &event);
    void on(const Smtp::Event::CapabilitiesChanged &event);
    void on(const Smtp::Event::Authenticated &event);
    void on(const Smtp::Event::QuirkSeen &event);
    void on(const Smtp::Event::StageEntered &event);
    void on(const Smtp::Event::RecipientDecided &event);
    void on(const Smtp::Event::TransactionDone &event);
    void on(const Smtp::Event::CommandAnswered &event);
    void on(const Smtp::Event::Stopped &event);
    void on(const Smtp::Event::Failed &event);
    template <typename Other>
    void on(const Other &)
    {
    }
    void decide(const Smtp::RecipientOutcome &outcome);
    void closeStage();
    /// What was asked for and the server does not offer (once MAIL begins).
    void noteDowngrades();

    const Base::Clock &m_clock;
    Smtp::TlsPolicy m_tlsPolicy;
    bool m_wantsChunking;
    bool m_wantsPrdr;
    QList<QByteArray> m_parameters; ///< Of MAIL and RCPT, beyond what the session adds.
    Transcript::SessionRecord m_record;
    QList<bool> m_decided; ///< Per recipient.
    Base::TimePoint m_start;
    std::optional<std::pair<Smtp::Stage, Base::TimePoint>> m_open; ///< The running stage.
    std::optional<Smtp::Event::Failed> m_failed;
    bool m_stopped = false;
    OutcomeCounts m_commands; ///< Replies to lines by hand.
};

} // namespace Mailgauge::Delivery
