// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/profileservice.h"
#include "relays/profiledrafts.h"

#include <QHash>
#include <QObject>
#include <QUndoStack>

#include <optional>

namespace Mailgauge::Relays {

/// The relay profiles while they are edited: what is saved, what is typed and not saved, and the
/// steps that can be undone. Only what was stored is a step.
class ProfileEdits final : public QObject {
    Q_OBJECT

public:
    explicit ProfileEdits(Relay::ProfileService &profiles, QObject *parent = nullptr);

    [[nodiscard]] QUndoStack &undoStack() { return m_undo; }
    /// What is typed. Putting and dropping emits nothing.
    [[nodiscard]] ProfileDrafts &drafts() { return m_drafts; }
    /// Those that are saved, then those that are kept nowhere yet.
    [[nodiscard]] QList<Relay::RelayProfile> all() const;
    /// Those that are saved, but for the built-in one.
    [[nodiscard]] QList<Relay::RelayProfile> own() const;
    /// As it is saved, or as it is typed where it is kept nowhere yet.
    [[nodiscard]] std::optional<Relay::RelayProfile> profile(const QUuid &id) const;
    /// Whether another than `id` has this name, in any case, saved or not.
    [[nodiscard]] bool isNameTaken(const QString &name, const QUuid &id) const;

    /// As something typed, under an id and a name of its own; returns the id.
    QUuid add(Relay::RelayProfile profile);
    /// What is typed for it, the password too. Where that fails it is typed still.
    void save(const QUuid &id);
    /// With what is typed for it; a step unless it was kept nowhere.
    void remove(const QUuid &id);
    /// What was typed once, over what is saved by now.
    void bringBack(const ProfileDraft &draft);
    /// All of them saved in one step, or none where a name is taken: returns that name.
    [[nodiscard]] QString addSaved(const QList<Relay::RelayProfile> &imported);

Q_SIGNALS:
    /// Something is typed, or is no more, by another way than the form.
    void changed();
    void failed(const Mailgauge::Base::Error &error);

private:
    struct Saving {
        std::optional<Relay::RelayProfile> before;
        ProfileDraft draft;
    };

    void rebase();
    void saved(const QUuid &id);
    void notSaved(const Relay::RelayProfile &profile);
    void setSecrets(const ProfileDraft &draft);

    Relay::ProfileService &m_profiles;
    QUndoStack m_undo;
    ProfileDrafts m_drafts;
    QHash<QUuid, Saving> m_saving; ///< On the way to the store.
};

} // namespace Mailgauge::Relays
