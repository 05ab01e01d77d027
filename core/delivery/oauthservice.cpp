// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/oauthservice.h"

#include "base/literals.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Delivery {

namespace {

using Kind = Base::Error::Kind;
using VoidResult = Base::Result<void>;
using SecretResult = Base::Result<std::optional<Base::Secret>>;

constexpr auto MustSignIn = "oauth: sign in"_L1;

Base::Error mustSignInError()
{
    return {Kind::Denied, QString(MustSignIn), {}};
}

} // namespace

OAuthService::OAuthService(Relay::CredentialStore &credentials, const Base::Clock &clock,
    OAuthPageTexts texts, OAuthLimits limits, QObject *parent)
    : QObject(parent)
    , m_credentials(credentials)
    , m_clock(clock)
    , m_texts(std::move(texts))
    , m_limits(limits)
{
}

OAuthService::~OAuthService() = default;

OAuthWorker *OAuthService::worker()
{
    if (m_worker)
        return m_worker;
    m_worker = new OAuthWorker(m_clock, m_texts, m_limits);
    connect(m_worker, &OAuthWorker::urlReady, this, [this](const QUuid &run, const QUrl &url) {
        if (const QUuid profile = m_signIns.key(run); !profile.isNull())
            Q_EMIT urlReady(profile, url);
    });
    connect(m_worker, &OAuthWorker::granted, this, &OAuthService::granted);
    connect(m_worker, &OAuthWorker::failed, this, &OAuthService::runFailed);
    m_thread = startIoThread(m_worker, "oauth");
    return m_worker;
}

bool OAuthService::mustSignIn(const Base::Error &error)
{
    return Relay::isGrantGone(error)
        || (error.kind == Kind::Denied && error.detail.startsWith(MustSignIn));
}

QFuture<Base::Result<OAuthService::Grant>> OAuthService::grantOf(const Relay::RelayProfile &profile)
{
    if (!profile.oauth)
        return QtFuture::makeReadyValueFuture(Base::Result<Grant>(
            Base::fail(Kind::InvalidInput, u"oauth: the profile names no client"_s)));
    return m_credentials.read(Relay::oauthSlot(profile.id))
        .then(this, [client = *profile.oauth](const SecretResult &kept) -> Base::Result<Grant> {
            if (!kept)
                return std::unexpected(kept.error());
            if (!*kept)
                return Grant();
            auto grant = Relay::grantFrom(**kept);
            if (!grant)
                return std::unexpected(grant.error());
            if (!grant->isFor(client))
                return Grant();
            grant->client = client;
            return Grant(*std::move(grant));
        });
}

// --- Signing in -------------------------------------------------------------------------------

void OAuthService::signIn(const Relay::RelayProfile &profile, const Base::Secret &clientSecret)
{
    if (!profile.oauth) {
        Q_EMIT failed(
            profile.id, {Kind::InvalidInput, u"oauth: the profile names no client"_s, {}});
        return;
    }
    cancel(profile.id);
    const QUuid run = QUuid::createUuid();
    m_signIns.insert(profile.id, run);
    if (!clientSecret.isEmpty()) {
        begin(profile, run, clientSecret);
        return;
    }
    grantOf(profile).then(this, [this, profile, run](const Base::Result<Grant> &kept) {
        // What cannot be read is replaced by this sign-in; a locked vault says so when it is saved.
        begin(profile, run, kept && *kept ? (*kept)->clientSecret : Base::Secret());
    });
}

void OAuthService::begin(
    const Relay::RelayProfile &profile, const QUuid &run, Base::Secret clientSecret)
{
    if (m_signIns.value(profile.id) != run)
        return; // cancelled meanwhile
    Relay::OAuthGrant grant;
    grant.client = *profile.oauth;
    grant.clientSecret = std::move(clientSecret);
    QMetaObject::invokeMethod(worker(),
        [worker = worker(), run, grant, hint = profile.user] { worker->signIn(run, grant, hint); });
}

bool OAuthService::isSigningIn(const QUuid &profile) const
{
    return m_signIns.contains(profile);
}

void OAuthService::cancel(const QUuid &profile)
{
    const QUuid run = m_signIns.take(profile);
    if (run.isNull())
        return;
    if (m_worker) // else it has not begun
        QMetaObject::invokeMethod(m_worker, [worker = m_worker, run] { worker->cancel(run); });
    Q_EMIT failed(profile, {Kind::Cancelled, u"oauth: cancelled"_s, {}});
}

void OAuthService::keepSignIn(const QUuid &profile, const Relay::OAuthGrant &grant)
{
    outdateRefresh(profile);
    m_credentials.write(Relay::oauthSlot(profile), Relay::toSecret(grant))
        .then(this, [this, profile](const VoidResult &kept) {
            if (!kept) {
                Q_EMIT failed(profile, kept.error());
                return;
            }
            Q_EMIT signedIn(profile);
            Q_EMIT stateChanged(profile);
        });
}

void OAuthService::outdateRefresh(const QUuid &profile)
{
    for (auto &[run, refresh] : m_refreshes) {
        if (refresh.profile == profile)
            refresh.keeps = false;
    }
}

