// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "delivery/repeatrun.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Delivery {

namespace {

using ErrorKind = Base::Error::Kind;

constexpr int MaxFailedConnections = 2; // a dead relay is not asked a thousand times (H12)

} // namespace

RepeatLane::RepeatLane(RepeatRun &run, const SendRequest &request,
    Transcript::SessionRepository *repository, const Base::Clock &clock)
    : m_run(run)
    , m_request(request)
    , m_repository(repository)
    , m_clock(clock)
    , m_pattern(request, clock)
{
}

RepeatLane::~RepeatLane() = default;

void RepeatLane::start()
{
    next();
}

void RepeatLane::next()
{
    if (m_failedConnections >= MaxFailedConnections)
        return end();
    const bool claiming = !m_next;
    m_current = m_next ? std::move(m_next) : begin();
    if (!m_current)
        return end();
    if (m_current->refusal)
        return storeRefused(*m_current->refusal);
    if (auto checked = checkRequest(m_request); !checked) {
        m_current->builder.apply(Smtp::Event::Failed {{checked.error(), Smtp::Stage::Mail}, {}});
        m_failedConnections = MaxFailedConnections; // the next would be no better
        messageDone();
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
    return std::make_unique<Message>(Message {.number = *number,
        .builder = m_pattern.again(m_run.makeId(), m_run.makeId()),
        .recipients = RecipientQueue(m_request.envelope.forwardPaths)});
}

void RepeatLane::claim(Message &message)
{
    if (!m_repository) {
        message.claimed = true;
        return;
    }
    const QUuid id = message.builder.record().id;
    m_repository->begin(message.builder.record(), *m_request.content)
        .then(this, [this, id](const Base::Result<void> &result) { claimed(id, result); });
}

void RepeatLane::claimed(const QUuid &id, const Base::Result<void> &result)
{
    for (Message *message : {m_current.get(), m_next.get()}) {
        if (!message || message->builder.record().id != id)
            continue;
        const bool isCurrent = message == m_current.get();
        message->claimed = result.has_value();
        if (result)
            return isCurrent ? sendWhenReady() : follow();
        if (isCurrent)
            return storeRefused(result.error());
        message->refusal = result.error(); // the one before it is on its way and goes on
    }
}

void RepeatLane::storeRefused(const Base::Error &error)
{
    m_run.noteStoreFailure(error);
    m_cancelled = true; // H4: nothing more is begun
    if (m_connection)
        return m_connection->fail(error);
    m_current->builder.apply(Smtp::Event::Failed {{error, Smtp::Stage::Mail}, {}});
    messageDone();
    end();
}

void RepeatLane::connectNow()
{
    m_ready = m_wasReady = m_running = m_doneHere = false;
    m_splitter.reset();
    m_usBase = m_current->entries.isEmpty() ? 0 : m_current->entries.last().us;
    m_failed.reset();
    Net::ConnectionOptions options = connectionOptionsOf(m_request);
    options.bulk = true;
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
            if (m_current)
                m_current->builder.setHost(host, port);
        });
    connect(m_connection.get(), &Connection::routeFound, this,
        [this](const Net::RouteFinding &finding, Smtp::Stage stage) {
            if (m_current)
                m_current->builder.addFinding(finding.id, stage, finding.evidence);
        });
    connect(m_connection.get(), &Connection::tlsJudged, this, [this](const Tls::TlsFacts &facts) {
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
    } else if (std::holds_alternative<Commit>(event)) {
        commit();
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
    m_connection->send(
        transactionTo(batch), m_request.content->open(), m_current->builder.record().message);
    thinkAhead();
}

Smtp::Transaction RepeatLane::transactionTo(const QList<Smtp::Mailbox> &recipients) const
{
    Smtp::Transaction transaction = transactionOf(m_request);
    transaction.envelope.forwardPaths = recipients;
    return transaction;
}

/// While a message is on its way the one behind it gets ready. Not where LIMITS may say that it
/// belongs to another session.
void RepeatLane::thinkAhead()
{
    const Smtp::SessionOptions &session = m_request.session;
    const Smtp::Capabilities &capabilities = m_session.capabilities;
    if (m_next || !m_running || m_cancelled || !session.pipelining || session.stop || session.breaks
        || !capabilities.has("PIPELINING") || capabilities.has("LIMITS"))
        return;
    m_next = begin();
    if (m_next)
        claim(*m_next);
}

/// From the commit on it is certain that the running transaction is the message's last: nobody of
/// it waits for another one.
void RepeatLane::follow()
{
    if (!m_running || !m_current->committing || !m_current->recipients.isSettled() || !m_next
        || !m_next->claimed || m_next->following || !m_connection)
        return;
    m_next->following = true;
    m_connection->follow(transactionTo(m_next->recipients.take(*m_splitter)),
        m_request.content->open(), m_next->builder.record().message);
}

void RepeatLane::commit()
{
    m_current->committing = true;
    follow();
    if (!m_repository)
        return m_connection->committed();
    const QUuid id = m_current->builder.record().id;
    m_repository->commit(id, m_current->recipients.sentNow(m_current->builder.undecided()))
        .then(this, [this, id](const Base::Result<void> &result) {
            if (!m_current || m_current->builder.record().id != id || !m_connection)
                return;
            if (result)
                m_connection->committed();
            else
                storeRefused(result.error());
        });
}

bool RepeatLane::mayRetry() const
{
    // Of a message in several transactions the first ones may be delivered.
    if (m_cancelled || m_current->retried || m_current->committing || m_current->transactions > 1)
        return false;
    const auto &recipients = m_current->builder.record().recipients;
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
    if (follows)
        return takeTurn();
    // Queued: where the session is ending too, the rest of it comes first.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (!m_connection || !m_connection->isOpen() || !m_current)
                return; // closed() goes on
            m_ready = true;
            if (!m_current->recipients.isEmpty()) {
                m_current->sent = m_current->committing = false;
                return sendWhenReady();
            }
            messageDone();
            next();
        },
        Qt::QueuedConnection);
}

