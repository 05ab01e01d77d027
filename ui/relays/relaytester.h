// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/relaytestservice.h"
#include "relay/profileservice.h"
#include "transcript/sessionrecord.h"

#include <QHash>
#include <QObject>

#include <optional>

namespace Mailgauge::Relays {

class TestResultView;

/// Tests one relay at a time, and keeps what the last test of each found.
class RelayTester final : public QObject {
    Q_OBJECT

public:
    using Secrets = Delivery::RelayTestService::Secrets;

    RelayTester(Relay::ProfileService &profiles, Delivery::RelayTestService &tests,
        QObject *parent = nullptr);

    /// From the call on, not only from the answer of the keyring, which may ask the user first.
    [[nodiscard]] bool isRunning() const { return !m_tested.isNull(); }
    /// With the secrets typed, or else with those that are kept.
    void test(
        const Relay::RelayProfile &profile, const Relay::TypedSecrets &typed, Secrets secrets);
    /// What is known of that relay, and of no other.
    void show(const std::optional<Relay::RelayProfile> &profile, TestResultView &view) const;

Q_SIGNALS:
    /// Its session appears in the transcript.
    void started(const QUuid &session);
    /// Something began, ended, or was found.
    void changed();
    void failed(const Mailgauge::Base::Error &error);

private:
    void ended(const Transcript::SessionRecord &record);

    Relay::ProfileService &m_profiles;
    Delivery::RelayTestService &m_tests;
    QUuid m_tested; ///< The profile.
    QUuid m_session;
    QHash<QUuid, Transcript::SessionRecord> m_results;
};

} // namespace Mailgauge::Relays
