// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/sendjob.h"

#include "base/literals.h"
#include "base/logging.h"
#include "delivery/exitcode.h"
#include "delivery/fallback.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Delivery {

namespace {

using ErrorKind = Base::Error::Kind;
using Smtp::Stage;

constexpr int MostFruitless = 2;

SendRequest withId(SendRequest request)
{
    if (request.id.isNull())
        request.id = QUuid::createUuid();
    return request;
}

// For the log: ids, stages and kinds, never an address, a reply or a detail.
QByteArray idOf(const SendRequest &request)
{
    return request.id.toByteArray(QUuid::WithoutBraces);
}

} // namespace

SendJob::SendJob(SendRequest request, Transcript::SessionRepository *repository,
    const Base::Clock &clock, QObject *parent)
    : QObject(parent)
    , m_request(withId(std::move(request)))
    , m_repository(repository)
    , m_clock(clock)
    , m_builder(m_request, clock)
    , m_policy(m_request.session.tls)
    , m_start(clock.now())
{
}

SendJob::~SendJob() = default;

bool SendJob::isStored() const
{
    return m_repository && m_request.record && m_claim != Claim::Failed;
}

void SendJob::start()
{
    qCInfo(Base::logSmtp).noquote()
        << "session" << idOf(m_request)
        << "begins, recipients:" << m_request.envelope.forwardPaths.size();
    Q_EMIT started(m_builder.record());
    if (auto checked = checkRequest(m_request); !checked) {
        refuse(checked.error());
        return;
    }
    if (m_request.content)
        m_recipients = RecipientQueue(m_request.envelope.forwardPaths);
    claim();
    connectNow();
}

void SendJob::connectNow()
{
    Net::ConnectionOptions options = connectionOptionsOf(m_request);
    if (m_fellBack)
        goInClear(options, m_builder.record().host);
    m_ready = false;
    m_sentHere = m_doneHere = m_tookHere = false;
    m_tlsUsed = false;
    m_splitter.reset();
    m_failed.reset();
    m_entryBase = m_entryCount;
    m_usBase
        = std::chrono::duration_cast<std::chrono::microseconds>(m_clock.now() - m_start).count();
    using Net::Connection;
    m_connection = std::make_unique<Connection>(std::move(options), m_clock);
    Connection *connection = m_connection.get();
    connect(connection, &Connection::happened, this, &SendJob::happened);
    connect(connection, &Connection::entriesRecorded, this, &SendJob::record);
    connect(connection, &Connection::closed, this, &SendJob::connectionClosed);
    connect(connection, &Connection::connected, this,
        [this](const QString &address) { m_builder.setAddress(address); });
    connect(connection, &Connection::hostReached, this, [this](const QString &host, quint16 port) {
        m_tlsUsed = false;
        m_builder.setHost(host, port);
    });
    connect(connection, &Connection::policyDecided, this,
        [this](Smtp::TlsPolicy policy) { m_policy = policy; });
    connect(connection, &Connection::routeFound, this,
        [this](const Net::RouteFinding &finding, Stage stage) {
            m_builder.addFinding(finding.id, stage, finding.evidence);
        });
    connect(connection, &Connection::tlsJudged, this, [this](const Tls::TlsFacts &facts) {
        m_tlsUsed = true;
        m_builder.setTls(facts);
    });
    connect(connection, &Connection::contentProgress, this, [this](qint64 written, qint64 total) {
        Q_EMIT contentProgress(m_request.id, written, total);
    });
    connection->open();
}

