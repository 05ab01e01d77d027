// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/stepsession.h"

#include "base/literals.h"
#include "net/greetingcheck.h"
#include "net/mechanismrun.h"
#include "net/stranger.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Net {

namespace {

using Base::Error;
using Initial = Smtp::AuthOptions::Initial;
using Smtp::Stage;

constexpr qint64 ChunkSize = 64 * 1024;
constexpr qint64 MaxUnwritten = 256 * 1024;
constexpr int MaxRounds = 8; // challenges of one exchange (faults B32)
constexpr qsizetype MaxReason = 1000; // of what a server says inside a mechanism about a refusal

Smtp::Reply masked(Smtp::Reply reply, const Base::SecretMask &mask)
{
    for (QByteArray &line : reply.lines)
        line = mask.apply(line);
    return reply;
}

bool closesSession(Error::Kind kind)
{
    return kind != Error::Kind::InvalidInput && kind != Error::Kind::Unsupported;
}

const Base::SystemClock systemClock;

// What of a command must not be seen: what it says itself, and the whole line where a challenge
// waits for an answer.
QList<Base::SecretSpan> secretsIn(const Smtp::Command &command, const Smtp::Reply &before)
{
    if (command.secrets().isEmpty() && before.code == 334)
        return {{0, command.bytes().trimmed().size(), "AUTH"}};
    return command.secrets();
}

/// What a server can make of a response that was typed: all of it, the password of PLAIN, the token
/// of a bearer.
QList<Base::Secret> meaningOf(QByteArrayView typed)
{
    const auto decoded = Sasl::decodeBase64(typed.trimmed());
    if (!decoded || decoded->isEmpty())
        return {};
    QList<Base::Secret> all {Base::Secret(*decoded)};
    if (const qsizetype nul = decoded->lastIndexOf('\0'); nul >= 0)
        all.append(Base::Secret(decoded->sliced(nul + 1)));
    static const QByteArray bearer = "auth=Bearer "_ba;
    if (const qsizetype at = decoded->indexOf(bearer); at >= 0) {
        const qsizetype from = at + bearer.size();
        const qsizetype end = decoded->indexOf('\x01', from);
        all.append(Base::Secret(decoded->sliced(from, (end < 0 ? decoded->size() : end) - from)));
    }
    return all;
}

} // namespace

StepSession::StepSession(StepOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_recorder(systemClock, false)
    , m_transport(this)
    , m_opener(
          {.target = m_options.target, .limit = m_options.deadlines.connect}, m_transport, this)
{
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, &StepSession::timePassed);
    connect(&m_opener, &Opener::noted, this,
        [this](const QString &text, Stage stage) { m_recorder.event(text, stage); });
    connect(&m_opener, &Opener::opened, this, &StepSession::opened);
    connect(&m_opener, &Opener::failed, this, [this](const Error &error) {
        m_stage = m_opener.stage();
        fail(error);
    });
    connect(&m_transport, &Transport::received, this, &StepSession::received);
    connect(&m_transport, &Transport::progressed, this, &StepSession::pullContent);
    connect(&m_transport, &Transport::ended, this, &StepSession::ended);
}

StepSession::~StepSession()
{
    m_transport.disconnect(this);
}

// --- Connecting -------------------------------------------------------------------------------

void StepSession::open()
{
    m_busy = true;
    m_stage = Stage::Resolve;
    m_onReply = nullptr;
    m_recorder.start();
    m_opener.start();
}

void StepSession::opened(const QString &address)
{
    m_address = address;
    m_open = true;
    m_onReply = &StepSession::gotReply;
    if (m_options.implicitTls || m_opener.hop().implicitTls) {
        startHandshake();
    } else {
        m_stage = Stage::Greeting;
        m_deadline.start(m_options.deadlines.greeting);
    }
    if (const QByteArray early = m_opener.takeEarly(); !early.isEmpty())
        received(early);
}

