// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "delivery/sendservice.h"
#include "relay/profilesecrets.h"

#include <QObject>

namespace Mailgauge::Delivery {

/// Tries a relay without sending: greeting, hello, TLS, AUTH, QUIT. What it found is the session's
/// record (capabilities, TLS facts, mechanism, failure, timings, findings); the panel renders it.
/// Runs through the given SendService, so the transcript shows it like any session, and it is kept
/// like one.
class RelayTestService : public QObject {
    Q_OBJECT

public:
    explicit RelayTestService(SendService &service, QObject *parent = nullptr);
    enum class Secrets : quint8 {
        CutOut,
        KeepInMemory, ///< The user chose to keep this run's secrets.
    };
    /// Returns the session's id.
    QUuid test(const Relay::RelayProfile &profile, const Relay::ProfileSecrets &with,
        Secrets secrets = Secrets::CutOut);
    void cancel(const QUuid &session);

Q_SIGNALS:
    void finished(const Mailgauge::Transcript::SessionRecord &record);

private:
    SendService &m_service;
    QList<QUuid> m_running;
};

} // namespace Mailgauge::Delivery