void SendJob::happened(const Smtp::SessionEvent &event)
{
    using namespace Smtp::Event;
    if (const auto *one = std::get_if<RecipientDecided>(&event))
        return decided(one->outcome);
    if (std::holds_alternative<TransactionDone>(event)) {
        for (const Smtp::RecipientOutcome &outcome : m_recipients.settle())
            tell(RecipientDecided {outcome});
    }
    m_builder.apply(event);
    if (const auto *stage = std::get_if<StageEntered>(&event)) {
        if (stage->stage == Stage::Mail && isTlsWished(m_policy) && !m_tlsUsed)
            m_builder.addFinding("tls.none"_ba, Stage::Mail, {});
        qCDebug(Base::logSmtp).noquote()
            << "session" << idOf(m_request) << "stage" << Smtp::stageName(stage->stage);
        Q_EMIT stageEntered(m_request.id, stage->stage);
    } else if (const auto *announced = std::get_if<CapabilitiesChanged>(&event)) {
        Q_EMIT capabilitiesChanged(m_request.id, announced->capabilities);
    } else if (const auto *answered = std::get_if<CommandAnswered>(&event)) {
        m_connection->flush();
        Q_EMIT commandAnswered(m_request.id, answered->line, answered->reply);
    } else if (const auto *paused = std::get_if<Paused>(&event)) {
        m_connection->flush(); // what led to it is seen first
        Q_EMIT this->paused(m_request.id, paused->line, paused->stage);
    } else if (const auto *failed = std::get_if<Failed>(&event)) {
        m_failed = *failed;
        qCInfo(Base::logSmtp).noquote() << "session" << idOf(m_request)
                                        << "fails:" << Base::kindName(failed->failure.error.kind)
                                        << "in stage" << Smtp::stageName(failed->failure.stage);
    } else if (std::holds_alternative<Ready>(event)) {
        m_ready = true;
        sendWhenClaimed();
    } else if (std::holds_alternative<Stopped>(event)) {
        m_stopped = true;
    } else if (std::holds_alternative<Commit>(event)) {
        commit();
    } else if (std::holds_alternative<TransactionDone>(event)) {
        transactionDone();
    }
}

void SendJob::decided(const Smtp::RecipientOutcome &outcome)
{
    m_tookHere |= outcome.outcome == Smtp::Outcome::Accepted;
    if (!m_recipients.keeps(outcome, m_doneHere))
        tell(Smtp::Event::RecipientDecided {outcome});
}

void SendJob::tell(const Smtp::SessionEvent &event)
{
    m_builder.apply(event);
    Q_EMIT recipientDecided(m_request.id, std::get<Smtp::Event::RecipientDecided>(event).outcome);
}

void SendJob::command(const QByteArray &line)
{
    if (m_connection)
        answer(m_connection->command(line));
}

void SendJob::resume(const std::optional<QByteArray> &line)
{
    if (m_connection)
        answer(m_connection->resume(line));
}

void SendJob::answer(const Base::Result<void> &sent)
{
    if (!sent)
        Q_EMIT lineRefused(m_request.id, sent.error());
}

void SendJob::quit()
{
    if (m_connection)
        m_connection->quit();
}

void SendJob::record(const QList<Transcript::Entry> &entries)
{
    QList<Transcript::Entry> numbered = entries;
    for (Transcript::Entry &entry : numbered) {
        entry.n += m_entryBase;
        entry.us += m_usBase;
    }
    m_entryCount += numbered.size();
    Q_EMIT entriesRecorded(m_request.id, numbered);
    if (!isStored())
        return;
    removeKeptSecrets(numbered);
    m_repository->append(m_request.id, numbered)
        .then(this, [this](const Base::Result<void> &result) {
            if (!result)
                noteStoreFailure(result.error());
        });
}

// --- The ledger -----------------------------------------------------------------------------

void SendJob::claim()
{
    if (!isStored()) {
        m_claim = Claim::Durable;
        return;
    }
    m_claim = Claim::Asked;
    m_repository->begin(m_builder.record(), m_request.content.value_or(Base::Content()))
        .then(this, [this](const Base::Result<void> &result) { claimed(result); });
}

void SendJob::claimed(const Base::Result<void> &result)
{
    if (result) {
        m_claim = Claim::Durable;
        sendWhenClaimed();
        return;
    }
    m_claim = Claim::Failed;
    noteStoreFailure(result.error());
    // Where there was no connection to be had, that is what the session tells.
    if (!m_finished)
        refuse(result.error());
}

void SendJob::sendWhenClaimed()
{
    if (!m_ready || m_claim != Claim::Durable)
        return;
    m_ready = false;
    if (m_request.staysOpen && !m_request.content)
        Q_EMIT opened(m_request.id);
    else
        sendNext();
}

void SendJob::sendNext()
{
    if (!m_splitter)
        m_splitter.emplace(Smtp::AnnouncedLimits::of(m_builder.record().capabilities));
    const QList<Smtp::Mailbox> batch = m_recipients.take(*m_splitter);
    if (batch.isEmpty())
        return m_connection->quit();
    if (const auto finding = m_recipients.finding(m_builder.record().capabilities))
        m_builder.addFinding(finding->id, finding->stage, finding->evidence);
    m_sentHere = true;
    Smtp::Transaction transaction = transactionOf(m_request, *m_request.content);
    transaction.envelope.forwardPaths = batch;
    m_connection->send(
        std::move(transaction), m_request.content->open(), m_builder.record().message);
}