void StepSession::startHandshake()
{
    m_stage = Stage::Tls;
    m_deadline.start(m_options.deadlines.tls);
    m_greeted = true; // nothing in clear is a greeting any more
    Tls::ClientOptions options = m_options.tls;
    if (options.serverName.isEmpty() && !m_options.target.isLocal())
        options.serverName = m_opener.hop().host;
    auto stream = Tls::TlsStream::client(options);
    if (!stream)
        return fail({Error::Kind::TlsHandshake, stream.error().detail, {}});
    m_tls.emplace(std::move(*stream));
    m_handshaking = true;
    m_transport.write(m_tls->takeEncrypted());
    noteTls();
}

void StepSession::noteTls()
{
    for (const QString &note : m_tls->takeNotes())
        m_recorder.event(note, m_stage);
}

void StepSession::handshakeOver()
{
    m_handshaking = false;
    m_facts = m_tls->facts();
    m_recorder.tlsEstablished(*m_facts);
    m_capabilities = {}; // what was said in clear does not count any more (faults C6)
    m_mechanisms.clear();
    if (!m_onReply)
        return; // the user's STARTTLS: its 220 was the reply
    m_stage = Stage::Greeting;
    m_deadline.start(m_options.deadlines.greeting);
}

// --- Steps ------------------------------------------------------------------------------------

void StepSession::begin(Stage stage)
{
    m_busy = true;
    m_stage = stage;
    m_onReply = nullptr;
    m_deadline.start(m_options.deadlines.of(stage));
}

void StepSession::send(const Base::Result<Smtp::Command> &command, OnReply next)
{
    m_busy = true;
    if (!command) {
        finish({.reply = {}, .failure = Smtp::Failure {command.error(), m_stage}});
        return;
    }
    sendAll({*command}, next);
}

void StepSession::sendAll(const QList<Smtp::Command> &commands, OnReply next)
{
    begin(commands.first().stage());
    if (m_farewell) {
        gotReply(*std::exchange(m_farewell, {}));
        return;
    }
    if (m_untold)
        return fail(*std::exchange(m_untold, {}));
    if (!m_open)
        return fail({Error::Kind::ConnectionClosed, u"the session is closed"_s, {}});
    // A reply that is there before its command must not be taken for the answer (faults B10).
    if (m_parser.isInsideReply())
        return fail({Error::Kind::MalformedReply, u"bytes before the command was sent"_s,
            m_parser.unread().toByteArray()});
    m_onReply = next;
    QByteArray bytes;
    for (const Smtp::Command &command : commands) {
        const QList<Base::SecretSpan> secrets = secretsIn(command, m_received);
        m_recorder.client(secrets.isEmpty() ? m_mask.apply(command.bytes()) : command.bytes(),
            secrets, command.stage());
        bytes += command.bytes();
    }
    write(bytes);
}

void StepSession::ehlo(const QByteArray &name)
{
    m_stage = Stage::Helo;
    const auto hello = m_options.protocol == Smtp::Protocol::Lmtp ? Smtp::Command::lhlo(name)
        : m_options.protocol == Smtp::Protocol::Smtp              ? Smtp::Command::helo(name)
                                                                  : Smtp::Command::ehlo(name);
    send(hello, &StepSession::gotEhloReply);
}

void StepSession::gotEhloReply(const Smtp::Reply &reply)
{
    // RFC 5321 4.1.4: it clears the state as RSET does.
    if (reply.isPositive())
        m_accepted = 0;
    const bool lists = reply.isPositive() && m_options.protocol != Smtp::Protocol::Smtp;
    m_capabilities = lists ? Smtp::Capabilities::fromEhlo(reply) : Smtp::Capabilities();
    m_mechanisms = lists ? Smtp::Capabilities::fromEhlo(m_received).authMechanisms()
                         : QList<QByteArray>();
    gotReply(reply);
}

void StepSession::startTls()
{
    m_stage = Stage::StartTls;
    if (m_tls)
        return send(Base::fail(Error::Kind::Unsupported, u"TLS is on already"_s), nullptr);
    send(Smtp::Command::startTls(), &StepSession::gotStartTlsReply);
}

void StepSession::startTlsWith(const Smtp::Command &behind)
{
    m_stage = Stage::StartTls;
    if (m_tls)
        return send(Base::fail(Error::Kind::Unsupported, u"TLS is on already"_s), nullptr);
    sendAll({Smtp::Command::startTls(), behind}, &StepSession::gotStartTlsReply);
}

