// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/oauthservice.h"
#include "relay/profileservice.h"
#include "relays/signinstate.h"

#include <QHash>
#include <QObject>

#include <optional>

namespace Mailgauge::Relays {

class ProfileEdits;
class SignInSection;

/// Signs in to the provider of the relay shown, and shows how far that is. What is typed for the
/// relay is saved first: what a provider grants belongs to a profile that is kept.
class RelaySignIn final : public QObject {
    Q_OBJECT

public:
    RelaySignIn(Relay::ProfileService &profiles, ProfileEdits &edits,
        Delivery::OAuthService &signIns, SignInSection &section, QObject *parent = nullptr);

    /// The relay shown is this one, saved or not; null: none.
    void show(const QUuid &profile);
    /// Whether what the form holds is a whole profile of the user's own.
    void setPossible(bool possible);

private:
    void begin();
    void signIn(const QUuid &profile);
    void signOut();
    void lookUp(const QUuid &profile);
    void lookUpShown();
    void opened(const QUuid &profile, const QUrl &page);
    void failed(const QUuid &profile, const Base::Error &error);
    void set(const QUuid &profile, const SignInState &state);
    void update();

    Relay::ProfileService &m_profiles;
    ProfileEdits &m_edits;
    Delivery::OAuthService &m_service;
    SignInSection &m_section;
    QUuid m_shown;
    QUuid m_saving; ///< It signs in once it is saved.
    QHash<QUuid, SignInState> m_states;
    QHash<QUuid, Base::Secret> m_typed; ///< Client secrets, by profile.
};

} // namespace Mailgauge::Relays
