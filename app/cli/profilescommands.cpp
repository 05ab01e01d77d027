// SPDX-License-Identifier: GPL-3.0-or-later
#include "profilescommands.h"

#include "connectoptions.h"
#include "json.h"
#include "oauthoptions.h"
#include "optionvalues.h"
#include "secretoptions.h"
#include "sessionjson.h"
#include "summary.h"

#include "explain/explain.h"
#include "relay/profilejson.h"

#include <algorithm>

namespace Mailgauge::Cli {

namespace {

using Relay::RelayProfile;

Json profileJson(const RelayProfile &profile)
{
    QList<Json::Member> members {{"id", Json::text(profile.id.toByteArray(QUuid::WithoutBraces))}};
    const QJsonObject object = Relay::profileToJson(profile);
    QList<QByteArray> keys;
    for (const QString &key : object.keys())
        keys.append(key.toUtf8());
    for (const QByteArray &key : std::as_const(keys))
        members.append({key, Json::from(object.value(QString::fromUtf8(key)))});
    return Json::object(members);
}

QByteArray where(const RelayProfile &profile)
{
    return profile.unixSocket ? profile.host.toUtf8()
                              : profile.host.toUtf8() + ':' + QByteArray::number(profile.port);
}

} // namespace

ProfilesCommand::ProfilesCommand(Context &context, Options options)
    : Command(context, std::move(options))
    , m_workspace(context)
{
}

void ProfilesCommand::start()
{
    Store::Database *store = m_workspace.database();
    if (!store) {
        fail(noInput(u"the store cannot be opened"_s).error());
        return;
    }
    store->profiles().profiles().then(this, [this](const Base::Result<Relay::StoredProfiles> &all) {
        if (all)
            take(*all);
        else
            failStore(all.error());
    });
}

void ProfilesCommand::take(const Relay::StoredProfiles &stored)
{
    m_stored = stored;
    for (const Relay::UnreadableProfile &one : stored.unreadable)
        console().complain(u"the profile %1 cannot be used: %2; replace it by 'profiles add' or "
                           u"'profiles remove' it"_s.arg(one.name, one.error.detail));
    use(stored.profiles);
}

void ProfilesCommand::failStore(const Base::Error &error)
{
    fail(error.kind == Base::Error::Kind::InvalidInput
            ? usage(error.detail).error()
            : noOutput(u"the store: "_s + error.detail).error());
}

Checked<RelayProfile> ProfilesCommand::named(const QList<RelayProfile> &profiles) const
{
    if (options().positional().size() != 1)
        return usage(u"which profile? Give its NAME"_s);
    return findProfile(profiles, options().positional().first());
}

void ProfilesCommand::finishAfter(QFuture<Base::Result<void>> written)
{
    written.then(this, [this](const Base::Result<void> &result) {
        if (result)
            Q_EMIT finished(Exit::Ok);
        else
            failStore(result.error());
    });
}

void ProfilesListCommand::use(const QList<RelayProfile> &profiles)
{
    QList<Json> rows;
    for (const RelayProfile &profile : profiles) {
        rows.append(profileJson(profile));
        if (!context().json)
            console().printLine(profile.name.toUtf8().leftJustified(24) + ' '
                + where(profile).leftJustified(32) + ' '
                + Smtp::tlsPolicyName(profile.tls).toByteArray().leftJustified(14) + ' '
                + profile.user.toUtf8());
    }
    if (context().json)
        console().printLine(Json::array(rows).toLine());
    Q_EMIT finished(Exit::Ok);
}

void ProfilesShowCommand::use(const QList<RelayProfile> &profiles)
{
    const auto profile = named(profiles);
    if (!profile) {
        fail(profile.error());
        return;
    }
    if (context().json) {
        console().printLine(profileJson(*profile).toLine());
    } else {
        const QJsonObject object = Relay::profileToJson(*profile);
        for (auto member = object.begin(); member != object.end(); ++member)
            console().printLine(member.key().toUtf8().leftJustified(18) + ' '
                + (member->isString() ? member->toString().toUtf8()
                                      : Json::from(*member).toLine()));
    }
    Q_EMIT finished(Exit::Ok);
}

// --- add --------------------------------------------------------------------------------------

QList<OptionSpec> profilesAddOptions()
{
    const QList<OptionSpec> from {
        {"from", "ADDRESS", OptionSpec::Values::One, "the sender to use unless another is given"},
        {"bounce-address", "ADDRESS", OptionSpec::Values::One,
            "bounces of mail without --from go there, each session's with a token of its own"}};
    return profileOptions() + secretOptions() + tokenOptions() + oauthOptions() + from;
}

namespace {

Checked<Relay::TypedSecrets> secretsFrom(const Options &options)
{
    const auto password = passwordFrom(options);
    const auto token = givenTokenFrom(options);
    const auto proxyPassword = proxyPasswordFrom(options);
    for (const auto *one : {&password, &token, &proxyPassword}) {
        if (!*one)
            return std::unexpected(one->error());
    }
    return Relay::TypedSecrets {*password, *token, *proxyPassword};
}

} // namespace

void ProfilesAddCommand::use(const QList<RelayProfile> &profiles)
{
    if (options().positional().size() != 1 || options().positional().first().trimmed().isEmpty()) {
        fail(usage(u"what is the profile to be called? Give NAME"_s).error());
        return;
    }
    const auto known = findProfile(profiles, options().positional().first());
    RelayProfile base = known ? *known : RelayProfile();
    if (!known) {
        const auto *damaged = findUnreadable(stored(), options().positional().first());
        base.id = damaged ? damaged->id : QUuid::createUuid();
        base.name = QString::fromUtf8(options().positional().first()).trimmed();
    }
    auto profile = profileFrom(options(), base, known.has_value());
    const auto secrets = secretsFrom(options());
    const auto passphrase = vaultPassphraseFrom(options());
    if (!profile || !secrets || !passphrase) {
        fail(!profile ? profile.error() : !secrets ? secrets.error() : passphrase.error());
        return;
    }
    if (const auto applied = applyTokenSource(options(), *profile); !applied) {
        fail(applied.error());
        return;
    }
    if (options().has("from"))
        profile->defaultFrom = options().text("from");
    if (options().has("bounce-address"))
        profile->bounceAddress = options().text("bounce-address");
    if (secrets->isEmpty()) {
        finishAfter(repository().save(*profile));
        return;
    }
    repository().save(*profile).then(this,
        [this, id = profile->id, secrets = *secrets, passphrase = *passphrase](
            const Base::Result<void> &saved) {
            if (saved)
                keepSecrets(id, secrets, passphrase);
            else
                failStore(saved.error());
        });
}

void ProfilesAddCommand::keepSecrets(const QUuid &profile, const Relay::TypedSecrets &secrets,
    const std::optional<Base::Secret> &passphrase)
{
    workspace()
        .setSecrets(profile, secrets, passphrase)
        .then(this, [this](const Base::Result<void> &kept) {
            if (kept)
                Q_EMIT finished(Exit::Ok);
            else
                fail(badInput(Explain::explain(kept.error()).withNextStep()).error());
        });
}

void ProfilesRemoveCommand::use(const QList<RelayProfile> &profiles)
{
    const auto *damaged = options().positional().size() == 1
        ? findUnreadable(stored(), options().positional().first())
        : nullptr;
    const auto profile = named(profiles);
    if (!profile && !damaged) {
        fail(profile.error());
        return;
    }
    const QUuid chosen = damaged ? damaged->id : profile->id;
    repository().remove(chosen).then(this, [this, id = chosen](const Base::Result<void> &removed) {
        if (removed)
            finishAfter(workspace().removeSecrets(id));
        else
            failStore(removed.error());
    });
}

// --- import, export ---------------------------------------------------------------------------

void ProfilesImportCommand::use(const QList<RelayProfile> &profiles)
{
    if (options().positional().size() != 1) {
        fail(usage(u"which file? Give FILE, - is standard input"_s).error());
        return;
    }
    const auto bytes = readInput(options().positional().first(), 16 * 1024 * 1024);
    if (!bytes) {
        fail(bytes.error());
        return;
    }
    auto imported = Relay::importProfiles(*bytes);
    if (!imported) {
        fail(badInput(imported.error().detail).error());
        return;
    }
    for (const RelayProfile &profile : std::as_const(*imported)) {
        if (findProfile(profiles, profile.name.toUtf8())) {
            fail(
                badInput(u"there is a profile %1 already; nothing was imported"_s.arg(profile.name))
                    .error());
            return;
        }
    }
    m_waiting = std::move(*imported);
    m_count = m_waiting.size();
    saveNext();
}

void ProfilesImportCommand::saveNext()
{
    if (m_waiting.isEmpty()) {
        if (context().json)
            console().printLine(
                Json::object({{"imported", Json::number(qint64(m_count))}}).toLine());
        else
            console().printLine(QByteArray::number(m_count) + " imported");
        Q_EMIT finished(Exit::Ok);
        return;
    }
    repository().save(m_waiting.takeFirst()).then(this, [this](const Base::Result<void> &saved) {
        if (saved)
            saveNext();
        else
            failStore(saved.error());
    });
}

QList<OptionSpec> profilesExportOptions()
{
    return {{"output", "FILE", OptionSpec::Values::One, "write to FILE instead of standard output",
        'o'}};
}

void ProfilesExportCommand::use(const QList<RelayProfile> &profiles)
{
    QList<RelayProfile> chosen;
    for (const QByteArray &name : options().positional()) {
        const auto profile = findProfile(profiles, name);
        if (!profile) {
            fail(profile.error());
            return;
        }
        chosen.append(*profile);
    }
    const QByteArray bytes = Relay::exportProfiles(
        options().positional().isEmpty() ? profiles : chosen);
    if (!options().has("output") || options().value("output") == "-") {
        console().print(bytes);
        Q_EMIT finished(Exit::Ok);
        return;
    }
    const QString path = QFile::decodeName(options().value("output"));
    if (const auto written = Base::writeFile(path, bytes); !written)
        fail(noOutput(written.error().detail).error());
    else
        Q_EMIT finished(Exit::Ok);
}

// --- test -------------------------------------------------------------------------------------

void ProfilesTestCommand::use(const QList<RelayProfile> &profiles)
{
    auto profile = named(profiles).and_then([this](RelayProfile found) {
        return applyPasswordSource(options(), found).transform([&found] { return found; });
    });
    const auto password = passwordFrom(options());
    const auto passphrase = vaultPassphraseFrom(options());
    if (!profile || !password || !passphrase) {
        fail(!profile ? profile.error() : !password ? password.error() : passphrase.error());
        return;
    }
    workspace()
        .secrets(*profile, {.password = *password}, *passphrase)
        .then(this, [this, profile = *profile](const Checked<Relay::ProfileSecrets> &secrets) {
            if (secrets)
                test(profile, *secrets);
            else
                fail(secrets.error());
        });
}

void ProfilesTestCommand::test(const RelayProfile &profile, const Relay::ProfileSecrets &secrets)
{
    m_service = std::make_unique<Delivery::RelayTestService>(workspace().sender(true));
    connect(m_service.get(), &Delivery::RelayTestService::finished, this,
        [this](const Transcript::SessionRecord &record) {
            if (context().json)
                console().printLine(sessionJson(record, workspace().hasStore()).toLine());
            else
                printSummary(record, workspace().hasStore(), console());
            Q_EMIT finished(record.exitCode);
        });
    m_session = m_service->test(profile, secrets);
}

void ProfilesTestCommand::interrupt()
{
    if (m_service)
        m_service->cancel(m_session);
    else
        Q_EMIT finished(Exit::Interrupted);
}

} // namespace Mailgauge::Cli
