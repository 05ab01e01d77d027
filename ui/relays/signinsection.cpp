// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/signinsection.h"

#include "base/literals.h"
#include "relay/presets.h"
#include "relays/signinrow.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QSignalBlocker>

#include <algorithm>

namespace Mailgauge::Relays {

namespace {

using Relay::TokenSource;

QUrl endpoint(const QLineEdit *edit)
{
    return QUrl(edit->text().trimmed(), QUrl::StrictMode);
}

QStringList words(const QString &typed)
{
    return typed.split(u' ', Qt::SkipEmptyParts);
}

bool areScopes(const QString &typed)
{
    return std::ranges::all_of(words(typed), Relay::isOAuthScope);
}

bool isByBrowser(const Relay::RelayProfile &profile)
{
    return profile.auth != Smtp::AuthOptions::Need::Never
        && profile.tokenSource == TokenSource::Browser;
}

} // namespace

SignInSection::SignInSection(QFormLayout &form, const Theme::Theme &theme, QWidget *parent)
    : FormSection(u"signInSection"_s, tr("Sign-in by the browser"), form, theme, parent)
    , m_clientId(addText(u"clientId"_s, tr("Client id"), tr("Of the application you registered")))
    , m_clientSecret(addSecret(u"clientSecret"_s, tr("Client secret")))
    , m_authorizationEndpoint(addChecked(u"authorizationEndpoint"_s, tr("Sign-in page"),
          u"https://login.example.com/authorize"_s,
          [this](const QString &typed) { return wrongEndpoint(typed); }))
    , m_tokenEndpoint(
          addChecked(u"tokenEndpoint"_s, tr("Token address"), u"https://login.example.com/token"_s,
              [this](const QString &typed) { return wrongEndpoint(typed); }))
    , m_scopes(addChecked(u"scopes"_s, tr("Scopes"), tr("None asked for"),
          [this](const QString &typed) { return wrongScopes(typed); }))
    , m_localhost(
          addCheck(u"redirectToLocalhost"_s, tr("Come back to “localhost” instead of 127.0.0.1")))
    , m_row(new SignInRow(theme, parent))
{
    m_clientId->setLayoutDirection(Qt::LeftToRight);
    m_clientSecret->setPlaceholderText(tr("None, or as it is kept"));
    m_clientSecret->setToolTip(tr("Only where the provider gave one. It is kept with what the "
                                  "provider grants when you sign in, not with the profile."));
    m_scopes->setToolTip(tr("What to ask for, with a space between two of them"));
    addWidget(m_row, m_row->buttons());
}

void SignInSection::fill(const Relay::RelayProfile &profile)
{
    const Relay::OAuthClient client = profile.oauth.value_or(Relay::OAuthClient());
    m_clientId->setText(client.clientId);
    m_authorizationEndpoint->setText(client.authorizationEndpoint.toString(QUrl::FullyEncoded));
    m_tokenEndpoint->setText(client.tokenEndpoint.toString(QUrl::FullyEncoded));
    m_scopes->setText(client.scopes.join(u' '));
    for (QLineEdit *field : {m_authorizationEndpoint, m_tokenEndpoint, m_scopes})
        field->setCursorPosition(0); // what they begin with tells whose they are
    m_localhost->setChecked(client.redirectToLocalhost);
    m_suggestedFor = profile.oauth ? profile.host : QString();
    m_byBrowser = profile.tokenSource == TokenSource::Browser;
}

void SignInSection::take(Relay::RelayProfile &profile) const
{
    Relay::OAuthClient client = profile.oauth.value_or(Relay::OAuthClient());
    client.clientId = m_clientId->text().trimmed();
    for (const auto &[edit, target] :
        {std::pair {m_authorizationEndpoint, &client.authorizationEndpoint},
            std::pair {m_tokenEndpoint, &client.tokenEndpoint}}) {
        if (const QUrl url = endpoint(edit); url.isEmpty() || Relay::isOAuthEndpoint(url))
            *target = url;
    }
    if (areScopes(m_scopes->text()))
        client.scopes = words(m_scopes->text());
    client.redirectToLocalhost = m_localhost->isChecked();
    // Half of one is of use to nobody while tokens come from elsewhere.
    const bool whole = !client.clientId.isEmpty() && !client.authorizationEndpoint.isEmpty()
        && !client.tokenEndpoint.isEmpty();
    if (whole || profile.tokenSource == TokenSource::Browser)
        profile.oauth = client;
    else
        profile.oauth.reset();
}

QStringList SignInSection::facts(const Relay::RelayProfile &profile) const
{
    if (profile.tokenSource != TokenSource::Browser || !profile.oauth)
        return {};
    const QString host = profile.oauth->authorizationEndpoint.host();
    return host.isEmpty() ? QStringList() : QStringList {tr("at %1").arg(host)};
}

void SignInSection::updateReach(const Relay::RelayProfile &profile)
{
    const bool byBrowser = isByBrowser(profile);
    for (QWidget *field : std::initializer_list<QWidget *> {m_clientId, m_clientSecret,
             m_authorizationEndpoint, m_tokenEndpoint, m_scopes, m_localhost, m_row})
        field->setEnabled(byBrowser);
    m_row->setUser(profile.user);
    // Who chooses the browser goes on here.
    if (byBrowser && !m_byBrowser)
        setOpen(true);
    m_byBrowser = byBrowser;
}

QString SignInSection::wrongEndpoint(const QString &typed) const
{
    return !m_byBrowser || Relay::isOAuthEndpoint(QUrl(typed, QUrl::StrictMode))
        ? QString()
        : tr("This must be an address such as https://login.example.com/token.");
}

QString SignInSection::wrongScopes(const QString &typed) const
{
    return !m_byBrowser || areScopes(typed)
        ? QString()
        : tr("Scopes have neither quotes nor backslashes; put a space between two of them.");
}

void SignInSection::suggest(const Relay::RelayProfile &profile)
{
    if (!isByBrowser(profile) || profile.host == m_suggestedFor)
        return;
    const auto known = Relay::oauthOfHost(profile.host);
    const auto before = Relay::oauthOfHost(m_suggestedFor);
    const bool own = !m_authorizationEndpoint->text().isEmpty()
        || !m_tokenEndpoint->text().isEmpty();
    const bool suggested = before && endpoint(m_tokenEndpoint) == before->tokenEndpoint
        && endpoint(m_authorizationEndpoint) == before->authorizationEndpoint;
    if (!known || (own && !suggested))
        return;
    m_suggestedFor = profile.host;
    const QSignalBlocker quiet(this);
    m_authorizationEndpoint->setText(known->authorizationEndpoint.toString(QUrl::FullyEncoded));
    m_tokenEndpoint->setText(known->tokenEndpoint.toString(QUrl::FullyEncoded));
    m_scopes->setText(known->scopes.join(u' '));
    m_localhost->setChecked(known->redirectToLocalhost);
}

Base::Secret SignInSection::clientSecret() const
{
    return Base::Secret(m_clientSecret->text().trimmed().toUtf8());
}

void SignInSection::setClientSecret(const Base::Secret &secret)
{
    m_clientSecret->setText(QString::fromUtf8(secret.reveal()));
}

} // namespace Mailgauge::Relays
