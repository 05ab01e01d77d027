// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "delivery/fallback.h"
#include "delivery/repeatrun.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Delivery {

namespace {

using ErrorKind = Base::Error::Kind;

constexpr qsizetype IdLength = 36; ///< Of a UUID without braces.
constexpr int MaxFailedConnections = 2; // a dead relay is not asked a thousand times (H12)

template <typename Message>
std::unique_ptr<Message> takeFirst(std::deque<std::unique_ptr<Message>> &messages)
{
    auto first = std::move(messages.front());
    messages.pop_front();
    return first;
}

/// -1: it stays as it is.
qsizetype placeOfId(const SendRequest &request)
{
    if (!request.madeMessageId || !request.content || request.messageId.indexOf('@') != IdLength)
        return -1;
    const QByteArray &bytes = request.content->bytes;
    const qsizetype at = bytes.indexOf('<' + request.messageId + '>');
    return at >= 0 && at < bytes.indexOf("\r\n\r\n") ? at + 1 : -1;
}

} // namespace

RepeatLane::RepeatLane(RepeatRun &run, const SendRequest &request,
    Transcript::SessionRepository *repository, const Base::Clock &clock)
    : m_run(run)
    , m_request(request)
    , m_repository(repository)
    , m_clock(clock)
    , m_checked(checkRequest(request))
    , m_pattern(request, clock)
    , m_idAt(placeOfId(request))
    , m_policy(request.session.tls)
{
}

RepeatLane::~RepeatLane() = default;

void RepeatLane::start()
{
    next();
}

void RepeatLane::next()
{
    if (m_cancelled || m_failedConnections >= MaxFailedConnections)
        return end();
    const bool claiming = m_again.empty() && m_next.empty();
    if (claiming)
        m_current = begin();
    else
        m_current = takeFirst(m_again.empty() ? m_next : m_again);
    if (m_current && m_current->refused)
        startOver(*m_current);
    if (!m_current)
        return end();
    if (m_current->refusal)
        return storeRefused(*m_current->refusal);
    if (!m_checked || m_current->unmade) {
        const Base::Error why = m_checked ? *m_current->unmade : m_checked.error();
        m_failedConnections = MaxFailedConnections; // the next would be no better
        messageFailed(std::move(m_current), why);
        return end();
    }
    if (claiming)
        claim(*m_current);
    if (!m_current)
        return; // the store refused at once
    if (!m_connection)
        return connectNow();
    m_current->builder.inherit(m_session);
    sendWhenReady();
}

std::unique_ptr<RepeatLane::Message> RepeatLane::begin()
{
    const auto number = m_run.take();
    if (!number)
        return {};
    auto message = std::make_unique<Message>(Message {.number = *number,
        .builder = m_pattern.again(m_run.makeId(), m_run.makeId()),
        .recipients = RecipientQueue(m_request.envelope.forwardPaths),
        .content = m_request.content.value_or(Base::Content())});
    if (m_request.makeAnew && *number > 0) {
        makeAnew(*message);
    } else if (m_idAt >= 0 && *number > 0) {
        const QByteArray id = m_run.makeId().toByteArray(QUuid::WithoutBraces);
        message->builder.setMessageId(id + m_request.messageId.sliced(IdLength));
        message->content.bytes.replace(m_idAt, IdLength, id);
    }
    return message;
}

void RepeatLane::makeAnew(Message &message) const
{
    auto made = m_request.makeAnew();
    if (!made) {
        message.unmade = made.error();
        // What the record begins with is the first message's, and bounces are joined by it.
        message.builder.setMessageId({});
        message.builder.setSubject({});
        message.content = {};
        return;
    }
    message.builder.setMessageId(made->messageId);
    message.builder.setSubject(made->subject);
    message.content = std::move(made->content);
}

