// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/paths.h"
#include "delivery/oauthservice.h"
#include "delivery/relaytestservice.h"
#include "delivery/repeatservice.h"
#include "delivery/sendservice.h"
#include "diagnose/checkservice.h"
#include "relay/credentials.h"
#include "relay/profileservice.h"
#include "sandbox/sandboxservice.h"
#include "store/database.h"
#include "store/reportstore.h"

#include <QFuture>
#include <QObject>

#include <memory>
#include <optional>
#include <stop_token>

namespace Mailgauge::Gui {

/// What the program runs on, without a window: the store if there is one, profiles, sending, relay
/// tests, the sandbox. Made once, in this order, and taken down in the reverse one; a demo and the
/// window use the same.
///
/// The store is opened on a thread of its own, because that takes as long as the file is large or
/// another process holds it: storeDecided() tells when it is there, or when it is known that there
/// is none. What is sent before is not recorded, so senders wait for it.
class Services final : public QObject {
    Q_OBJECT

public:
    explicit Services(const Base::Paths &paths);
    /// Gives up opening the store, where that is under way.
    ~Services() override;

    [[nodiscard]] const Base::Paths &paths() const { return m_paths; }
    /// Whether files of ours can be written at all; known at once.
    [[nodiscard]] bool canSave() const { return m_canSave; }
    [[nodiscard]] bool isStoreDecided() const { return m_storeDecided; }
    /// Null before storeDecided(), and where nothing can be saved; `storeProblem` says why.
    [[nodiscard]] Store::Database *store() const { return m_store.get(); }
    [[nodiscard]] const std::optional<Base::Error> &storeProblem() const { return m_storeProblem; }
    /// Signs bounce addresses; empty before storeDecided(), and where it cannot be kept.
    [[nodiscard]] const Base::Secret &bounceKey() const { return m_bounceKey; }
    [[nodiscard]] Relay::Credentials &credentials() { return *m_credentials; }
    [[nodiscard]] Delivery::OAuthService &signIns() { return *m_signIns; }
    [[nodiscard]] Relay::ProfileService &profiles() { return *m_profiles; }
    [[nodiscard]] Delivery::SendService &sending() { return *m_sending; }
    /// Made when first asked for; not before storeDecided().
    [[nodiscard]] Delivery::RepeatService &repeating();
    [[nodiscard]] Delivery::RelayTestService &relayTests() { return *m_relayTests; }
    [[nodiscard]] Diagnose::CheckService &checks() { return *m_checks; }
    /// Of relays that were diagnosed; null where nothing can be saved.
    [[nodiscard]] Diagnose::ReportRepository *reports() const { return m_reports.get(); }
    [[nodiscard]] Sandbox::SandboxService &sandbox() { return m_sandbox; }

    /// Starts the sandbox; once it listens it is the built-in relay profile.
    void startSandbox();

    /// The id of the built-in profile, the same in every run, so that stored sessions find it.
    static const QUuid sandboxProfile;

Q_SIGNALS:
    /// What keeps the store from being there.
    void storeStepEntered(Mailgauge::Store::OpenStep step);
    /// Once, from the event loop: the profiles and the sending know the store, if there is one.
    void storeDecided();

private:
    struct Opened {
        Base::Result<std::unique_ptr<Store::Database>> store;
        Base::Secret bounceKey;
    };

    [[nodiscard]] static Opened open(const Base::Paths &paths, const Store::OpenOptions &options);
    [[nodiscard]] QString policyDirectory() const;
    /// Whoever listens is made after us: not even what is there at once is told before.
    template <typename Function>
    void later(Function function)
    {
        QMetaObject::invokeMethod(this, std::move(function), Qt::QueuedConnection);
    }
    void openStore();
    void takeStore(Opened opened);
    void offerSandbox(const Sandbox::SandboxAddress &address);

    Base::Paths m_paths;
    bool m_canSave = false;
    bool m_storeDecided = false;
    Base::SystemClock m_clock;
    std::stop_source m_stopOpening;
    QFuture<void> m_opening;
    std::unique_ptr<Store::Database> m_store;
    std::optional<Base::Error> m_storeProblem;
    Base::Secret m_bounceKey;
    std::unique_ptr<Relay::Credentials> m_credentials;
    std::unique_ptr<Delivery::OAuthService> m_signIns;
    std::unique_ptr<Relay::ProfileService> m_profiles;
    std::unique_ptr<Delivery::SendService> m_sending;
    std::unique_ptr<Delivery::RepeatService> m_repeating;
    std::unique_ptr<Delivery::RelayTestService> m_relayTests;
    std::unique_ptr<Store::ReportStore> m_reports;
    std::unique_ptr<Diagnose::CheckService> m_checks;
    Sandbox::SandboxService m_sandbox;
};

} // namespace Mailgauge::Gui
