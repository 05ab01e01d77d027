// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/profileservice.h"

#include "base/literals.h"
#include "relay/profilejson.h"

#include <algorithm>

namespace Mailgauge::Relay {

namespace {

using Kind = Base::Error::Kind;
using VoidResult = Base::Result<void>;

bool lessByName(const RelayProfile &one, const RelayProfile &other)
{
    const int order = one.name.compare(other.name, Qt::CaseInsensitive);
    return order != 0 ? order < 0 : one.id < other.id;
}

} // namespace

ProfileService::ProfileService(
    ProfileRepository *repository, CredentialStore &credentials, QObject *parent)
    : QObject(parent)
    , m_repository(repository)
    , m_credentials(credentials)
{
}

void ProfileService::load()
{
    if (!m_repository) {
        m_loaded = true;
        keepCurrent();
        tellNothingIsSaved();
        return;
    }
    m_repository->profiles().then(
        this, [this](const Base::Result<StoredProfiles> &result) { loaded(result); });
}

void ProfileService::loaded(const Base::Result<StoredProfiles> &result)
{
    m_loaded = true;
    if (!result) {
        Q_EMIT failed(result.error());
        keepCurrent();
        return;
    }
    // What the user did while the list was on its way stands.
    QList<RelayProfile> merged;
    for (const RelayProfile &profile : std::as_const(m_profiles)) {
        if (m_changed.contains(profile.id))
            merged.append(profile);
    }
    for (const RelayProfile &profile : result->profiles) {
        if (!m_changed.contains(profile.id))
            merged.append(profile);
    }
    std::ranges::sort(merged, lessByName);
    m_changed.clear();
    m_profiles = merged;
    m_unreadable = result->unreadable;
    Q_EMIT profilesChanged();
    keepCurrent();
    if (!m_unreadable.isEmpty())
        Q_EMIT unreadable(m_unreadable);
}

QList<RelayProfile> ProfileService::profiles() const
{
    QList<RelayProfile> all;
    if (m_builtin)
        all.append(*m_builtin);
    return all + m_profiles;
}

std::optional<RelayProfile> ProfileService::profile(const QUuid &id) const
{
    if (m_builtin && m_builtin->id == id)
        return m_builtin;
    const auto found = std::ranges::find(m_profiles, id, &RelayProfile::id);
    return found == m_profiles.end() ? std::nullopt : std::optional(*found);
}

void ProfileService::setCurrent(const QUuid &id)
{
    if (!id.isNull() && !profile(id))
        return;
    m_wanted = {};
    m_mayChoose = true;
    if (m_current == id)
        return;
    m_current = id;
    Q_EMIT currentChanged(id);
}

void ProfileService::setWanted(const QUuid &id)
{
    m_wanted = id;
    keepCurrent();
}

void ProfileService::awaitWanted()
{
    if (const QUuid wanted = m_wanted; profile(wanted)) {
        setCurrent(wanted);
    } else if (m_loaded && m_builtinKnown) {
        m_wanted = {};
        // Another real relay is no substitute; nothing leaves the machine through the sandbox.
        m_mayChoose = false;
        Q_EMIT wantedMissing();
        if (m_builtin)
            setCurrent(m_builtin->id);
    }
}

// Send must never point at a profile that is gone.
void ProfileService::keepCurrent()
{
    if (!m_wanted.isNull()) {
        awaitWanted();
        return;
    }
    if (!m_current.isNull() && profile(m_current))
        return;
    if (!m_mayChoose) {
        if (m_builtin)
            setCurrent(m_builtin->id);
        return;
    }
    const QList<RelayProfile> all = profiles();
    setCurrent(all.isEmpty() ? QUuid() : all.first().id);
}

void ProfileService::replace(const QUuid &id, const std::optional<RelayProfile> &profile)
{
    m_changed.insert(id);
    m_profiles.removeIf([&id](const RelayProfile &one) { return one.id == id; });
    if (profile)
        m_profiles.insert(std::ranges::upper_bound(m_profiles, *profile, lessByName), *profile);
    Q_EMIT profilesChanged();
    keepCurrent();
}

void ProfileService::restore(const QUuid &id, const std::optional<RelayProfile> &before)
{
    replace(id, before);
}

void ProfileService::tellNothingIsSaved()
{
    if (m_toldNothingIsSaved)
        return;
    m_toldNothingIsSaved = true;
    Q_EMIT failed({Kind::Denied, u"profiles: there is no store to save them in"_s, {}});
}

bool ProfileService::isNameTaken(const QString &name, const QUuid &id) const
{
    const auto takes = [&](const auto &one) {
        return one.id != id && one.name.compare(name, Qt::CaseInsensitive) == 0;
    };
    return std::ranges::any_of(m_profiles, takes) || std::ranges::any_of(m_unreadable, takes);
}

VoidResult ProfileService::check(const RelayProfile &profile) const
{
    if (profile.builtin || (m_builtin && m_builtin->id == profile.id))
        return Base::fail(Kind::InvalidInput, u"profile: the built-in one cannot be changed"_s);
    if (isNameTaken(profile.name, profile.id))
        return Base::fail(
            Kind::InvalidInput, u"profile: the name \"%1\" is taken"_s.arg(profile.name));
    return checkProfile(profile);
}

QUuid ProfileService::save(RelayProfile profile)
{
    profile.name = profile.name.trimmed();
    if (const auto good = check(profile); !good) {
        Q_EMIT failed(good.error());
        return {};
    }
    if (profile.id.isNull())
        profile.id = QUuid::createUuid();
    const QUuid id = profile.id;
    const auto before = this->profile(id);
    replace(id, profile);
    for (const SecretKind kind : allSecretKinds)
        bringSecretBack(id, kind);
    if (!m_repository) {
        tellNothingIsSaved();
        Q_EMIT saved(id);
        return id;
    }
    m_repository->save(profile).then(this, [this, profile, before](const VoidResult &stored) {
        if (stored) {
            Q_EMIT saved(profile.id);
            return;
        }
        restore(profile.id, before);
        Q_EMIT notSaved(profile);
        Q_EMIT failed(stored.error());
    });
    return id;
}

void ProfileService::remove(const QUuid &id)
{
    const auto before = profile(id);
    const bool damaged = m_unreadable.removeIf([&id](const UnreadableProfile &one) {
        return one.id == id;
    }) > 0;
    if (!damaged && (!before || before->builtin))
        return;
    replace(id, std::nullopt);
    if (!m_repository) {
        forgetSecrets(id);
        return;
    }
    m_repository->remove(id).then(this, [this, id, before](const VoidResult &removed) {
        if (!removed) {
            restore(id, before);
            Q_EMIT failed(removed.error());
            return;
        }
        // Only now: a profile that comes back needs its secrets.
        if (!profile(id))
            forgetSecrets(id);
    });
}

void ProfileService::forgetSecrets(const QUuid &id)
{
    for (const SecretKind kind : allSecretKinds) {
        const QUuid secret = secretId(id, kind);
        m_forgetting.insert(secret);
        m_credentials.read(secret).then(
            this, [this, id, kind](const Base::Result<std::optional<Base::Secret>> &kept) {
                takeSecretAway(id, kind, kept.value_or(std::nullopt));
            });
    }
}

void ProfileService::takeSecretAway(
    const QUuid &id, SecretKind kind, const std::optional<Base::Secret> &secret)
{
    if (secret)
        m_removedSecrets.insert(secretId(id, kind), *secret);
    m_credentials.remove(secretId(id, kind))
        .then(this, [this, id, kind](const VoidResult &forgotten) {
            m_forgetting.remove(secretId(id, kind));
            if (!forgotten)
                Q_EMIT failed(forgotten.error());
            // The profile may be back by now.
            if (profile(id))
                bringSecretBack(id, kind);
        });
}

void ProfileService::bringSecretBack(const QUuid &id, SecretKind kind)
{
    const QUuid secret = secretId(id, kind);
    if (m_forgetting.contains(secret) || !m_removedSecrets.contains(secret))
        return;
    m_credentials.write(secret, m_removedSecrets.take(secret))
        .then(this, [this](const VoidResult &written) {
            if (!written)
                Q_EMIT failed(written.error());
        });
}

void ProfileService::setBuiltin(std::optional<RelayProfile> profile, Base::Secret password)
{
    m_builtin = std::move(profile);
    if (m_builtin)
        m_builtin->builtin = true;
    m_builtinPassword = std::move(password);
    m_builtinKnown = true;
    Q_EMIT profilesChanged();
    keepCurrent();
}

CredentialStore::Backend ProfileService::credentialBackend() const
{
    return m_credentials.backend();
}

QFuture<Base::Result<ProfileSecrets>> ProfileService::secrets(
    const RelayProfile &profile, const TypedSecrets &typed)
{
    if (m_builtin && m_builtin->id == profile.id) {
        return QtFuture::makeReadyValueFuture(
            Base::Result<ProfileSecrets>(ProfileSecrets {.password = m_builtinPassword}));
    }
    return readSecrets(profile, {m_credentials, m_tokens}, this, typed);
}

QFuture<VoidResult> ProfileService::setSecret(const QUuid &id, SecretKind kind, Base::Secret secret)
{
    if (m_builtin && m_builtin->id == id) {
        return QtFuture::makeReadyValueFuture(VoidResult(
            Base::fail(Kind::InvalidInput, u"profile: the built-in one cannot be changed"_s)));
    }
    const QUuid key = secretId(id, kind);
    m_removedSecrets.remove(key);
    return secret.isEmpty() ? m_credentials.remove(key)
                            : m_credentials.write(key, std::move(secret));
}

} // namespace Mailgauge::Relay

#include "moc_profileservice.cpp"
