// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/tlssection.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "tls/roots.h"

#include <QLabel>
#include <QLineEdit>

namespace Mailgauge::Relays {

namespace {

QString withoutSeparators(QString pin)
{
    return pin.remove(u':').trimmed().toLower();
}

} // namespace

TlsSection::TlsSection(QFormLayout &form, const Theme::Theme &theme, QWidget *parent)
    : FormSection(u"tlsSection"_s, tr("TLS"), form, theme, parent)
    , m_caFile(addFile(u"certificatesFile"_s, tr("Trusted ce&rtificates"),
          tr("Certificates of this system"), tr("Choose the file of trusted certificates")))
    , m_caNote(addNote(u"certificatesNote"_s))
    , m_pin(addText(u"pin"_s, tr("&Pinned key"), tr("SHA-256 of the public key, in hex")))
    , m_serverName(addText(u"serverName"_s, tr("Server na&me"), tr("The host's")))
    , m_verifyName(addText(u"verifyName"_s, tr("Name to chec&k"), tr("The one that is sent")))
    , m_minVersion(addChoice(u"minTls"_s, tr("&Lowest version")))
    , m_maxVersion(addChoice(u"maxTls"_s, tr("&Highest version")))
    , m_ciphers(addText(u"ciphers"_s, tr("C&iphers of TLS 1.2"), tr("As OpenSSL has them")))
    , m_cipherSuites(
          addText(u"cipherSuites"_s, tr("Ciphers of TLS 1.3"), tr("As OpenSSL has them")))
    , m_groups(addText(u"tlsGroups"_s, tr("Groups"), tr("As OpenSSL has them; X25519:P-256")))
    , m_certificate(addFile(u"certificateFile"_s, tr("Client certi&ficate"), tr("None"),
          tr("Choose the file of the client certificate")))
    , m_key(addFile(u"keyFile"_s, tr("Its &key"), tr("In the certificate's file"),
          tr("Choose the file of the key")))
{
    m_serverName->setToolTip(tr("Sent to the relay (SNI) and looked for in its certificate."));
    m_serverName->setLayoutDirection(Qt::LeftToRight);
    m_pin->setLayoutDirection(Qt::LeftToRight);
    for (QLineEdit *list : {m_ciphers, m_cipherSuites, m_groups})
        list->setLayoutDirection(Qt::LeftToRight);
    m_groups->setToolTip(tr("For key exchange, the preferred one first."));
    m_minVersion->addItem(tr("TLS 1.2"), QByteArray());
    m_minVersion->addItem(tr("TLS 1.3"), QByteArray("1.3"));
    m_minVersion->addItem(tr("TLS 1.1 (old, unsafe)"), QByteArray("1.1"));
    m_minVersion->addItem(tr("TLS 1.0 (old, unsafe)"), QByteArray("1.0"));
    m_maxVersion->addItem(tr("The newest"), QByteArray());
    m_maxVersion->addItem(tr("TLS 1.3"), QByteArray("1.3"));
    m_maxVersion->addItem(tr("TLS 1.2"), QByteArray("1.2"));
    m_maxVersion->addItem(tr("TLS 1.1 (old, unsafe)"), QByteArray("1.1"));
    m_maxVersion->addItem(tr("TLS 1.0 (old, unsafe)"), QByteArray("1.0"));
    m_verifyName->setToolTip(
        tr("Looked for in the certificate, where that is another name than the one sent."));
    m_verifyName->setLayoutDirection(Qt::LeftToRight);
    connect(m_caFile, &QLineEdit::textChanged, this, &TlsSection::readCertificates);
}

void TlsSection::fill(const Relay::RelayProfile &profile)
{
    m_caFile->setText(profile.caFile);
    m_pin->setText(QString::fromLatin1(profile.pin));
    m_serverName->setText(profile.serverName);
    m_verifyName->setText(profile.verifyName);
    m_minVersion->setCurrentIndex(qMax(m_minVersion->findData(profile.minTls), 0));
    m_maxVersion->setCurrentIndex(qMax(m_maxVersion->findData(profile.maxTls), 0));
    m_ciphers->setText(QString::fromUtf8(profile.ciphers));
    m_cipherSuites->setText(QString::fromUtf8(profile.cipherSuites));
    m_groups->setText(QString::fromUtf8(profile.tlsGroups));
    m_certificate->setText(profile.certificateFile);
    m_key->setText(profile.keyFile);
    readCertificates();
}

void TlsSection::take(Relay::RelayProfile &profile) const
{
    profile.caFile = m_caFile->text().trimmed();
    profile.pin = withoutSeparators(m_pin->text()).toLatin1();
    profile.serverName = m_serverName->text().trimmed();
    profile.verifyName = m_verifyName->text().trimmed();
    // "1.2" is what none means.
    if (m_minVersion->currentIndex() > 0 || profile.minTls != "1.2")
        profile.minTls = m_minVersion->currentData().toByteArray();
    profile.maxTls = m_maxVersion->currentData().toByteArray();
    profile.ciphers = m_ciphers->text().trimmed().toUtf8();
    profile.cipherSuites = m_cipherSuites->text().trimmed().toUtf8();
    profile.tlsGroups = m_groups->text().trimmed().toUtf8();
    profile.certificateFile = m_certificate->text().trimmed();
    profile.keyFile = m_key->text().trimmed();
}

QStringList TlsSection::facts(const Relay::RelayProfile &profile) const
{
    QStringList facts;
    if (!profile.caFile.isEmpty())
        facts.append(tr("own trusted certificates"));
    if (!profile.pin.isEmpty())
        facts.append(tr("pinned key"));
    if (!profile.serverName.isEmpty())
        facts.append(profile.serverName);
    if (!profile.verifyName.isEmpty())
        facts.append(tr("checks %1").arg(profile.verifyName));
    if (!profile.minTls.isEmpty())
        facts.append(tr("from TLS %1").arg(QString::fromLatin1(profile.minTls)));
    if (!profile.maxTls.isEmpty())
        facts.append(tr("up to TLS %1").arg(QString::fromLatin1(profile.maxTls)));
    if (!profile.ciphers.isEmpty() || !profile.cipherSuites.isEmpty())
        facts.append(tr("own ciphers"));
    if (!profile.tlsGroups.isEmpty())
        facts.append(tr("own groups"));
    if (!profile.certificateFile.isEmpty())
        facts.append(tr("client certificate"));
    return facts;
}

void TlsSection::updateReach(const Relay::RelayProfile &profile)
{
    const bool encrypts = profile.tls != Smtp::TlsPolicy::None;
    for (QWidget *field : controls().sliced(1))
        field->setEnabled(encrypts);
}

// Only told, not refused: the file may be on a drive that is there when it is needed.
void TlsSection::readCertificates()
{
    const QString path = m_caFile->text().trimmed();
    m_caNote->hide();
    if (path.isEmpty())
        return;
    Tls::readRootsLater(path).then(this, [this, path](const Base::Result<QByteArray> &pem) {
        if (path != m_caFile->text().trimmed())
            return;
        const bool good = pem && pem->contains("-----BEGIN CERTIFICATE-----");
        m_caNote->setText(!pem ? Explain::explain(pem.error()).text
                               : tr("There is no certificate (PEM) in this file."));
        m_caNote->setVisible(!good);
    });
}

} // namespace Mailgauge::Relays