void StepSession::gotStartTlsReply(const Smtp::Reply &reply)
{
    if (reply.code != 220)
        return gotReply(reply);
    // Bytes behind the 220 were not sent by who answers the handshake (faults C3, C4).
    if (m_parser.isInsideReply())
        return fail({Error::Kind::MalformedReply,
            u"bytes behind the 220 to STARTTLS, before the handshake"_s,
            m_parser.unread().toByteArray()});
    m_onReply = nullptr;
    m_tlsReply = reply;
    startHandshake();
}

void StepSession::auth(const Smtp::AuthOptions &auth)
{
    m_stage = Stage::Auth;
    if (isNamedByStranger(m_options.target, m_opener.hop(), m_options.tls.nameToCheck()))
        return send(std::unexpected(strangerError(m_options.target, m_opener.hop())), nullptr);
    const Smtp::AuthOptions with = authFor(auth, m_options.target, m_opener.hop());
    const bool bound = m_tls && m_tls->state() == Tls::TlsStream::State::Established;
    auto queue = Smtp::MechanismQueue::of(with, m_mechanisms, m_tls.has_value(),
        bound ? m_tls->channelBindings() : QList<Base::ChannelBinding>());
    if (!queue)
        return send(std::unexpected(queue.error()), nullptr);
    m_queue = std::move(*queue);
    m_mask.add(with.password, "password");
    m_initial = with.initial;
    tryMechanism();
}

void StepSession::tryMechanism()
{
    const Smtp::MechanismQueue::Turn turn = m_queue.next();
    m_mask.add(turn.token, "token");
    m_mechanism = turn.mechanism;
    m_announcedName = turn.announcedName;
    m_rounds = 0;
    m_delayedInitial.reset();
    if (!turn.startsWithResponse)
        return send(Smtp::Command::auth(m_announcedName, {}), &StepSession::gotAuthReply);
    ask({}, &StepSession::startAuth);
}

void StepSession::ask(const QByteArray &challenge, OnResponse next)
{
    if (!m_mechanism->mayBlock())
        return (this->*next)(m_mechanism->respond(challenge));
    begin(Stage::Auth);
    respondElsewhere(m_mechanism, challenge)
        .then(
            this, [this, next, asked = m_mechanism](const Base::Result<Sasl::Response> &response) {
                // It may have taken too long, or the server may have ended the step.
                if (m_mechanism == asked)
                    (this->*next)(response);
            });
}

void StepSession::startAuth(const Base::Result<Sasl::Response> &initial)
{
    const QByteArray name = m_mechanism->name();
    if (!initial) {
        noteTry({}, initial.error().detail);
        return m_queue.goesOnUnsaid() ? tryMechanism()
                                      : send(std::unexpected(initial.error()), nullptr);
    }
    if (initial->sensitive)
        m_mask.add(initial->bytes, "AUTH " + name);
    auto command = Smtp::Command::auth(m_announcedName, initial->bytes.reveal());
    if (m_initial == Initial::Never || !command
        || command->bytes().size() > Smtp::Command::MaxAuthLine) {
        m_delayedInitial = initial->bytes.reveal();
        command = Smtp::Command::auth(m_announcedName, {});
    }
    send(command, &StepSession::gotAuthReply);
}

void StepSession::gotAuthReply(const Smtp::Reply &reply)
{
    const QByteArray name = m_mechanism->name();
    if (reply.replyClass() != Smtp::ReplyClass::Intermediate) {
        const auto proved = reply.code == 235 && !m_delayedInitial ? m_mechanism->finish()
                                                                   : Base::Result<void>();
        noteTry(reply, m_mechanism->refusalReason());
        if (m_queue.goesOnAfter(reply))
            return tryMechanism();
        m_mechanism.reset();
        if (proved && reply.code == 235)
            m_authenticated = name;
        return proved ? gotReply(reply) : fail(proved.error());
    }
    // [MS-SMTPNTLM] 3.1.5.1: before the first message of NTLM stands a text for people.
    const auto challenge = m_delayedInitial && name == "NTLM" ? std::optional(QByteArray())
        : m_received.lines.size() == 1 ? Sasl::decodeBase64(m_received.lines.first().trimmed())
                                       : std::nullopt;
    if (!challenge || ++m_rounds > MaxRounds)
        return fail({Error::Kind::MalformedReply, u"AUTH: not a challenge, or one too many"_s,
            reply.text()});
    if (m_delayedInitial)
        return send(Smtp::Command::authResponse(name, *std::exchange(m_delayedInitial, {})),
            &StepSession::gotAuthReply);
    ask(*challenge, &StepSession::goOnAuth);
}