void RepeatLane::claim(Message &message)
{
    if (!m_repository) {
        message.claimed = true;
        return;
    }
    const QUuid id = message.builder.record().id;
    m_repository->begin(message.builder.record(), message.content)
        .then(this, [this, id](const Base::Result<void> &result) { claimed(id, result); });
}

void RepeatLane::claimed(const QUuid &id, const Base::Result<void> &result)
{
    for (qsizetype i = 0; Message *const message = messageAt(i); ++i) {
        if (message->builder.record().id != id)
            continue;
        message->claimed = result.has_value();
        if (result)
            return i == 0 ? sendWhenReady() : follow();
        if (i == 0)
            return storeRefused(result.error());
        message->refusal = result.error(); // those before it are on their way and go on
        return;
    }
}

void RepeatLane::storeRefused(const Base::Error &error)
{
    m_run.noteStoreFailure(error);
    m_cancelled = true; // H4: nothing more is begun
    if (m_connection && !m_ready)
        return m_connection->fail(error); // between greeting and login
    messageFailed(std::move(m_current), error);
    end();
}

void RepeatLane::connectNow()
{
    m_ready = m_wasReady = m_running = m_doneHere = false;
    m_splitter.reset();
    m_usBase = m_current->entries.isEmpty() ? 0 : m_current->entries.last().us;
    m_failed.reset();
    if (!std::exchange(m_wasConnected, true) || !m_run.makesTokens())
        return openConnection();
    m_asksToken = true;
    m_run.askToken(*this);
}

void RepeatLane::tokenCame(const Relay::TokenProvider::TokenResult &token)
{
    if (!std::exchange(m_asksToken, false))
        return; // cancelled
    if (token) {
        m_token = *token;
        return openConnection();
    }
    m_current->builder.apply(Smtp::Event::Failed {{token.error(), Smtp::Stage::Auth}, {}});
    m_failedConnections = MaxFailedConnections;
    messageDone();
    end();
}

void RepeatLane::openConnection()
{
    Net::ConnectionOptions options = connectionOptionsOf(m_request);
    options.bulk = true;
    if (m_token)
        options.session.auth.token = *m_token;
    m_tlsUsed = false;
    if (m_fellBack)
        goInClear(options, m_clearHost);
    m_connection = std::make_unique<Net::Connection>(std::move(options), m_clock);
    using Net::Connection;
    connect(m_connection.get(), &Connection::happened, this, &RepeatLane::happened);
    connect(m_connection.get(), &Connection::closed, this, &RepeatLane::closed);
    connect(m_connection.get(), &Connection::entriesRecorded, this,
        [this](const QList<Transcript::Entry> &entries) {
            if (!m_current)
                return;
            for (Transcript::Entry entry : entries) {
                entry.us += m_usBase;
                m_current->entries.append(std::move(entry));
            }
        });
    connect(m_connection.get(), &Connection::connected, this, [this](const QString &address) {
        if (m_current)
            m_current->builder.setAddress(address);
    });
    connect(m_connection.get(), &Connection::hostReached, this,
        [this](const QString &host, quint16 port) {
            m_tlsUsed = false;
            if (m_current)
                m_current->builder.setHost(host, port);
        });
    connect(m_connection.get(), &Connection::routeFound, this,
        [this](const Net::RouteFinding &finding, Smtp::Stage stage) {
            if (m_current)
                m_current->builder.addFinding(finding.id, stage, finding.evidence);
        });
    connect(m_connection.get(), &Connection::policyDecided, this,
        [this](Smtp::TlsPolicy policy) { m_policy = policy; });
    connect(m_connection.get(), &Connection::tlsJudged, this, [this](const Tls::TlsFacts &facts) {
        m_tlsUsed = true;
        if (m_current)
            m_current->builder.setTls(facts);
    });
    m_connection->open();
}

