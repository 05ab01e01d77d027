// SPDX-License-Identifier: GPL-3.0-or-later
#include "logincommand.h"

#include "json.h"
#include "optionvalues.h"
#include "secretoptions.h"

#include <QProcess>

namespace Mailgauge::Cli {

using Delivery::OAuthService;

QList<OptionSpec> profilesLoginOptions()
{
    const QList<OptionSpec> open {
        {"open", "", OptionSpec::Values::Flag, "open the page in the desktop's browser, too"}};
    return open + clientSecretOptions() + vaultOptions();
}

void ProfilesLoginCommand::use(const QList<Relay::RelayProfile> &profiles)
{
    const auto profile = named(profiles);
    if (!profile)
        return fail(profile.error());
    if (!profile->oauth)
        return fail(
            usage(u"the profile %1 names no client to sign in with: give one by "
                  u"'mailgauge-cli profiles add NAME --oauth-client-id ID'"_s.arg(profile->name))
                .error());
    if (const auto done = checkReaders(options()); !done)
        return fail(done.error());
    const auto clientSecret = clientSecretFrom(options());
    const auto passphrase = vaultPassphraseFrom(options());
    if (!clientSecret || !passphrase)
        return fail(!clientSecret ? clientSecret.error() : passphrase.error());
    m_profile = *profile;
    workspace()
        .signIns(m_profile.id, *passphrase)
        .then(this,
            [this, secret = clientSecret->value_or(Base::Secret())](
                const Checked<OAuthService *> &service) {
                if (service)
                    begin(**service, secret);
                else
                    fail(service.error());
            });
}

void ProfilesLoginCommand::begin(OAuthService &service, const Base::Secret &clientSecret)
{
    m_service = &service;
    connect(&service, &OAuthService::urlReady, this,
        [this](const QUuid &, const QUrl &url) { showPage(url); });
    connect(&service, &OAuthService::signedIn, this, [this] {
        m_service->state(m_profile).then(
            this, [this](const Base::Result<Delivery::OAuthState> &state) { tellState(state); });
    });
    connect(&service, &OAuthService::failed, this,
        [this](const QUuid &, const Base::Error &error) { failed(error); });
    service.signIn(m_profile, clientSecret);
}

void ProfilesLoginCommand::showPage(const QUrl &url)
{
    const QByteArray page = url.toEncoded();
    if (context().json) {
        console().printLine(Json::object({{"url", Json::text(page)}}).toLine());
    } else {
        console().printLine("Open this in a browser on this machine:");
        console().printLine(page);
    }
    if (options().has("open")
        && !QProcess::startDetached(u"xdg-open"_s, {QString::fromLatin1(page)}))
        console().complain(u"--open: there is no xdg-open; open the page yourself"_s);
}

void ProfilesLoginCommand::tellState(const Base::Result<Delivery::OAuthState> &state)
{
    if (!state)
        return failed(state.error());
    const QByteArray expires = state->expires.isValid()
        ? state->expires.toString(Qt::ISODate).toLatin1()
        : QByteArray();
    if (context().json) {
        console().printLine(Json::object(
            {{"signedIn", Json::boolean(state->signedIn)}, {"expires", Json::textOrNull(expires)},
                {"renews", Json::boolean(state->renews)}})
                .toLine());
    } else {
        console().printLine(
            state->renews || expires.isEmpty() ? "signed in"_ba : "signed in until " + expires);
    }
    Q_EMIT finished(Exit::Ok);
}

void ProfilesLoginCommand::failed(const Base::Error &error)
{
    if (error.kind == Base::Error::Kind::Cancelled)
        Q_EMIT finished(Exit::Interrupted);
    else
        fail(noToken(m_profile, error));
}

void ProfilesLoginCommand::interrupt()
{
    if (m_service)
        m_service->cancel(m_profile.id);
    else
        Q_EMIT finished(Exit::Interrupted);
}

void ProfilesLogoutCommand::use(const QList<Relay::RelayProfile> &profiles)
{
    const auto profile = named(profiles);
    const auto passphrase = vaultPassphraseFrom(options());
    if (!profile || !passphrase)
        return fail(!profile ? profile.error() : passphrase.error());
    workspace()
        .signIns(profile->id, *passphrase)
        .then(this, [this, id = profile->id](const Checked<OAuthService *> &service) {
            if (service)
                finishAfter((*service)->signOut(id));
            else
                fail(service.error());
        });
}

} // namespace Mailgauge::Cli
