// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Sends messages for the window, the command line and whoever comes later, and tells what happens.
///
/// A SendRequest goes in as a value; each session runs on an I/O thread with its own
/// net::Connection; what happens comes back by queued signals in the thread that owns the service,
/// entries in batches at most every 33 ms. The ledger is written through the SessionRepository:
/// claimed before MAIL, committing before the final dot, decided after.
#include "base/clock.h"
#include "delivery/sendrequest.h"
#include "transcript/sessionrecord.h"

#include <QObject>
#include <QUuid>

#include <memory>

namespace Mailgauge::Delivery {

class SendService : public QObject {
    Q_OBJECT

public:
    /// `repository` may be null: then nothing is stored (`--no-store`, read-only home) until there
    /// is one.
    explicit SendService(Transcript::SessionRepository *repository, const Base::Clock &clock,
        QObject *parent = nullptr);
    /// Cancels what runs and waits for the I/O thread.
    ~SendService() override;

    /// For the sessions that are sent from now on.
    void setRepository(Transcript::SessionRepository *repository);
    /// Where MTA-STS policies are kept from one session to the next (RFC 8461 3.3), for requests
    /// that name no place; empty: they are not, and who takes a domain's records away is believed.
    void setPolicyDirectory(const QString &directory);
    [[nodiscard]] QString policyDirectory() const;
    /// That session is part of a diagnosis (SendRequest::isLook).
    [[nodiscard]] bool isLook(const QUuid &session) const;
    /// Returns the session's id at once; everything else comes by signal. A null id, and no signal,
    /// where a session of that id is running: an id names one session for ever.
    QUuid send(SendRequest request);
    void cancel(const QUuid &session);
    /// A line by hand, once opened() was told and every line before it answered.
    void command(const QUuid &session, const QByteArray &line);
    /// Goes on after paused(): with the line as it was, or with another one.
    void resume(const QUuid &session, const std::optional<QByteArray> &line = {});
    /// Ends a session that stays open, politely.
    void quit(const QUuid &session);
    [[nodiscard]] int running() const;

Q_SIGNALS:
    /// The record so far: where to, what.
    void started(const Mailgauge::Transcript::SessionRecord &record);
    void entriesRecorded(const QUuid &session, const QList<Mailgauge::Transcript::Entry> &entries);
    void stageEntered(const QUuid &session, Mailgauge::Smtp::Stage stage);
    /// Bytes of content written and in all.
    void contentProgress(const QUuid &session, qint64 written, qint64 total);
    void recipientDecided(const QUuid &session, const Mailgauge::Smtp::RecipientOutcome &outcome);
    /// The session stays open and takes commands by hand.
    void opened(const QUuid &session);
    /// What the server announced in its answer to EHLO or LHLO, each time; none after HELO.
    void capabilitiesChanged(
        const QUuid &session, const Mailgauge::Smtp::Capabilities &capabilities);
    /// Neither holds a secret.
    void commandAnswered(
        const QUuid &session, const QByteArray &line, const Mailgauge::Smtp::Reply &reply);
    /// A line waits at a breakpoint for resume(); secrets are cut out of it.
    void paused(const QUuid &session, const QByteArray &line, Mailgauge::Smtp::Stage stage);
    /// What command() or resume() was given cannot be sent: everything waits as before.
    void lineRefused(const QUuid &session, const Mailgauge::Base::Error &error);
    /// Always the last signal of a session.
    void finished(const Mailgauge::Transcript::SessionRecord &record);
    /// The store could not keep something; the mail itself is not affected unless the record says
    /// so.
    void storeFailed(const Mailgauge::Base::Error &error);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace Mailgauge::Delivery
