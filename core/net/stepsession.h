// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// An SMTP session that is led step by step, by hand or by a program: one command, one reply,
/// nothing on its own and nothing pipelined. Made of the same pieces as Connection; what it lacks
/// is the state table, because the order of the steps is the user's.
#include "base/content.h"
#include "base/secretmask.h"
#include "net/opener.h"
#include "net/recorder.h"
#include "net/target.h"
#include "net/transport.h"
#include "smtp/capabilities.h"
#include "smtp/command.h"
#include "smtp/dotstuffer.h"
#include "smtp/mechanismqueue.h"
#include "smtp/outcome.h"
#include "smtp/replyparser.h"
#include "smtp/session.h"
#include "tls/tlsstream.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>

namespace Mailgauge::Net {

struct StepOptions {
    Target target;
    Tls::ClientOptions tls; ///< An empty serverName means the target's host.
    bool implicitTls = false;
    Smtp::Deadlines deadlines;
    Smtp::Protocol protocol = Smtp::Protocol::Esmtp;
};

/// One mechanism of a login, as it ended.
struct MechanismTry {
    QByteArray mechanism;
    std::optional<Smtp::Reply> reply; ///< None where it had nothing to say.
    QByteArray reason; ///< Of a refusal, as told inside the mechanism; UTF-8; may be empty.
};

/// How a step ended: with a reply, or with what kept it from one.
struct StepResult {
    /// Of a group, the last one; of LMTP's content the first positive one, else the first.
    std::optional<Smtp::Reply> reply;
    std::optional<Smtp::Failure> failure;
    /// Of a group all that came, in their order; of LMTP's content those of the recipients accepted
    /// before, in theirs (RFC 2033 4.2).
    QList<Smtp::Reply> replies {};
    qsizetype accepted = 0; ///< Recipients of the transaction behind this step, by whatever step.
    QList<MechanismTry> tries {}; ///< Of auth(), in their order; secrets masked.
};

/// Every step ends with finished(), never before control is back in the event loop. One step at a
/// time: wait for finished(). A 421 closes the session, and so does every failure but InvalidInput
/// and Unsupported, which are found out before a byte is sent.
class StepSession final : public QObject {
    Q_OBJECT

public:
    explicit StepSession(StepOptions options, QObject *parent = nullptr);
    ~StepSession() override;

    /// Resolves, connects, does the handshake of implicit TLS, reads the greeting.
    void open();
    /// HELO or LHLO where the protocol is one of those.
    void ehlo(const QByteArray &name);
    /// With the handshake, without another EHLO. Unsupported where TLS is on already.
    void startTls();
    /// The same, with a command behind STARTTLS in the same write: what RFC 3207 6 has a server
    /// drop. For tests of servers; the command's reply is never waited for.
    void startTlsWith(const Smtp::Command &behind);
    /// By the first mechanism that can be had, whatever `need` says, and by the next one where
    /// Session would try it. Unsupported where none asked for is announced, or would show the
    /// password without TLS.
    void auth(const Smtp::AuthOptions &auth);
    /// MAIL, RCPT, RSET, or any line by hand.
    void command(const Base::Result<Smtp::Command> &command);
    /// All in one write, whether or not the server announces PIPELINING; over when each has its
    /// reply, or the session is over. Not empty, and nothing that waits for an answer (DATA, AUTH).
    void group(const QList<Smtp::Command> &commands);
    /// DATA, and behind a 354 the content and the dot.
    void data(const Base::Content &content);
    /// DATA, and behind a 354 these bytes as they are: no dot is stuffed, none is added. For tests
    /// of what a server takes for the end of a message.
    void dataAsIs(const QByteArray &bytes);
    /// QUIT; the session is closed then, whatever the reply.
    void quit();
    /// At once and without a signal.
    void close();

