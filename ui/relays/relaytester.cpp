// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/relaytester.h"

#include "relays/testresultview.h"

namespace Mailgauge::Relays {

RelayTester::RelayTester(
    Relay::ProfileService &profiles, Delivery::RelayTestService &tests, QObject *parent)
    : QObject(parent)
    , m_profiles(profiles)
    , m_tests(tests)
{
    connect(&m_tests, &Delivery::RelayTestService::finished, this, &RelayTester::ended);
}

void RelayTester::test(
    const Relay::RelayProfile &profile, const Relay::TypedSecrets &typed, Secrets secrets)
{
    if (isRunning())
        return;
    m_tested = profile.id;
    m_results.remove(profile.id);
    Q_EMIT changed();
    m_profiles.secrets(profile, typed)
        .then(this, [this, profile, secrets](const Base::Result<Relay::ProfileSecrets> &all) {
            if (all) {
                m_session = m_tests.test(profile, *all, secrets);
                Q_EMIT started(m_session);
                return;
            }
            // Without its password a test would find what is not there.
            m_tested = {};
            Q_EMIT changed();
            Q_EMIT failed(all.error());
        });
}

void RelayTester::ended(const Transcript::SessionRecord &record)
{
    if (record.id != m_session)
        return;
    m_results.insert(m_tested, record);
    m_session = {};
    m_tested = {};
    Q_EMIT changed();
}

void RelayTester::show(
    const std::optional<Relay::RelayProfile> &profile, TestResultView &view) const
{
    const QUuid id = profile ? profile->id : QUuid();
    if (profile && m_tested == id)
        view.setRunning(profile->name);
    else if (m_results.contains(id))
        view.setRecord(m_results.value(id));
    else
        view.clear();
}

} // namespace Mailgauge::Relays
