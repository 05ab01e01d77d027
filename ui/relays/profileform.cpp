// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/profileform.h"

#include "base/filejobs.h"
#include "base/literals.h"
#include "explain/explain.h"
#include "relay/presets.h"
#include "relays/profileproblems.h"
#include "relays/tlspolicytext.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>

namespace Mailgauge::Relays {

namespace {

using Smtp::AuthOptions;
using Smtp::TlsPolicy;
using Tls::VerifyMode;

int seconds(std::chrono::milliseconds limit)
{
    return static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(limit).count());
}

QSpinBox *limitBox(QWidget *parent)
{
    auto *box = new QSpinBox(parent);
    box->setRange(1, 3600);
    box->setSuffix(ProfileForm::tr(" s"));
    return box;
}

template <typename Enum>
void select(QComboBox *box, Enum value)
{
    box->setCurrentIndex(box->findData(static_cast<int>(value)));
}

template <typename Enum>
Enum selected(const QComboBox *box)
{
    return static_cast<Enum>(box->currentData().toInt());
}

constexpr qint64 LargestCertificates = 4 * 1024 * 1024;

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

ProfileForm::ProfileForm(QWidget *parent)
    : QWidget(parent)
    , m_provider(new QLabel(this))
    , m_name(new QLineEdit(this))
    , m_host(new QLineEdit(this))
    , m_port(new QSpinBox(this))
    , m_tls(new QComboBox(this))
    , m_verify(new QComboBox(this))
    , m_caFile(new QLineEdit(this))
    , m_caNote(new QLabel(this))
    , m_pin(new QLineEdit(this))
    , m_auth(new QComboBox(this))
    , m_mechanisms(new QLineEdit(this))
    , m_user(new QLineEdit(this))
    , m_password(new QLineEdit(this))
    , m_passwordPlace(new QLabel(this))
    , m_authWithoutTls(new QCheckBox(tr("Allow the password without TLS"), this))
    , m_ehloName(new QLineEdit(this))
    , m_from(new QLineEdit(this))
    , m_bounceAddress(new QLineEdit(this))
    , m_pipelining(new QCheckBox(tr("Use PIPELINING where it is offered"), this))
    , m_connectLimit(limitBox(this))
    , m_replyLimit(limitBox(this))
    , m_dotLimit(limitBox(this))
{
    m_host->setPlaceholderText(tr("smtp.example.com, an address, or the path of a socket"));
    m_host->setLayoutDirection(Qt::LeftToRight);
    m_port->setRange(1, 65535);
    for (const TlsPolicy policy : {TlsPolicy::RequireStartTls, TlsPolicy::ImplicitTls,
             TlsPolicy::Opportunistic, TlsPolicy::None})
        m_tls->addItem(tlsPolicyText(policy), static_cast<int>(policy));
    m_verify->addItem(tr("Chain and name"), static_cast<int>(VerifyMode::Full));
    m_verify->addItem(tr("Chain only"), static_cast<int>(VerifyMode::Chain));
    m_verify->addItem(tr("Name only"), static_cast<int>(VerifyMode::Name));
    m_verify->addItem(tr("Nothing: accept any certificate"), static_cast<int>(VerifyMode::None));
    m_caFile->setPlaceholderText(tr("Certificates of this system"));
    m_pin->setPlaceholderText(tr("SHA-256 of the public key, in hex"));
    m_auth->addItem(tr("Never"), static_cast<int>(AuthOptions::Need::Never));
    m_auth->addItem(tr("If the relay offers it"), static_cast<int>(AuthOptions::Need::IfOffered));
    m_auth->addItem(tr("Required"), static_cast<int>(AuthOptions::Need::Required));
    m_mechanisms->setPlaceholderText(tr("The strongest offered"));
    m_password->setEchoMode(QLineEdit::Password);
    m_passwordPlace->setForegroundRole(QPalette::PlaceholderText);
    m_passwordPlace->setWordWrap(true);
    m_caNote->setTextFormat(Qt::PlainText);
    m_caNote->setWordWrap(true);
    m_caNote->hide();
    m_ehloName->setPlaceholderText(tr("This machine's name"));
    m_from->setPlaceholderText(u"name@example.com"_s);
    m_bounceAddress->setPlaceholderText(tr("The sender"));
    m_bounceAddress->setToolTip(
        tr("Bounces go to this address with a token behind a plus sign, so that each is joined to "
           "the session it belongs to (VERP). The mailbox must take such addresses."));

    auto *browse = new QToolButton(this);
    browse->setText(tr("Choose…"));
    browse->setAccessibleName(tr("Choose the file of certificates"));
    auto *caRow = new QHBoxLayout;
    caRow->addWidget(m_caFile, 1);
    caRow->addWidget(browse);
    connect(browse, &QToolButton::clicked, this, [this] {
        auto *dialog = new QFileDialog(this, tr("Trusted certificates"), QString(),
            tr("PEM files (*.pem *.crt);;All files (*)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &QFileDialog::fileSelected, m_caFile, &QLineEdit::setText);
        dialog->open();
    });

    auto *hostRow = new QHBoxLayout;
    hostRow->addWidget(m_host, 1);
    hostRow->addWidget(new QLabel(tr("Port"), this));
    hostRow->addWidget(m_port);

    auto *form = new QFormLayout(this);
    form->setContentsMargins(16, 12, 16, 12);
    form->setSpacing(8);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("&Name"), m_name);
    form->addRow(buddyLabel(tr("&Host"), m_host, this), hostRow);
    form->addRow(QString(), m_provider);
    form->addRow(tr("Default &sender"), m_from);
    form->addRow(tr("&Bounces to"), m_bounceAddress);
    form->addRow(new QLabel(heading(tr("Encryption")), this));
    form->addRow(tr("&TLS"), m_tls);
    form->addRow(tr("Certificate &check"), m_verify);
    form->addRow(buddyLabel(tr("Trusted ce&rtificates"), m_caFile, this), caRow);
    form->addRow(QString(), m_caNote);
    form->addRow(tr("&Pinned key"), m_pin);
    form->addRow(new QLabel(heading(tr("Authentication")), this));
    form->addRow(tr("&Authenticate"), m_auth);
    form->addRow(tr("&User"), m_user);
    form->addRow(tr("Pass&word"), m_password);
    form->addRow(QString(), m_passwordPlace);
    form->addRow(tr("&Mechanisms"), m_mechanisms);
    form->addRow(QString(), m_authWithoutTls);
    form->addRow(new QLabel(heading(tr("Session")), this));
    form->addRow(tr("&EHLO name"), m_ehloName);
    form->addRow(QString(), m_pipelining);
    form->addRow(tr("Limit to c&onnect"), m_connectLimit);
    form->addRow(tr("Limit per rep&ly"), m_replyLimit);
    form->addRow(tr("Limit after the &final dot"), m_dotLimit);
    m_provider->setObjectName(u"providerFacts"_s);
    m_provider->setTextFormat(Qt::PlainText);
    m_provider->setWordWrap(true);
    m_provider->setForegroundRole(QPalette::PlaceholderText);
    setFocusProxy(m_name);
    // As the eye goes, not as they were made.
    setTabOrder({m_name, m_host, m_port, m_from, m_bounceAddress, m_tls, m_verify, m_caFile, browse,
        m_pin, m_auth, m_user, m_password, m_mechanisms, m_authWithoutTls, m_ehloName, m_pipelining,
        m_connectLimit, m_replyLimit, m_dotLimit});
    m_host->setAccessibleName(tr("Host"));
    m_port->setAccessibleName(tr("Port"));
    m_caFile->setAccessibleName(tr("File of trusted certificates"));

    m_name->setObjectName(u"profileName"_s);
    m_host->setObjectName(u"profileHost"_s);
    m_user->setObjectName(u"profileUser"_s);
    m_password->setObjectName(u"profilePassword"_s);
    m_passwordPlace->setObjectName(u"passwordPlace"_s);
    m_caFile->setObjectName(u"certificatesFile"_s);
    m_caNote->setObjectName(u"certificatesNote"_s);
    m_mechanisms->setObjectName(u"mechanisms"_s);
    m_ehloName->setObjectName(u"ehloName"_s);
    m_from->setObjectName(u"defaultSender"_s);
    m_bounceAddress->setObjectName(u"bounceAddress"_s);
    for (QLineEdit *edit : {m_name, m_host, m_caFile, m_pin, m_mechanisms, m_user, m_password,
             m_ehloName, m_from, m_bounceAddress})
        connect(edit, &QLineEdit::textChanged, this, &ProfileForm::edited);
    for (QComboBox *box : {m_tls, m_verify, m_auth})
        connect(box, &QComboBox::currentIndexChanged, this, &ProfileForm::edited);
    for (QSpinBox *box : {m_port, m_connectLimit, m_replyLimit, m_dotLimit})
        connect(box, &QSpinBox::valueChanged, this, &ProfileForm::edited);
    for (QCheckBox *box : {m_authWithoutTls, m_pipelining})
        connect(box, &QCheckBox::toggled, this, &ProfileForm::edited);
    connect(m_caFile, &QLineEdit::textChanged, this, &ProfileForm::readCertificates);
    connect(m_tls, &QComboBox::activated, this, &ProfileForm::suggestPort);
    connect(this, &ProfileForm::edited, this, &ProfileForm::updateReach);
    connect(m_host, &QLineEdit::textChanged, this, &ProfileForm::showProvider);
}

void ProfileForm::fill(const Relay::RelayProfile &profile)
{
    m_name->setText(profile.name);
    m_host->setText(profile.host);
    m_port->setValue(profile.port);
    select(m_tls, profile.tls);
    select(m_verify, profile.verify);
    m_caFile->setText(profile.caFile);
    m_pin->setText(QString::fromLatin1(profile.pin));
    select(m_auth, profile.auth);
    m_mechanisms->setText(QString::fromUtf8(profile.mechanisms.join(' ')));
    m_user->setText(profile.user);
    m_authWithoutTls->setChecked(profile.authWithoutTls);
    m_ehloName->setText(QString::fromUtf8(profile.ehloName));
    m_from->setText(profile.defaultFrom);
    m_bounceAddress->setText(profile.bounceAddress);
    m_pipelining->setChecked(profile.pipelining);
    m_connectLimit->setValue(seconds(profile.deadlines.connect));
    m_replyLimit->setValue(seconds(profile.deadlines.mail));
    m_dotLimit->setValue(seconds(profile.deadlines.dot));
}

void ProfileForm::setProfile(const Relay::RelayProfile &profile)
{
    {
        const QSignalBlocker quiet(this);
        m_profile = profile;
        fill(profile);
        m_password->clear();
    }
    showProvider();
    updateReach();
    readCertificates();
}

void ProfileForm::setTyped(
    const Relay::RelayProfile &profile, const std::optional<Base::Secret> &password)
{
    {
        const QSignalBlocker quiet(this);
        fill(profile);
        m_password->setText(password ? QString::fromUtf8(password->reveal()) : QString());
    }
    updateReach();
    readCertificates();
}

void ProfileForm::setBackend(Relay::CredentialStore::Backend backend)
{
    switch (backend) {
    case Relay::CredentialStore::Backend::Keyring:
        m_passwordPlace->setText(tr("Kept in the desktop's keyring."));
        break;
    case Relay::CredentialStore::Backend::Vault:
        m_passwordPlace->setText(tr("Kept in the vault under your passphrase."));
        break;
    case Relay::CredentialStore::Backend::SessionOnly:
        m_passwordPlace->setText(
            tr("No keyring is available: the password is forgotten when Mailgauge ends."));
        break;
    }
}

// Only told, not refused: the file may be on a drive that is there when it is needed.
void ProfileForm::readCertificates()
{
    const QString path = m_caFile->text().trimmed();
    m_caNote->hide();
    if (path.isEmpty())
        return;
    Base::readFileLater(path, LargestCertificates)
        .then(this, [this, path](const Base::Result<QByteArray> &pem) {
            if (path != m_caFile->text().trimmed())
                return;
            const bool good = pem && pem->contains("-----BEGIN CERTIFICATE-----");
            m_caNote->setText(!pem ? Explain::explain(pem.error()).text
                                   : tr("There is no certificate (PEM) in this file."));
            m_caNote->setVisible(!good);
        });
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
    result.caFile = m_caFile->text().trimmed();
    result.pin = m_pin->text().remove(u':').trimmed().toLower().toLatin1();
    result.auth = selected<AuthOptions::Need>(m_auth);
    result.mechanisms.clear();
    static const QRegularExpression separators(u"[\\s,]+"_s);
    for (const QString &name : m_mechanisms->text().split(separators, Qt::SkipEmptyParts))
        result.mechanisms.append(name.toUpper().toUtf8());
    result.user = m_user->text().trimmed();
    result.authWithoutTls = m_authWithoutTls->isChecked();
    result.ehloName = m_ehloName->text().trimmed().toUtf8();
    result.defaultFrom = m_from->text().trimmed();
    result.bounceAddress = m_bounceAddress->text().trimmed();
    result.pipelining = m_pipelining->isChecked();
    if (m_connectLimit->value() != seconds(result.deadlines.connect))
        result.deadlines.connect = std::chrono::seconds(m_connectLimit->value());
    if (m_replyLimit->value() != seconds(result.deadlines.mail)) {
        for (const Smtp::Stage stage :
            {Smtp::Stage::Greeting, Smtp::Stage::Helo, Smtp::Stage::StartTls, Smtp::Stage::Tls,
                Smtp::Stage::Auth, Smtp::Stage::Mail, Smtp::Stage::Rcpt, Smtp::Stage::Data})
            result.deadlines.set(stage, std::chrono::seconds(m_replyLimit->value()));
    }
    if (m_dotLimit->value() != seconds(result.deadlines.dot))
        result.deadlines.dot = std::chrono::seconds(m_dotLimit->value());
    return result;
}

std::optional<Base::Secret> ProfileForm::password() const
{
    if (m_password->text().isEmpty())
        return std::nullopt;
    return Base::Secret(m_password->text().toUtf8());
}

QString ProfileForm::problem() const
{
    return ProfileProblems::of(profile());
}

bool ProfileForm::isModified() const
{
    return profile() != m_profile || !m_password->text().isEmpty();
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
    m_password->setPlaceholderText(
        !m_profile.user.isEmpty() && !(provider && provider->user == m_profile.user)
            ? tr("Unchanged")
            : (provider ? provider->passwordHint : QString()));
}

void ProfileForm::focusCredentials()
{
    QLineEdit *field = m_user->text().isEmpty() ? m_user : m_password;
    (field->isEnabled() ? field : m_name)->setFocus();
}

void ProfileForm::updateReach()
{
    const bool encrypts = selected<TlsPolicy>(m_tls) != TlsPolicy::None;
    for (QWidget *field : std::initializer_list<QWidget *> {m_verify, m_caFile, m_pin})
        field->setEnabled(encrypts);
    const bool authenticates = selected<AuthOptions::Need>(m_auth) != AuthOptions::Need::Never;
    for (QWidget *field :
        std::initializer_list<QWidget *> {m_user, m_password, m_mechanisms, m_authWithoutTls})
        field->setEnabled(authenticates);
    m_port->setEnabled(!m_host->text().trimmed().startsWith(u'/'));
}

} // namespace Mailgauge::Relays
