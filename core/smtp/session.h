// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The client side of SMTP without input and output (sans-IO).
///
/// A driver (net::Connection; tests) feeds what it read and what time it is, and drains `next()`
/// after every call:
///
///     session.start(now); … session.receive(bytes, now);
///     while (auto event = session.next()) std::visit(driver, *event);
///     if (auto at = session.deadline()) armTimer(*at);
///
/// No QObject, socket, timer or clock lives here, so every rule is tested by feeding bytes at every
/// split. State transitions stand in one table (`sessionstates.h`). A reply is a result; only what
/// stops the session is a Failure.
#include "base/clock.h"
#include "base/secret.h"
#include "sasl/mechanism.h"
#include "smtp/breakrule.h"
#include "smtp/capabilities.h"
#include "smtp/mailextensions.h"
#include "smtp/mechanismalias.h"
#include "smtp/outcome.h"

#include <QByteArray>
#include <QFlags>
#include <QList>

#include <chrono>
#include <memory>
#include <optional>
#include <variant>

namespace Mailgauge::Smtp {

enum class TlsPolicy : quint8 {
    None, ///< Clear text only.
    Opportunistic, ///< STARTTLS where offered; a failure falls back to a finding, never to a secret
                   ///< in clear.
    RequireStartTls,
    ImplicitTls,
    OpportunisticStrict, ///< STARTTLS where offered, and then it must work.
    // Decided for each host before a session begins (net::HopPolicy). A session that is told one of
    // these all the same requires STARTTLS.
    Dane, ///< Opportunistic, and what TLSA records ask for where there are any (RFC 7672).
    MtaSts, ///< Opportunistic, and what the domain's policy asks for (RFC 8461); DANE goes before
            ///< it.
};

/// "none", "opportunistic", "starttls", "implicit", "opportunistic-strict", "dane", "mta-sts".
[[nodiscard]] QByteArrayView tlsPolicyName(TlsPolicy policy);
[[nodiscard]] std::optional<TlsPolicy> tlsPolicyFromName(QByteArrayView name);
/// The session ends where STARTTLS is not to be had.
[[nodiscard]] bool isStartTlsRequired(TlsPolicy policy);
/// TLS where it is to be had; else the session goes on in clear.
[[nodiscard]] bool isTlsWished(TlsPolicy policy);
/// What is published decides what each host must be asked for.
[[nodiscard]] bool isPublished(TlsPolicy policy);

enum class Protocol : quint8 {
    Smtp, ///< HELO only.
    Esmtp, ///< EHLO, HELO where it is refused and nothing needs an extension.
    Lmtp, ///< LHLO; behind the content one reply per accepted recipient (RFC 2033).
};

/// When the content goes in counted chunks instead of DATA (RFC 3030).
enum class Chunking : quint8 {
    Off,
    WhereOffered, ///< DATA where CHUNKING is not announced.
};

/// How long one step may take. A limit covers one whole reply, however slowly it arrives; for the
/// content it is the time without progress. The defaults are Postfix's.
struct Deadlines {
    std::chrono::milliseconds connect {30'000};
    std::chrono::milliseconds greeting {300'000};
    std::chrono::milliseconds helo {300'000};
    std::chrono::milliseconds startTls {300'000};
    std::chrono::milliseconds tls {300'000};
    std::chrono::milliseconds auth {300'000};
    std::chrono::milliseconds mail {300'000};
    std::chrono::milliseconds rcpt {300'000};
    std::chrono::milliseconds data {120'000};
    std::chrono::milliseconds content {180'000};
    std::chrono::milliseconds dot {600'000};
    std::chrono::milliseconds rset {20'000};
    std::chrono::milliseconds quit {5'000};

    [[nodiscard]] std::chrono::milliseconds of(Stage stage) const;
    /// Sets one limit; resolve, connect and proxy share `connect`.
    void set(Stage stage, std::chrono::milliseconds limit);
    bool operator==(const Deadlines &) const = default;
};

/// What to authenticate with. Mechanisms are taken in the order given; empty means the strongest
/// offered first. The next one is tried where the server does not want a mechanism at all; `inTurn`
/// asks for it also where the credentials were refused, which may lock an account out.
struct AuthOptions {
    enum class Need : quint8 {
        Never, ///< Do not authenticate.
        IfOffered, ///< Go on without where AUTH is not announced.
        Required,
        Optional, ///< Try where offered; go on without where that is refused.
    };
    /// Whether AUTH itself carries the first message (RFC 4954 4).
    enum class Initial : quint8 {
        AsUsual, ///< Where the mechanism begins with one.
        Always, ///< For LOGIN the user name, too.
        Never, ///< The server is waited for.
    };
    Need need = Need::Never;
    Initial initial = Initial::AsUsual;
    QList<QByteArray> mechanisms; ///< Upper case SASL names.
    QList<MechanismAlias> aliases {};
    QByteArray user;
    QByteArray authorizationId;
    Base::Secret password;
    Base::Secret token {}; ///< OAuth 2.0 access token; only token mechanisms are used where there
                           ///< is no password.
    QByteArray host {}; ///< The server's name; told by DIGEST-MD5 and OAUTHBEARER.
    quint16 port = 0;
    bool inTurn = false;
    QByteArray expected {}; ///< The strongest mechanism that this relay was seen to offer (faults
                            ///< C16); empty: not known.
    bool allowWithoutTls
        = false; ///< Only for mechanisms that show the secret to the peer; never the default.
};

/// Where to end a session on purpose.
///
/// Where the reply of the stage leaves no place for QUIT (connect, starttls, data, content, and tls
/// before the greeting) QuitAfter closes the transport. A stage that the session never needs (auth
/// without AUTH) is reached when the next one would begin: nothing behind it is ever sent.
struct StopRule {
    enum class How : quint8 {
        QuitAfter, ///< Send QUIT once the stage's reply was read.
        DropAfter, ///< Close the transport once the stage's reply was read.
        DropAfterSend, ///< Close the transport once the stage's command was written, without
                       ///< reading the reply.
    };
    How how = How::QuitAfter;
    Stage stage = Stage::Rcpt;
    bool operator==(const StopRule &) const = default;
};

struct SessionOptions {
    QByteArray ehloName; ///< A domain or address literal.
    Protocol protocol = Protocol::Esmtp;
    TlsPolicy tls = TlsPolicy::RequireStartTls;
    AuthOptions auth;
    Deadlines deadlines;
    bool pipelining = true; ///< Use PIPELINING where announced.
    Chunking chunking = Chunking::Off;
    qint64 chunkSize = 1024 * 1024; ///< Octets of one BDAT, at least 1.
    bool prdr = false; ///< Ask for a verdict per recipient where PRDR is announced
                       ///< (draft-hall-prdr-00); not under LMTP, which always has them.
    std::optional<StopRule> stop;
    /// On whose behalf to speak, see parseXclient(); sent behind TLS, before AUTH, unless told
    /// otherwise. Empty: for ourselves.
    QList<QByteArray> xclient;
    bool xclientBeforeTls = false; ///< Say it before STARTTLS.
    bool xclientAnyway = false; ///< Also attributes that the server does not announce.
    bool smtpUtf8 = true; ///< Use SMTPUTF8 where it is needed and announced.
    bool eightBitAnyway = false; ///< Send 8-bit content also without 8BITMIME.
    /// Lines by hand, sent one by one as soon as a transaction could begin, before Ready is told.
    /// Where a server asks for more (334, 354) the next line is that.
    QList<QByteArray> commands;
    std::optional<BreakRule> breaks;
};

/// One message for one envelope.
struct Transaction {
    Envelope envelope;
    qint64 size = 0; ///< Octets of the content: for SIZE=, and exactly what BDAT announces.
    bool eightBit = false; ///< The content needs 8BITMIME.
    bool utf8Header = false; ///< Its header section holds UTF-8: SMTPUTF8, where it is to be had.
    MailExtensions extensions {};
    bool binary = false; ///< It needs BINARYMIME: NUL, CR or LF alone, lines of any length.
    QList<QByteArray>
        mailParameters; ///< Further ESMTP parameters, `KEY=VALUE`; refused if not printable ASCII.
    QList<QByteArray> rcptParameters;
};

/// What the driver has to do, or may tell the user.
namespace Event {
/// Write these bytes. Spans are secret and relative to `bytes`. `stage` is that of the command.
struct Send {
    QByteArray bytes;
    QList<Base::SecretSpan> secrets;
    Stage stage;
    int ahead = 0; ///< Of the transaction so many behind the running one, as follow() named them.
};
/// Start the TLS handshake now, then call tlsEstablished() or tlsFailed().
struct StartTls { };
/// Call respond() with this challenge, where it may wait, then mechanismAnswered().
struct AskMechanism {
    std::shared_ptr<Sasl::Mechanism> mechanism;
    QByteArray challenge;
};
/// Write the content, from where the last one ended: pull pieces, pass each through contentChunk(),
/// write the result; once all is with the system, call contentFinished(). Of a chunk that is
/// exactly so many octets, else all there is.
struct SendContent {
    std::optional<qint64> octets {};
    int ahead = 0; ///< Whose content, as in Send: all of it, from its beginning, where not 0.
};
/// Record durably that the message is about to be committed, then call committed(); only then the
/// final dot, or the last chunk, is sent. Several may be asked for before the first is answered:
/// answers come in the order of the questions. A message that ends before its answer takes the
/// question with it. Where that cannot be recorded: withdraw().
struct Commit {
    int ahead = 0; ///< Which message, as in Send.
};
/// One line from the server, known secrets masked, without its line end.
struct LineReceived {
    QByteArray line;
    Stage stage;
    bool awaited = true; ///< A reply was owed when it came.
};
/// A complete reply, to the command of `stage`.
struct ReplyReceived {
    Reply reply;
    Stage stage;
};
/// The capabilities changed (after each EHLO; emptied by the TLS handshake).
struct CapabilitiesChanged {
    Capabilities capabilities;
};
struct Authenticated {
    QByteArray mechanism;
};
struct QuirkSeen {
    Quirk quirk;
    Stage stage;
    QByteArray evidence;
};
/// A new stage began; the time between two is the timing of the first.
struct StageEntered {
    Stage stage;
};
/// Each recipient is decided exactly once per transaction.
struct RecipientDecided {
    RecipientOutcome outcome;
};
/// The transaction is over; `finalReply` is the reply to the content, if there was one. Where each
/// recipient had its own (LMTP), the first acceptance, else the first reply.
struct TransactionDone {
    std::optional<Reply> finalReply;
    std::optional<Failure> failure;
    bool follows = false; ///< What follow() named next runs from here on: do not call send().
};
/// A command by hand was answered. Both are without secrets.
struct CommandAnswered {
    QByteArray line;
    Reply reply;
};
/// This line waits at a breakpoint: call resume(). The server may lose its patience meanwhile; no
/// deadline of ours runs. Secrets stand in it as `<redacted: LABEL>`.
struct Paused {
    QByteArray line;
    Stage stage;
};
/// Ready for a transaction: greeting, hello, TLS and AUTH are behind. Call send() or quit(). Told
/// once; TransactionDone means the same for the next ones.
struct Ready { };
/// The rule of SessionOptions::stop was reached with positive replies until then. Recipients that
/// were not decided yet are told first, as stopped (as uncertain where the dot was sent).
struct Stopped {
    Stage stage;
};
/// Nothing more will come. The driver closes the transport (at once: `abort`; else after writing
/// what is left).
struct Closed {
    bool abort;
};
/// The session cannot go on. Followed by Closed.
struct Failed {
    Failure failure;
    std::optional<Reply>
        reply; ///< The refusal that decided, where the peer gave one (554 greeting, 535 …).
};
} // namespace Event

/// What becomes of a recipient that no reply of its own decided before the session failed: the one
/// rule for Session and for drivers that never came to call send().
///
/// A refusal at greeting, hello or later decides by its class, 421 and a refused RSET always defer.
/// Without a reply, failing to connect, a time-out or a loss defers, a cancelled run is stopped.
/// All else, TLS and AUTH refusals among it, is failed.
[[nodiscard]] RecipientOutcome undecidedOutcome(
    const Mailbox &recipient, const Event::Failed &failed);

using SessionEvent = std::variant<Event::Send, Event::StartTls, Event::AskMechanism,
    Event::SendContent, Event::Commit, Event::LineReceived, Event::ReplyReceived,
    Event::CapabilitiesChanged, Event::Authenticated, Event::QuirkSeen, Event::StageEntered,
    Event::RecipientDecided, Event::TransactionDone, Event::CommandAnswered, Event::Paused,
    Event::Ready, Event::Stopped, Event::Closed, Event::Failed>;

/// One SMTP session (RFC 5321 3): greeting … QUIT, any number of transactions in it, one after the
/// other.
class Session {
public:
    /// Most messages on their way without their final reply, and most octets of their contents.
    static constexpr int MaxFlight = 32;
    static constexpr qint64 MaxFlightOctets = 256 * 1024;

    explicit Session(SessionOptions options);
    /// Whether the options can be sent at all, so that a caller refuses before it connects; start()
    /// looks again. InvalidInput, as for the transaction below.
    [[nodiscard]] static Base::Result<void> check(const SessionOptions &options);
    [[nodiscard]] static Base::Result<void> check(const Transaction &transaction);
    ~Session();
    Session(Session &&) noexcept;
    Session &operator=(Session &&) noexcept;

    /// The transport is open. Under ImplicitTls the first event asks for StartTls.
    void start(Base::TimePoint now);
    void receive(QByteArrayView bytes, Base::TimePoint now);
    void peerClosed(Base::TimePoint now);
    /// The transport broke or our side cannot go on (reset, unreadable content, cancelled): `error`
    /// tells.
    void transportFailed(Base::Error error, Base::TimePoint now);
    /// Call when deadline() has passed.
    void timeoutExpired(Base::TimePoint now);
    /// `bindings`: what authentication can be bound to, the best first. `trust` decides what may
    /// only be promised inside verified TLS (REQUIRETLS).
    void tlsEstablished(Base::TimePoint now, QList<Base::ChannelBinding> bindings = {},
        TlsTrust trust = TlsTrust::Unverified);
    void tlsFailed(Base::Error error, Base::TimePoint now);

    /// The answer to Event::AskMechanism; ignored where the session has ended meanwhile.
    void mechanismAnswered(const Base::Result<Sasl::Response> &response, Base::TimePoint now);

    /// Starts a transaction; allowed after Ready and after each TransactionDone. InvalidInput or
    /// Unsupported (SIZE exceeded, SMTPUTF8 missing …) is reported as outcomes and TransactionDone
    /// without a byte sent.
    void send(Transaction transaction, Base::TimePoint now);
    /// Names the transaction behind the running one and those named before. Where PIPELINING is
    /// announced its MAIL, RCPT and DATA leave in one flight with the end of the running one's
    /// content (RFC 2920 3.1), else it begins once that one is done; TransactionDone::follows tells
    /// when it is its turn. Not together with SessionOptions::stop.
    ///
    /// Where it can go by BDAT whole messages leave, up to MaxFlight of them, each asked for by
    /// Event::Commit before; see flight.cpp for when. A session that ends tells what became of
    /// those whose last octet it handed out, one TransactionDone after the other; the others were
    /// never sent, and not a word is told about them.
    void follow(Transaction transaction, Base::TimePoint now);
    void quit(Base::TimePoint now);
    /// One line by hand, where send() is allowed; CommandAnswered tells its reply. InvalidInput
    /// where it is not one line or the session is busy, Unsupported for what changes the channel
    /// (STARTTLS, BDAT). An AUTH line, and what answers its challenges, is secret.
    [[nodiscard]] Base::Result<void> command(const QByteArray &line, Base::TimePoint now);
    [[nodiscard]] static Base::Result<void> checkByHand(const QByteArray &line);
    /// Goes on after Paused: with the line as it was, or with another one; `<redacted: LABEL>` in
    /// it stands for the secret of the first. InvalidInput leaves it paused.
    ///
    /// With the same verb the session goes on as ever, but a RCPT of another address says nothing
    /// about its recipient, who is stopped then. Another verb replaces the command: its reply is
    /// told, whoever needed the command is stopped, and without it there is no way on before MAIL.
    [[nodiscard]] Base::Result<void> resume(
        const std::optional<QByteArray> &line, Base::TimePoint now);

    /// What to write for a piece of content, dots stuffed under DATA; restarts the content
    /// deadline. Octets beyond an announced chunk are dropped.
    [[nodiscard]] QByteArray contentChunk(const QByteArray &chunk, Base::TimePoint now);
    /// The driver wrote something while the content is on its way.
    void contentProgress(Base::TimePoint now);
    void contentFinished(Base::TimePoint now);
    void committed(Base::TimePoint now);
    /// The driver's ledger takes the message so many behind the running one not: it never leaves,
    /// nor do those behind it, and not a word is told about these; what has left goes on. The
    /// running one itself (0), not committed yet, ends as failed for `why`; under DATA the session
    /// ends with it, as nothing else could end the content. Their questions go with them.
    void withdraw(int ahead, Base::Error why, Base::TimePoint now);
    /// All bytes handed out by Send are written (DropAfterSend waits for it).
    void written(Base::TimePoint now);

    [[nodiscard]] std::optional<SessionEvent> next();
    [[nodiscard]] std::optional<Base::TimePoint> deadline() const;
    [[nodiscard]] Stage stage() const;
    [[nodiscard]] bool isOver() const;

private:
    class Private; // the state and its table; kept out of this header because drivers need not know
                   // it
    std::unique_ptr<Private> d;
};

} // namespace Mailgauge::Smtp
