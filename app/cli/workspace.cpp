// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace.h"

#include "base/paths.h"
#include "bounce/verp.h"
#include "delivery/exitcode.h"
#include "explain/explain.h"

#include <QRegularExpression>

#include <algorithm>

namespace Mailgauge::Cli {

Workspace::Workspace(Context &context)
    : m_context(context)
{
}

Workspace::~Workspace() = default;

Store::Database *Workspace::database()
{
    if (m_opened)
        return m_database.get();
    m_opened = true;
    const Base::Paths paths = Base::Paths::standard(m_context.dataDir);
    auto opened = paths.prepare().and_then(
        [&paths] { return Store::Database::open(paths.storeFile()); });
    if (!opened) {
        m_context.console.complain(
            u"nothing will be saved: "_s + Explain::explain(opened.error()).text);
        return nullptr;
    }
    m_database = std::move(*opened);
    const Store::OpenReport &report = m_database->report();
    if (!report.movedAside.isEmpty())
        m_context.console.complain(
            u"the store was damaged (%1) and is now %2; a new one was begun"_s.arg(
                report.reason, report.movedAside));
    return m_database.get();
}

void Workspace::tellUnsaved(const Base::Error &error)
{
    m_context.console.complain(u"the session is not saved: "_s + error.detail);
}

void Workspace::tellExposed(const QString &file)
{
    m_context.console.complain(
        u"%1: others on this machine can read the password in it; chmod 600 takes that away"_s.arg(
            file));
}

Delivery::SendService &Workspace::sender(bool record)
{
    std::unique_ptr<Delivery::SendService> &service = record ? m_recording : m_forgetting;
    if (!service) {
        Store::Database *store = record ? database() : nullptr;
        service = std::make_unique<Delivery::SendService>(
            store ? &store->sessions() : nullptr, m_context.clock);
        service->setPolicyDirectory(Base::Paths::standard(m_context.dataDir).mtaStsDir());
    }
    return *service;
}

Delivery::RepeatService &Workspace::repeater(bool record)
{
    if (!m_repeater || m_repeaterRecords != record) {
        Store::Database *store = record ? database() : nullptr;
        m_repeater = std::make_unique<Delivery::RepeatService>(
            store ? &store->sessions() : nullptr, m_context.clock);
        m_repeater->setPolicyDirectory(Base::Paths::standard(m_context.dataDir).mtaStsDir());
        m_repeaterRecords = record;
    }
    return *m_repeater;
}

QFuture<FoundProfile> Workspace::profile(const QByteArray &nameOrId)
{
    Store::Database *store = database();
    if (!store)
        return QtFuture::makeReadyValueFuture(
            Checked<Relay::RelayProfile>(noInput(u"--profile: the store cannot be opened"_s)));
    return store->profiles().profiles().then(
        this, [nameOrId](const Base::Result<Relay::StoredProfiles> &stored) -> FoundProfile {
            if (!stored)
                return noInput(u"the store cannot be read: "_s + stored.error().detail);
            if (const auto *damaged = findUnreadable(*stored, nameOrId))
                return noInput(u"the profile %1 cannot be used: %2"_s.arg(
                    damaged->name, damaged->error.detail));
            return findProfile(stored->profiles, nameOrId);
        });
}

namespace {

/// The one of that name, in any case, or of that id.
template <typename Profile>
const Profile *find(const QList<Profile> &profiles, const QByteArray &nameOrId)
{
    const QString name = QString::fromUtf8(nameOrId);
    const QUuid id = QUuid::fromString(name);
    const auto found = std::ranges::find_if(profiles, [&](const Profile &profile) {
        return profile.name.compare(name, Qt::CaseInsensitive) == 0
            || (!id.isNull() && profile.id == id);
    });
    return found == profiles.end() ? nullptr : &*found;
}

} // namespace

FoundProfile findProfile(const QList<Relay::RelayProfile> &profiles, const QByteArray &nameOrId)
{
    if (const Relay::RelayProfile *profile = find(profiles, nameOrId))
        return *profile;
    return usage(u"there is no relay profile %1; 'mailgauge-cli profiles list' shows them"_s.arg(
        QString::fromUtf8(nameOrId)));
}

const Relay::UnreadableProfile *findUnreadable(
    const Relay::StoredProfiles &stored, const QByteArray &nameOrId)
{
    return find(stored.unreadable, nameOrId);
}

namespace {

/// What has to be given by an option where it is not kept.
struct Missing {
    const char *what;
    const char *options;
};

constexpr Missing theToken {"token", "--token-file, --token-env or --token-command"};

/// As one word of a command line.
QString forShell(QString name)
{
    static const QRegularExpression plain(u"^[A-Za-z0-9._@+-]+$"_s);
    return plain.match(name).hasMatch() ? name : u"'%1'"_s.arg(name.replace(u'\'', u"'\\''"_s));
}

Problem missing(const Missing &secret, bool vaultLocked)
{
    return vaultLocked
        ? usage(u"the profile's %1 is in the vault, which is locked: give "
                u"--vault-passphrase-file or --vault-passphrase-env, or the %1 itself by %2"_s.arg(
                    QLatin1StringView(secret.what), QLatin1StringView(secret.options)))
              .error()
        : usage(u"the profile's %1 is neither in a keyring nor in the vault: give %2"_s.arg(
                    QLatin1StringView(secret.what), QLatin1StringView(secret.options)))
              .error();
}

} // namespace

Problem noToken(const Relay::RelayProfile &profile, const Base::Error &error)
{
    using Kind = Base::Error::Kind;
    const auto problem = [&error](QByteArrayView kind, int exitCode) {
        return Problem {kind.toByteArray(), exitCode, Explain::explain(error).withNextStep(),
            Smtp::Stage::Auth};
    };
    if (Delivery::OAuthService::mustSignIn(error))
        return {"auth"_ba, 77,
            u"%1 Sign in again: mailgauge-cli profiles login %2"_s.arg(
                Explain::explain(error).text, forShell(profile.name)),
            Smtp::Stage::Auth};
    const bool isInput = error.kind == Kind::InvalidInput || error.kind == Kind::Io
        || error.kind == Kind::Full || error.kind == Kind::Corrupt || error.kind == Kind::Cancelled
        || error.kind == Kind::Unsupported;
    if (isInput)
        return problem("input", Exit::Input);
    // As a session that needs TLS: the provider is asked by https alone.
    const Smtp::Failure failure {error, Smtp::Stage::Auth};
    const Delivery::Verdict verdict = Delivery::verdictOf({.recipients = {},
        .failure = failure,
        .refusal = {},
        .stopped = false,
        .tls = Smtp::TlsPolicy::ImplicitTls});
    return problem(Delivery::errorKindName(failure), verdict.exitCode);
}

Relay::Credentials &Workspace::credentials()
{
    if (!m_credentials)
        m_credentials = Relay::Credentials::forDesktop(
            Base::Paths::standard(m_context.dataDir).vaultFile());
    return *m_credentials;
}

Base::Result<Base::Secret> Workspace::bounceKey() const
{
    const Base::Paths paths = Base::Paths::standard(m_context.dataDir);
    return paths.prepare().and_then([&] { return Bounce::loadVerpKey(paths.bounceKeyFile()); });
}

bool Workspace::isVaultLocked()
{
    Relay::VaultCredentialStore *vault = credentials().vault();
    return vault && vault->state() == Relay::VaultCredentialStore::State::Locked;
}

QFuture<Base::Result<void>> Workspace::unlockVault(const std::optional<Base::Secret> &passphrase)
{
    if (!passphrase || !isVaultLocked())
        return QtFuture::makeReadyValueFuture(Base::Result<void>());
    return credentials().vault()->unlock(*passphrase);
}

// Empty ones that were given are meant so.
Checked<Relay::ProfileSecrets> Workspace::complete(const Relay::RelayProfile &profile,
    const Relay::TypedSecrets &given, const Relay::ProfileSecrets &found)
{
    const bool authenticates = Relay::needsSecret(profile);
    const bool byToken = Relay::needsToken(profile);
    const bool proxyAsks = Relay::asksPassword(profile.route.proxy);
    const auto lacks = [](bool needed, const std::optional<Base::Secret> &typed,
                           const Base::Secret &secret) {
        return needed && !typed && secret.isEmpty();
    };
    if (lacks(authenticates && byToken, given.token, found.token))
        return std::unexpected(missing(theToken, isVaultLocked()));
    if (lacks(authenticates && !byToken, given.password, found.password))
        return std::unexpected(
            missing({"password", "--password-file, --password-env, --password-command or --netrc"},
                isVaultLocked()));
    if (lacks(proxyAsks, given.proxyPassword, found.proxyPassword))
        return std::unexpected(
            missing({"proxy's password", "--proxy-password-file or --proxy-password-env"},
                isVaultLocked()));
    return found;
}

Problem Workspace::whyNoSecrets(const Relay::RelayProfile &profile, const Base::Error &error)
{
    // The sources that are no store.
    for (const auto source : {"token command"_L1, "password command"_L1, "netrc"_L1}) {
        if (error.detail.startsWith(source))
            return noInput(error.detail).error();
    }
    if (!error.detail.startsWith("oauth:"_L1))
        return badInput(Explain::explain(error).withNextStep()).error();
    // What was granted may be in there.
    if (Delivery::OAuthService::mustSignIn(error) && isVaultLocked())
        return missing(theToken, true);
    return noToken(profile, error);
}

QFuture<Checked<Relay::ProfileSecrets>> Workspace::secrets(const Relay::RelayProfile &stored,
    const Relay::TypedSecrets &given, const std::optional<Base::Secret> &passphrase)
{
    Relay::RelayProfile profile = stored;
    // A password that is given is what to prove with: nobody has to sign in for it.
    if (given.password && !given.password->isEmpty() && !given.token)
        profile.tokenSource = Relay::TokenSource::None;
    using Found = Base::Result<Relay::ProfileSecrets>;
    return unlockVault(passphrase)
        .then(this,
            [this, profile, given](const Base::Result<void> &unlocked) {
                // Asking for a keyring takes a while.
                const bool asks = unlocked && Relay::needsStore(profile, given);
                Relay::CredentialStore &store = asks
                    ? static_cast<Relay::CredentialStore &>(credentials())
                    : m_nothing;
                const bool byBrowser = profile.tokenSource == Relay::TokenSource::Browser;
                return unlocked
                    ? Relay::readSecrets(
                          profile, {store, asks && byBrowser ? &oauth() : nullptr}, this, given)
                    : QtFuture::makeReadyValueFuture(Found(std::unexpected(unlocked.error())));
            })
        .unwrap()
        .then(this, [this, profile, given](const Found &found) -> Checked<Relay::ProfileSecrets> {
            if (found)
                return complete(profile, given, *found);
            return std::unexpected(whyNoSecrets(profile, found.error()));
        });
}

Relay::FreshToken Workspace::freshToken(const Relay::RelayProfile &profile)
{
    const bool byBrowser = profile.tokenSource == Relay::TokenSource::Browser;
    return Relay::freshTokenOf(profile, byBrowser ? &oauth() : nullptr);
}

QFuture<Base::Result<void>> Workspace::setSecrets(const QUuid &profile,
    const Relay::TypedSecrets &given, const std::optional<Base::Secret> &passphrase)
{
    QFuture<Base::Result<void>> done = unlockVault(passphrase);
    for (const Relay::SecretKind kind : Relay::allSecretKinds) {
        const auto &secret = given.of(kind);
        if (!secret)
            continue;
        done = done.then(this,
                       [this, id = Relay::secretId(profile, kind), secret = *secret](
                           const Base::Result<void> &before) {
                           return before ? credentials().write(id, secret)
                                         : QtFuture::makeReadyValueFuture(before);
                       })
                   .unwrap();
    }
    return done.then(this, [this](const Base::Result<void> &written) {
        if (written && credentials().backend() == Relay::CredentialStore::Backend::SessionOnly)
            m_context.console.complain(isVaultLocked()
                    ? u"the password vault is locked: the password is not kept; give "
                      u"--vault-passphrase-file or --vault-passphrase-env with it"_s
                    : u"there is no keyring: the password is not kept; give "
                      u"--password-file when sending"_s);
        return written;
    });
}

Delivery::OAuthService &Workspace::oauth()
{
    if (!m_oauth)
        m_oauth = std::make_unique<Delivery::OAuthService>(credentials(), m_context.clock,
            Delivery::OAuthPageTexts {u"You are signed in. You can close this page."_s,
                u"The provider gave no access. You can close this page."_s,
                u"This page belongs to no sign-in that is under way."_s});
    return *m_oauth;
}

QFuture<Checked<Delivery::OAuthService *>> Workspace::signIns(
    const QUuid &profile, const std::optional<Base::Secret> &passphrase)
{
    using Found = Checked<Delivery::OAuthService *>;
    using Kept = Base::Result<std::optional<Base::Secret>>;
    return unlockVault(passphrase)
        .then(this,
            [this, profile](const Base::Result<void> &unlocked) {
                // A keyring that does not work is known by asking it.
                return unlocked
                    ? credentials().read(Relay::secretId(profile, Relay::SecretKind::Grant))
                    : QtFuture::makeReadyValueFuture(Kept(std::unexpected(unlocked.error())));
            })
        .unwrap()
        .then(this, [this](const Kept &kept) -> Found {
            if (!kept)
                return badInput(Explain::explain(kept.error()).withNextStep());
            if (credentials().backend() == Relay::CredentialStore::Backend::SessionOnly)
                return usage(u"there is no keyring and no open vault to keep what is granted: give "
                             u"--vault-passphrase-file or --vault-passphrase-env"_s);
            return &oauth();
        });
}

QFuture<Base::Result<void>> Workspace::removeSecrets(const QUuid &profile)
{
    QFuture<Base::Result<void>> done = QtFuture::makeReadyValueFuture(Base::Result<void>());
    for (const Relay::SecretKind kind : Relay::allSecretKinds) {
        done = done.then(this,
                       [this, id = Relay::secretId(profile, kind)](
                           const Base::Result<void> &before) {
                           return credentials().remove(id).then(
                               [before](const Base::Result<void> &removed) {
                                   return before ? removed : before;
                               });
                       })
                   .unwrap();
    }
    return done;
}

} // namespace Mailgauge::Cli