void StepSession::noteTry(const std::optional<Smtp::Reply> &reply, const QString &why)
{
    const QByteArray name = m_mechanism->name();
    const QByteArray reason = m_mask.apply(why.toUtf8()).left(MaxReason);
    if (!reason.isEmpty())
        m_recorder.event(QString::fromUtf8("AUTH " + name + ": " + reason), Stage::Auth);
    m_tries.append({.mechanism = name, .reply = reply, .reason = reason});
}

void StepSession::goOnAuth(const Base::Result<Sasl::Response> &response)
{
    if (!response)
        noteTry({}, response.error().detail);
    if (!response)
        return fail(
            {Error::Kind::MalformedReply, response.error().detail, response.error().evidence});
    const QByteArray name = m_mechanism->name();
    if (response->sensitive)
        m_mask.add(response->bytes, "AUTH " + name);
    send(Smtp::Command::authResponse(name, response->bytes.reveal()), &StepSession::gotAuthReply);
}

void StepSession::maskTyped(const QByteArray &typed, const QByteArray &label)
{
    m_mask.add(Base::Secret(typed.trimmed()), label);
    for (const Base::Secret &secret : meaningOf(typed))
        m_mask.add(secret, label);
}

void StepSession::command(const Base::Result<Smtp::Command> &command)
{
    // AUTH by hand: the initial response, and what answers a challenge, whoever typed it.
    if (command) {
        const QByteArray &bytes = command->bytes();
        for (const Base::SecretSpan &span : command->secrets())
            maskTyped(bytes.sliced(span.offset, span.length), span.label);
        if (m_received.code == 334)
            maskTyped(bytes.trimmed(), "AUTH"_ba);
    }
    m_verb = command ? command->bytes().left(4).toUpper() : QByteArray();
    send(command, &StepSession::gotCommandReply);
}

void StepSession::gotCommandReply(const Smtp::Reply &reply)
{
    if (reply.isPositive() && m_verb == "RCPT")
        ++m_accepted;
    else if (reply.isPositive() && (m_verb == "MAIL" || m_verb == "RSET"))
        m_accepted = 0;
    gotReply(reply);
}

void StepSession::group(const QList<Smtp::Command> &commands)
{
    m_group = commands;
    m_groupReplies.clear();
    sendAll(commands, &StepSession::gotGroupReply);
}

void StepSession::gotGroupReply(const Smtp::Reply &reply)
{
    m_groupReplies.append(reply);
    if (m_groupReplies.size() == m_group.size() || reply.code == 421)
        return gotReply(reply);
    m_stage = m_group.at(m_groupReplies.size()).stage();
    m_deadline.start(m_options.deadlines.of(m_stage));
}

void StepSession::dataAsIs(const QByteArray &bytes)
{
    m_asIs = bytes;
    send(Smtp::Command::data(), &StepSession::gotDataReply);
}

void StepSession::data(const Base::Content &content)
{
    m_asIs.reset();
    m_content = content.open();
    m_contentRead = 0;
    m_stuffer = {};
    send(Smtp::Command::data(), &StepSession::gotDataReply);
}

void StepSession::gotDataReply(const Smtp::Reply &reply)
{
    if (reply.code != 354) {
        m_content.reset();
        return gotReply(reply);
    }
    m_onReply = &StepSession::gotFinalReply;
    if (m_asIs) {
        const QByteArray bytes = *std::exchange(m_asIs, {});
        m_recorder.event(
            u"message data as it is: %1"_s.arg(Transcript::visibleText(bytes)), Stage::Content);
        m_stage = Stage::Dot;
        m_deadline.start(m_options.deadlines.dot);
        return write(bytes);
    }
    m_stage = Stage::Content;
    m_sending = true;
    pullContent();
}

