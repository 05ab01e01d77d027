// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/profilesecrets.h"

#include "base/literals.h"
#include "relay/oauthgrant.h"
#include "relay/tokencommand.h"

#include <algorithm>

namespace Mailgauge::Relay {

namespace {

using Kept = Base::Result<std::optional<Base::Secret>>;

QFuture<Kept> nothing()
{
    return QtFuture::makeReadyValueFuture(Kept(std::nullopt));
}

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

QFuture<TokenProvider::TokenResult> tokenOf(const RelayProfile &profile, TokenProvider *tokens)
{
    if (profile.tokenSource == TokenSource::Command)
        return runTokenCommand(profile.tokenCommand);
    if (tokens)
        return tokens->accessToken(profile);
    return QtFuture::makeReadyValueFuture(TokenProvider::TokenResult(
        Base::fail(Base::Error::Kind::Unsupported, u"oauth: nobody signs in here"_s)));
}

QFuture<Kept> read(const RelayProfile &profile, SecretKind kind, const SecretSources &sources,
    QObject *context, const TypedSecrets &typed)
{
    if (const auto &given = typed.of(kind))
        return QtFuture::makeReadyValueFuture(Kept(*given));
    if (!uses(profile, kind))
        return nothing();
    if (kind != SecretKind::Token || profile.tokenSource == TokenSource::Kept)
        return sources.store.read(secretId(profile.id, kind));
    return tokenOf(profile, sources.tokens)
        .then(context, [](const TokenProvider::TokenResult &token) {
            return token ? Kept(*token) : Kept(std::unexpected(token.error()));
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
        const bool printed = kind == SecretKind::Token
            && profile.tokenSource == TokenSource::Command;
        return uses(profile, kind) && !typed.of(kind) && !printed;
    });
}

// One after the other: a keyring may ask the user to unlock it, and should ask once.
QFuture<Base::Result<ProfileSecrets>> readSecrets(const RelayProfile &profile,
    const SecretSources &sources, QObject *context, const TypedSecrets &typed)
{
    using Read = Base::Result<ProfileSecrets>;
    QFuture<Read> all = QtFuture::makeReadyValueFuture(Read(ProfileSecrets()));
    for (const auto &[kind, member] : {std::pair {SecretKind::Password, &ProfileSecrets::password},
             std::pair {SecretKind::ProxyPassword, &ProfileSecrets::proxyPassword},
             std::pair {SecretKind::Token, &ProfileSecrets::token}}) {
        all = all.then(context,
                     [=](const Read &before) -> QFuture<Read> {
                         if (!before)
                             return QtFuture::makeReadyValueFuture(before);
                         return read(profile, kind, sources, context, typed)
                             .then(context, [secrets = *before, member](const Kept &kept) mutable {
                                 if (!kept)
                                     return Read(std::unexpected(kept.error()));
                                 secrets.*member = kept->value_or(Base::Secret());
                                 return Read(secrets);
                             });
                     })
                  .unwrap();
    }
    return all;
}

} // namespace Mailgauge::Relay
