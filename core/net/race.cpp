// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/race.h"

#include "base/literals.h"
#include "net/route.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Net {

struct Race::Attempt final : QObject {
    explicit Attempt(QObject *parent)
        : QObject(parent)
    {
    }
    QHostAddress address;
    Connector connector;
    QTimer timer;
};

Race::Race(QObject *parent)
    : QObject(parent)
{
    m_delay.setSingleShot(true);
    m_delay.setTimerType(Qt::PreciseTimer);
    connect(&m_delay, &QTimer::timeout, this, &Race::next);
}

Race::~Race()
{
    abort();
}

void Race::abort()
{
    m_delay.stop();
    for (Attempt *attempt : std::exchange(m_running, {})) {
        attempt->connector.disconnect(this);
        attempt->connector.abort();
        attempt->timer.disconnect(this);
        attempt->timer.stop();
        attempt->deleteLater();
    }
}

void Race::start(const QList<QHostAddress> &addresses, quint16 port, const Endpoint &local,
    std::chrono::milliseconds limit)
{
    abort();
    m_addresses = addresses;
    m_left = addresses;
    m_next = 0;
    m_port = port;
    m_local = local;
    m_limit = limit;
    m_both = std::ranges::any_of(addresses,
        [&](const QHostAddress &one) { return one.protocol() != addresses.first().protocol(); });
    next();
}

void Race::add(const QList<QHostAddress> &addresses)
{
    m_left += addresses;
    if (m_running.empty() || addresses.isEmpty())
        return;
    m_addresses = m_addresses.first(m_next) + interleaved(addresses + m_addresses.sliced(m_next));
    m_both = true;
    const std::chrono::milliseconds since(m_sinceAttempt.elapsed());
    m_delay.start(std::max(AttemptDelay - since, std::chrono::milliseconds(0)));
}

void Race::next()
{
    if (m_next >= m_addresses.size())
        return;
    const QHostAddress address = m_addresses.at(m_next++);
    auto *attempt = new Attempt(this);
    m_running.push_back(attempt);
    attempt->address = address;
    connect(&attempt->connector, &Connector::connected, this,
        [this, attempt](int descriptor) { win(attempt->address, descriptor); });
    connect(&attempt->connector, &Connector::failed, this,
        [this, attempt](const Base::Error &error) { end(attempt, error); });
    attempt->timer.setSingleShot(true);
    attempt->timer.setTimerType(Qt::PreciseTimer);
    connect(&attempt->timer, &QTimer::timeout, this, [this, attempt] {
        end(attempt,
            {Base::Error::Kind::Timeout, u"connect: no answer within %1 ms"_s.arg(m_limit.count()),
                {}});
    });
    attempt->timer.start(m_limit);
    m_sinceAttempt.start();
    if (m_both)
        m_delay.start(AttemptDelay);
    Q_EMIT trying(address);
    attempt->connector.start(address, m_port, m_local);
}

void Race::end(Attempt *attempt, const Base::Error &error)
{
    std::erase(m_running, attempt);
    attempt->connector.disconnect(this);
    attempt->connector.abort();
    attempt->timer.stop();
    attempt->deleteLater();
    m_left.removeOne(attempt->address);
    const bool last = m_running.empty() && m_next >= m_addresses.size();
    Q_EMIT failed(attempt->address, error);
    if (last)
        Q_EMIT lost();
    else if (m_next < m_addresses.size())
        next(); // a failure does not wait for the delay
}

void Race::win(const QHostAddress &address, int descriptor)
{
    const QHostAddress winner = address; // the attempt goes
    abort();
    m_left.removeOne(winner);
    Q_EMIT won(winner, descriptor);
}

} // namespace Mailgauge::Net

#include "moc_race.cpp"
