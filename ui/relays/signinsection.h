// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/secret.h"
#include "relays/formsection.h"

namespace Mailgauge::Relays {

class SignInRow;

/// Which client signs in by the browser, where, and whether somebody is.
class SignInSection final : public FormSection {
    Q_OBJECT

public:
    SignInSection(QFormLayout &form, const Theme::Theme &theme, QWidget *parent);

    void fill(const Relay::RelayProfile &profile) override;
    void take(Relay::RelayProfile &profile) const override;
    [[nodiscard]] QStringList facts(const Relay::RelayProfile &profile) const override;
    void updateReach(const Relay::RelayProfile &profile) override;

    /// Fills in what is known of the provider of the profile's host; what the user typed stays.
    /// Emits nothing.
    void suggest(const Relay::RelayProfile &profile);
    [[nodiscard]] SignInRow &row() { return *m_row; }
    /// What is typed of the client's own secret: it goes with signing in, not with the profile.
    [[nodiscard]] Base::Secret clientSecret() const;
    void setClientSecret(const Base::Secret &secret);

private:
    [[nodiscard]] QString wrongEndpoint(const QString &typed) const;
    [[nodiscard]] QString wrongScopes(const QString &typed) const;

    QLineEdit *m_clientId;
    QLineEdit *m_clientSecret;
    QLineEdit *m_authorizationEndpoint;
    QLineEdit *m_tokenEndpoint;
    QLineEdit *m_scopes;
    QCheckBox *m_localhost;
    SignInRow *m_row;
    QString m_suggestedFor; ///< The host whose provider was filled in.
    bool m_byBrowser = false; ///< Else nothing of it matters.
};

} // namespace Mailgauge::Relays
