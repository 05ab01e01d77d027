// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/recipientqueue.h"
#include "delivery/recordbuilder.h"
#include "delivery/repeatservice.h"
#include "net/connection.h"

#include <memory>
#include <vector>

namespace Mailgauge::Delivery {

class RepeatRun;

/// One session of a run, and the next where it breaks: sends message after message.
class RepeatLane final : public QObject {
    Q_OBJECT

public:
    RepeatLane(RepeatRun &run, const SendRequest &request,
        Transcript::SessionRepository *repository, const Base::Clock &clock);
    ~RepeatLane() override;

    void start();
    void cancel();
    /// At once: tells the ledger what became of the message, without a word to anybody else.
    void abandon();
    [[nodiscard]] bool isOver() const { return m_over; }

private:
    /// The message on its way.
    struct Current {
        qint64 number = 0;
        SendRequest request;
        RecordBuilder builder;
        RecipientQueue recipients;
        QList<Transcript::Entry> entries {};
        int transactions = 0;
        bool claimed = false;
        bool sent = false;
        bool retried = false;
        bool committing = false;
        bool done = false; ///< Its transaction ended by replies.
        Base::TimePoint sentAt {};
    };

    void next();
    void claim();
    void connectNow();
    void happened(const Smtp::SessionEvent &event);
    void settle();
    void sendWhenReady();
    void commit();
    void transactionDone();
    void messageDone();
    void closed();
    void storeRefused(const Base::Error &error);
    [[nodiscard]] bool mayRetry() const;
    [[nodiscard]] bool mayGoOn() const;
    void end();

    RepeatRun &m_run;
    const SendRequest &m_request;
    Transcript::SessionRepository *m_repository;
    const Base::Clock &m_clock;
    std::unique_ptr<Net::Connection> m_connection;
    std::unique_ptr<Current> m_current;
    Transcript::SessionRecord m_session; ///< What the open session established.
    std::optional<Smtp::Event::Failed> m_failed;
    std::optional<Smtp::RecipientSplitter> m_splitter; ///< Of this connection.
    qint64 m_usBase = 0; ///< What a message was told on an earlier connection comes before.
    bool m_doneHere = false; ///< A transaction on this connection ended by replies.
    bool m_ready = false;
    bool m_wasReady = false; ///< This connection got as far as MAIL.
    int m_failedConnections = 0; ///< In a row.
    bool m_cancelled = false;
    bool m_over = false;
};

/// All lanes of one run and what they add up to.
class RepeatRun final : public QObject {
    Q_OBJECT

public:
    RepeatRun(RepeatRequest request, Transcript::SessionRepository *repository,
        const Base::Clock &clock, QObject *parent);
    ~RepeatRun() override;

    void start();
    void cancel();
    void abandon();

    /// The number of the next message, from 0; none where all are taken.
    [[nodiscard]] std::optional<qint64> take();
    void report(qint64 number, const RecordBuilder &builder, QList<Transcript::Entry> entries,
        std::optional<qint64> latencyUs);
    void laneOver();
    void noteStoreFailure(const Base::Error &error);

Q_SIGNALS:
    void messageDone(const QUuid &run, const Mailgauge::Transcript::SessionRecord &record,
        const QList<Mailgauge::Transcript::Entry> &entries);
    void finished(const Mailgauge::Delivery::RepeatSummary &summary);
    void storeFailed(const Mailgauge::Base::Error &error);

private:
    RepeatRequest m_request;
    Transcript::SessionRepository *m_repository;
    const Base::Clock &m_clock;
    std::vector<std::unique_ptr<RepeatLane>> m_lanes;
    RepeatSummary m_summary;
    SessionFacts m_facts; ///< Without recipients: the first failure.
    Base::TimePoint m_start;
    qint64 m_taken = 0;
    bool m_cancelled = false;
    bool m_storeFailed = false;
};

} // namespace Mailgauge::Delivery