/// The session goes on with the message behind this one.
void RepeatLane::takeTurn()
{
    messageDone();
    m_current = std::move(m_next);
    m_current->sent = true;
    m_current->transactions = 1;
    m_current->sentAt = m_clock.now();
    m_current->builder.inherit(m_session);
    thinkAhead();
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
    const auto current = std::move(m_current);
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
void RepeatLane::giveBackNext()
{
    const auto message = std::move(m_next);
    if (!message)
        return;
    m_run.giveBack(message->number);
    if (!m_repository)
        return;
    message->builder.apply(Smtp::Event::Stopped {Smtp::Stage::Mail});
    message->builder.finish();
    m_repository->finish(message->builder.record());
}

void RepeatLane::closed()
{
    m_connection.release()->deleteLater(); // its own signal
    m_running = false;
    if (m_next && std::exchange(m_next->following, false))
        m_next->recipients = RecipientQueue(m_request.envelope.forwardPaths);
    if (!m_wasReady)
        ++m_failedConnections;
    if (m_current) {
        if (mayGoOn()) {
            m_current->sent = m_current->committing = false;
            return connectNow();
        }
        if (mayRetry() && m_failedConnections < MaxFailedConnections) {
            m_current->retried = true;
            m_current->sent = m_current->done = false;
            m_current->transactions = 0;
            m_current->recipients = RecipientQueue(m_request.envelope.forwardPaths);
            m_current->builder.restart("session.retried"_ba);
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
    if (m_connection)
        m_connection->fail({ErrorKind::Cancelled, u"cancelled"_s, {}});
    else
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
    giveBackNext();
}

void RepeatLane::end()
{
    if (m_over)
        return;
    if (m_connection && m_connection->isOpen() && !m_cancelled) {
        m_cancelled = true; // closed() ends it
        return m_connection->quit();
    }
    if (m_connection)
        return; // closing
    giveBackNext();
    m_over = true;
    m_run.laneOver();
}

} // namespace Mailgauge::Delivery