void RepeatLane::happened(const Smtp::SessionEvent &event)
{
    using namespace Smtp::Event;
    if (!m_current)
        return; // QUIT
    const auto *decided = std::get_if<RecipientDecided>(&event);
    if (decided && m_current->recipients.keeps(decided->outcome, m_doneHere))
        return;
    if (std::holds_alternative<TransactionDone>(event))
        settle();
    m_current->builder.apply(event);
    if (const auto *failed = std::get_if<Failed>(&event)) {
        m_failed = *failed;
    } else if (std::holds_alternative<Ready>(event)) {
        m_ready = m_wasReady = true;
        m_failedConnections = 0;
        m_session = m_current->builder.record();
        sendWhenReady();
    } else if (const auto *stage = std::get_if<StageEntered>(&event)) {
        if (stage->stage == Smtp::Stage::Mail && isTlsWished(m_policy) && !m_tlsUsed)
            m_current->builder.addFinding("tls.none"_ba, Smtp::Stage::Mail, {});
    } else if (const auto *asked = std::get_if<Commit>(&event)) {
        commit(asked->ahead);
    } else if (const auto *done = std::get_if<TransactionDone>(&event)) {
        transactionDone(done->follows);
    }
}

void RepeatLane::settle()
{
    for (const Smtp::RecipientOutcome &outcome : m_current->recipients.settle())
        m_current->builder.apply(Smtp::Event::RecipientDecided {outcome});
}

void RepeatLane::sendWhenReady()
{
    if (!m_current || !m_ready || !m_current->claimed || m_current->sent)
        return;
    m_ready = false;
    const Smtp::Capabilities &capabilities = m_current->builder.record().capabilities;
    if (!m_splitter)
        m_splitter.emplace(Smtp::AnnouncedLimits::of(capabilities));
    const QList<Smtp::Mailbox> batch = m_current->recipients.take(*m_splitter);
    if (batch.isEmpty())
        return m_connection->quit(); // to go on in another session
    if (const auto finding = m_current->recipients.finding(capabilities))
        m_current->builder.addFinding(finding->id, finding->stage, finding->evidence);
    m_current->sent = true;
    if (m_current->transactions++ == 0)
        m_current->sentAt = m_clock.now();
    m_running = true;
    m_depth = depth();
    m_connection->send(transactionTo(*m_current, batch), m_current->content.open(),
        m_current->builder.record().message);
    thinkAhead();
}

Smtp::Transaction RepeatLane::transactionTo(
    const Message &message, const QList<Smtp::Mailbox> &recipients) const
{
    Smtp::Transaction transaction = transactionOf(m_request, message.content);
    transaction.envelope.forwardPaths = recipients;
    return transaction;
}

/// How many messages get ready while one is on its way. None where LIMITS may say that the next
/// belongs to another session.
qsizetype RepeatLane::depth() const
{
    const Smtp::SessionOptions &session = m_request.session;
    const Smtp::Capabilities &capabilities = m_session.capabilities;
    if (!session.pipelining || session.stop || session.breaks || !capabilities.has("PIPELINING")
        || capabilities.has("LIMITS"))
        return 0;
    if (session.chunking == Smtp::Chunking::Off || !capabilities.has("CHUNKING"))
        return 1;
    const qint64 size = std::max<qint64>(m_request.content->size(), 1);
    const qint64 flight = std::min<qint64>(
        Smtp::Session::MaxFlight, Smtp::Session::MaxFlightOctets / size);
    return std::max<qint64>(flight - 1, 1);
}

void RepeatLane::thinkAhead()
{
    if (!m_running || m_cancelled || !m_again.empty())
        return;
    for (auto left = m_depth - static_cast<qsizetype>(m_next.size()); left > 0; --left) {
        auto next = begin();
        if (!next)
            return;
        m_next.push_back(std::move(next));
        if (m_next.back()->unmade)
            return; // The last: nothing is sent behind it.
        claim(*m_next.back());
    }
}

