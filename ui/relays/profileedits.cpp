// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/profileedits.h"

#include "base/literals.h"
#include "relays/profilecommand.h"

#include <algorithm>

namespace Mailgauge::Relays {

ProfileEdits::ProfileEdits(Relay::ProfileService &profiles, QObject *parent)
    : QObject(parent)
    , m_profiles(profiles)
{
    connect(&m_profiles, &Relay::ProfileService::profilesChanged, this, &ProfileEdits::rebase);
    connect(&m_profiles, &Relay::ProfileService::saved, this, &ProfileEdits::saved);
    connect(&m_profiles, &Relay::ProfileService::notSaved, this, &ProfileEdits::notSaved);
}

QList<Relay::RelayProfile> ProfileEdits::all() const
{
    return m_profiles.profiles() + m_drafts.newProfiles();
}

QList<Relay::RelayProfile> ProfileEdits::own() const
{
    QList<Relay::RelayProfile> stored = m_profiles.profiles();
    stored.removeIf([](const Relay::RelayProfile &profile) { return profile.builtin; });
    return stored;
}

std::optional<Relay::RelayProfile> ProfileEdits::profile(const QUuid &id) const
{
    if (const auto draft = m_drafts.of(id); draft && draft->isNew)
        return draft->profile;
    return m_profiles.profile(id);
}

bool ProfileEdits::isNameTaken(const QString &name, const QUuid &id) const
{
    const auto takes = [&](const Relay::RelayProfile &one) {
        return one.id != id && one.name.compare(name, Qt::CaseInsensitive) == 0;
    };
    return m_profiles.isNameTaken(name, id) || std::ranges::any_of(all(), takes);
}

// Not saved before it can be: an unfinished profile is of no use to anybody.
QUuid ProfileEdits::add(Relay::RelayProfile profile)
{
    profile.id = QUuid::createUuid();
    const QString wanted = profile.name;
    for (int n = 2; isNameTaken(profile.name, profile.id); ++n)
        profile.name = u"%1 %2"_s.arg(wanted).arg(n);
    m_drafts.put({profile, {}, true});
    Q_EMIT changed();
    return profile.id;
}

// What is typed is a change of what was saved: saving it must not take back what was set by another
// way meanwhile, such as a pinned key.
void ProfileEdits::rebase()
{
    for (const QUuid &id : m_drafts.profiles()) {
        auto draft = m_drafts.of(id);
        const auto now = m_profiles.profile(id);
        if (draft->isNew || !now || draft->base == *now)
            continue;
        draft->profile = Relay::rebased(draft->profile, draft->base, *now);
        draft->base = *now;
        if (draft->profile == *now && draft->secrets.isEmpty() && draft->unread.isEmpty())
            m_drafts.drop(id);
        else
            m_drafts.put(*draft);
    }
}

void ProfileEdits::bringBack(const ProfileDraft &draft)
{
    m_drafts.put(draft);
    rebase();
}

void ProfileEdits::save(const QUuid &id)
{
    auto draft = m_drafts.of(id);
    if (!draft)
        return;
    const auto before = m_profiles.profile(id);
    // A session may have learnt it meanwhile; of another relay nothing is known.
    if (before) {
        const bool sameRelay = before->host == draft->profile.host
            && before->port == draft->profile.port && before->route.by == draft->profile.route.by;
        draft->profile.strongestMechanism = sameRelay ? before->strongestMechanism : QByteArray();
    }
    m_drafts.drop(id);
    if (before && draft->profile == *before) {
        setSecrets(*draft);
        Q_EMIT changed();
        return;
    }
    m_saving.insert(id, {before, *draft});
    if (m_profiles.save(draft->profile).isNull())
        notSaved(draft->profile);
}

void ProfileEdits::saved(const QUuid &id)
{
    if (!m_saving.contains(id))
        return;
    const Saving done = m_saving.take(id);
    m_undo.push(new ProfileCommand(m_profiles, done.before, done.draft.profile,
        done.before ? tr("change profile") : tr("new profile"), ProfileCommand::State::Done));
    setSecrets(done.draft);
}

// Its failure is told by whoever listens to the service; what was typed is typed still.
void ProfileEdits::notSaved(const Relay::RelayProfile &profile)
{
    if (!m_saving.contains(profile.id))
        return;
    const Saving undone = m_saving.take(profile.id);
    if (!m_drafts.contains(profile.id))
        bringBack(undone.draft);
    Q_EMIT changed();
}

void ProfileEdits::setSecrets(const ProfileDraft &draft)
{
    for (const Relay::SecretKind kind : Relay::allSecretKinds) {
        const auto &typed = draft.secrets.of(kind);
        if (!typed)
            continue;
        m_profiles.setSecret(draft.profile.id, kind, *typed)
            .then(this, [this, draft](const Base::Result<void> &kept) {
                if (kept)
                    return;
                // The profile is saved; its secrets wait in the form for another try.
                Q_EMIT failed(kept.error());
                const auto stored = m_profiles.profile(draft.profile.id);
                if (stored && !m_drafts.contains(stored->id))
                    m_drafts.put({*stored, draft.secrets, false, {}, *stored});
                Q_EMIT changed();
            });
    }
}

void ProfileEdits::remove(const QUuid &id)
{
    const auto draft = m_drafts.of(id);
    m_drafts.drop(id);
    const auto stored = m_profiles.profile(id);
    if (stored && !(draft && draft->isNew))
        m_undo.push(new ProfileCommand(m_profiles, *stored, std::nullopt, tr("delete profile")));
    else
        Q_EMIT changed();
}

QString ProfileEdits::addSaved(const QList<Relay::RelayProfile> &imported)
{
    for (const Relay::RelayProfile &profile : imported) {
        if (isNameTaken(profile.name, profile.id))
            return profile.name;
    }
    auto *step = new QUndoCommand(tr("import profiles"));
    for (const Relay::RelayProfile &profile : imported)
        new ProfileCommand(
            m_profiles, std::nullopt, profile, {}, ProfileCommand::State::ToDo, step);
    m_undo.push(step);
    return {};
}

} // namespace Mailgauge::Relays
