// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The inside of Session, in parts: sessionprivate.cpp (bytes to replies, failures, endings),
/// handshake.cpp (greeting to TLS), authentication.cpp, transaction.cpp (MAIL to the content),
/// chunks.cpp (content by BDAT), flight.cpp (whole messages ahead), endofdata.cpp (the final
/// replies and what they decide), byhand.cpp and breakpoints.cpp (what the user has to say).
#include "base/secretmask.h"
#include "smtp/command.h"
#include "smtp/dotstuffer.h"
#include "smtp/mailparameters.h"
#include "smtp/mechanismqueue.h"
#include "smtp/replyparser.h"
#include "smtp/session.h"
#include "smtp/sessionstates.h"

#include <deque>

namespace Mailgauge::Smtp {

class Session::Private {
public:
    explicit Private(SessionOptions options);

    // What the driver says; `m_now` is set before.
    void start();
    void receive(QByteArrayView bytes);
    void peerClosed();
    void transportFailed(Base::Error error);
    void timeoutExpired();
    void tlsEstablished(QList<Base::ChannelBinding> bindings, TlsTrust trust);
    void tlsFailed(Base::Error error);
    void mechanismAnswered(const Base::Result<Sasl::Response> &response);
    void send(Transaction transaction);
    void follow(Transaction transaction);
    void quit();
    [[nodiscard]] Base::Result<void> command(const QByteArray &line);
    [[nodiscard]] Base::Result<void> resume(const std::optional<QByteArray> &line);
    [[nodiscard]] QByteArray contentChunk(const QByteArray &chunk);
    void contentProgress();
    void contentFinished();
    void committed();
    void withdraw(int ahead, Base::Error why);
    void written();

    Base::TimePoint m_now;
    std::deque<SessionEvent> m_events;
    std::optional<Base::TimePoint> m_deadline;
    Stage m_stage = Stage::Connect;
    State m_state = State::Created;

private:
    /// One reply that the server owes us.
    struct Owed {
        Stage stage;
        qsizetype recipient = -1;
    };
    enum class End : quint8 {
        Quit, ///< Say QUIT first.
        Close,
        Abort,
    };
    /// A command that waits at a breakpoint, or that was replaced there.
    struct Halted {
        Command command;
        qsizetype recipient = -1;
    };
    /// A command by hand on its way, and what the server waits for behind it.
    struct ByHand {
        enum class Prompt : quint8 {
            None,
            Challenge, ///< 334: the next line answers it.
            Content, ///< 354: lines until the dot.
        };
        QByteArray shown; ///< The last line, without secrets.
        QByteArray verb;
        QByteArray mechanism; ///< Of AUTH.
        Prompt prompt = Prompt::None;
        bool planned = false; ///< Of the options; nobody typed it just now.
    };
    /// How far a transaction is that leaves as a whole, before its turn.
    enum class Flight : quint8 {
        None,
        Asked, ///< The driver was told to record that it will be committed.
        Cleared, ///< That is done.
        Leaving, ///< Octets are still the driver's to hand out.
        Away, ///< All is out: nobody knows what becomes of it until its replies come.
    };
    /// The transaction that is running, or one behind it.
    struct Running {
        Transaction transaction {};
        QList<QByteArray> parameters {}; ///< All of MAIL's.
        QList<bool> decided {}; ///< Per recipient.
        // Empty until a breakpoint was used, as are the others.
        QList<bool> swapped {}; ///< The user gave another address for this one there.
        QList<bool> others {}; ///< Such a one, and the server took it.
        qsizetype undecided = 0;
        bool ahead = false; ///< Its commands went out behind the final dot of the one before.
        Flight flight = Flight::None;
        QList<Command> commands {}; ///< MAIL and RCPT, while it is asked for or cleared.
        std::deque<Owed> owed {}; ///< Replies to what went out before its turn.
        bool pipelined = false;
        bool mailAccepted = false;
        bool prdr = false; ///< MAIL asked for it.
        bool chunked = false; ///< BDAT instead of DATA.
        Domains domains = Domains::AsGiven;
        qint64 unannounced = 0; ///< Octets of the content that no BDAT counted yet.
        qint64 unwritten = 0; ///< Octets of the chunk that the driver still owes.
        QList<std::optional<Reply>> verdicts {}; ///< PRDR: per recipient, until the overall reply.
        std::optional<Reply>
            finalReply {}; ///< LMTP: of those behind the content; BDAT: the refusal.
        bool closing = false; ///< One of them was 421.
        std::optional<Base::Error> withdrawn {}; ///< Why it must not be committed.