void StepSession::gotFinalReply(const Smtp::Reply &reply)
{
    // One in the middle of the content is about all of them.
    if (m_options.protocol != Smtp::Protocol::Lmtp || m_stage != Stage::Dot)
        return gotReply(reply);
    m_groupReplies.append(reply);
    if (m_groupReplies.size() < m_accepted) {
        m_deadline.start(m_options.deadlines.dot);
        return;
    }
    m_accepted = 0;
    // A 421 to one recipient closes the channel, once the others are answered (RFC 5321 3.8).
    const bool closing = std::ranges::contains(m_groupReplies, 421, &Smtp::Reply::code);
    const auto taken = std::ranges::find_if(m_groupReplies, &Smtp::Reply::isPositive);
    const Smtp::Reply whole = taken == m_groupReplies.end() ? m_groupReplies.first() : *taken;
    if (closing && whole.code != 421)
        m_closing = true;
    gotReply(whole);
}

void StepSession::pullContent()
{
    if (!m_sending)
        return;
    m_deadline.start(m_options.deadlines.content);
    while (m_open && m_transport.bytesToWrite() < MaxUnwritten) {
        const auto chunk = m_content->read(ChunkSize);
        // The dot must not follow half a message.
        if (!chunk)
            return fail(chunk.error());
        if (!chunk->isEmpty()) {
            m_contentRead += chunk->size();
            write(m_stuffer.stuff(*chunk));
            continue;
        }
        m_sending = false;
        m_content.reset();
        m_recorder.event(u"message data, %1 bytes"_s.arg(m_contentRead), Stage::Content);
        m_stage = Stage::Dot;
        m_deadline.start(m_options.deadlines.dot);
        write(m_stuffer.finish());
        return;
    }
}

void StepSession::quit()
{
    send(Smtp::Command::quit(), &StepSession::gotQuitReply);
}

void StepSession::gotQuitReply(const Smtp::Reply &reply)
{
    if (m_tls) {
        m_tls->shutDown();
        m_transport.write(m_tls->takeEncrypted());
        noteTls();
    }
    m_open = false;
    m_recorder.event(u"closed"_s, Stage::Quit);
    m_transport.closeAfterWriting();
    gotReply(reply);
}

void StepSession::close()
{
    if (m_open)
        m_recorder.event(u"closed"_s, m_stage);
    m_opener.abort();
    m_transport.abort();
    m_deadline.stop();
    m_open = false;
    m_busy = false;
    m_sending = false;
    m_content.reset();
    m_mechanism.reset();
}

// --- Bytes ------------------------------------------------------------------------------------

void StepSession::write(const QByteArray &bytes)
{
    if (!m_tls) {
        m_transport.write(bytes);
        return;
    }
    const bool written = m_tls->write(bytes);
    m_transport.write(m_tls->takeEncrypted());
    noteTls();
    if (!written)
        fail(
            m_tls->error().value_or(Error {Error::Kind::ConnectionClosed, u"TLS has ended"_s, {}}));
}

void StepSession::received(const QByteArray &bytes)
{
    if (!m_open)
        return;
    if (m_tls)
        return receivedEncrypted(bytes);
    if (!m_greeted) {
        m_greetingHead += bytes.left(GreetingHeadSize - m_greetingHead.size());
        if (const auto error = checkGreeting(m_greetingHead)) {
            m_recorder.server(
                m_greetingHead.left(m_greetingHead.indexOf('\n')).trimmed(), Stage::Greeting);
            return fail(*error);
        }
        m_greeted = m_greetingHead.contains('\n') || m_greetingHead.size() >= GreetingHeadSize;
    }
    m_parser.feed(bytes);
    readReplies();
}