/// From the commit on it is certain, as far as replies were read, that the running transaction is
/// the message's last: nobody of it waits for another one.
void RepeatLane::follow()
{
    // Each one may end the session, and with it the turn of some.
    while (m_running && !m_cancelled && m_connection && m_current->committing
        && m_current->recipients.isSettled() && m_again.empty()) {
        const auto next = std::ranges::find_if(
            m_next, [](const auto &message) { return !message->following; });
        if (next == m_next.end() || !(*next)->claimed || (*next)->unmade)
            return;
        Message &message = **next;
        message.following = true;
        m_connection->follow(transactionTo(message, message.recipients.take(*m_splitter)),
            message.content.open(), message.builder.record().message);
    }
}

RepeatLane::Message *RepeatLane::messageAt(qsizetype ahead) const
{
    if (ahead == 0)
        return m_current.get();
    return ahead <= std::ssize(m_next) ? m_next[static_cast<std::size_t>(ahead) - 1].get()
                                       : nullptr;
}

void RepeatLane::commit(qsizetype ahead)
{
    Message &message = *messageAt(ahead);
    message.committing = true;
    message.cleared = !m_repository;
    if (ahead == 0)
        follow();
    else
        message.sentAt = m_clock.now(); // it leaves before its turn
    if (!m_repository)
        return m_connection->committed();
    const QUuid id = message.builder.record().id;
    m_waiting.push_back(id);
    m_repository->commit(id, message.recipients.sentNow(message.builder.undecided()))
        .then(this, [this, id, asked = ++message.asked](const Base::Result<void> &result) {
            if (result)
                return cleared(id, asked);
            // Queued: the connection may be telling events that move the messages on.
            QMetaObject::invokeMethod(
                this,
                [this, id, asked, error = result.error()] { commitRefused(id, asked, error); },
                Qt::QueuedConnection);
        });
}

/// Where it is among those that the connection knows, and still waits for that answer.
std::optional<qsizetype> RepeatLane::placeOf(const QUuid &id, int asked) const
{
    for (qsizetype i = 0; const Message *const message = messageAt(i); ++i) {
        if (message->builder.record().id == id && message->asked == asked && message->committing)
            return i;
    }
    return std::nullopt;
}

void RepeatLane::cleared(const QUuid &id, int asked)
{
    const auto place = placeOf(id, asked);
    if (!place || !m_connection)
        return;
    messageAt(*place)->cleared = true;
    passOnCommits();
}

/// H4: it does not leave, and nothing more is begun. What has left keeps its replies.
void RepeatLane::commitRefused(const QUuid &id, int asked, const Base::Error &error)
{
    m_run.noteStoreFailure(error);
    const auto place = placeOf(id, asked);
    if (!place || !m_connection)
        return; // the server was quicker
    m_cancelled = true;
    for (qsizetype i = *place; Message *const message = messageAt(i); ++i) {
        std::erase(m_waiting, message->builder.record().id);
        if (i > 0)
            forgetFollowing(*message);
    }
    if (*place > 0) {
        const auto refused = m_next.begin() + *place - 1;
        messageFailed(std::move(*refused), error);
        m_next.erase(refused);
    }
    m_connection->withdraw(static_cast<int>(*place), error);
    passOnCommits();
}

/// Answers in the order of the questions.
void RepeatLane::passOnCommits()
{
    const auto isCleared = [this](const QUuid &id) {
        for (qsizetype i = 0; const Message *const message = messageAt(i); ++i) {
            if (message->builder.record().id == id)
                return message->cleared;
        }
        return false;
    };
    while (m_connection && !m_waiting.empty() && isCleared(m_waiting.front())) {
        m_waiting.pop_front();
        m_connection->committed();
    }
}

