// SPDX-License-Identifier: GPL-3.0-or-later
#include "services.h"

#include "base/literals.h"
#include "bounce/verp.h"
#include "sandbox/scenariocatalogue.h"

#include <QCoreApplication>
#include <QtConcurrentRun>

namespace Mailgauge::Gui {

namespace {

Delivery::OAuthPageTexts pageTexts()
{
    return {QCoreApplication::translate("Services", "You are signed in. You can close this page."),
        QCoreApplication::translate(
            "Services", "The provider gave no access. You can close this page."),
        QCoreApplication::translate(
            "Services", "This page belongs to no sign-in that is under way.")};
}

} // namespace

const QUuid Services::sandboxProfile(u"5a6d0b0e-0000-4000-8000-000000000001"_s);

Services::Services(const Base::Paths &paths)
    : m_paths(paths)
    , m_sandbox(m_clock)
{
    const auto ready = m_paths.prepare();
    m_canSave = ready.has_value();
    m_credentials = Relay::Credentials::forDesktop(m_canSave ? m_paths.vaultFile() : QString());
    m_signIns = std::make_unique<Delivery::OAuthService>(*m_credentials, m_clock, pageTexts());
    m_profiles = std::make_unique<Relay::ProfileService>(nullptr, *m_credentials);
    m_profiles->setTokenProvider(m_signIns.get());
    connect(m_credentials.get(), &Relay::Credentials::backendChanged, m_profiles.get(),
        &Relay::ProfileService::credentialBackendChanged);
    m_sending = std::make_unique<Delivery::SendService>(nullptr, m_clock);
    m_sending->setPolicyDirectory(policyDirectory());
    m_relayTests = std::make_unique<Delivery::RelayTestService>(*m_sending);
    if (m_canSave)
        m_reports = std::make_unique<Store::ReportStore>(m_paths.reportsDir());
    m_checks = std::make_unique<Diagnose::CheckService>(
        *m_sending, nullptr, m_reports.get(), m_clock);
    connect(&m_sandbox, &Sandbox::SandboxService::started, m_profiles.get(),
        [this](const Sandbox::SandboxAddress &address) { offerSandbox(address); });
    connect(&m_sandbox, &Sandbox::SandboxService::failed, m_profiles.get(), [this] {
        if (!m_sandbox.address())
            m_profiles->setBuiltin(std::nullopt, {});
    });
    if (m_canSave) {
        openStore();
    } else {
        later([this, error = ready.error()] { takeStore({std::unexpected(error), {}}); });
    }
}

Services::~Services()
{
    m_stopOpening.request_stop();
    m_opening.waitForFinished();
    // Sessions first: they write to the store until the end.
    m_repeating.reset();
    m_checks.reset();
    m_sending.reset();
    m_sandbox.stop();
}

// In a thread of the pool.
Services::Opened Services::open(const Base::Paths &paths, const Store::OpenOptions &options)
{
    // Without a key bounces are joined by Message-ID alone.
    return {Store::Database::open(paths.storeFile(), options),
        Bounce::loadVerpKey(paths.bounceKeyFile()).value_or(Base::Secret())};
}

void Services::openStore()
{
    Store::OpenOptions options;
    options.stop = m_stopOpening.get_token();
    options.tell = [this](Store::OpenStep step) {
        later([this, step] { Q_EMIT storeStepEntered(step); });
    };
    auto opening = QtConcurrent::run(&Services::open, m_paths, options);
    m_opening = QFuture<void>(opening);
    opening.then(this, [this](const QFuture<Opened> &done) {
        later([this, done = done]() mutable { takeStore(done.takeResult()); });
    });
}

void Services::takeStore(Opened opened)
{
    m_bounceKey = opened.bounceKey;
    if (opened.store) {
        m_store = *std::move(opened.store);
        m_profiles->setRepository(&m_store->profiles());
        m_sending->setRepository(&m_store->sessions());
        m_checks->setSessions(&m_store->sessions());
    } else {
        m_storeProblem = opened.store.error();
    }
    m_storeDecided = true;
    Q_EMIT storeDecided();
}

QString Services::policyDirectory() const
{
    return m_canSave ? m_paths.mtaStsDir() : QString();
}

Delivery::RepeatService &Services::repeating()
{
    if (!m_repeating) {
        m_repeating = std::make_unique<Delivery::RepeatService>(
            m_store ? &m_store->sessions() : nullptr, m_clock);
        m_repeating->setPolicyDirectory(policyDirectory());
    }
    return *m_repeating;
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
}

} // namespace Mailgauge::Gui