QFuture<VoidResult> OAuthService::signOut(const QUuid &profile)
{
    cancel(profile);
    outdateRefresh(profile);
    return m_credentials.remove(Relay::oauthSlot(profile))
        .then(this, [this, profile](const VoidResult &removed) {
            if (removed)
                Q_EMIT stateChanged(profile);
            return removed;
        });
}

QFuture<Base::Result<OAuthState>> OAuthService::state(const Relay::RelayProfile &profile)
{
    return grantOf(profile).then(
        this, [this](const Base::Result<Grant> &kept) -> Base::Result<OAuthState> {
            if (!kept)
                return std::unexpected(kept.error());
            if (!*kept)
                return OAuthState();
            const Relay::OAuthGrant &grant = **kept;
            return OAuthState {.signedIn = !grant.refreshToken.isEmpty()
                    || grant.isFresh(m_clock.utcNow(), std::chrono::seconds(0)),
                .renews = !grant.refreshToken.isEmpty(),
                .hasClientSecret = !grant.clientSecret.isEmpty(),
                .expires = grant.expires};
        });
}

// --- Tokens -----------------------------------------------------------------------------------

QFuture<OAuthService::TokenResult> OAuthService::accessToken(const Relay::RelayProfile &profile)
{
    auto promise = std::make_shared<QPromise<TokenResult>>(); // std::function copies it
    promise->start();
    QFuture<TokenResult> future = promise->future();
    grantOf(profile).then(this, [this, id = profile.id, promise](const Base::Result<Grant> &kept) {
        if (kept && *kept) {
            use(std::move(*promise), id, **kept);
            return;
        }
        promise->addResult(std::unexpected(kept ? mustSignInError() : kept.error()));
        promise->finish();
    });
    return future;
}

void OAuthService::use(
    QPromise<TokenResult> promise, const QUuid &profile, const Relay::OAuthGrant &grant)
{
    if (grant.isFresh(m_clock.utcNow(), Margin)) {
        promise.addResult(grant.accessToken);
        promise.finish();
        return;
    }
    if (grant.refreshToken.isEmpty()) {
        const bool lasts = grant.isFresh(m_clock.utcNow(), std::chrono::seconds(0));
        promise.addResult(
            lasts ? TokenResult(grant.accessToken) : std::unexpected(mustSignInError()));
        promise.finish();
        return;
    }
    // One refresh at a time: providers that change the refresh token each time take a second use
    // of the old one for theft (RFC 9700 4.14.2).
    const auto running = std::ranges::find_if(m_refreshes,
        [&profile](const auto &one) { return one.second.profile == profile && one.second.keeps; });
    if (running != m_refreshes.end()) {
        running->second.waiting.push_back(std::move(promise));
        return;
    }
    const QUuid run = QUuid::createUuid();
    Refresh &refresh = m_refreshes[run];
    refresh.profile = profile;
    refresh.before = grant;
    refresh.waiting.push_back(std::move(promise));
    QMetaObject::invokeMethod(
        worker(), [worker = worker(), run, grant] { worker->refresh(run, grant); });
}

void OAuthService::granted(const QUuid &run, const Relay::OAuthGrant &grant)
{
    if (const QUuid profile = m_signIns.key(run); !profile.isNull()) {
        m_signIns.remove(profile);
        keepSignIn(profile, grant);
    } else if (auto node = m_refreshes.extract(run)) {
        refreshed(std::move(node.mapped()), grant.accessToken, grant);
    }
}

void OAuthService::runFailed(const QUuid &run, const Base::Error &error)
{
    if (const QUuid profile = m_signIns.key(run); !profile.isNull()) {
        m_signIns.remove(profile);
        Q_EMIT failed(profile, error);
        return;
    }
    auto node = m_refreshes.extract(run);
    if (!node)
        return;
    Relay::OAuthGrant kept = node.mapped().before;
    TokenResult result = std::unexpected(error);
    if (Relay::isGrantGone(error)) {
        // Only what the provider took back: the client's secret is the user's.
        kept.accessToken = {};
        kept.refreshToken = {};
    } else if (kept.isFresh(m_clock.utcNow(), std::chrono::seconds(0))) {
        result = kept.accessToken;
    }
    refreshed(std::move(node.mapped()), result, kept);
}

void OAuthService::refreshed(
    Refresh refresh, const TokenResult &token, const Relay::OAuthGrant &kept)
{
    const auto tell = [token](std::vector<QPromise<TokenResult>> waiting) {
        for (QPromise<TokenResult> &promise : waiting) {
            promise.addResult(token);
            promise.finish();
        }
    };
    if (kept == refresh.before || !refresh.keeps)
        return tell(std::move(refresh.waiting));
    // Whether or not it could be kept: the token is good now.
    auto waiting = std::make_shared<std::vector<QPromise<TokenResult>>>(std::move(refresh.waiting));
    m_credentials.write(Relay::oauthSlot(refresh.profile), Relay::toSecret(kept))
        .then(this, [this, tell, waiting, profile = refresh.profile](const VoidResult &written) {
            if (!written)
                Q_EMIT failed(profile, written.error());
            Q_EMIT stateChanged(profile);
            tell(std::move(*waiting));
        });
}

} // namespace Mailgauge::Delivery

#include "moc_oauthservice.cpp"