        [[nodiscard]] bool flies() const { return flight >= Flight::Leaving; }
    };

    // sessionprivate.cpp
    void pump();
    [[nodiscard]] bool isReplyOwed() const;
    void handleReply(const Reply &received);
    void dispatch(State next, const Owed &owed, const Reply &reply);
    void enterStage(Stage stage);
    void armDeadline();
    /// Sends a command that is answered by one reply. False: the session has ended instead.
    bool sendCommand(const Base::Result<Command> &command, qsizetype recipient = -1);
    void issue(const Command &command, qsizetype recipient);
    [[nodiscard]] std::chrono::milliseconds limit() const;
    void noteQuirk(Quirk quirk, const QByteArray &evidence);
    void noteUnexpectedCode(Stage stage, const Reply &reply);
    void outOfStep(const QString &detail, const QByteArray &evidence);
    void refused(const QString &detail, const Reply &reply, End end = End::Quit);
    void fail(Base::Error error, End end, std::optional<Reply> reply = {},
        std::optional<Stage> stage = {});
    void shutDown(const Reply &reply);
    void isLast();
    void close(bool abort);
    void sayQuit();
    [[nodiscard]] bool stopsAfter(Stage stage) const;
    [[nodiscard]] bool stopsBefore(Stage stage) const;
    void stop(bool mayQuit);
    [[nodiscard]] Reply masked(Reply reply) const;
    void hide(const Base::Secret &secret, const QByteArray &label);

    // handshake.cpp
    void awaitGreeting();
    void sayHello();
    void onGreeting(const Reply &reply);
    void onEhlo(State next, const Reply &reply);
    void onHelo(const Reply &reply);
    void afterHello();
    void sendXclient();
    void onXclient(const Reply &reply);
    void onStartTls(State next, const Reply &reply);
    void startHandshake();

    // authentication.cpp
    void startAuth();
    void noteDowngrade(const QList<QByteArray> &offered);
    void tryMechanism();
    void ask(const QByteArray &challenge);
    void open(const Base::Result<Sasl::Response> &initial);
    void answer(const Base::Result<Sasl::Response> &response);
    void onAuth(const Reply &reply);
    void onAuthRefused(const Reply &reply);
    void answerChallenge(const Reply &reply);
    void goOnWithoutAuth(const QByteArray &why);
    void becomeReady();

    // byhand.cpp
    void nextByHand();
    void sendByHand(const QByteArray &line, bool planned);
    void noteByHand(const Command &command);
    void onByHand(const Reply &reply);
    void onAcceptedByHand(const Reply &reply);
    [[nodiscard]] bool hasPrompt(const Reply &reply);

    // breakpoints.cpp
    [[nodiscard]] bool haltsBefore(Stage stage) const;
    void halt(const Command &command, qsizetype recipient = -1);
    [[nodiscard]] Base::Result<Command> edited(const QByteArray &line) const;
    void goOn();
    void sendEdited(const Command &command);
    void replace(const Command &command);
    void onReplaced(const Reply &reply);
    void stopRest(Stage stage, const Base::Error &why);
    [[nodiscard]] bool hasSwapped(qsizetype recipient, const Reply &reply);

    // transaction.cpp
    [[nodiscard]] Base::Result<QList<QByteArray>> mailParameters(
        const Transaction &transaction) const;
    [[nodiscard]] static Running fresh(Transaction transaction);
    void beginTransaction();
    void noteDowngrades(const Running &running);
    [[nodiscard]] bool hasSmtpUtf8() const;
    [[nodiscard]] bool canPipeline() const;
    [[nodiscard]] bool canChunk() const;
    void decideHow(Running &running) const;
    [[nodiscard]] bool sendEnvelope();
    bool sendRcpt(qsizetype recipient);
    void takeTurn();
    void onReset(const Reply &reply);
    void onMail(const Reply &reply);
    void onRcpt(const Owed &owed, const Reply &reply);
    void nextRcpt(qsizetype recipient);
    void nobodyIsLeft();
    void afterLastRcpt();
    void onData(const Reply &reply);
    [[nodiscard]] bool isChunking() const;
    void onDraining(const Owed &owed, const Reply &reply);

