// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/recipientqueue.h"
#include "delivery/recordbuilder.h"
#include "delivery/repeatservice.h"
#include "net/connection.h"

#include <QRandomGenerator>
#include <QTimer>

#include <deque>
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
    /// The answer to RepeatRun::askToken().
    void tokenCame(const Relay::TokenProvider::TokenResult &token);

private:
    /// A message on its way.
    struct Message {
        qint64 number = 0;
        RecordBuilder builder;
        RecipientQueue recipients;
        Base::Content content {}; ///< With a Message-ID of its own.
        std::optional<Base::Error> unmade {}; ///< Why there is no content.
        QList<Transcript::Entry> entries {};
        int transactions = 0;
        bool claimed = false;
        std::optional<Base::Error> refusal {}; ///< The ledger's.
        bool following = false; ///< The connection knows it as one behind the running one.
        bool sent = false;
        bool retried = false;
        bool refused = false; ///< By a session that ended: it waits for another one.
        bool committing = false;
        int asked = 0; ///< How often the ledger was told: its last answer counts.
        bool cleared = false; ///< It is in the ledger that the message is being committed.
        bool done = false; ///< Its transaction ended by replies.
        Base::TimePoint sentAt {};
    };

    void next();
    [[nodiscard]] std::unique_ptr<Message> begin();
    void makeAnew(Message &message) const;
    void claim(Message &message);
    void claimed(const QUuid &id, const Base::Result<void> &result);
    void connectNow();
    void happened(const Smtp::SessionEvent &event);
    void settle();
    void sendWhenReady();
    [[nodiscard]] Smtp::Transaction transactionTo(
        const Message &message, const QList<Smtp::Mailbox> &recipients) const;
    void thinkAhead();
    [[nodiscard]] qsizetype depth() const;
    void follow();
    [[nodiscard]] Message *messageAt(qsizetype ahead) const;
    void commit(qsizetype ahead);
    void cleared(const QUuid &id, int asked);
    void commitRefused(const QUuid &id, int asked, const Base::Error &error);
    [[nodiscard]] std::optional<qsizetype> placeOf(const QUuid &id, int asked) const;
    void passOnCommits();
    void transactionDone(bool follows);
    [[nodiscard]] bool comesAgain();
    void takeTurn();
    void messageDone();
    void messageFailed(std::unique_ptr<Message> message, const Base::Error &error);
    void report(std::unique_ptr<Message> message);
    void keepOrDropEntries();
    void giveUpWaiting();
    void giveBack(std::unique_ptr<Message> message);
    void forgetFollowing(Message &message);
    void startOver(Message &message);
    void closed();
    void storeRefused(const Base::Error &error);
    void openConnection();
    [[nodiscard]] bool mayRetry() const;
    [[nodiscard]] bool mayGoOn() const;
    void end();

    RepeatRun &m_run;
    const SendRequest &m_request;
    Transcript::SessionRepository *m_repository;
    const Base::Clock &m_clock;
    const Base::Result<void> m_checked; ///< Whether it can be sent at all.
    const RecordBuilder m_pattern; ///< Of every message's record.
    qsizetype m_idAt = -1; ///< Where the content has the Message-ID that each message replaces.
    std::unique_ptr<Net::Connection> m_connection;
    std::unique_ptr<Message> m_current;
    std::deque<std::unique_ptr<Message>> m_next; ///< Some may be on their way already.
    std::deque<std::unique_ptr<Message>> m_again; ///< Whom their turn did not bring to an end.
    Transcript::SessionRecord m_session; ///< What the open session established.
    std::optional<Smtp::Event::Failed> m_failed;
    std::optional<Smtp::RecipientSplitter> m_splitter; ///< Of this connection.
    qint64 m_usBase = 0; ///< What a message was told on an earlier connection comes before.
    std::deque<QUuid> m_waiting; ///< Whose commits the session waits for, in its order.
    qsizetype m_depth = 0; ///< Messages that get ready behind the running one.
    bool m_doneHere = false; ///< A transaction on this connection ended by replies.
    bool m_ready = false;
    bool m_running = false; ///< A transaction is under way that another may follow.
    std::optional<Base::Secret> m_token; ///< In place of the request's, from the second session on.
    bool m_wasConnected = false; ///< There was a session before.
    bool m_asksToken = false; ///< Before it connects.
    bool m_wasReady = false; ///< This connection got as far as MAIL.
    int m_failedConnections = 0; ///< In a row.
    Smtp::TlsPolicy m_policy; ///< Of the host that is talked to.
    bool m_tlsUsed = false; ///< On this connection.
    bool m_fellBack = false; ///< From here on in clear.
    QString m_clearHost; ///< Whose handshake failed.
    bool m_cancelled = false;
    bool m_over = false;
};

/// All lanes of one run and what they add up to.
class RepeatRun final : public QObject {
    Q_OBJECT

public:
    /// Who listens: to every message, or to the summary alone.
    enum class Tell : quint8 {
        Summary,
        Messages,
    };
    RepeatRun(RepeatRequest request, Transcript::SessionRepository *repository,
        const Base::Clock &clock, Tell tell, QObject *parent);
    ~RepeatRun() override;

    void start();
    void cancel();
    void abandon();

    /// The number of the next message, from 0; none where all are taken.
    [[nodiscard]] std::optional<qint64> take();
    /// It was taken, and nothing was done with it.
    void giveBack(qint64 number);
    [[nodiscard]] QUuid makeId();
    /// Whether the message's transcript is wanted though it was accepted.
    [[nodiscard]] bool keepsTranscript(qint64 number) const;
    void report(const RecordBuilder &builder, QList<Transcript::Entry> entries,
        std::optional<std::chrono::microseconds> latency);
    void laneOver();
    /// Whether each session needs a token of its own.
    [[nodiscard]] bool makesTokens() const;
    /// Answered by RepeatLane::tokenCame(); one answer may do for several that ask at a time.
    void askToken(RepeatLane &lane);
    void noteStoreFailure(const Base::Error &error);

Q_SIGNALS:
    void messagesDone(
        const QUuid &run, const QList<Mailgauge::Delivery::RepeatedMessage> &messages);
    void finished(const Mailgauge::Delivery::RepeatSummary &summary);
    void storeFailed(const Mailgauge::Base::Error &error);

private:
    void tellMessages();

    RepeatRequest m_request;
    Transcript::SessionRepository *m_repository;
    const Base::Clock &m_clock;
    const Tell m_tell;
    std::vector<std::unique_ptr<RepeatLane>> m_lanes;
    std::vector<RepeatLane *> m_wantToken;
    RepeatSummary m_summary;
    SessionFacts m_facts; ///< Without recipients: the first failure.
    Base::TimePoint m_start;
    qint64 m_taken = 0;
    QList<qint64> m_givenBack;
    QRandomGenerator m_random;
    QList<RepeatedMessage> m_untold;
    QTimer m_batch;
    bool m_cancelled = false;
    bool m_storeFailed = false;
};

} // namespace Mailgauge::Delivery
