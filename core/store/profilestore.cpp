// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/profilestore.h"

#include "base/literals.h"
#include "relay/profilejson.h"
#include "store/jsonbytes.h"

namespace Mailgauge::Store {

namespace {

using Kind = Base::Error::Kind;
using Relay::RelayProfile;

Base::Result<RelayProfile> profileAt(const QSqlQuery &query)
{
    return unpacked(query.value(1).toByteArray())
        .and_then(Relay::profileFromJson)
        .transform([&](RelayProfile profile) {
            profile.id = idAt(query, 0);
            return profile;
        })
        .transform_error([&](Base::Error error) {
            // What the user's file would be InvalidInput for is damage here.
            if (error.kind == Kind::InvalidInput)
                error.kind = Kind::Corrupt;
            const QString name = query.value(2).toString();
            error.detail = u"profile %1: %2"_s.arg(name,
                error.detail.startsWith(u"profile: "_s) ? error.detail.sliced(9) : error.detail);
            return error;
        });
}

Base::Result<void> saveProfile(Connection &connection, const RelayProfile &profile)
{
    const auto taken = connection.number(u"SELECT 1 FROM profiles WHERE name = ? AND id <> ?"_s,
        {text(profile.name), idValue(profile.id)});
    if (!taken)
        return std::unexpected(taken.error());
    if (*taken) {
        return Base::fail(
            Kind::InvalidInput, u"profile: the name \"%1\" is taken"_s.arg(profile.name));
    }
    return connection
        .run(u"INSERT INTO profiles(id, name, json) VALUES(?, ?, ?) "
             "ON CONFLICT(id) DO UPDATE SET name = excluded.name, json = excluded.json"_s,
            {idValue(profile.id), text(profile.name), packed(Relay::profileToJson(profile))})
        .transform([](int) { });
}

} // namespace

ProfileStore::ProfileStore(Writer &writer, Reader &reader)
    : m_writer(writer)
    , m_reader(reader)
{
}

QFuture<Base::Result<Relay::StoredProfiles>> ProfileStore::profiles()
{
    return m_reader.run<Relay::StoredProfiles>(
        [](Connection &connection) -> Base::Result<Relay::StoredProfiles> {
            Relay::StoredProfiles stored;
            const auto rows = connection.rows(
                u"SELECT id, json, name FROM profiles ORDER BY name"_s, {},
                [&stored](const QSqlQuery &query) {
                    if (const auto profile = profileAt(query))
                        stored.profiles.append(*profile);
                    else
                        stored.unreadable.append(
                            {idAt(query, 0), query.value(2).toString(), profile.error()});
                    return true;
                });
            if (!rows)
                return std::unexpected(rows.error());
            return stored;
        });
}

QFuture<Base::Result<void>> ProfileStore::save(RelayProfile profile)
{
    return m_writer.run<void>(
        [profile = std::move(profile)](Connection &connection) -> Base::Result<void> {
            if (profile.builtin || profile.id.isNull())
                return Base::fail(Kind::InvalidInput, u"profile: this one is not stored"_s);
            return Relay::checkProfile(profile).and_then(
                [&] { return saveProfile(connection, profile); });
        });
}

QFuture<Base::Result<void>> ProfileStore::remove(QUuid id)
{
    return m_writer.run<void>([id](Connection &connection) {
        return connection.run(u"DELETE FROM profiles WHERE id = ?"_s, {idValue(id)})
            .transform([](int) { });
    });
}

} // namespace Mailgauge::Store
