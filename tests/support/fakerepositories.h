// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bounce/report.h"
#include "fakesessions.h"
#include "relay/credentialstore.h"
#include "relay/profilerepository.h"
#include "sandbox/inbox.h"
#include "stats/sample.h"

#include <QHash>

/// Repositories in memory, for panels and flows: futures are ready at once.
namespace Mailgauge::Test {

[[nodiscard]] inline Done done()
{
    return QtFuture::makeReadyValueFuture(Base::Result<void>());
}

class FakeProfiles final : public Relay::ProfileRepository {
public:
    QList<Relay::RelayProfile> kept;

    QList<Relay::UnreadableProfile> unreadable;
    std::optional<Base::Error> refuses; ///< Saving and removing.

    QFuture<Base::Result<Relay::StoredProfiles>> profiles() override
    {
        return QtFuture::makeReadyValueFuture(
            Base::Result<Relay::StoredProfiles>({kept, unreadable}));
    }
    Done save(Relay::RelayProfile profile) override
    {
        if (refuses)
            return QtFuture::makeReadyValueFuture(Base::Result<void>(std::unexpected(*refuses)));
        kept.removeIf([&profile](const Relay::RelayProfile &one) { return one.id == profile.id; });
        kept.append(profile);
        return done();
    }
    Done remove(QUuid id) override
    {
        if (refuses)
            return QtFuture::makeReadyValueFuture(Base::Result<void>(std::unexpected(*refuses)));
        kept.removeIf([id](const Relay::RelayProfile &one) { return one.id == id; });
        return done();
    }
};

class FakeCredentials final : public Relay::CredentialStore {
public:
    QHash<QUuid, Base::Secret> kept;

    [[nodiscard]] Backend backend() const override { return Backend::SessionOnly; }
    QFuture<Base::Result<std::optional<Base::Secret>>> read(QUuid profile) override
    {
        const auto found = kept.constFind(profile);
        return QtFuture::makeReadyValueFuture(Base::Result<std::optional<Base::Secret>>(
            found == kept.constEnd() ? std::nullopt : std::optional(*found)));
    }
    Done write(QUuid profile, Base::Secret secret) override
    {
        kept.insert(profile, secret);
        return done();
    }
    Done remove(QUuid profile) override
    {
        kept.remove(profile);
        return done();
    }
};

class FakeInbox final : public Sandbox::InboxRepository {
public:
    QList<Sandbox::InboxMessage> kept;
    std::optional<Base::Error> refuses; ///< Reading and removing.

    Done add(Sandbox::InboxMessage message) override
    {
        kept.prepend(message);
        return done();
    }
    QFuture<Base::Result<QList<Sandbox::InboxMessage>>> messages() override
    {
        if (refuses)
            return QtFuture::makeReadyValueFuture(
                Base::Result<QList<Sandbox::InboxMessage>>(std::unexpected(*refuses)));
        QList<Sandbox::InboxMessage> heads = kept;
        for (Sandbox::InboxMessage &head : heads)
            head.bytes.clear();
        return QtFuture::makeReadyValueFuture(Base::Result<QList<Sandbox::InboxMessage>>(heads));
    }
    QFuture<Base::Result<Sandbox::InboxMessage>> message(QUuid id) override
    {
        for (const Sandbox::InboxMessage &one : std::as_const(kept)) {
            if (one.id == id)
                return QtFuture::makeReadyValueFuture(Base::Result<Sandbox::InboxMessage>(one));
        }
        return QtFuture::makeReadyValueFuture(Base::Result<Sandbox::InboxMessage>(
            Base::fail(Base::Error::Kind::InvalidInput, QStringLiteral("no such message"))));
    }
    Done remove(QList<QUuid> ids) override
    {
        if (refuses)
            return QtFuture::makeReadyValueFuture(Base::Result<void>(std::unexpected(*refuses)));
        kept.removeIf(
            [&ids](const Sandbox::InboxMessage &message) { return ids.contains(message.id); });
        return done();
    }
};

class FakeBounces final : public Bounce::BounceRepository {
public:
    QList<Bounce::BounceRecord> kept;

    QFuture<Base::Result<Bounce::BounceRecord>> add(Bounce::BounceRecord record) override
    {
        kept.prepend(record);
        return QtFuture::makeReadyValueFuture(Base::Result<Bounce::BounceRecord>(record));
    }
    QFuture<Base::Result<QList<Bounce::BounceRecord>>> bounces() override
    {
        return QtFuture::makeReadyValueFuture(Base::Result<QList<Bounce::BounceRecord>>(kept));
    }
};

class FakeSamples final : public Stats::SampleSource {
public:
    QList<Stats::Sample> kept;
    QList<Stats::StageSample> keptStages;
    Stats::StageQuery asked; ///< The latest question for stages.

    QFuture<Base::Result<QList<Stats::StageSample>>> stages(Stats::StageQuery query) override
    {
        asked = query;
        QList<Stats::StageSample> found;
        for (const Stats::StageSample &sample : std::as_const(keptStages)) {
            if (query.sessions.isEmpty() || query.sessions.contains(sample.session))
                found.append(sample);
        }
        return QtFuture::makeReadyValueFuture(Base::Result<QList<Stats::StageSample>>(found));
    }

    QFuture<Base::Result<QList<Stats::Sample>>> samples(QDateTime from) override
    {
        QList<Stats::Sample> found;
        for (const Stats::Sample &sample : std::as_const(kept)) {
            if (!from.isValid() || sample.time >= from)
                found.append(sample);
        }
        return QtFuture::makeReadyValueFuture(Base::Result<QList<Stats::Sample>>(found));
    }
    QFuture<Base::Result<bool>> hasSamples() override
    {
        return QtFuture::makeReadyValueFuture(Base::Result<bool>(!kept.isEmpty()));
    }
};

} // namespace Mailgauge::Test
