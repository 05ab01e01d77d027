// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/literals.h"
#include "delivery/repeatrun.h"

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
{
}

RepeatLane::~RepeatLane() = default;

void RepeatLane::start()
{
    next();
}

void RepeatLane::next()
{
    const auto number = m_failedConnections < MaxFailedConnections ? m_run.take() : std::nullopt;
    if (!number)
        return end();
    SendRequest request = m_request;
    request.id = QUuid::createUuid();
    RecordBuilder builder(request, m_clock);
    m_current = std::make_unique<Current>(Current {.number = *number,
        .request = std::move(request),
        .builder = std::move(builder),
        .recipients = RecipientQueue(m_request.envelope.forwardPaths)});
    if (auto checked = checkRequest(m_current->request); !checked) {
        m_current->builder.apply(Smtp::Event::Failed {{checked.error(), Smtp::Stage::Mail}, {}});
        m_failedConnections = MaxFailedConnections; // the next would be no better
        messageDone();
        return end();
    }
    claim();
    if (!m_current)
        return; // the store refused at once
    if (!m_connection)
        return connectNow();
    m_current->builder.inherit(m_session);
    sendWhenReady();
}

void RepeatLane::claim()
{
    if (!m_repository) {
        m_current->claimed = true;
        return;
    }
    const QUuid id = m_current->request.id;
    m_repository->begin(m_current->builder.record(), *m_current->request.content)
        .then(this, [this, id](const Base::Result<void> &result) {
            if (!m_current || m_current->request.id != id)
                return;
            if (!result)
                return storeRefused(result.error());
            m_current->claimed = true;
            sendWhenReady();
        });
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
    m_ready = m_wasReady = m_doneHere = false;
    m_splitter.reset();
    m_usBase = m_current->entries.isEmpty() ? 0 : m_current->entries.last().us;
    m_failed.reset();
    m_connection = std::make_unique<Net::Connection>(connectionOptionsOf(m_request), m_clock);
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
    } else if (std::holds_alternative<TransactionDone>(event)) {
        transactionDone();
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
    Smtp::Transaction transaction = transactionOf(m_current->request);
    transaction.envelope.forwardPaths = batch;
    m_connection->send(std::move(transaction), m_current->request.content->open(),
        m_current->builder.record().message);
}

void RepeatLane::commit()
{
    m_current->committing = true;
    if (!m_repository)
        return m_connection->committed();
    const QUuid id = m_current->request.id;
    m_repository->commit(id, m_current->recipients.sentNow(m_current->builder.undecided()))
        .then(this, [this, id](const Base::Result<void> &result) {
            if (!m_current || m_current->request.id != id || !m_connection)
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

void RepeatLane::transactionDone()
{
    // With a failure it is the break itself that ended it.
    const bool failed = m_current->builder.record().failure.has_value();
    m_current->done = !failed && m_current->recipients.isEmpty();
    m_doneHere = !failed;
    m_connection->flush(); // what came until now belongs to this message
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

void RepeatLane::messageDone()
{
    const auto current = std::move(m_current);
    for (const Smtp::RecipientOutcome &outcome : current->recipients.leftovers())
        current->builder.apply(Smtp::Event::RecipientDecided {outcome});
    current->builder.finish();
    const qint64 start = current->entries.isEmpty() ? 0 : current->entries.first().us;
    for (qsizetype i = 0; i < current->entries.size(); ++i) {
        current->entries[i].n = i;
        current->entries[i].us -= start;
    }
    using std::chrono::duration_cast;
    std::optional<qint64> latencyUs;
    if (current->sent) {
        latencyUs
            = duration_cast<std::chrono::microseconds>(m_clock.now() - current->sentAt).count();
    }
    m_run.report(current->number, current->builder, current->entries, latencyUs);
}

void RepeatLane::closed()
{
    m_connection.release()->deleteLater(); // its own signal
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
    m_over = true;
    m_run.laneOver();
}

} // namespace Mailgauge::Delivery
