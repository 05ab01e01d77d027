// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/profilerepository.h"
#include "relay/profilesecrets.h"

#include <QHash>
#include <QObject>
#include <QSet>

#include <optional>

namespace Mailgauge::Relay {

/// The relay profiles as the panels see them: loaded once, kept in step with the repository, the
/// sandbox's own on top. Lives in the GUI thread (or the CLI's main thread).
class ProfileService : public QObject {
    Q_OBJECT

public:
    /// `repository` may be null: then nothing is saved and the service says so through `failed`
    /// once.
    ProfileService(
        ProfileRepository *repository, CredentialStore &credentials, QObject *parent = nullptr);

    /// Where none could be told when this was made. Nothing may have been changed before.
    void setRepository(ProfileRepository *repository) { m_repository = repository; }
    /// For profiles whose users sign in by the browser; it has to outlive this. Null: there is
    /// none.
    void setTokenProvider(TokenProvider *tokens) { m_tokens = tokens; }
    /// Asynchronous; profilesChanged() follows.
    void load();
    /// The built-in one first, then by name.
    [[nodiscard]] QList<RelayProfile> profiles() const;
    [[nodiscard]] std::optional<RelayProfile> profile(const QUuid &id) const;
    /// Kept, but of no use: unreadable() told of them. remove() takes their ids too.
    [[nodiscard]] const QList<UnreadableProfile> &unreadableProfiles() const
    {
        return m_unreadable;
    }
    /// Whether another than `id` has this name, in any case.
    [[nodiscard]] bool isNameTaken(const QString &name, const QUuid &id) const;
    /// The one that Send uses; null id where there is none.
    [[nodiscard]] QUuid current() const { return m_current; }
    /// Ends the waiting for the wanted one: the user chose.
    void setCurrent(const QUuid &id);
    /// The relay to begin with: that of the last run, or the sandbox. Call it before load(). Until
    /// it is there, or can come no more, none is current: nothing may go out through another.
    void setWanted(const QUuid &id);
    /// The one that is still waited for; null where there is none.
    [[nodiscard]] QUuid wanted() const { return m_wanted; }
    /// Adds or replaces; a null id gets one. Returns the id, or a null one where checkProfile()
    /// refuses it, the name is another's, or the profile is the built-in one; `failed` tells.
    /// saved() follows; where it cannot be stored the list goes back to what it was, and
    /// notSaved() and failed() tell.
    QUuid save(RelayProfile profile);
    /// With its secrets. They are remembered for this run, and come back when a profile of this id
    /// is saved again: an undo brings back all of it.
    void remove(const QUuid &id);
    /// Shows the sandbox as a profile; an empty optional: there is none, and none comes.
    void setBuiltin(std::optional<RelayProfile> profile, Base::Secret password);

    [[nodiscard]] CredentialStore::Backend credentialBackend() const;
    /// All that a session of this profile needs, but what was typed: see readSecrets().
    QFuture<Base::Result<ProfileSecrets>> secrets(
        const RelayProfile &profile, const TypedSecrets &typed = {});
    /// For the further sessions of a run, see freshTokenOf().
    [[nodiscard]] FreshToken freshToken(const RelayProfile &profile) const
    {
        return freshTokenOf(profile, m_tokens);
    }
    /// An empty secret removes it.
    QFuture<Base::Result<void>> setSecret(const QUuid &id, SecretKind kind, Base::Secret secret);

Q_SIGNALS:
    void profilesChanged();
    void currentChanged(const QUuid &id);
    /// The wanted one does not come; the sandbox is current where there is one, else none.
    void wantedMissing();
    /// The list was read, and these are of no use; the others are.
    void unreadable(const QList<Mailgauge::Relay::UnreadableProfile> &profiles);
    void saved(const QUuid &id);
    void notSaved(const Mailgauge::Relay::RelayProfile &profile);
    void failed(const Mailgauge::Base::Error &error);
    /// credentialBackend() is another: the keyring was given up, the vault opened or closed.
    void credentialBackendChanged();

private:
    void loaded(const Base::Result<StoredProfiles> &result);
    [[nodiscard]] Base::Result<void> check(const RelayProfile &profile) const;
    /// What the list held before a change that could not be stored.
    void restore(const QUuid &id, const std::optional<RelayProfile> &before);
    void replace(const QUuid &id, const std::optional<RelayProfile> &profile);
    void keepCurrent();
    void awaitWanted();
    void forgetSecrets(const QUuid &id);
    void takeSecretAway(
        const QUuid &id, SecretKind kind, const std::optional<Base::Secret> &secret);
    void bringSecretBack(const QUuid &id, SecretKind kind);
    void tellNothingIsSaved();

    ProfileRepository *m_repository;
    CredentialStore &m_credentials;
    TokenProvider *m_tokens = nullptr;
    QList<RelayProfile> m_profiles; ///< By name.
    QList<UnreadableProfile> m_unreadable;
    std::optional<RelayProfile> m_builtin;
    Base::Secret m_builtinPassword;
    QUuid m_current;
    QUuid m_wanted;
    bool m_loaded = false;
    bool m_builtinKnown = false;
    bool m_mayChoose = true; ///< Not where the wanted one is missing: then the user does.
    // Of profiles removed in this run, by secretId().
    QHash<QUuid, Base::Secret> m_removedSecrets;
    QSet<QUuid> m_forgetting; ///< Those on the way out.
    QSet<QUuid> m_changed; ///< Changed here before they were loaded.
    bool m_toldNothingIsSaved = false;
};

} // namespace Mailgauge::Relay