bool RepeatLane::mayRetry() const
{
    // Of a message in several transactions the first ones may be delivered.
    if (m_cancelled || m_current->retried || m_current->transactions > 1)
        return false;
    const auto &recipients = m_current->builder.record().recipients;
    // Committed: the session tells whether the server may have it.
    if (m_current->committing
        && !std::ranges::all_of(recipients, [](const Smtp::RecipientOutcome &outcome) {
               return outcome.outcome == Smtp::Outcome::Deferred
                   && (outcome.stage != Smtp::Stage::Dot || !outcome.reply);
           }))
        return false;
    // B30: a connection that died, or 421, before anything of this message was committed.
    const bool closing = !recipients.isEmpty()
        && std::ranges::all_of(recipients, [](const Smtp::RecipientOutcome &outcome) {
               return outcome.outcome == Smtp::Outcome::Deferred && outcome.reply
                   && outcome.reply->code == 421;
           });
    // What breaks behind the last reply changes nothing for the message (B29).
    const bool broken = m_failed && !m_failed->reply && !m_current->done
        && (m_failed->failure.error.kind == ErrorKind::ConnectionClosed
            || m_failed->failure.error.kind == ErrorKind::Connect
            || m_failed->failure.error.kind == ErrorKind::Timeout);
    return closing || broken;
}

/// The last session had no room for all of it (LIMITS, 452, 421): each takes at least one.
bool RepeatLane::mayGoOn() const
{
    return m_doneHere && !m_failed && !m_cancelled && !m_current->recipients.isEmpty();
}

void RepeatLane::transactionDone(bool follows)
{
    // With a failure it is the break itself that ended it.
    const bool failed = m_current->builder.record().failure.has_value();
    m_current->done = !failed && m_current->recipients.isEmpty();
    m_doneHere = !failed;
    keepOrDropEntries(); // what came until now belongs to this message
    m_running = follows;
    // The session asks no more for who came to an end before the ledger's answer.
    std::erase(m_waiting, m_current->builder.record().id);
    if (follows)
        return takeTurn();
    // Queued: where the session is ending too, the rest of it comes first.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (!m_connection || !m_connection->isOpen() || !m_current)
                return; // closed() goes on
            m_ready = true;
            if (!m_cancelled && !m_current->recipients.isEmpty()) {
                m_current->sent = m_current->committing = false;
                return sendWhenReady();
            }
            messageDone();
            next();
        },
        Qt::QueuedConnection);
}

/// The one behind it is on its way already, and this one is not at its end.
bool RepeatLane::comesAgain()
{
    if (m_cancelled)
        return false;
    if (!m_current->recipients.isEmpty()) { // no room for all of them
        m_current->sent = m_current->committing = false;
        return true;
    }
    m_current->refused = mayRetry();
    return m_current->refused;
}

/// The session goes on with the message behind this one.
void RepeatLane::takeTurn()
{
    if (comesAgain())
        m_again.push_back(std::move(m_current));
    else
        messageDone();
    m_current = takeFirst(m_next);
    m_current->sent = true;
    m_current->transactions = 1;
    if (!m_current->committing)
        m_current->sentAt = m_clock.now();
    m_current->builder.inherit(m_session);
    passOnCommits();
    thinkAhead();
    follow();
}

void RepeatLane::keepOrDropEntries()
{
    const bool accepted = std::ranges::all_of(m_current->builder.record().recipients,
        [](const Smtp::RecipientOutcome &one) { return one.outcome == Smtp::Outcome::Accepted; });
    if (accepted && !m_run.keepsTranscript(m_current->number))
        m_connection->drop();
    else
        m_connection->flush();
}

void RepeatLane::messageDone()
{
    report(std::move(m_current));
}

/// Nothing of it left.
void RepeatLane::messageFailed(std::unique_ptr<Message> message, const Base::Error &error)
{
    message->builder.apply(Smtp::Event::Failed {{error, Smtp::Stage::Mail}, {}});
    report(std::move(message));
}

