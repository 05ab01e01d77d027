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
    const Relay::RelayProfile &profile, const std::optional<Base::Secret> &typed, Secrets secrets)
{
    if (isRunning())
        return;
    m_tested = profile.id;
    m_results.remove(profile.id);
    Q_EMIT changed();
    if (typed) {
        run(profile, *typed, secrets);
        return;
    }
    m_profiles.password(profile.id)
        .then(
            this, [this, profile, secrets](const Base::Result<std::optional<Base::Secret>> &kept) {
                if (kept) {
                    run(profile, kept->value_or(Base::Secret()), secrets);
                    return;
                }
                // Without its password a test would find what is not there.
                m_tested = {};
                Q_EMIT changed();
                Q_EMIT failed(kept.error());
            });
}

void RelayTester::run(
    const Relay::RelayProfile &profile, const Base::Secret &password, Secrets secrets)
{
    m_session = m_tests.test(profile, password, secrets);
    Q_EMIT started(m_session);
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
