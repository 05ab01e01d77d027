// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/relaytestservice.h"

namespace Mailgauge::Delivery {

RelayTestService::RelayTestService(SendService &service, QObject *parent)
    : QObject(parent)
    , m_service(service)
{
    connect(
        &m_service, &SendService::finished, this, [this](const Transcript::SessionRecord &record) {
            if (m_running.removeOne(record.id))
                Q_EMIT finished(record);
        });
}

QUuid RelayTestService::test(
    const Relay::RelayProfile &profile, const Relay::ProfileSecrets &with, Secrets secrets)
{
    SendRequest request = requestFor(profile, with);
    request.keepSecrets = secrets == Secrets::KeepInMemory;
    const QUuid id = m_service.send(std::move(request));
    m_running.append(id);
    return id;
}

void RelayTestService::cancel(const QUuid &session)
{
    if (m_running.contains(session))
        m_service.cancel(session);
}

} // namespace Mailgauge::Delivery

#include "moc_relaytestservice.cpp"
