// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/connection.h"

#include "base/literals.h"
#include "dns/name.h"
#include "net/greetingcheck.h"
#include "net/mechanismrun.h"
#include "net/stranger.h"

#include <utility>

namespace Mailgauge::Net {

namespace {

using namespace std::chrono_literals;
using ErrorKind = Base::Error::Kind;
using Smtp::Stage;

constexpr auto BatchInterval = 33ms;
constexpr auto CloseLimit = 2s; // for what is still unwritten when the session is over
constexpr qint64 ContentChunk = 32 * 1024;
constexpr qint64 MaxUnwritten = 64 * 1024; // a message of any size needs no more memory (B25)
constexpr int ChunksPerTurn = 16; // then the event loop has its turn: cancelling works at once

MtaStsOptions mtaStsOptionsOf(const ConnectionOptions &options)
{
    MtaStsOptions mtaSts = options.mtaSts;
    mtaSts.caFile = options.tls.caFile;
    mtaSts.caPem = options.tls.caPem;
    mtaSts.limit = options.session.deadlines.connect;
    return mtaSts;
}

/// Neither our will nor our fault.
bool mayPassOver(ErrorKind kind)
{
    return kind != ErrorKind::Cancelled && kind != ErrorKind::InvalidInput && kind != ErrorKind::Io;
}

bool isDriverOnly(const Smtp::SessionEvent &event)
{
    using namespace Smtp::Event;
    return std::holds_alternative<Send>(event) || std::holds_alternative<StartTls>(event)
        || std::holds_alternative<SendContent>(event) || std::holds_alternative<LineReceived>(event)
        || std::holds_alternative<AskMechanism>(event) || std::holds_alternative<Closed>(event);
}

/// Where the session is to end before it begins.
std::optional<Stage> earlyStopOf(const Smtp::SessionOptions &session)
{
    return session.stop && session.stop->stage <= Stage::Proxy ? std::optional(session.stop->stage)
                                                               : std::nullopt;
}

} // namespace

Connection::Connection(ConnectionOptions options, const Base::Clock &clock, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_clock(clock)
    , m_recorder(clock, m_options.keepSecrets)
    , m_session(m_options.session)
    , m_transport(this)
    , m_opener({.target = m_options.target,
                   .limit = m_options.session.deadlines.connect,
                   .ownName = m_options.session.ehloName,
                   .lookUp = m_options.lookUp,
                   .makeResolver = m_options.makeResolver,
                   .policy = m_options.session.tls,
                   .mtaSts = mtaStsOptionsOf(m_options),
                   .stopAfter = earlyStopOf(m_options.session)},
          m_transport, this)
{
    for (QTimer *timer : {&m_deadline, &m_hint, &m_batch})
        timer->setSingleShot(true);
    m_deadline.setTimerType(Qt::PreciseTimer);
    connect(&m_deadline, &QTimer::timeout, this, &Connection::timePassed);
    connect(&m_batch, &QTimer::timeout, this, &Connection::flush);
    connect(&m_hint, &QTimer::timeout, this, [this] {
        m_recorder.event(
            u"no greeting yet: the port may expect TLS from the first byte"_s, Stage::Greeting);
        pump();
    });
    connect(&m_opener, &Opener::stageEntered, this,
        [this](Stage stage) { Q_EMIT happened(Smtp::Event::StageEntered {stage}); });
    connect(&m_opener, &Opener::noted, this, [this](const QString &text, Stage stage) {
        m_recorder.event(text, stage);
        startBatch();
    });
    connect(&m_opener, &Opener::found, this, &Connection::routeFound);
    connect(&m_opener, &Opener::opened, this, &Connection::opened);
    connect(&m_opener, &Opener::stopped, this, &Connection::stoppedEarly);
    connect(&m_opener, &Opener::failed, this,
        [this](const Base::Error &error) { failBefore(error, m_opener.stage()); });
    connect(&m_transport, &Transport::received, this, &Connection::received);
    connect(&m_transport, &Transport::progressed, this, &Connection::progressed);
    connect(&m_transport, &Transport::ended, this, &Connection::ended);
}

Connection::~Connection()
{
    m_transport.disconnect(this);
}

// --- Before the session ---------------------------------------------------------------------

void Connection::open()
{
    m_recorder.start();
    m_phase = Phase::Opening;
    m_opener.start();
    startBatch();
}

void Connection::failBefore(const Base::Error &error, Stage stage)
{
    m_recorder.failed(error, stage);
    m_phase = Phase::Closing;
    Q_EMIT happened(Smtp::Event::Failed {{error, stage}, {}});
    finish({});
}

/// The stop rule ends it before a byte is spoken.
void Connection::stoppedEarly()
{
    if (m_phase != Phase::Opening)
        return; // cancelled meanwhile
    m_phase = Phase::Session;
    m_session = Smtp::Session(m_options.session);
    m_session.start(m_clock.now());
    pump();
}

/// Who must log in does not do so at a host that nobody vouches for.
bool Connection::isNamedByStranger(const Hop &hop) const
{
    const auto &policy = m_opener.policy();
    return m_options.session.auth.need != Smtp::AuthOptions::Need::Never
        && !(policy && policy->wantsName)
        && Net::isNamedByStranger(m_options.target, hop, m_options.tls.nameToCheck());
}

void Connection::opened(const QString &address)
{
    const Hop &hop = m_opener.hop();
    const bool isRouted = m_options.target.by != RouteBy::Host;
    if (isRouted)
        Q_EMIT hostReached(hop.host, hop.port);
    const std::optional<HopPolicy> &policy = m_opener.policy();
    m_tlsOptions = policy ? policy->applied(m_options.tls) : m_options.tls;
    if (m_tlsOptions.serverName.isEmpty() && !m_options.target.isLocal())
        m_tlsOptions.serverName = hop.host;
    // C11: a name that anybody on the way may have put in is what gets checked.
    const auto verify = m_tlsOptions.verify;
    const bool checksName = verify == Tls::VerifyMode::Full || verify == Tls::VerifyMode::Name;
    const bool isNamedByUser = !m_options.tls.nameToCheck().isEmpty();
    if (!isHostVouchedFor() && checksName && !m_tlsOptions.dane && !isNamedByUser)
        Q_EMIT routeFound({"route.nameNotAuthenticated"_ba, hop.host.toUtf8()}, Stage::Resolve);
    const Smtp::SessionOptions session = sessionOptions();
    if (policy)
        Q_EMIT policyDecided(session.tls);
    Q_EMIT connected(address);
    if (isNamedByStranger(hop)) {
        m_transport.abort();
        return failBefore(strangerError(m_options.target, hop), Stage::Auth);
    }
    m_session = Smtp::Session(session);
    m_phase = Phase::Session;
    if (session.tls != Smtp::TlsPolicy::ImplicitTls)
        m_hint.start(m_options.silenceHint);
    m_session.start(m_clock.now());
    pump();
    if (const QByteArray early = m_opener.takeEarly(); !early.isEmpty())
        received(early);
}

/// RFC 8689 4.2.1: a name that anybody may have put into an unsigned answer proves nothing.
bool Connection::isHostVouchedFor() const
{
    const auto &policy = m_opener.policy();
    return m_options.target.by == RouteBy::Host || m_opener.hop().authenticated
        || (policy && policy->wantsName); // it is the policy that names the host
}

/// What a hop asks for ends with it: the next one may be of the other kind.
Smtp::SessionOptions Connection::sessionOptions() const
{
    const Hop &hop = m_opener.hop();
    Smtp::SessionOptions session = m_options.session;
    session.auth = authFor(session.auth, m_options.target, hop);
    if (const std::optional<HopPolicy> &policy = m_opener.policy())
        session.tls = policy->tls;
    if (session.tls == Smtp::TlsPolicy::Opportunistic && hop.host == m_options.inClear)
        session.tls = Smtp::TlsPolicy::None;
    // C9: a key that is to be the one is no wish; clear text would show none at all.
    if (isTlsWished(session.tls) && !m_options.tls.pin.isEmpty())
        session.tls = Smtp::TlsPolicy::RequireStartTls;
    if (hop.implicitTls)
        session.tls = Smtp::TlsPolicy::ImplicitTls;
    return session;
}

bool Connection::mayTryNext(const Smtp::SessionEvent &event) const
{
    const auto *failed = std::get_if<Smtp::Event::Failed>(&event);
    if (!failed || !m_opener.canResume())
        return false;
    const Stage stage = failed->failure.stage;
    const auto &policy = m_opener.policy();
    // RFC 7672 2.2, RFC 8461 5: who does not come up to the policy is passed over.
    if (policy && policy->isRequired() && (stage == Stage::StartTls || stage == Stage::Tls)
        && mayPassOver(failed->failure.error.kind))
        return true;
    // RFC 5321 5.1: a host that takes nobody in is no answer about the mail, be it for now or for
    // good; one that refuses our name for good is.
    if (stage != Stage::Greeting && stage != Stage::Helo)
        return false;
    if (failed->reply) {
        return stage == Stage::Greeting
            || failed->reply->replyClass() == Smtp::ReplyClass::Transient;
    }
    const ErrorKind kind = failed->failure.error.kind;
    return kind == ErrorKind::ConnectionClosed || kind == ErrorKind::Timeout;
}

void Connection::tryNext(const Smtp::Event::Failed &failed)
{
    m_recorder.failed(failed.failure.error, failed.failure.stage);
    m_recorder.reconnected();
    m_deadline.stop();
    m_armed.reset();
    m_hint.stop();
    m_tls.reset();
    m_greetingHead.clear();
    m_greeted = false;
    m_unwritten.clear();
    m_held = false;
    m_unreported = false;
    m_phase = Phase::Opening;
    Base::Error why = failed.failure.error;
    if (failed.reply)
        why.detail = u"%1 %2"_s.arg(failed.reply->code)
                         .arg(QString::fromUtf8(failed.reply->text().left(200)));
    // Of the old one's events the rest is about its end.
    m_session = Smtp::Session(m_options.session);
    m_opener.resume(why);
}

// --- The session ----------------------------------------------------------------------------

void Connection::pump()
{
    if (m_pumping || m_phase == Phase::Idle)
        return;
    m_pumping = true;
    do {
        while (const std::optional<Smtp::SessionEvent> event = m_session.next()) {
            if (mayTryNext(*event)) {
                tryNext(std::get<Smtp::Event::Failed>(*event));
                break;
            }
            handle(*event);
        }
        writeOut();
    } while (pullContent() || reportWritten());
    m_pumping = false;
    armTimer();
    if (m_recorder.hasEntries() || m_progressPending)
        startBatch();
}

void Connection::handle(const Smtp::SessionEvent &event)
{
    std::visit([this](const auto &e) { on(e); }, event);
    if (!isDriverOnly(event))
        Q_EMIT happened(event);
    // Only now: what was sent ahead is no part of the transaction that this event ended.
    if (std::holds_alternative<Smtp::Event::TransactionDone>(event))
        m_recorder.release();
}

void Connection::startBatch()
{
    if (!m_options.bulk && !m_batch.isActive())
        m_batch.start(BatchInterval);
}

/// Deadlines move with every command: a timer that goes off too early costs less than one that is
/// set anew each time.
void Connection::armTimer()
{
    if (m_phase != Phase::Session)
        return;
    const std::optional<Base::TimePoint> deadline = m_session.deadline();
    if (!deadline || (m_armed && *m_armed <= *deadline))
        return;
    m_armed = deadline;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - m_clock.now());
    m_deadline.start(std::max(left, 0ms));
}

void Connection::timePassed()
{
    switch (m_phase) {
    case Phase::Session: {
        m_armed.reset();
        const std::optional<Base::TimePoint> deadline = m_session.deadline();
        if (deadline && m_clock.now() >= *deadline)
            m_session.timeoutExpired(m_clock.now());
        return pump();
    }
    case Phase::Closing:
        return finish(u"closed with bytes unwritten"_s);
    case Phase::Idle:
    case Phase::Opening:
    case Phase::Over:
        return;
    }
}

void Connection::write(const QByteArray &bytes)
{
    if (!m_tls)
        return m_transport.write(bytes);
    const bool written = m_tls->write(bytes);
    m_transport.write(m_tls->takeEncrypted());
    noteTls();
    if (!written && m_tls->error())
        m_session.transportFailed(*m_tls->error(), m_clock.now());
}

void Connection::on(const Smtp::Event::Send &event)
{
    m_recorder.client(event.bytes, event.secrets, event.stage, event.ahead);
    m_unwritten += event.bytes; // a pipelined group leaves as one packet
    m_held = false;
}

void Connection::writeOut()
{
    const bool moreComes = m_held || (m_contentActive && leavesAtOnce() && m_transport.isOpen());
    if (m_unwritten.isEmpty() || moreComes)
        return;
    m_unreported = true;
    write(m_unwritten);
    m_unwritten.resize(0); // keeps its memory
}

/// A body without its dot is of no use to anybody.
void Connection::dropHeld()
{
    if (std::exchange(m_held, false))
        m_unwritten.clear();
}

void Connection::on(const Smtp::Event::LineReceived &event)
{
    m_recorder.server(
        event.line, event.stage, event.awaited ? Recorder::Owed::Yes : Recorder::Owed::No);
}

void Connection::on(const Smtp::Event::Paused &event)
{
    m_recorder.event(u"paused"_s, event.stage);
}

void Connection::on(const Smtp::Event::Failed &event)
{
    endContent();
    dropHeld();
    m_recorder.failed(event.failure.error, event.failure.stage);
}

void Connection::on(const Smtp::Event::TransactionDone &event)
{
    // Behind the last one nothing is left of those ahead, either.
    if (m_sending == 0 || !event.follows)
        endContent();
    else
        --m_sending; // it is about one that runs ahead
    if (!event.follows)
        m_outgoing.clear();
    else if (!m_outgoing.empty())
        m_outgoing.pop_front();
}

void Connection::on(const Smtp::Event::Closed &event)
{
    endContent();
    dropHeld();
    writeOut();
    m_phase = Phase::Closing;
    m_hint.stop();
    if (!m_opener.isOpen())
        return finish({});
    // Whoever has hung up instead of answering QUIT is not waited for.
    if (event.abort || !m_transport.isOpen()) {
        m_transport.abort();
        return finish(u"closed"_s);
    }
    if (m_tls) {
        m_tls->shutDown();
        m_transport.write(m_tls->takeEncrypted());
        noteTls();
    }
    m_deadline.start(CloseLimit);
    m_transport.closeAfterWriting();
}

void Connection::received(const QByteArray &bytes)
{
    if (m_phase != Phase::Session)
        return; // behind the end of the session
    m_hint.stop();
    if (m_contentActive)
        pump(); // so that the session knows whether all of a chunk was out before this came
    if (m_tls)
        receivedEncrypted(bytes);
    else
        receivedInClear(bytes);
    pump();
}

void Connection::receivedInClear(const QByteArray &bytes)
{
    if (!m_greeted) {
        m_greetingHead += bytes.left(GreetingHeadSize - m_greetingHead.size());
        if (const auto error = checkGreeting(m_greetingHead)) {
            m_recorder.server(
                m_greetingHead.left(m_greetingHead.indexOf('\n')).trimmed(), Stage::Greeting);
            m_session.transportFailed(*error, m_clock.now());
            return;
        }
        m_greeted = m_greetingHead.contains('\n') || m_greetingHead.size() >= GreetingHeadSize;
    }
    // Nothing is kept here: where these bytes end in front of a handshake, the session sees every
    // one that does not belong there (Q1, C3).
    m_session.receive(bytes, m_clock.now());
}

void Connection::on(const Smtp::Event::StartTls &)
{
    auto stream = Tls::TlsStream::client(m_tlsOptions);
    if (!stream)
        return m_session.tlsFailed(stream.error(), m_clock.now());
    writeOut();
    m_greeted = true;
    m_tls = std::move(*stream);
    m_transport.write(m_tls->takeEncrypted());
    noteTls();
}

void Connection::on(const Smtp::Event::AskMechanism &event)
{
    respondElsewhere(event.mechanism, event.challenge)
        .then(this, [this](const Base::Result<Sasl::Response> &response) {
            m_session.mechanismAnswered(response, m_clock.now());
            pump();
        });
}

void Connection::receivedEncrypted(const QByteArray &bytes)
{
    const bool wasHandshaking = m_tls->state() == Tls::TlsStream::State::Handshaking;
    m_tls->receiveEncrypted(bytes);
    m_transport.write(m_tls->takeEncrypted());
    noteTls();
    if (wasHandshaking && m_tls->state() != Tls::TlsStream::State::Handshaking) {
        handshakeOver();
        pump();
    }
    while (m_phase == Phase::Session) {
        const QByteArray plain = m_tls->readPlain();
        noteTls();
        if (plain.isEmpty())
            break;
        m_session.receive(plain, m_clock.now());
        pump();
    }
    if (m_phase != Phase::Session || wasHandshaking)
        return;
    if (m_tls->state() == Tls::TlsStream::State::Failed)
        m_session.transportFailed(*m_tls->error(), m_clock.now());
    else if (m_tls->state() == Tls::TlsStream::State::PeerClosed)
        m_session.peerClosed(m_clock.now());
}

// Where the handshake is over, in the stage that the session is at: some servers refuse a client's
// certificate only then.
void Connection::noteTls()
{
    for (const QString &note : m_tls->takeNotes())
        m_recorder.event(note, m_session.stage());
}

void Connection::handshakeOver()
{
    const Tls::TlsFacts &facts = m_tls->facts();
    if (!facts.chain.isEmpty())
        Q_EMIT tlsJudged(facts);
    if (m_tls->state() == Tls::TlsStream::State::Failed) {
        m_session.tlsFailed(*m_tls->error(), m_clock.now());
        return;
    }
    m_recorder.tlsEstablished(facts);
    const bool verified = isHostVouchedFor()
        && (Tls::isAnyMatching(facts.tlsa)
            || (facts.chainTrusted && facts.nameMatches && facts.reasons.isEmpty()));
    const bool authenticates = m_options.session.auth.need != Smtp::AuthOptions::Need::Never;
    m_session.tlsEstablished(m_clock.now(),
        authenticates ? m_tls->channelBindings() : QList<Base::ChannelBinding>(),
        verified ? Smtp::TlsTrust::Verified : Smtp::TlsTrust::Unverified);
}

void Connection::ended(const std::optional<Base::Error> &error)
{
    if (m_phase == Phase::Closing)
        return finish(u"closed"_s);
    if (m_phase != Phase::Session)
        return;
    if (m_tls && m_tls->state() == Tls::TlsStream::State::Handshaking) {
        const QString detail = u"handshake: "_s
            + (error ? error->detail : u"connection closed by the peer"_s);
        m_session.tlsFailed({ErrorKind::TlsHandshake, detail, {}}, m_clock.now());
    } else if (error) {
        m_recorder.event(u"connection lost: "_s + error->detail, m_session.stage());
        m_session.transportFailed(*error, m_clock.now());
    } else {
        if (m_tls && !m_tls->closeNotifyReceived()) // C13: a cut, not an orderly end
            Q_EMIT happened(
                Smtp::Event::QuirkSeen {Smtp::Quirk::NoCloseNotify, m_session.stage(), {}});
        m_recorder.event(u"closed by the peer"_s, m_session.stage());
        m_session.peerClosed(m_clock.now());
    }
    pump();
}

void Connection::fail(const Base::Error &error)
{
    switch (m_phase) {
    case Phase::Idle:
    case Phase::Opening:
        m_opener.abort();
        return failBefore(error, m_opener.stage());
    case Phase::Session:
        m_session.transportFailed(error, m_clock.now());
        return pump();
    case Phase::Closing: // the session is over, only bytes are left
        m_transport.abort();
        return finish(u"closed"_s);
    case Phase::Over:
        return;
    }
}

// --- Transactions ---------------------------------------------------------------------------

void Connection::send(Smtp::Transaction transaction, std::unique_ptr<Base::ContentSource> content,
    const QUuid &message)
{
    m_outgoing.clear();
    m_outgoing.push_back({std::move(content), message});
    m_session.send(std::move(transaction), m_clock.now());
    pump();
}

void Connection::follow(Smtp::Transaction transaction, std::unique_ptr<Base::ContentSource> content,
    const QUuid &message)
{
    if (m_phase != Phase::Session)
        return;
    m_outgoing.push_back({std::move(content), message});
    m_session.follow(std::move(transaction), m_clock.now());
    pump();
}

void Connection::committed()
{
    // A stream that just ended takes no dot: the end, told next, makes it "not sent", not
    // "uncertain".
    if (m_phase != Phase::Session || !m_transport.isOpen())
        return;
    m_session.committed(m_clock.now());
    pump();
}

void Connection::withdraw(int ahead, const Base::Error &why)
{
    if (m_phase != Phase::Session)
        return;
    const auto kept = static_cast<std::size_t>(std::max(ahead, 1));
    while (m_outgoing.size() > kept)
        m_outgoing.pop_back();
    m_session.withdraw(ahead, why, m_clock.now());
    if (ahead == 0 && !m_session.isOver()) // else its failure is recorded
        m_recorder.failed(why, m_session.stage());
    pump();
}

void Connection::quit()
{
    if (m_phase != Phase::Session)
        return;
    m_session.quit(m_clock.now());
    pump();
}

Base::Result<void> Connection::command(const QByteArray &line)
{
    if (m_phase != Phase::Session)
        return Base::fail(ErrorKind::InvalidInput, u"no session is open"_s);
    auto sent = m_session.command(line, m_clock.now());
    pump();
    return sent;
}

Base::Result<void> Connection::resume(const std::optional<QByteArray> &line)
{
    if (m_phase != Phase::Session)
        return Base::fail(ErrorKind::InvalidInput, u"no session is open"_s);
    auto resumed = m_session.resume(line, m_clock.now());
    if (resumed && line)
        m_recorder.event(u"the line was edited by hand"_s, m_session.stage());
    pump();
    return resumed;
}

bool Connection::isOpen() const
{
    return m_phase == Phase::Session && !m_session.isOver();
}

void Connection::on(const Smtp::Event::SendContent &event)
{
    m_sending = static_cast<std::size_t>(event.ahead);
    m_contentActive = m_sending < m_outgoing.size() && m_outgoing[m_sending].content;
    m_contentAtEnd = false;
    if (!m_contentActive) {
        m_sending = 0;
        m_session.transportFailed({ErrorKind::Io, u"no content to send"_s, {}}, m_clock.now());
        return;
    }
    m_contentFrom = m_outgoing[m_sending].read;
    m_contentUntil = event.octets.transform([this](qint64 size) { return m_contentFrom + size; });
}

/// All of the content is to leave in one flight with what ends it.
bool Connection::leavesAtOnce() const
{
    return m_options.bulk && m_sending < m_outgoing.size() && m_outgoing[m_sending].content
        && m_outgoing[m_sending].content->size() <= ContentChunk;
}

bool Connection::pullContent()
{
    if (!m_transport.isOpen())
        return false;
    for (int i = 0; m_contentActive && i < ChunksPerTurn; ++i) {
        Outgoing &one = m_outgoing[m_sending];
        if (m_contentAtEnd || m_transport.bytesToWrite() >= MaxUnwritten)
            break;
        const qint64 most = m_contentUntil ? *m_contentUntil - one.read : ContentChunk;
        m_contentAtEnd = most == 0;
        if (m_contentAtEnd)
            break;
        auto chunk = one.content->read(qMin(most, ContentChunk));
        if (!chunk) {
            m_session.transportFailed(chunk.error(), m_clock.now());
            return true;
        }
        m_contentAtEnd = chunk->isEmpty();
        if (m_contentAtEnd)
            break;
        one.read += chunk->size();
        m_progressPending = true;
        const QByteArray bytes = m_session.contentChunk(*chunk, m_clock.now());
        if (leavesAtOnce()) {
            m_unwritten += bytes;
            m_held = !m_contentUntil; // behind a chunk no dot comes
        } else {
            write(bytes);
        }
    }
    if (!m_contentActive || !m_transport.isOpen())
        return false;
    // Not before all of it is with the system: what is still here was certainly never received, so
    // that a loss now is no "uncertain". What leaves at once waits in here for its dot.
    if (m_contentAtEnd && (leavesAtOnce() || m_transport.bytesToWrite() == 0)) {
        endContent();
        m_session.contentFinished(m_clock.now());
        return true;
    }
    if (!m_contentAtEnd && m_transport.bytesToWrite() < MaxUnwritten)
        QMetaObject::invokeMethod(this, &Connection::pump, Qt::QueuedConnection);
    return false;
}

void Connection::endContent()
{
    if (!std::exchange(m_contentActive, false))
        return;
    const Outgoing &one = m_outgoing[m_sending];
    m_recorder.content({one.message, m_contentFrom, one.read}, static_cast<int>(m_sending));
    m_progressPending = false;
    Q_EMIT contentProgress(one.read, one.content->size());
    m_sending = 0;
}

bool Connection::reportWritten()
{
    if (!m_unreported || m_phase != Phase::Session || m_transport.bytesToWrite() > 0)
        return false;
    m_unreported = false;
    m_session.written(m_clock.now());
    return true;
}

void Connection::progressed()
{
    if (m_phase != Phase::Session)
        return;
    if (m_contentActive)
        m_session.contentProgress(m_clock.now());
    pump();
}

// --- The end --------------------------------------------------------------------------------

void Connection::flush()
{
    if (std::exchange(m_progressPending, false) && m_sending < m_outgoing.size())
        Q_EMIT contentProgress(m_outgoing[m_sending].read, m_outgoing[m_sending].content->size());
    if (m_recorder.hasEntries())
        Q_EMIT entriesRecorded(m_recorder.take());
}

void Connection::drop()
{
    m_progressPending = false;
    m_recorder.drop();
}

void Connection::finish(const QString &how)
{
    if (m_phase == Phase::Over)
        return;
    m_phase = Phase::Over;
    m_deadline.stop();
    m_hint.stop();
    m_transport.abort();
    if (!how.isEmpty())
        m_recorder.event(how, m_session.stage());
    m_batch.stop();
    flush();
    // Queued: the receiver may still be told events of the same turn, and may delete us.
    QMetaObject::invokeMethod(this, &Connection::closed, Qt::QueuedConnection);
}

} // namespace Mailgauge::Net

#include "moc_connection.cpp"
