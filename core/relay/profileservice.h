// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/credentialstore.h"
#include "relay/profilerepository.h"
#include "relay/relayprofile.h"

#include <QObject>

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

    void load();
    /// The built-in one first, then by name.
    [[nodiscard]] QList<RelayProfile> profiles() const;
    [[nodiscard]] std::optional<RelayProfile> profile(const QUuid &id) const;
    /// The one that Send uses; null id where there is none.
    [[nodiscard]] QUuid current() const { return m_current; }
    void setCurrent(const QUuid &id);
    /// Adds or replaces; a null id gets one. Returns the id.
    QUuid save(RelayProfile profile);
    void remove(const QUuid &id);
    /// Shows the sandbox as a profile; an empty optional removes it.
    void setBuiltin(std::optional<RelayProfile> profile, Base::Secret password);

    [[nodiscard]] CredentialStore::Backend credentialBackend() const;
    QFuture<Base::Result<std::optional<Base::Secret>>> password(const QUuid &id);
    QFuture<Base::Result<void>> setPassword(const QUuid &id, Base::Secret secret);

Q_SIGNALS:
    void profilesChanged();
    void currentChanged(const QUuid &id);
    void failed(const Mailgauge::Base::Error &error);

private:
    ProfileRepository *m_repository;
    CredentialStore &m_credentials;
    QList<RelayProfile> m_profiles;
    std::optional<RelayProfile> m_builtin;
    Base::Secret m_builtinPassword;
    QUuid m_current;
};

} // namespace Mailgauge::Relay