    [[nodiscard]] bool isOpen() const { return m_open; }
    /// The session ended, or a 421 came, while no step was waiting: the next step tells.
    [[nodiscard]] bool hasNews() const { return m_farewell || m_untold; }
    [[nodiscard]] bool isBusy() const { return m_busy; }
    /// Of the step that is on its way, or of the last one.
    [[nodiscard]] Smtp::Stage stage() const { return m_stage; }
    /// The final dot is on its way or sent, and nothing is known of it yet: faults.md 1.1.
    [[nodiscard]] bool isBehindDot() const { return m_busy && m_stage == Smtp::Stage::Dot; }
    [[nodiscard]] bool isTls() const { return m_tls.has_value(); }
    [[nodiscard]] const Smtp::Capabilities &capabilities() const { return m_capabilities; }
    [[nodiscard]] const std::optional<Tls::TlsFacts> &tlsFacts() const { return m_facts; }
    /// The address connected to; empty before.
    [[nodiscard]] const QString &address() const { return m_address; }
    /// By which the server let us in; empty: not.
    [[nodiscard]] const QByteArray &mechanism() const { return m_authenticated; }
    /// The transcript since the last call, secrets cut out.
    [[nodiscard]] QList<Transcript::Entry> takeEntries() { return m_recorder.take(); }

Q_SIGNALS:
    void finished(const Mailgauge::Net::StepResult &result);

private:
    using OnReply = void (StepSession::*)(const Smtp::Reply &);
    using OnResponse = void (StepSession::*)(const Base::Result<Sasl::Response> &);

    void begin(Smtp::Stage stage);
    void send(const Base::Result<Smtp::Command> &command, OnReply next);
    void sendAll(const QList<Smtp::Command> &commands, OnReply next);
    void opened(const QString &address);
    void startHandshake();
    void noteTls();
    void handshakeOver();
    void received(const QByteArray &bytes);
    void receivedEncrypted(const QByteArray &bytes);
    void readReplies();
    void gotReply(const Smtp::Reply &reply);
    void gotEhloReply(const Smtp::Reply &reply);
    void gotStartTlsReply(const Smtp::Reply &reply);
    void tryMechanism();
    void ask(const QByteArray &challenge, OnResponse next);
    void startAuth(const Base::Result<Sasl::Response> &initial);
    void goOnAuth(const Base::Result<Sasl::Response> &response);
    void noteTry(const std::optional<Smtp::Reply> &reply, const QString &why);
    void maskTyped(const QByteArray &typed, const QByteArray &label);
    void gotAuthReply(const Smtp::Reply &reply);
    void gotGroupReply(const Smtp::Reply &reply);
    void gotCommandReply(const Smtp::Reply &reply);
    void gotDataReply(const Smtp::Reply &reply);
    void gotFinalReply(const Smtp::Reply &reply);
    void gotQuitReply(const Smtp::Reply &reply);
    void pullContent();
    void write(const QByteArray &bytes);
    void ended(const std::optional<Base::Error> &error);
    void timePassed();
    void fail(const Base::Error &error);
    void finish(StepResult result);

    StepOptions m_options;
    Recorder m_recorder;
    QString m_address;
    QByteArray m_authenticated;
    Transport m_transport;
    Opener m_opener;
    std::optional<Tls::TlsStream> m_tls;
    std::optional<Tls::TlsFacts> m_facts;
    Smtp::ReplyParser m_parser;
    Smtp::Reply m_received; // the last one, secrets not masked: for decisions, never told
    Smtp::Capabilities m_capabilities;
    QList<QByteArray> m_mechanisms; // of AUTH, as the server said them
    Base::SecretMask m_mask;
    QTimer m_deadline;
    Smtp::Stage m_stage = Smtp::Stage::Resolve;
    OnReply m_onReply = nullptr;
    QByteArray m_greetingHead; // until the greeting is known to be one
    bool m_greeted = false;
    bool m_open = false;
    bool m_busy = false;
    bool m_handshaking = false;
    bool m_sending = false; // content is on its way
    bool m_closing = false;
    std::optional<Smtp::Reply> m_farewell; // a 421 that came unasked
    std::optional<Base::Error> m_untold; // what ended the session while no step was waiting
    std::optional<Smtp::Reply> m_tlsReply; // the 220 to STARTTLS, told behind the handshake

    std::shared_ptr<Sasl::Mechanism> m_mechanism; // of this step; shared with who asks it elsewhere
    QByteArray m_announcedName; // what AUTH calls it
    Smtp::MechanismQueue m_queue; // those still to try
    QList<MechanismTry> m_tries;
    Smtp::AuthOptions::Initial m_initial = Smtp::AuthOptions::Initial::AsUsual;
    std::optional<QByteArray> m_delayedInitial; // asked for by the server's empty challenge
    int m_rounds = 0;

    QList<Smtp::Command> m_group;
    QList<Smtp::Reply> m_groupReplies; // those behind LMTP's content, too

    QByteArray m_verb; // of the command on its way
    qsizetype m_accepted = 0; // recipients of this transaction

    std::optional<QByteArray> m_asIs; // instead of content
    std::unique_ptr<Base::ContentSource> m_content;
    qint64 m_contentRead = 0;
    Smtp::DotStuffer m_stuffer;
};

} // namespace Mailgauge::Net
