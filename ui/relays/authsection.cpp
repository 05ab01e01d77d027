// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/authsection.h"

#include "base/literals.h"
#include "relay/mechanismalias.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QRegularExpression>

namespace Mailgauge::Relays {

namespace {

using Relay::PasswordSource;
using Relay::TokenSource;

QStringList words(const QString &typed)
{
    static const QRegularExpression separators(u"[\\s,]+"_s);
    return typed.split(separators, Qt::SkipEmptyParts);
}

QString wrongAliases(const QString &typed)
{
    for (const QString &text : words(typed)) {
        if (!Relay::parseMechanismAlias(text.toUtf8()))
            return AuthSection::tr(
                "“%1” names no mechanism that we know. Write the name and what "
                "is behind it, as in X-PLAIN=PLAIN, with commas between several.")
                .arg(text);
    }
    return {};
}

} // namespace

AuthSection::AuthSection(QFormLayout &form, const Theme::Theme &theme, QWidget *parent)
    : FormSection(u"authSection"_s, tr("Authentication"), form, theme, parent)
    , m_mechanisms(addText(u"mechanisms"_s, tr("&Mechanisms"), tr("The strongest offered")))
    , m_aliases(addChecked(u"mechanismAliases"_s, tr("Announced b&y other names"),
          tr("None; X-PLAIN=PLAIN, …"), wrongAliases))
    , m_initial(addChoice(u"authInitial"_s, tr("First messa&ge")))
    , m_inTurn(addCheck(u"inTurn"_s, tr("Try each of them, also where one is &refused")))
    , m_authorizationId(addText(u"authorizationId"_s, tr("Act &as"), tr("The user")))
    , m_tokenSource(addChoice(u"tokenSource"_s, tr("Access to&ken (OAuth)")))
    , m_token(addSecret(u"token"_s, tr("&Token")))
    , m_tokenCommand(
          addText(u"tokenCommand"_s, tr("Token comman&d"), tr("A shell command that prints it")))
    , m_passwordSource(addChoice(u"passwordSource"_s, tr("Password comes")))
    , m_passwordCommand(addText(
          u"passwordCommand"_s, tr("Password command"), tr("A shell command that prints it")))
    , m_netrcFile(addFile(u"netrcFile"_s, tr("Netrc file"), u"~/.netrc"_s,
          tr("Choose the netrc file"), tr("All files (*)")))
    , m_withoutTls(addCheck(u"authWithoutTls"_s, tr("Allow the password without T&LS")))
{
    m_tokenSource->addItem(tr("None: a password"), static_cast<int>(TokenSource::None));
    m_tokenSource->addItem(tr("Kept like a password"), static_cast<int>(TokenSource::Kept));
    m_tokenSource->addItem(tr("Printed by a command"), static_cast<int>(TokenSource::Command));
    m_tokenSource->addItem(tr("By sign-in in the browser"), static_cast<int>(TokenSource::Browser));
    m_passwordSource->addItem(tr("From the field above"), static_cast<int>(PasswordSource::Kept));
    m_passwordSource->addItem(tr("From a command"), static_cast<int>(PasswordSource::Command));
    m_passwordSource->addItem(tr("From a netrc file"), static_cast<int>(PasswordSource::Netrc));
    using Initial = Smtp::AuthOptions::Initial;
    m_initial->addItem(tr("With AUTH, as usual"), static_cast<int>(Initial::AsUsual));
    m_initial->addItem(tr("With AUTH, LOGIN's user too"), static_cast<int>(Initial::Always));
    m_initial->addItem(tr("When the relay asks"), static_cast<int>(Initial::Never));
    m_inTurn->setToolTip(
        tr("Each is reported. Many refusals in a row may lock the account at the relay."));
    for (QLineEdit *command : {m_tokenCommand, m_passwordCommand}) {
        command->setLayoutDirection(Qt::LeftToRight);
        command->setToolTip(
            tr("Run by the shell before each session. It is not exported with the profile."));
    }
    m_netrcFile->setToolTip(
        tr("Its entry for the host and the user. It is not exported with the profile."));
}

void AuthSection::fill(const Relay::RelayProfile &profile)
{
    m_mechanisms->setText(QString::fromUtf8(profile.mechanisms.join(' ')));
    QStringList aliases;
    for (const Smtp::MechanismAlias &alias : profile.mechanismAliases)
        aliases.append(QString::fromLatin1(Relay::mechanismAliasText(alias)));
    m_aliases->setText(aliases.join(u", "_s));
    select(m_initial, profile.authInitial);
    m_inTurn->setChecked(profile.authInTurn);
    m_authorizationId->setText(profile.authorizationId);
    select(m_tokenSource, profile.tokenSource);
    m_tokenCommand->setText(profile.tokenCommand);
    select(m_passwordSource, profile.passwordSource);
    m_passwordCommand->setText(profile.passwordCommand);
    m_netrcFile->setText(profile.netrcFile);
    m_withoutTls->setChecked(profile.authWithoutTls);
}

void AuthSection::take(Relay::RelayProfile &profile) const
{
    profile.mechanisms.clear();
    for (const QString &name : words(m_mechanisms->text()))
        profile.mechanisms.append(name.toUpper().toUtf8());
    if (const QString typed = m_aliases->text(); wrongAliases(typed).isEmpty()) {
        profile.mechanismAliases.clear();
        for (const QString &text : words(typed))
            profile.mechanismAliases.append(*Relay::parseMechanismAlias(text.toUtf8()));
    }
    profile.authInitial = selected<Smtp::AuthOptions::Initial>(m_initial);
    profile.authInTurn = m_inTurn->isChecked();
    profile.authorizationId = m_authorizationId->text().trimmed();
    profile.tokenSource = selected<TokenSource>(m_tokenSource);
    profile.tokenCommand = m_tokenCommand->text().trimmed();
    profile.passwordSource = selected<PasswordSource>(m_passwordSource);
    profile.passwordCommand = m_passwordCommand->text().trimmed();
    profile.netrcFile = m_netrcFile->text().trimmed();
    profile.authWithoutTls = m_withoutTls->isChecked();
}

QStringList AuthSection::facts(const Relay::RelayProfile &profile) const
{
    QStringList facts;
    if (!profile.mechanisms.isEmpty())
        facts.append(QString::fromUtf8(profile.mechanisms.join(' ')));
    for (const Smtp::MechanismAlias &alias : profile.mechanismAliases)
        facts.append(QString::fromLatin1(Relay::mechanismAliasText(alias)));
    if (profile.authInTurn)
        facts.append(tr("in turn"));
    if (!profile.authorizationId.isEmpty())
        facts.append(tr("acts as %1").arg(profile.authorizationId));
    if (profile.tokenSource != TokenSource::None)
        facts.append(tr("token"));
    if (profile.passwordSource == PasswordSource::Command)
        facts.append(tr("password by a command"));
    if (profile.passwordSource == PasswordSource::Netrc)
        facts.append(tr("password from netrc"));
    if (profile.authWithoutTls)
        facts.append(tr("password without TLS"));
    return facts;
}

void AuthSection::updateReach(const Relay::RelayProfile &profile)
{
    const bool authenticates = profile.auth != Smtp::AuthOptions::Need::Never;
    for (QWidget *field : controls().sliced(1))
        field->setEnabled(authenticates);
    m_token->setEnabled(authenticates && profile.tokenSource == TokenSource::Kept);
    m_tokenCommand->setEnabled(authenticates && profile.tokenSource == TokenSource::Command);
    m_passwordSource->setEnabled(authenticates && Relay::needsPassword(profile));
    m_passwordCommand->setEnabled(
        m_passwordSource->isEnabled() && profile.passwordSource == PasswordSource::Command);
    for (QWidget *part : {static_cast<QWidget *>(m_netrcFile), m_netrcFile->parentWidget()})
        part->setEnabled(
            m_passwordSource->isEnabled() && profile.passwordSource == PasswordSource::Netrc);
}

void AuthSection::fillSecrets(const Relay::TypedSecrets &secrets)
{
    m_token->setText(secrets.token ? QString::fromUtf8(secrets.token->reveal()) : QString());
}

void AuthSection::takeSecrets(Relay::TypedSecrets &secrets) const
{
    if (!m_token->text().isEmpty())
        secrets.token = Base::Secret(m_token->text().trimmed().toUtf8());
}

} // namespace Mailgauge::Relays