void RepeatLane::report(std::unique_ptr<Message> current)
{
    for (const Smtp::RecipientOutcome &outcome : current->recipients.leftovers())
        current->builder.apply(Smtp::Event::RecipientDecided {outcome});
    current->builder.finish();
    const bool kept = m_run.keepsTranscript(current->number)
        || current->builder.record().outcome != Transcript::WholeOutcome::Accepted;
    if (!kept)
        current->entries.clear();
    const qint64 start = current->entries.isEmpty() ? 0 : current->entries.first().us;
    for (qsizetype i = 0; i < current->entries.size(); ++i) {
        current->entries[i].n = i;
        current->entries[i].us -= start;
    }
    using std::chrono::duration_cast;
    std::optional<std::chrono::microseconds> latency;
    if (current->sent)
        latency = duration_cast<std::chrono::microseconds>(m_clock.now() - current->sentAt);
    m_run.report(current->builder, std::move(current->entries), latency);
}

/// It was never sent, and somebody else may do it.
void RepeatLane::giveBack(std::unique_ptr<Message> message)
{
    m_run.giveBack(message->number);
    if (!m_repository)
        return;
    message->builder.apply(Smtp::Event::Stopped {Smtp::Stage::Mail});
    message->builder.finish();
    m_repository->finish(message->builder.record());
}

/// The connection does not know it any more, nor did it send anything of it.
void RepeatLane::forgetFollowing(Message &message)
{
    if (!std::exchange(message.following, false))
        return;
    message.committing = message.cleared = false;
    message.recipients = RecipientQueue(m_request.envelope.forwardPaths);
}

/// On another session, as if nothing had been.
void RepeatLane::startOver(Message &message)
{
    message.retried = true;
    message.refused = false;
    message.sent = message.done = message.committing = message.cleared = false;
    message.transactions = 0;
    message.recipients = RecipientQueue(m_request.envelope.forwardPaths);
    message.builder.restart("session.retried"_ba);
}

void RepeatLane::closed()
{
    m_connection.release()->deleteLater(); // its own signal
    m_running = false;
    m_waiting.clear();
    for (const auto &next : m_next)
        forgetFollowing(*next);
    if (m_current && !m_fellBack && !m_cancelled
        && mayFallBack(m_policy, m_failed, m_current->builder)) {
        m_fellBack = true;
        m_clearHost = m_current->builder.record().host;
        m_current->sent = m_current->committing = false;
        m_current->builder.restart("tls.fallback"_ba);
        return connectNow();
    }
    if (!m_wasReady)
        ++m_failedConnections;
    if (m_current) {
        if (mayGoOn()) {
            m_current->sent = m_current->committing = false;
            return connectNow();
        }
        if (mayRetry() && m_failedConnections < MaxFailedConnections) {
            startOver(*m_current);
            return connectNow();
        }
        messageDone();
    }
    if (m_cancelled)
        return end();
    next();
}

void RepeatLane::cancel()
{
    m_cancelled = true;
    const Base::Error cancelled {ErrorKind::Cancelled, u"cancelled"_s, {}};
    if (m_connection)
        return m_connection->fail(cancelled);
    if (std::exchange(m_asksToken, false)) {
        m_current->builder.apply(Smtp::Event::Failed {{cancelled, Smtp::Stage::Auth}, {}});
        messageDone();
    }
    end();
}

void RepeatLane::abandon()
{
    m_cancelled = true;
    if (m_connection) {
        m_connection->fail({ErrorKind::Cancelled, u"the program ends"_s, {}});
        m_connection.reset();
    }
    if (m_current)
        messageDone();
    giveUpWaiting();
}

/// Who came to an end elsewhere is told as that; the others were never sent.
void RepeatLane::giveUpWaiting()
{
    for (auto &message : std::exchange(m_again, {})) {
        m_current = std::move(message);
        messageDone();
    }
    for (auto &message : std::exchange(m_next, {}))
        giveBack(std::move(message));
}

void RepeatLane::end()
{
    if (m_over)
        return;
    m_asksToken = false;
    if (m_connection) {
        m_cancelled = true; // closed() ends it
        return m_connection->quit();
    }
    giveUpWaiting();
    m_over = true;
    m_run.laneOver();
}

} // namespace Mailgauge::Delivery