void SendJob::commit()
{
    if (!isStored()) {
        committed({});
        return;
    }
    // Who waits for a later transaction is not committed by this one.
    const QList<QByteArray> recipients = m_recipients.sentNow(m_builder.undecided());
    m_repository->commit(m_request.id, recipients)
        .then(this, [this](const Base::Result<void> &result) { committed(result); });
}

void SendJob::committed(const Base::Result<void> &result)
{
    if (m_finished || !m_connection)
        return;
    if (result) {
        m_connection->committed();
        return;
    }
    // H4: without the ledger the dot must not be sent.
    noteStoreFailure(result.error());
    m_refused = result.error();
    m_connection->withdraw(0, result.error());
    m_connection->quit();
}

void SendJob::noteStoreFailure(const Base::Error &error)
{
    // The store reads the message too, and may be the first to find that it changed (D13).
    if (error.detail.startsWith(storePrefix) && !std::exchange(m_storeFailed, true))
        Q_EMIT storeFailed(error);
}

// --- Endings --------------------------------------------------------------------------------

void SendJob::refuse(const Base::Error &error)
{
    m_refused = error;
    if (m_connection) {
        m_connection->fail(error);
        return;
    }
    m_builder.apply(Smtp::Event::Failed {{error, Stage::Mail}, {}});
    finish();
}

void SendJob::cancel()
{
    if (m_finished)
        return;
    refuse({ErrorKind::Cancelled, u"cancelled"_s, {}});
}

void SendJob::transactionDone()
{
    m_doneHere = true;
    if (m_recipients.isEmpty()) {
        if (m_connection)
            m_connection->quit();
        return;
    }
    // Queued: where the session is ending too, the rest of it comes first.
    QMetaObject::invokeMethod(
        this,
        [this] {
            if (mayGoOn() && m_connection && m_connection->isOpen())
                sendNext();
        },
        Qt::QueuedConnection);
}

/// Recipients are left that the last session had no room for.
bool SendJob::mayGoOn() const
{
    return !m_recipients.isEmpty() && m_sentHere && !m_failed && !m_stopped && !m_refused;
}

void SendJob::connectionClosed()
{
    m_connection.release()->deleteLater(); // its own signal
    if (!m_fellBack && mayFallBack(m_policy, m_failed, m_builder)) {
        m_fellBack = true;
        m_builder.restart("tls.fallback"_ba);
        return connectNow();
    }
    if (mayGoOn()) {
        // H12: who closes every session without taking anything is not asked for ever.
        m_fruitless = m_tookHere ? 0 : m_fruitless + 1;
        if (m_fruitless < MostFruitless)
            return connectNow();
        m_refused = {ErrorKind::ConnectionClosed,
            u"%1 sessions in a row ended before anything was taken"_s.arg(m_fruitless), {}};
    }
    // The session had ended in order before it was cancelled: it could not decide the others.
    if (m_refused && !m_failed && !m_recipients.isEmpty())
        m_builder.apply(Smtp::Event::Failed {{*m_refused, Stage::Mail}, {}});
    finish();
}

void SendJob::finish()
{
    if (std::exchange(m_finished, true))
        return;
    for (const Smtp::RecipientOutcome &outcome : m_recipients.leftovers())
        tell(Smtp::Event::RecipientDecided {outcome});
    m_builder.finish();
    const Transcript::SessionRecord &record = m_builder.record();
    qCInfo(Base::logSmtp).noquote()
        << "session" << idOf(m_request) << "ends:" << Transcript::wholeOutcomeName(record.outcome)
        << "exit" << record.exitCode << "ms" << record.totalUs / 1000;
    if (!m_repository || !m_request.record || m_claim == Claim::None) {
        Q_EMIT finished(m_builder.record());
        return;
    }
    // Also where the claim failed: of a large message the session may be there, unfinished.
    m_repository->finish(m_builder.record()).then(this, [this](const Base::Result<void> &result) {
        if (!result && m_claim != Claim::Failed)
            noteStoreFailure(result.error());
        Q_EMIT finished(m_builder.record());
    });
}

void SendJob::abandon()
{
    if (m_finished)
        return;
    if (m_connection) {
        m_fellBack = true; // no second try
        m_connection->fail({ErrorKind::Cancelled, u"the program ends"_s, {}});
        m_connection.reset();
    }
    finish();
}

} // namespace Mailgauge::Delivery

#include "moc_sendjob.cpp"
