// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/sandboxworker.h"

#include "base/literals.h"
#include "mime/headerreader.h"
#include "mime/reader.h"
#include "sandbox/maildir.h"

#include <QHostAddress>
#include <QRandomGenerator>
#include <QTcpSocket>

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace Mailgauge::Sandbox {

namespace {

QByteArray randomWord()
{
    return QByteArray::number(QRandomGenerator::system()->generate64(), 36).toUpper();
}

/// Subject and Message-ID for lists; the content may be anything.
void readHeaders(InboxMessage &message)
{
    constexpr qsizetype MaxRead = 64 * 1024;
    constexpr qsizetype MaxShown = 1000;
    const Mime::RawHeader header = Mime::readHeader(headerSection(message.bytes, MaxRead));
    const auto decoded = [&header](QByteArrayView name) {
        const auto found = std::ranges::find_if(header.fields, [name](const auto &field) {
            return field.name.compare(name, Qt::CaseInsensitive) == 0;
        });
        return found == header.fields.end() ? QString()
                                            : Mime::decodeField(name, found->value).left(MaxShown);
    };
    message.subject = decoded("Subject");
    message.messageId = Mime::messageIdOf(decoded("Message-ID"));
}

} // namespace

SandboxWorker::SandboxWorker(const Base::Clock &clock)
    : m_clock(clock)
    , m_server(this)
    , m_bounceTimer(this)
{
    m_bounceTimer.setSingleShot(true);
    connect(&m_server, &QTcpServer::newConnection, this, &SandboxWorker::acceptConnections);
    connect(&m_bounceTimer, &QTimer::timeout, this, &SandboxWorker::sendDueBounces);
}

SandboxWorker::~SandboxWorker()
{
    qDeleteAll(std::exchange(m_connections, {}));
    m_certificates.reset();
    // QThread::wait() returns before pthread's own destructors run: what OpenSSL keeps for this
    // thread would look like a leak to whoever exits right then.
    OPENSSL_thread_stop();
}

void SandboxWorker::start(const SandboxOptions &options)
{
    stop();
    m_options = options;
    if (!options.maildir.isEmpty()) {
        if (const auto prepared = prepareMaildir(options.maildir); !prepared) {
            Q_EMIT failed(prepared.error());
            return;
        }
    }
    auto certificates = Certificates::create(m_clock.utcNow());
    if (!certificates) {
        Q_EMIT failed(certificates.error());
        return;
    }
    m_certificates.emplace(std::move(*certificates));
    if (!m_server.listen(QHostAddress::LocalHost, options.port)) {
        Q_EMIT failed(Base::fail(Base::Error::Kind::Io,
            u"listen on 127.0.0.1 port %1: %2"_s.arg(options.port).arg(m_server.errorString()))
                .error());
        return;
    }
    setScenario(options.scenario);
    Q_EMIT started({u"127.0.0.1"_s, m_server.serverPort(), m_certificates->caPem()});
}

void SandboxWorker::setScenario(const Scenario &scenario)
{
    m_player = std::make_shared<ScenarioPlayer>(scenario);
}

void SandboxWorker::stop()
{
    m_server.close();
    m_bounceTimer.stop();
    m_bounces.clear();
    const bool any = !m_connections.isEmpty();
    qDeleteAll(std::exchange(m_connections, {}));
    m_budget.left = ContentBudget;
    if (any)
        Q_EMIT sessionCountChanged(0, m_total);
}

void SandboxWorker::acceptConnections()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        if (m_connections.size() >= MaxSessions) {
            refuse(socket);
            continue;
        }
        const SessionContext context {.number = ++m_numbers,
            .id = randomWord(),
            .nonce = randomWord() + randomWord(),
            .tls = m_options.tls,
            .account = {m_options.user, Base::Secret(m_options.password),
                Base::Secret(m_options.token)},
            .budget = &m_budget};
        auto *connection = new SandboxConnection(
            socket, m_player, context, *m_certificates, m_clock, this);
        m_connections.insert(connection);
        ++m_total;
        connect(connection, &SandboxConnection::accepted, this, &SandboxWorker::messageAccepted);
        connect(connection, &SandboxConnection::closed, this,
            [this, connection] { connectionClosed(connection); });
        Q_EMIT sessionCountChanged(static_cast<int>(m_connections.size()), m_total);
        connection->start();
    }
}

