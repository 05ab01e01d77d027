// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/relaysignin.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "relay/profileservice.h"
#include "relays/profileedits.h"
#include "relays/signinrow.h"
#include "relays/signinsection.h"

#include <QDesktopServices>

namespace Mailgauge::Relays {

namespace {
using Delivery::OAuthService;
using Phase = SignInState::Phase;
} // namespace

RelaySignIn::RelaySignIn(Relay::ProfileService &profiles, ProfileEdits &edits,
    OAuthService &signIns, SignInSection &section, QObject *parent)
    : QObject(parent)
    , m_profiles(profiles)
    , m_edits(edits)
    , m_service(signIns)
    , m_section(section)
{
    connect(&m_section, &FormSection::opened, this, &RelaySignIn::lookUpShown);
    connect(&m_section.row(), &SignInRow::signInRequested, this, &RelaySignIn::begin);
    connect(
        &m_section.row(), &SignInRow::cancelRequested, this, [this] { m_service.cancel(m_shown); });
    connect(&m_section.row(), &SignInRow::signOutRequested, this, &RelaySignIn::signOut);
    connect(&m_service, &OAuthService::urlReady, this, &RelaySignIn::opened);
    connect(&m_service, &OAuthService::failed, this, &RelaySignIn::failed);
    connect(&m_service, &OAuthService::stateChanged, this, [this](const QUuid &profile) {
        if (m_states.contains(profile))
            lookUp(profile);
    });
    connect(&m_service, &OAuthService::signedIn, this, [this](const QUuid &profile) {
        m_typed.remove(profile);
        if (profile == m_shown)
            m_section.setClientSecret({});
    });
    connect(&m_profiles, &Relay::ProfileService::saved, this, [this](const QUuid &profile) {
        // With another client what was granted is void.
        if (profile == m_saving)
            signIn(profile);
        else if (m_states.contains(profile))
            lookUp(profile);
    });
    connect(&m_profiles, &Relay::ProfileService::notSaved, this,
        [this](const Relay::RelayProfile &profile) {
            if (profile.id == m_saving)
                m_saving = {};
        });
}

void RelaySignIn::show(const QUuid &profile)
{
    if (profile != m_shown) {
        m_typed.insert(m_shown, m_section.clientSecret());
        m_shown = profile;
        m_section.setClientSecret(m_typed.take(profile));
        lookUpShown();
    }
    update();
}

// Not before somebody looks: a keyring may ask the user to unlock it.
void RelaySignIn::lookUpShown()
{
    if (m_section.isOpen() && !m_states.contains(m_shown))
        lookUp(m_shown);
}

void RelaySignIn::setPossible(bool possible)
{
    m_section.row().setPossible(possible);
    m_section.row().setSaves(m_edits.drafts().contains(m_shown));
}

void RelaySignIn::begin()
{
    const QUuid profile = m_shown;
    const auto draft = m_edits.drafts().of(profile);
    const auto saved = m_profiles.profile(profile);
    const bool changes = draft && (!saved || draft->profile != *saved);
    if (changes)
        m_saving = profile; // ProfileService::saved() goes on
    if (draft)
        m_edits.save(profile);
    if (!changes)
        signIn(profile);
}

void RelaySignIn::signIn(const QUuid &profile)
{
    m_saving = {};
    const auto saved = m_profiles.profile(profile);
    if (!saved)
        return;
    m_service.signIn(
        *saved, profile == m_shown ? m_section.clientSecret() : m_typed.value(profile));
    if (m_service.isSigningIn(profile))
        set(profile, {.phase = Phase::Waiting});
}

void RelaySignIn::opened(const QUuid &profile, const QUrl &page)
{
    SignInState state {.phase = Phase::Waiting, .page = page};
    state.browserOpened = QDesktopServices::openUrl(page);
    // Where the desktop took its time the user may have cancelled.
    if (m_service.isSigningIn(profile))
        set(profile, state);
}

void RelaySignIn::signOut()
{
    const QUuid profile = m_shown;
    m_states[profile].problem.clear();
    m_service.signOut(profile).then(this, [this, profile](const Base::Result<void> &removed) {
        if (!removed)
            failed(profile, removed.error());
    });
}

void RelaySignIn::failed(const QUuid &profile, const Base::Error &error)
{
    SignInState state = m_states.value(profile);
    state.problem = error.kind == Base::Error::Kind::Cancelled
        ? QString()
        : Explain::explain(error).withNextStep();
    // What was granted before is granted still.
    state.phase = Phase::Unknown;
    set(profile, state);
    lookUp(profile);
}

void RelaySignIn::lookUp(const QUuid &profile)
{
    const auto saved = m_profiles.profile(profile);
    if (!saved || !saved->oauth) {
        set(profile, {.phase = Phase::SignedOut});
        return;
    }
    m_service.state(*saved).then(
        this, [this, profile](const Base::Result<Delivery::OAuthState> &kept) {
            if (m_service.isSigningIn(profile))
                return;
            SignInState state {.phase = Phase::SignedOut};
            state.problem = m_states.value(profile).problem;
            if (!kept) {
                state.problem = Explain::explain(kept.error()).withNextStep();
            } else if (kept->signedIn) {
                state = {.phase = Phase::SignedIn,
                    .expires = kept->expires,
                    .renews = kept->renews,
                    .problem = state.problem};
            }
            set(profile, state);
        });
}

void RelaySignIn::set(const QUuid &profile, const SignInState &state)
{
    m_states.insert(profile, state);
    if (profile == m_shown)
        update();
}

void RelaySignIn::update()
{
    m_section.row().setState(m_states.value(m_shown));
}

} // namespace Mailgauge::Relays
