// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "delivery/exitcode.h"
#include "delivery/latencies.h"
#include "delivery/sendrequest.h"
#include "transcript/sessionrecord.h"

#include <QObject>

#include <memory>

namespace Mailgauge::Delivery {

/// One message, many times, over a few sessions that are kept open (`--repeat`, `--sessions`).
struct RepeatRequest {
    static constexpr qint64 KeptTranscripts = 100;

    SendRequest request; ///< Its id becomes the run's.
    int messages = 1;
    int sessions = 1;
    /// Transcripts are kept of so many messages from the first, and of each one not accepted.
    qint64 transcripts = KeptTranscripts;
    /// Asked, in the service's thread, before each session but the first of each lane, which takes
    /// that of the request: a run outlives a token. Null: it is good for all of them.
    Relay::FreshToken freshToken {};
};

/// One message of a run.
struct RepeatedMessage {
    Transcript::SessionRecord record;
    QList<Transcript::Entry> entries; ///< Empty where its transcript is not kept.
};

/// What became of a run. Outcomes are counted per recipient.
struct RepeatSummary {
    QUuid run;
    qint64 messages = 0; ///< Tried; fewer than asked for where no session could be had any more.
    OutcomeCounts counts;
    std::chrono::microseconds duration {0};
    /// Of each message that was sent, from its turn (MAIL; where that left with the message before,
    /// the final reply to that one; where all of it left before its turn, then) to its final reply.
    Latencies latencies;
    Verdict verdict;

    [[nodiscard]] double perSecond() const;
    /// `percent` of the messages took no longer than this, in microseconds; 0 without messages.
    [[nodiscard]] qint64 latencyUs(double percent) const { return latencies.percentile(percent); }
};

/// Runs on an I/O thread of its own; signals come in the thread that owns the service. Each message
/// has its own ledger rows and record. The end of a message and the envelope of the next share a
/// flight where the relay announces PIPELINING; by BDAT whole messages do, see
/// smtp::Session::follow(). A message whose session broke before its dot is
/// tried once more on a new one; a session that cannot be had twice in a row is given up, and so
/// is one for which there is no token.
class RepeatService final : public QObject {
    Q_OBJECT

public:
    /// `repository` may be null: then nothing is stored.
    RepeatService(Transcript::SessionRepository *repository, const Base::Clock &clock,
        QObject *parent = nullptr);
    /// Cancels what runs and waits for the thread.
    ~RepeatService() override;

    /// See SendService.
    void setPolicyDirectory(const QString &directory);
    /// Returns the run's id.
    QUuid start(RepeatRequest request);
    /// What is under way is ended, nothing more is begun; then finished().
    void cancel(const QUuid &run);

Q_SIGNALS:
    /// Messages that are done, at most every 33 ms and before finished(). Only for runs that start
    /// once somebody has connected to it.
    void messagesDone(
        const QUuid &run, const QList<Mailgauge::Delivery::RepeatedMessage> &messages);
    void finished(const Mailgauge::Delivery::RepeatSummary &summary);
    void storeFailed(const Mailgauge::Base::Error &error);

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace Mailgauge::Delivery

Q_DECLARE_METATYPE(Mailgauge::Delivery::RepeatSummary)
Q_DECLARE_METATYPE(Mailgauge::Delivery::RepeatedMessage)
