// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "delivery/iothread.h"
#include "delivery/oauthworker.h"
#include "relay/profilesecrets.h"

#include <QPromise>

#include <map>
#include <vector>

namespace Mailgauge::Delivery {

/// What is known of a profile's grant, without its tokens.
struct OAuthState {
    bool signedIn = false; ///< There is a token to use or to refresh.
    bool renews = false; ///< It is refreshed by itself; else the user signs in again.
    bool hasClientSecret = false; ///< One is kept; signIn() takes it where none is given.
    QDateTime expires; ///< Of the access token, UTC; invalid: not told.

    bool operator==(const OAuthState &) const = default;
};

/// OAuth 2.0 access tokens for relay profiles that have an `oauth` client: got once through the
/// user's browser, kept in the CredentialStore, refreshed before they expire.
///
///     service.signIn(profile);  // urlReady() → show or open it → signedIn() or failed()
///     service.accessToken(profile).then(…);  // then SessionOptions::auth.token
///
/// Lives in the thread of the CredentialStore; its sockets are in a thread of its own.
class OAuthService final : public QObject, public Relay::TokenProvider {
    Q_OBJECT

public:
    /// A token that ends within this time is refreshed before it is used.
    static constexpr std::chrono::seconds Margin {300};

    /// `texts`: what the browser shows at the end, in the user's language.
    OAuthService(Relay::CredentialStore &credentials, const Base::Clock &clock,
        OAuthPageTexts texts, OAuthLimits limits = {}, QObject *parent = nullptr);
    ~OAuthService() override;

    /// Begins, or begins anew; urlReady(), then signedIn() or failed() follow. An empty
    /// `clientSecret` takes the one that is kept, if there is one.
    void signIn(const Relay::RelayProfile &profile, const Base::Secret &clientSecret = {});
    [[nodiscard]] bool isSigningIn(const QUuid &profile) const;
    /// failed() with Cancelled follows where a sign-in was under way.
    void cancel(const QUuid &profile);

    /// A token that is good for now. Denied where the user has to sign in (again), see
    /// mustSignIn(); else what kept the provider from giving a fresh one, unless the old one is
    /// still good.
    [[nodiscard]] QFuture<TokenResult> accessToken(const Relay::RelayProfile &profile) override;
    [[nodiscard]] static bool mustSignIn(const Base::Error &error);

    [[nodiscard]] QFuture<Base::Result<OAuthState>> state(const Relay::RelayProfile &profile);
    /// Forgets the grant; the provider is not told.
    QFuture<Base::Result<void>> signOut(const QUuid &profile);

Q_SIGNALS:
    /// The user has to open this in a browser on this machine.
    void urlReady(const QUuid &profile, const QUrl &url);
    void signedIn(const QUuid &profile);
    void failed(const QUuid &profile, const Mailgauge::Base::Error &error);
    /// state() is another: signed in or out, refreshed, or found to be revoked.
    void stateChanged(const QUuid &profile);

private:
    using Grant = std::optional<Relay::OAuthGrant>;
    struct Refresh {
        QUuid profile;
        Relay::OAuthGrant before;
        bool keeps = true; ///< Not where the user signed in or out meanwhile.
        std::vector<QPromise<TokenResult>> waiting;
    };

    /// The grant that this profile may use; none where there is none.
    [[nodiscard]] QFuture<Base::Result<Grant>> grantOf(const Relay::RelayProfile &profile);
    void begin(const Relay::RelayProfile &profile, const QUuid &run, Base::Secret clientSecret);
    /// Made when it is first needed: most never sign in.
    [[nodiscard]] OAuthWorker *worker();
    void use(QPromise<TokenResult> promise, const QUuid &profile, const Relay::OAuthGrant &grant);
    void granted(const QUuid &run, const Relay::OAuthGrant &grant);
    /// What a refresh of this profile brings now is not kept.
    void outdateRefresh(const QUuid &profile);
    void keepSignIn(const QUuid &profile, const Relay::OAuthGrant &grant);
    void runFailed(const QUuid &run, const Base::Error &error);
    void refreshed(Refresh refresh, const TokenResult &token, const Relay::OAuthGrant &kept);

    Relay::CredentialStore &m_credentials;
    const Base::Clock &m_clock;
    QHash<QUuid, QUuid> m_signIns; ///< Profile → run.
    std::map<QUuid, Refresh> m_refreshes; ///< By run.
    const OAuthPageTexts m_texts;
    const OAuthLimits m_limits;
    OAuthWorker *m_worker = nullptr; ///< Of m_thread, which deletes it.
    IoThreadPtr m_thread; ///< Last: it ends first.
};

} // namespace Mailgauge::Delivery
