// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The server side of SMTP without input and output (sans-IO), strict and bounded.
///
/// A driver feeds bytes and drains next(). Before each reply to a well-formed command, and at the
/// stages that have none (connect, tls, content), the session asks what to say: Asked carries the
/// proposal of a well-behaved server; nothing goes on until answer() came. Whatever answers, the
/// class of the reply decides the state. Malformed commands and breached limits are refused
/// without asking.
///
/// Strictness: commands end in CRLF and hold no control characters; nothing may follow EHLO,
/// STARTTLS, AUTH and DATA before their replies (bytes behind STARTTLS are never read as commands);
/// only CRLF.CRLF ends the content, LF and CR alone are content (or refused, see refuseBareLf).
#include "sasl/serverexchange.h"
#include "smtp/commandparser.h"
#include "smtp/dotunstuffer.h"
#include "smtp/reply.h"
#include "smtp/serverstates.h"
#include "smtp/stage.h"

#include <QByteArray>
#include <QList>

#include <deque>
#include <memory>
#include <optional>
#include <variant>

namespace Mailgauge::Smtp {

/// Octets that all sessions together may hold as content; outlives them.
struct ByteBudget {
    qint64 left = 0;
};

struct ServerLimits {
    qsizetype line = 2048; ///< With CRLF; RFC 5321 4.5.3.1.4 asks for 512 and room for extensions.
    qsizetype authLine = 12'288; ///< RFC 4954 4
    qsizetype discardedLine = 1024 * 1024; ///< A longer line without end closes the session.
    int commands = 100'000;
    int errors = 20; ///< Refused as malformed or out of order; then 421.
    int authFailures = 5;
    int recipients = 1000;
    qint64 message = 64 * 1024 * 1024;
};

struct ServerOptions {
    QByteArray hostName = "localhost";
    QList<QByteArray> keywords {"PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"};
    bool announceSize = true;
    bool implicitTls = false;
    bool offerStartTls = false;
    QList<QByteArray> authMechanisms;
    bool authInClear = false; ///< Announce and allow AUTH outside TLS.
    bool authRequired = false;
    bool refuseBareLf = false;
    bool lmtp
        = false; ///< LHLO instead of EHLO, a reply per recipient behind the content (RFC 2033).
    Sasl::ServerAccount account;
    QByteArray sessionId = "S"; ///< Queue ids are made from it: `S-1`.
    QByteArray nonce = "nonce"; ///< Fresh per session; for challenges.
    ServerLimits limits;
    ByteBudget *budget = nullptr; ///< None: only limits.message counts.
};

/// One transaction as far as it came.
struct ServerTransaction {
    std::optional<Mailbox> reversePath; ///< None: `<>`, or no MAIL yet.
    QList<Mailbox> forwardPaths; ///< Those accepted.
    qint64 declaredSize = 0; ///< SIZE=; 0: not given.
    bool smtpUtf8 = false;
    bool binary = false; ///< BODY=BINARYMIME.
    int chunks = 0; ///< How many BDATs brought the content; 0: DATA.
    bool prdr = false; ///< MAIL asked for a verdict per recipient.
    QByteArray content;
    QByteArray queueId;
};

namespace ServerEvent {
/// Call answer(). `proposed`: none at connect, tls and content, where saying nothing means going
/// on.
struct Asked {
    Stage stage;
    std::optional<Reply> proposed;
};
struct Send {
    QByteArray bytes;
};
/// Everything sent so far goes out in clear; then do the handshake and call tlsEstablished().
struct StartTls { };
/// A message was accepted; told before its reply is sent (the last one, where each recipient has
/// its own: then only those who were accepted are in it).
struct MessageReceived {
    ServerTransaction transaction;
};
/// Close after everything is written. Nothing follows.
struct Closed { };
} // namespace ServerEvent

using ServerSessionEvent = std::variant<ServerEvent::Asked, ServerEvent::Send,
    ServerEvent::StartTls, ServerEvent::MessageReceived, ServerEvent::Closed>;

/// `answer` with `send` false: the reply decides the state but somebody else says (or withholds)
/// it.
struct ServerAnswer {
    std::optional<Reply> reply;
    bool send = true;
};

/// `550-text` CRLF `550 text` CRLF.
[[nodiscard]] QByteArray encodeReply(const Reply &reply);

class ServerSession {
public:
    explicit ServerSession(ServerOptions options);
    ~ServerSession();
    ServerSession(const ServerSession &) = delete;
    ServerSession &operator=(const ServerSession &) = delete;

    /// The transport is open: asks at connect.
    void start();
    void receive(QByteArrayView bytes);
    /// False: the client had sent more than it may before this reply; the session ends instead.
    bool answer(const ServerAnswer &answer);
    /// `bindings`: what SCRAM-…-PLUS can be bound to.
    void tlsEstablished(QList<Base::ChannelBinding> bindings = {});
    /// The client said nothing for too long: 421, closed.
    void timeoutExpired();

    [[nodiscard]] std::optional<ServerSessionEvent> next();
    /// False: leave further bytes in the transport for now (enough to do, or they belong to TLS).
    [[nodiscard]] bool wantsBytes() const;

