// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "profilescommands.h"

namespace Mailgauge::Cli {

/// `profiles login NAME`: prints the page to open, waits for the browser, and keeps what was
/// granted. With --json two lines: the page, then the end.
class ProfilesLoginCommand final : public ProfilesCommand {
    Q_OBJECT

public:
    using ProfilesCommand::ProfilesCommand;

    void interrupt() override;

protected:
    void use(const QList<Relay::RelayProfile> &profiles) override;

private:
    void begin(Delivery::OAuthService &service, const Base::Secret &clientSecret);
    void showPage(const QUrl &url);
    void tellState(const Base::Result<Delivery::OAuthState> &state);
    void failed(const Base::Error &error);

    Relay::RelayProfile m_profile;
    Delivery::OAuthService *m_service = nullptr; ///< The workspace's, once signing in.
};

/// `profiles logout NAME`: forgets what was granted.
class ProfilesLogoutCommand final : public ProfilesCommand {
    Q_OBJECT

public:
    using ProfilesCommand::ProfilesCommand;

protected:
    void use(const QList<Relay::RelayProfile> &profiles) override;
};

[[nodiscard]] QList<OptionSpec> profilesLoginOptions();

} // namespace Mailgauge::Cli