    // chunks.cpp
    void startChunks();
    void nextChunk();
    void writeChunk(qint64 octets);
    void sendLastChunk();
    void chunkAnnounced();
    void chunkFinished();
    void onChunk(const Reply &reply);
    [[nodiscard]] static bool isBdatUnknown(const Reply &reply);
    void noteUnknownBdat(const Reply &reply);
    void chunkRefused(const Reply &reply);
    void onDrainingChunks();

    // flight.cpp
    void sendAhead();
    void sendEnvelopeAhead();
    [[nodiscard]] Base::Result<QList<Command>> envelopeCommands(Running &next) const;
    void learn(Stage stage, const Reply &reply);
    [[nodiscard]] std::optional<QString> disorder(Stage stage, const Reply &reply) const;
    [[nodiscard]] bool mayFly(const Running &running) const;
    void askAhead();
    void launch();
    void fly(int ahead);
    void say(Running &running, int ahead, const QList<Command> &commands);
    [[nodiscard]] Running *leaving();
    void left();
    void landed(const Reply &reply);
    void onClosing(const Reply &reply);
    void dropUnsent();
    [[nodiscard]] bool isGone(const Running &running) const;

    // endofdata.cpp
    void askCommit();
    void commitNow();
    void endWithdrawn();
    void sendDot();
    void expectFinal();
    [[nodiscard]] bool mayBeCommitted(const Base::Error &error) const;
    void onFinal(const Reply &reply);
    void onVerdicts(const Reply &reply);
    void onEach(const Owed &owed, const Reply &reply);
    void oweEach();
    void endTransaction(const std::optional<Reply> &finalReply);
    void decide(qsizetype recipient, RecipientOutcome outcome);
    void decideByReply(qsizetype recipient, const Reply &reply, Stage stage);
    void decideRestByReply(const Reply &reply, Stage stage);
    void decideRest(const Event::Failed &failed);
    void decideRestStopped(Stage stage);
    void finishTransaction(
        const std::optional<Reply> &finalReply, const std::optional<Failure> &failure = {});

    SessionOptions m_options;
    ReplyParser m_parser;
    Base::SecretMask m_mask;
    bool m_secretSeen = false; ///< A line of the reply that is being read held a secret.
    Reply m_received; ///< The last reply, secrets not masked: for decisions, never for events.
    std::deque<Owed> m_owed;
    Capabilities m_capabilities;
    bool m_greeted = false;
    bool m_tls = false;
    TlsTrust m_trust = TlsTrust::None;
    bool m_tlsRefused = false;
    bool m_xclientSent = false;
    bool m_quitAsked = false;
    bool m_dropWhenWritten = false;
    bool m_needsReset = false;

    std::shared_ptr<Sasl::Mechanism> m_mechanism; ///< Shared with who asks it elsewhere.
    QByteArray m_announcedName; ///< What AUTH calls it.
    MechanismQueue m_queue; ///< Those still to try.
    QList<QByteArray> m_offeredInClear; ///< Before STARTTLS.
    QList<Base::ChannelBinding> m_bindings; ///< Of this TLS connection.
    std::optional<QByteArray> m_delayedInitial; ///< Too long for the AUTH line itself.
    int m_rounds = 0;
    bool m_authSent = false; ///< The AUTH command of this mechanism.

    QList<QByteArray> m_commands; ///< Of the options, still to be sent.
    bool m_answersMayFollow = false; ///< AUTH was the last command of those, and did not succeed.
    std::optional<ByHand> m_byHand;
    bool m_told = false; ///< That it is ready.
    std::optional<Halted> m_halted;
    std::optional<Halted> m_replaced; ///< Its place was taken by a line whose reply is owed.

    std::optional<Running> m_running;
    std::deque<Running> m_followers;
    bool m_marksMail = false; ///< Its replies to MAIL are X.1.X (RFC 3463 3.2), and those to RCPT.
    bool m_marksRcpt = false;
    bool m_tellsApart = false; ///< Replies to a content are not, so that none is taken for another.
    bool m_grounded = false; ///< Nobody took a message: no other one leaves before its turn.
    bool m_closing = false; ///< 421 was said; what is out may still be answered.
    DotStuffer m_stuffer;
    std::optional<Event::Failed> m_failed;
};

} // namespace Mailgauge::Smtp