    [[nodiscard]] ServerState state() const { return m_state; }
    [[nodiscard]] bool isOver() const { return m_state == ServerState::Closed; }
    [[nodiscard]] bool isTls() const { return m_tls; }
    [[nodiscard]] const QByteArray &heloName() const { return m_heloName; }
    /// Who authenticated, or is about to.
    [[nodiscard]] const QByteArray &user() const { return m_user; }
    [[nodiscard]] bool isAuthenticated() const { return m_authenticated; }
    [[nodiscard]] const ServerTransaction &transaction() const { return m_transaction; }
    /// While rcpt is asked: the forward-path in question; while mail is: the reverse-path.
    [[nodiscard]] const std::optional<Mailbox> &askedPath() const { return m_path.mailbox; }
    /// While dot is asked for one recipient of several (LMTP, PRDR): which one.
    [[nodiscard]] std::optional<Mailbox> askedVerdict() const;
    /// Octets of content so far.
    [[nodiscard]] qint64 contentSize() const { return m_unstuffer.size() + m_chunkOctets; }

private:
    void work();
    bool workOnLine();
    bool workOnContent();
    bool workOnChunk();
    void endChunk();
    void afterChunk(const std::optional<Reply> &reply);
    void reserveContent(qint64 grown);
    void overlongLine();
    void handleLine(QByteArrayView line);
    void handleCommand(const ServerCommand &command);
    void handleHello(const ServerCommand &command);
    void handleAuth(const QByteArray &argument);
    void handleAuthLine(QByteArrayView line);
    void authStep(const Sasl::ServerStep &step);
    void handleMail(const QByteArray &argument);
    void handleRcpt(const QByteArray &argument);
    void handleBdat(const QByteArray &argument);
    [[nodiscard]] std::optional<Reply> applyMailParameters();
    [[nodiscard]] std::optional<Reply> checkExtension(const PathParameter &parameter) const;
    void endContent();
    void askVerdict();
    void noteVerdict(const Reply &reply);
    void afterVerdict();

    void ask(Stage stage, std::optional<Reply> proposed);
    void applyAnswer(Stage stage, const Reply &reply);
    void applyAuth(const Reply &reply);
    void say(const Reply &reply);
    /// Refuses without asking; too many of them close the session.
    void refuse(const Reply &reply);
    void refuseAndClose(const Reply &reply);
    void close();
    void resetTransaction();
    void releaseContent();
    [[nodiscard]] bool outOfStep(Stage stage) const;
    [[nodiscard]] bool announces(QByteArrayView keyword) const;
    [[nodiscard]] bool announcesAuth() const;
    /// Those of the options that this connection can do: without TLS nothing is bound to it.
    [[nodiscard]] QList<QByteArray> offeredMechanisms() const;
    [[nodiscard]] Reply helloReply(bool extended) const;
    [[nodiscard]] QByteArrayView unread() const { return QByteArrayView(m_buffer).sliced(m_read); }

    ServerOptions m_options;
    ServerState m_state = ServerState::Connected;
    std::deque<ServerSessionEvent> m_events;
    QByteArray m_buffer;
    qsizetype m_read = 0; ///< Bytes of m_buffer that are behind us.
    qsizetype m_searched = 0; ///< Bytes of the unread ones without a line end.
    qsizetype m_discarded = 0; ///< Bytes of an overlong line so far.
    std::optional<Stage> m_asked;
    bool m_tls = false;
    bool m_greetingRefused = false;
    QByteArray m_pendingHelo;
    QByteArray m_heloName;
    QByteArray m_user;
    bool m_authenticated = false;
    QList<Base::ChannelBinding> m_bindings;
    std::unique_ptr<Sasl::ServerExchange> m_exchange;
    PathArgument m_path;
    ServerTransaction m_transaction;
    bool m_anyRecipient = false; ///< RCPT was tried in this transaction.
    DotUnstuffer m_unstuffer;
    qint64 m_reserved = 0; ///< Taken from the budget.
    bool m_tooLarge = false;
    bool m_noRoom = false;
    /// The BDAT whose octets are on their way.
    struct Chunk {
        qint64 left = 0;
        bool last = false;
        bool answered = false; ///< Its reply was given before its end.
        ServerState before = ServerState::Ready;
        std::optional<Reply> refusal; ///< Its octets are dropped.
    };
    std::optional<Chunk> m_chunk;
    qint64 m_chunkOctets = 0; ///< Content of all chunks so far.
    bool m_chunkFailed = false; ///< One was refused: only RSET helps.
    /// Verdicts per recipient: the next one to ask for, and who was accepted so far. Behind the
    /// last one of PRDR the overall reply is asked for.
    struct Verdicts {
        qsizetype next = 0;
        QList<Mailbox> accepted;
    };
    std::optional<Verdicts> m_verdicts;
    int m_commands = 0;
    int m_errors = 0;
    int m_authFailures = 0;
    int m_transactions = 0;
    int m_exchanges = 0;
};

} // namespace Mailgauge::Smtp
