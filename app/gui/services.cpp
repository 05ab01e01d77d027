// SPDX-License-Identifier: GPL-3.0-or-later
#include "services.h"

#include "base/literals.h"
#include "sandbox/scenariocatalogue.h"

#include <QCoreApplication>

namespace Mailgauge::Gui {

const QUuid Services::sandboxProfile(u"5a6d0b0e-0000-4000-8000-000000000001"_s);

Services::Services(const Base::Paths &paths)
    : m_paths(paths)
    , m_sandbox(m_clock)
{
    if (const auto ready = m_paths.prepare(); !ready) {
        m_storeProblem = ready.error();
    } else if (auto store = Store::Database::open(m_paths.storeFile())) {
        m_store = std::move(*store);
    } else {
        m_storeProblem = store.error();
    }
    m_credentials = Relay::Credentials::forDesktop(
        m_storeProblem ? QString() : m_paths.vaultFile());
    m_profiles = std::make_unique<Relay::ProfileService>(
        m_store ? &m_store->profiles() : nullptr, *m_credentials);
    m_sending = std::make_unique<Delivery::SendService>(
        m_store ? &m_store->sessions() : nullptr, m_clock);
    m_relayTests = std::make_unique<Delivery::RelayTestService>(*m_sending);
    QObject::connect(&m_sandbox, &Sandbox::SandboxService::started, m_profiles.get(),
        [this](const Sandbox::SandboxAddress &address) { offerSandbox(address); });
}

Services::~Services()
{
    // Sessions first: they write to the store until the end.
    m_sending.reset();
    m_sandbox.stop();
}

void Services::startSandbox()
{
    Sandbox::SandboxOptions options;
    // The first shipped one accepts everything; a scenario set before the start stays.
    options.scenario = m_sandbox.scenario();
    if (const auto shipped = Sandbox::shippedScenarios();
        options.scenario.name.isEmpty() && !shipped.isEmpty()) {
        if (const auto scenario = Sandbox::loadScenario(shipped.first().name))
            options.scenario = *scenario;
    }
    m_sandbox.start(options);
}

void Services::offerSandbox(const Sandbox::SandboxAddress &address)
{
    const Sandbox::SandboxOptions defaults;
    Relay::RelayProfile profile;
    profile.id = sandboxProfile;
    profile.name = QCoreApplication::translate("Services", "Sandbox (built in)");
    profile.host = address.host;
    profile.port = address.port;
    profile.caPem = address.caPem;
    profile.auth = Smtp::AuthOptions::Need::IfOffered;
    profile.user = QString::fromUtf8(defaults.user);
    profile.builtin = true;
    m_profiles->setBuiltin(profile, Base::Secret(defaults.password));
    if (m_profiles->current().isNull())
        m_profiles->setCurrent(profile.id);
}

} // namespace Mailgauge::Gui