void SandboxWorker::refuse(QTcpSocket *socket)
{
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    socket->write("421 4.3.2 Too many sessions, closing\r\n");
    socket->disconnectFromHost();
}

void SandboxWorker::connectionClosed(SandboxConnection *connection)
{
    if (!m_connections.remove(connection))
        return;
    connection->deleteLater();
    Q_EMIT sessionCountChanged(static_cast<int>(m_connections.size()), m_total);
}

void SandboxWorker::messageAccepted(
    const SandboxEvent::Accepted &accepted, const ClientFacts &client)
{
    const Smtp::ServerTransaction &transaction = accepted.transaction;
    InboxMessage message;
    message.id = QUuid::createUuid();
    message.arrivedAt = m_clock.utcNow();
    if (transaction.reversePath)
        message.reversePath = transaction.reversePath->address();
    for (const Smtp::Mailbox &path : transaction.forwardPaths)
        message.forwardPaths += path.address();
    message.heloName = client.heloName;
    message.tls = client.tls;
    message.user = client.user;
    message.bytes = transaction.content;
    message.size = message.bytes.size();
    readHeaders(message);
    planBounces(accepted, client);
    deliver(message);
}

void SandboxWorker::planBounces(const SandboxEvent::Accepted &accepted, const ClientFacts &client)
{
    for (const PlannedBounce &planned : accepted.bounces) {
        if (m_bounces.size() >= MaxPendingBounces)
            return;
        BounceFacts facts;
        facts.hostName = client.hostName;
        facts.reportId = randomWord() + '-' + QByteArray::number(++m_reports);
        facts.reversePath = accepted.transaction.reversePath->address();
        facts.queueId = accepted.transaction.queueId;
        facts.originalHeaders = headerSection(accepted.transaction.content, MaxReturnedHeaders);
        facts.arrivedAt = m_clock.utcNow();
        facts.recipients = planned.recipients;
        const Base::TimePoint due = m_clock.now() + planned.after;
        const auto at = std::ranges::upper_bound(m_bounces, due, {}, &PendingBounce::due);
        m_bounces.insert(at, PendingBounce {due, facts});
    }
    armBounceTimer();
}

void SandboxWorker::armBounceTimer()
{
    if (m_bounces.isEmpty())
        return;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(
        m_bounces.first().due - m_clock.now());
    m_bounceTimer.start(std::max(left, std::chrono::milliseconds(0)));
}

void SandboxWorker::sendDueBounces()
{
    while (!m_bounces.isEmpty() && m_bounces.first().due <= m_clock.now()) {
        BounceFacts facts = m_bounces.takeFirst().facts;
        facts.reportedAt = m_clock.utcNow();
        InboxMessage bounce;
        bounce.id = QUuid::createUuid();
        bounce.arrivedAt = facts.reportedAt;
        bounce.forwardPaths = {facts.reversePath};
        bounce.bytes = makeBounce(facts);
        bounce.size = bounce.bytes.size();
        readHeaders(bounce);
        deliver(bounce);
    }
    armBounceTimer();
}

void SandboxWorker::deliver(const InboxMessage &message)
{
    if (!m_options.maildir.isEmpty()) {
        if (const auto written = writeToMaildir(m_options.maildir, message); !written)
            Q_EMIT maildirFailed(written.error());
    }
    Q_EMIT messageArrived(message);
}

} // namespace Mailgauge::Sandbox

#include "moc_sandboxworker.cpp"
