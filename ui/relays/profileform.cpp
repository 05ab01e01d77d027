// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/profileform.h"

#include "base/literals.h"
#include "relay/presets.h"
#include "relays/authsection.h"
#include "relays/connectionsection.h"
#include "relays/passwordrow.h"
#include "relays/profileproblems.h"
#include "relays/protocolsection.h"
#include "relays/routesection.h"
#include "relays/signinsection.h"
#include "relays/tlspolicytext.h"
#include "relays/tlssection.h"

#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QSignalBlocker>
#include <QSpinBox>

namespace Mailgauge::Relays {

namespace {

using Smtp::AuthOptions;
using Smtp::TlsPolicy;
using Tls::VerifyMode;

/// A row of several widgets gets no buddy by itself.
QLabel *buddyLabel(const QString &text, QWidget *buddy, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setBuddy(buddy);
    return label;
}

QString heading(const QString &text)
{
    return u"<b>%1</b>"_s.arg(text.toHtmlEscaped());
}

} // namespace

ProfileForm::ProfileForm(const Theme::Theme &theme, QWidget *parent)
    : QWidget(parent)
    , m_provider(new QLabel(this))
    , m_name(new QLineEdit(this))
    , m_host(new QLineEdit(this))
    , m_port(new QSpinBox(this))
    , m_from(new QLineEdit(this))
    , m_bounceAddress(new QLineEdit(this))
    , m_tls(new QComboBox(this))
    , m_verify(new QComboBox(this))
    , m_auth(new QComboBox(this))
    , m_user(new QLineEdit(this))
    , m_password(new PasswordRow(this))
{
    // As in the sections: the longest choice must not make the form wider than its place.
    for (QComboBox *box : {m_tls, m_verify, m_auth}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(12);
    }
    m_host->setPlaceholderText(tr("smtp.example.com, an address, or the path of a socket"));
    m_host->setLayoutDirection(Qt::LeftToRight);
    m_port->setRange(1, 65535);
    for (const TlsPolicy policy :
        {TlsPolicy::RequireStartTls, TlsPolicy::ImplicitTls, TlsPolicy::Opportunistic,
            TlsPolicy::OpportunisticStrict, TlsPolicy::Dane, TlsPolicy::MtaSts, TlsPolicy::None})
        m_tls->addItem(tlsPolicyText(policy), static_cast<int>(policy));
    m_verify->addItem(tr("Chain and name"), static_cast<int>(VerifyMode::Full));
    m_verify->addItem(tr("Chain only"), static_cast<int>(VerifyMode::Chain));
    m_verify->addItem(tr("Name only"), static_cast<int>(VerifyMode::Name));
    m_verify->addItem(tr("Nothing: accept any certificate"), static_cast<int>(VerifyMode::None));
    m_auth->addItem(tr("Never"), static_cast<int>(AuthOptions::Need::Never));
    m_auth->addItem(tr("If the relay offers it"), static_cast<int>(AuthOptions::Need::IfOffered));
    m_auth->addItem(tr("Try it, go on if refused"), static_cast<int>(AuthOptions::Need::Optional));
    m_auth->addItem(tr("Required"), static_cast<int>(AuthOptions::Need::Required));
    m_from->setPlaceholderText(u"name@example.com"_s);
    m_bounceAddress->setPlaceholderText(tr("The sender"));
    m_bounceAddress->setToolTip(
        tr("Bounces go to this address with a token behind a plus sign, so that each is joined to "
           "the session it belongs to (VERP). The mailbox must take such addresses."));
    m_provider->setObjectName(u"providerFacts"_s);
    m_provider->setTextFormat(Qt::PlainText);
    m_provider->setWordWrap(true);
    m_provider->setForegroundRole(QPalette::PlaceholderText);

    auto *form = new QFormLayout(this);
    form->setContentsMargins(16, 12, 16, 12);
    form->setSpacing(8);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    makeRows(form);
    m_sections = {new RouteSection(*form, theme, this), new ConnectionSection(*form, theme, this),
        new TlsSection(*form, theme, this), new AuthSection(*form, theme, this)};
    m_signIn = new SignInSection(*form, theme, this);
    m_sections += {m_signIn, new ProtocolSection(*form, theme, this)};
    setFocusProxy(m_name); // Tab goes as the fields were made.

    for (QLineEdit *edit : {m_name, m_host, m_user, m_from, m_bounceAddress})
        connect(edit, &QLineEdit::textChanged, this, &ProfileForm::edited);
    for (QComboBox *box : {m_tls, m_verify, m_auth})
        connect(box, &QComboBox::currentIndexChanged, this, &ProfileForm::edited);
    connect(m_password, &PasswordRow::edited, this, &ProfileForm::edited);
    connect(m_port, &QSpinBox::valueChanged, this, &ProfileForm::edited);
    for (FormSection *section : std::as_const(m_sections))
        connect(section, &FormSection::edited, this, &ProfileForm::edited);
    connect(m_tls, &QComboBox::activated, this, &ProfileForm::suggestPort);
    connect(this, &ProfileForm::edited, this, &ProfileForm::follow);
    connect(m_host, &QLineEdit::textChanged, this, &ProfileForm::showProvider);
}

void ProfileForm::makeRows(QFormLayout *form)
{
    auto *hostRow = new QHBoxLayout;
    hostRow->addWidget(m_host, 1);
    hostRow->addWidget(new QLabel(tr("Port"), this));
    hostRow->addWidget(m_port);
    form->addRow(tr("&Name"), m_name);
    form->addRow(buddyLabel(tr("&Host"), m_host, this), hostRow);
    form->addRow(QString(), m_provider);
    form->addRow(tr("Default &sender"), m_from);
    form->addRow(tr("&Bounces to"), m_bounceAddress);
    form->addRow(tr("&TLS"), m_tls);
    form->addRow(tr("Certificate &check"), m_verify);
    form->addRow(tr("&Authenticate"), m_auth);
    form->addRow(tr("&User"), m_user);
    m_password->addTo(*form);
    form->addRow(new QLabel(heading(tr("Advanced")), this));
    m_host->setAccessibleName(tr("Host"));
    m_port->setAccessibleName(tr("Port"));
    for (const auto &[widget, name] :
        std::initializer_list<std::pair<QWidget *, QString>> {{m_name, u"profileName"_s},
            {m_host, u"profileHost"_s}, {m_port, u"profilePort"_s}, {m_user, u"profileUser"_s},
            {m_from, u"defaultSender"_s}, {m_bounceAddress, u"bounceAddress"_s},
            {m_tls, u"tlsPolicy"_s}, {m_verify, u"tlsVerify"_s}, {m_auth, u"authNeed"_s}})
        widget->setObjectName(name);
}

void ProfileForm::fill(const Relay::RelayProfile &profile)
{
    m_name->setText(profile.name);
    m_host->setText(profile.host);
    m_port->setValue(profile.port);
    select(m_tls, profile.tls);
    select(m_verify, profile.verify);
    select(m_auth, profile.auth);
    m_user->setText(profile.user);
    m_from->setText(profile.defaultFrom);
    m_bounceAddress->setText(profile.bounceAddress);
    for (FormSection *section : std::as_const(m_sections))
        section->fill(profile);
}

void ProfileForm::fillSecrets(const Relay::TypedSecrets &secrets)
{
    m_password->fill(secrets);
    for (FormSection *section : std::as_const(m_sections))
        section->fillSecrets(secrets);
}

void ProfileForm::setProfile(const Relay::RelayProfile &profile)
{
    const bool another = profile.id != m_profile.id;
    {
        const QSignalBlocker quiet(this);
        m_profile = profile;
        fill(profile);
        fillSecrets({});
    }
    // What is set there is told by the heads.
    for (FormSection *section : std::as_const(m_sections)) {
        if (another)
            section->setOpen(false);
    }
    showProvider();
    follow();
}

void ProfileForm::setTyped(const Relay::RelayProfile &profile, const Relay::TypedSecrets &secrets,
    const FieldTexts &unread)
{
    {
        const QSignalBlocker quiet(this);
        fill(profile);
        fillSecrets(secrets);
        for (FormSection *section : std::as_const(m_sections))
            section->setUnread(unread);
    }
    follow();
}

void ProfileForm::setBackend(Relay::CredentialStore::Backend backend)
{
    m_password->setBackend(backend);
}

Relay::RelayProfile ProfileForm::profile() const
{
    Relay::RelayProfile result = m_profile;
    result.name = m_name->text().trimmed();
    result.host = m_host->text().trimmed();
    result.unixSocket = result.host.startsWith(u'/');
    result.port = static_cast<quint16>(m_port->value());
    result.tls = selected<TlsPolicy>(m_tls);
    result.verify = selected<VerifyMode>(m_verify);
    result.auth = selected<AuthOptions::Need>(m_auth);
    result.user = m_user->text().trimmed();
    result.defaultFrom = m_from->text().trimmed();
    result.bounceAddress = m_bounceAddress->text().trimmed();
    for (const FormSection *section : m_sections)
        section->take(result);
    return result;
}

Relay::TypedSecrets ProfileForm::secrets() const
{
    Relay::TypedSecrets typed;
    m_password->take(typed);
    for (const FormSection *section : m_sections)
        section->takeSecrets(typed);
    return typed;
}

FieldTexts ProfileForm::unread() const
{
    FieldTexts texts;
    for (const FormSection *section : m_sections)
        texts.insert(section->unread());
    return texts;
}

QString ProfileForm::problem() const
{
    for (const FormSection *section : m_sections) {
        const FieldTexts problems = section->problems();
        if (!problems.isEmpty())
            return problems.first();
    }
    return ProfileProblems::of(profile()).sentence;
}

bool ProfileForm::isModified() const
{
    return profile() != m_profile || !secrets().isEmpty() || !unread().isEmpty();
}

void ProfileForm::suggestPort()
{
    const int port = m_port->value();
    if (selected<TlsPolicy>(m_tls) == TlsPolicy::ImplicitTls && port == 587)
        m_port->setValue(465);
    else if (selected<TlsPolicy>(m_tls) == TlsPolicy::RequireStartTls && port == 465)
        m_port->setValue(587);
}

void ProfileForm::showProvider()
{
    const auto provider = Relay::presetOfHost(m_host->text().trimmed());
    QStringList facts;
    if (provider) {
        facts.append(
            provider->note.isEmpty() ? provider->name : provider->name + u": "_s + provider->note);
        if (provider->asOf.isValid())
            facts.append(
                tr("As of %1.").arg(QLocale().toString(provider->asOf, QLocale::ShortFormat)));
    }
    m_provider->setText(facts.join(u' '));
    m_provider->setVisible(provider.has_value());
    m_user->setPlaceholderText(provider ? provider->userHint : QString());
    // Who has a user has a password already, as far as the form knows.
    m_password->field()->setPlaceholderText(
        !m_profile.user.isEmpty() && !(provider && provider->user == m_profile.user)
            ? tr("Unchanged")
            : (provider ? provider->passwordHint : QString()));
}

void ProfileForm::focusCredentials()
{
    QLineEdit *field = m_user->text().isEmpty() ? m_user : m_password->field();
    (field->isEnabled() ? field : m_name)->setFocus();
}

void ProfileForm::follow()
{
    m_signIn->suggest(profile());
    const Relay::RelayProfile now = profile();
    m_verify->setEnabled(now.tls != TlsPolicy::None);
    m_port->setEnabled(!now.unixSocket && now.route.by != Relay::RouteBy::Srv);
    m_user->setEnabled(now.auth != AuthOptions::Need::Never);
    m_password->follow(now);
    const ProfileProblem problem = ProfileProblems::of(now);
    for (FormSection *section : std::as_const(m_sections)) {
        section->updateReach(now);
        FieldTexts problems = section->problems();
        if (!problem.sentence.isEmpty())
            problems.insert(problem.field, problem.sentence);
        section->showProblems(problems);
        section->setFacts(section->facts(now));
    }
}

} // namespace Mailgauge::Relays