void StepSession::receivedEncrypted(const QByteArray &bytes)
{
    m_tls->receiveEncrypted(bytes);
    m_transport.write(m_tls->takeEncrypted());
    noteTls();
    if (m_tls->state() == Tls::TlsStream::State::Failed) {
        m_facts = m_tls->facts();
        return fail(
            m_tls->error().value_or(Error {Error::Kind::TlsHandshake, u"TLS failed"_s, {}}));
    }
    if (m_tls->state() == Tls::TlsStream::State::Handshaking)
        return;
    if (m_handshaking) {
        handshakeOver();
        if (m_tlsReply)
            return finish({.reply = std::exchange(m_tlsReply, {}), .failure = {}});
    }
    for (QByteArray plain = m_tls->readPlain(); !plain.isEmpty(); plain = m_tls->readPlain())
        m_parser.feed(plain);
    noteTls();
    const bool over = m_tls->state() == Tls::TlsStream::State::PeerClosed;
    readReplies();
    if (over && m_open)
        ended({});
}

void StepSession::readReplies()
{
    while (m_open) {
        const auto item = m_parser.next();
        if (!item) {
            Error error = item.error();
            // The parser's own evidence is cut to its limit; a secret must go before the cut.
            error.evidence = m_parser.offending();
            return fail(error);
        }
        if (std::holds_alternative<Smtp::ReplyParser::NeedMore>(*item))
            return;
        if (const auto *line = std::get_if<Smtp::ReplyParser::Line>(&*item))
            m_recorder.server(m_mask.apply(line->bytes), m_stage,
                m_busy && m_onReply ? Recorder::Owed::Yes : Recorder::Owed::No);
        const auto *reply = std::get_if<Smtp::Reply>(&*item);
        if (!reply)
            continue;
        // What the server said decides; what is told is masked.
        m_received = *reply;
        const Smtp::Reply shown = masked(*reply, m_mask);
        if (m_busy && m_onReply) {
            // Behind a reply in the middle of the content nothing of ours makes sense any more.
            const bool early = std::exchange(m_sending, false);
            (this->*m_onReply)(shown);
            if (early)
                close();
        } else if (shown.code == 421) {
            m_farewell = shown;
        } else {
            return fail({Error::Kind::MalformedReply, u"a reply to no command"_s, shown.text()});
        }
    }
}

void StepSession::gotReply(const Smtp::Reply &reply)
{
    if (reply.code == 421 && m_open) {
        m_open = false;
        m_recorder.event(u"closed"_s, m_stage);
        m_transport.closeAfterWriting();
    }
    finish({.reply = reply, .failure = {}});
}

void StepSession::ended(const std::optional<Error> &error)
{
    if (!m_open)
        return;
    fail(error.value_or(
        Error {Error::Kind::ConnectionClosed, u"the server closed the connection"_s, {}}));
}

void StepSession::timePassed()
{
    fail({Error::Kind::Timeout,
        u"no reply within %1 ms"_s.arg(m_options.deadlines.of(m_stage).count()), {}});
}

void StepSession::fail(const Error &error)
{
    const Stage stage = m_stage;
    Error shown = error;
    shown.detail = QString::fromUtf8(m_mask.apply(error.detail.toUtf8()));
    shown.evidence = m_mask.apply(error.evidence).left(Error::MaxEvidence);
    m_recorder.failed(shown, stage);
    if (!m_busy) {
        m_untold = shown;
        close();
        return;
    }
    if (closesSession(error.kind) || m_sending)
        m_closing = true;
    finish({.reply = {}, .failure = Smtp::Failure {shown, stage}});
}

void StepSession::finish(StepResult result)
{
    m_deadline.stop();
    m_onReply = nullptr;
    m_mechanism.reset();
    if (std::exchange(m_closing, false))
        close();
    m_busy = false;
    m_queue = {};
    result.replies = std::exchange(m_groupReplies, {});
    result.accepted = m_accepted;
    result.tries = std::exchange(m_tries, {});
    // Queued: the next step may be asked for from the slot.
    QMetaObject::invokeMethod(
        this, [this, result = std::move(result)] { Q_EMIT finished(result); },
        Qt::QueuedConnection);
}

} // namespace Mailgauge::Net
