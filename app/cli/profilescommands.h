// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

#include "base/filewriter.h"
#include "delivery/relaytestservice.h"

namespace Mailgauge::Cli {

/// What `profiles …` have in common: the stored profiles, read first.
class ProfilesCommand : public Command {
    Q_OBJECT

public:
    ProfilesCommand(Context &context, Options options);

    void start() final;

protected:
    virtual void use(const QList<Relay::RelayProfile> &profiles) = 0;
    /// All that the store holds, what cannot be read included.
    [[nodiscard]] const Relay::StoredProfiles &stored() const { return m_stored; }
    [[nodiscard]] Workspace &workspace() { return m_workspace; }
    [[nodiscard]] Relay::ProfileRepository &repository()
    {
        return m_workspace.database()->profiles();
    }
    /// The profile that the only argument names.
    [[nodiscard]] Checked<Relay::RelayProfile> named(
        const QList<Relay::RelayProfile> &profiles) const;
    /// Ends when the store has answered.
    void finishAfter(QFuture<Base::Result<void>> written);
    void failStore(const Base::Error &error);

private:
    void take(const Relay::StoredProfiles &stored);

    Workspace m_workspace;
    Relay::StoredProfiles m_stored;
};

class ProfilesListCommand final : public ProfilesCommand {
    Q_OBJECT

public:
    using ProfilesCommand::ProfilesCommand;

protected:
    void use(const QList<Relay::RelayProfile> &profiles) override;
};

class ProfilesShowCommand final : public ProfilesCommand {
    Q_OBJECT

public:
    using ProfilesCommand::ProfilesCommand;

protected:
    void use(const QList<Relay::RelayProfile> &profiles) override;
};

/// `profiles add NAME`: new, or changed where the name is known.
class ProfilesAddCommand final : public ProfilesCommand {
    Q_OBJECT

public:
    using ProfilesCommand::ProfilesCommand;

protected:
    void use(const QList<Relay::RelayProfile> &profiles) override;

private:
    void keepSecrets(const QUuid &profile, const Relay::TypedSecrets &secrets,
        const std::optional<Base::Secret> &passphrase);
};

class ProfilesRemoveCommand final : public ProfilesCommand {
    Q_OBJECT

public:
    using ProfilesCommand::ProfilesCommand;

protected:
    void use(const QList<Relay::RelayProfile> &profiles) override;
};

/// `profiles import FILE`: all or none.
class ProfilesImportCommand final : public ProfilesCommand {
    Q_OBJECT

public:
    using ProfilesCommand::ProfilesCommand;

protected:
    void use(const QList<Relay::RelayProfile> &profiles) override;

private:
    void saveNext();

    QList<Relay::RelayProfile> m_waiting;
    qsizetype m_count = 0;
};

/// `profiles export [NAME]...`
class ProfilesExportCommand final : public ProfilesCommand {
    Q_OBJECT

public:
    using ProfilesCommand::ProfilesCommand;

protected:
    void use(const QList<Relay::RelayProfile> &profiles) override;
};

/// `profiles test NAME`: greeting to AUTH, without a message.
class ProfilesTestCommand final : public ProfilesCommand {
    Q_OBJECT

public:
    using ProfilesCommand::ProfilesCommand;

    void interrupt() override;

protected:
    void use(const QList<Relay::RelayProfile> &profiles) override;

private:
    void test(const Relay::RelayProfile &profile, const Relay::ProfileSecrets &secrets);

    std::unique_ptr<Delivery::RelayTestService> m_service;
    QUuid m_session;
};

[[nodiscard]] QList<OptionSpec> profilesAddOptions();
[[nodiscard]] QList<OptionSpec> profilesExportOptions();

} // namespace Mailgauge::Cli
