// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/paths.h"
#include "delivery/relaytestservice.h"
#include "delivery/sendservice.h"
#include "relay/credentials.h"
#include "relay/profileservice.h"
#include "sandbox/sandboxservice.h"
#include "store/database.h"

#include <memory>
#include <optional>

namespace Mailgauge::Gui {

/// What the program runs on, without a window: the store if there is one, profiles, sending, relay
/// tests, the sandbox. Made once, in this order, and taken down in the reverse one; a demo and the
/// window use the same.
class Services {
public:
    explicit Services(const Base::Paths &paths);
    ~Services();
    Q_DISABLE_COPY_MOVE(Services)

    [[nodiscard]] const Base::Paths &paths() const { return m_paths; }
    /// Null where nothing can be saved; `storeProblem` says why.
    [[nodiscard]] Store::Database *store() const { return m_store.get(); }
    [[nodiscard]] const std::optional<Base::Error> &storeProblem() const { return m_storeProblem; }
    [[nodiscard]] Relay::Credentials &credentials() { return *m_credentials; }
    [[nodiscard]] Relay::ProfileService &profiles() { return *m_profiles; }
    [[nodiscard]] Delivery::SendService &sending() { return *m_sending; }
    [[nodiscard]] Delivery::RelayTestService &relayTests() { return *m_relayTests; }
    [[nodiscard]] Sandbox::SandboxService &sandbox() { return m_sandbox; }

    /// Starts the sandbox; once it listens it is the built-in relay profile.
    void startSandbox();

    /// The id of the built-in profile, the same in every run, so that stored sessions find it.
    static const QUuid sandboxProfile;

private:
    void offerSandbox(const Sandbox::SandboxAddress &address);

    Base::Paths m_paths;
    Base::SystemClock m_clock;
    std::unique_ptr<Store::Database> m_store;
    std::optional<Base::Error> m_storeProblem;
    std::unique_ptr<Relay::Credentials> m_credentials;
    std::unique_ptr<Relay::ProfileService> m_profiles;
    std::unique_ptr<Delivery::SendService> m_sending;
    std::unique_ptr<Delivery::RelayTestService> m_relayTests;
    Sandbox::SandboxService m_sandbox;
};

} // namespace Mailgauge::Gui
