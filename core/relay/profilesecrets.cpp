// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/profilesecrets.h"

#include "base/literals.h"
#include "relay/netrc.h"
#include "relay/oauthgrant.h"
#include "relay/secretcommand.h"

#include <algorithm>

namespace Mailgauge::Relay {

namespace {

using Kept = Base::Result<std::optional<Base::Secret>>;
using Read = Base::Result<ProfileSecrets>;

bool names(const RelayProfile &profile, Sasl::Proof proof)
{
    return std::ranges::any_of(profile.mechanisms,
        [proof](const QByteArray &name) { return Sasl::proofOf(name) == proof; });
}

/// Whether a session of this profile has any use for it.
bool uses(const RelayProfile &profile, SecretKind kind)
{
    switch (kind) {
    case SecretKind::Password:
        return needsPassword(profile);
    case SecretKind::Token:
        return needsToken(profile);
    case SecretKind::ProxyPassword:
        return asksPassword(profile.route.proxy);
    case SecretKind::Grant:
        return false;
    }
    Q_UNREACHABLE_RETURN(false);
}

/// Not got from elsewhere at each session.
bool isKept(const RelayProfile &profile, SecretKind kind)
{
    if (kind == SecretKind::Password)
        return profile.passwordSource == PasswordSource::Kept;
    return kind != SecretKind::Token || profile.tokenSource == TokenSource::Kept;
}

QFuture<TokenProvider::TokenResult> tokenOf(const RelayProfile &profile, TokenProvider *tokens)
{
    if (profile.tokenSource == TokenSource::Command)
        return runTokenCommand(profile.tokenCommand);
    if (tokens)
        return tokens->accessToken(profile);
    return QtFuture::makeReadyValueFuture(TokenProvider::TokenResult(
        Base::fail(Base::Error::Kind::Unsupported, u"oauth: nobody signs in here"_s)));
}

Base::Secret &secretOf(ProfileSecrets &secrets, SecretKind kind)
{
    return kind == SecretKind::Password ? secrets.password
        : kind == SecretKind::Token     ? secrets.token
                                        : secrets.proxyPassword;
}

QFuture<Read> readNetrc(const RelayProfile &profile, const ProfileSecrets &before, QObject *context)
{
    return readNetrcLater(profile.netrcFile, profile)
        .then(context, [before](const Base::Result<NetrcLogin> &found) {
            if (!found)
                return Read(std::unexpected(found.error()));
            ProfileSecrets secrets = before;
            secrets.password = found->password;
            secrets.exposedFile = found->exposedFile;
            return Read(secrets);
        });
}

/// `before` and the one of that kind.
QFuture<Read> read(const RelayProfile &profile, SecretKind kind, const ProfileSecrets &before,
    const SecretSources &sources, QObject *context, const TypedSecrets &typed)
{
    const auto with = [before, kind](const Base::Secret &secret) {
        ProfileSecrets secrets = before;
        secretOf(secrets, kind) = secret;
        return Read(secrets);
    };
    if (const auto &given = typed.of(kind))
        return QtFuture::makeReadyValueFuture(with(*given));
    if (!uses(profile, kind))
        return QtFuture::makeReadyValueFuture(Read(before));
    if (isKept(profile, kind)) {
        return sources.store.read(secretId(profile.id, kind))
            .then(context, [with](const Kept &kept) {
                return kept ? with(kept->value_or(Base::Secret()))
                            : Read(std::unexpected(kept.error()));
            });
    }
    if (kind == SecretKind::Password && profile.passwordSource == PasswordSource::Netrc)
        return readNetrc(profile, before, context);
    return (kind == SecretKind::Password ? runPasswordCommand(profile.passwordCommand)
                                         : tokenOf(profile, sources.tokens))
        .then(context, [with](const Base::Result<Base::Secret> &secret) {
            return secret ? with(*secret) : Read(std::unexpected(secret.error()));
        });
}

} // namespace

FreshToken freshTokenOf(const RelayProfile &profile, TokenProvider *tokens)
{
    const bool makes = profile.tokenSource == TokenSource::Command
        || (profile.tokenSource == TokenSource::Browser && tokens);
    if (!makes || !needsToken(profile))
        return {};
    return [profile, tokens] { return tokenOf(profile, tokens); };
}

bool needsSecret(const RelayProfile &profile)
{
    const auto takesOne = [](const QByteArray &name) {
        // A ticket is the system's.
        const Sasl::Proof proof = Sasl::proofOf(name);
        return proof == Sasl::Proof::Password || proof == Sasl::Proof::Token;
    };
    return profile.auth != Smtp::AuthOptions::Need::Never
        && (profile.mechanisms.isEmpty() || std::ranges::any_of(profile.mechanisms, takesOne));
}

bool needsToken(const RelayProfile &profile)
{
    return needsSecret(profile) && profile.tokenSource != TokenSource::None
        && (profile.mechanisms.isEmpty() || names(profile, Sasl::Proof::Token));
}

// One that was kept before there were tokens must not be tried in their place.
bool needsPassword(const RelayProfile &profile)
{
    return needsSecret(profile) && (!needsToken(profile) || names(profile, Sasl::Proof::Password));
}

QUuid secretId(const QUuid &profile, SecretKind kind)
{
    switch (kind) {
    case SecretKind::Password:
        return profile;
    case SecretKind::Token:
        return QUuid::createUuidV5(profile, "token"_ba);
    case SecretKind::ProxyPassword:
        return QUuid::createUuidV5(profile, "proxy password"_ba);
    case SecretKind::Grant:
        return oauthSlot(profile);
    }
    Q_UNREACHABLE_RETURN({});
}

const std::optional<Base::Secret> &TypedSecrets::of(SecretKind kind) const
{
    switch (kind) {
    case SecretKind::Password:
        return password;
    case SecretKind::Token:
        return token;
    case SecretKind::ProxyPassword:
        return proxyPassword;
    case SecretKind::Grant:
        break; // nobody types it
    }
    static const std::optional<Base::Secret> none;
    return none;
}

bool needsStore(const RelayProfile &profile, const TypedSecrets &typed)
{
    return std::ranges::any_of(allSecretKinds, [&](SecretKind kind) {
        // What was granted to the browser is in there.
        const bool inStore = isKept(profile, kind)
            || (kind == SecretKind::Token && profile.tokenSource == TokenSource::Browser);
        return uses(profile, kind) && !typed.of(kind) && inStore;
    });
}

// One after the other: a keyring may ask the user to unlock it, and should ask once.
QFuture<Base::Result<ProfileSecrets>> readSecrets(const RelayProfile &profile,
    const SecretSources &sources, QObject *context, const TypedSecrets &typed)
{
    QFuture<Read> all = QtFuture::makeReadyValueFuture(Read(ProfileSecrets()));
    for (const SecretKind kind :
        {SecretKind::Password, SecretKind::ProxyPassword, SecretKind::Token}) {
        all = all.then(context,
                     [=](const Read &before) {
                         return before ? read(profile, kind, *before, sources, context, typed)
                                       : QtFuture::makeReadyValueFuture(before);
                     })
                  .unwrap();
    }
    return all;
}

} // namespace Mailgauge::Relay
