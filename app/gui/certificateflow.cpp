// SPDX-License-Identifier: GPL-3.0-or-later
#include "certificateflow.h"

#include "base/filejobs.h"
#include "base/literals.h"
#include "explain/explain.h"
#include "savereport.h"
#include "shell/mainwindow.h"
#include "tls/certificatefacts.h"
#include "widgets/messagestack.h"

#include <QAction>

namespace Mailgauge::Gui {

namespace {

using Widgets::MessageBar;

const QString saveName = u"certificates"_s;
const QString pinName = u"pin"_s;

} // namespace

CertificateFlow::CertificateFlow(Relay::ProfileService &profiles, Shell::MainWindow &window)
    : m_profiles(profiles)
    , m_window(window)
{
}

void CertificateFlow::save(const Tls::TlsFacts &facts)
{
    askWhereToSave(
        &m_window, tr("Save Certificates"), chainFileName(facts.serverName), this,
        [this, chain = facts.chain](const QString &path) {
            Base::writeFileLater(path, Tls::toPem(chain))
                .then(this, [this, path](const Base::Result<void> &written) {
                    m_window.messages().post(saveName,
                        written ? MessageBar::Kind::Success : MessageBar::Kind::Error,
                        written ? tr("Certificates saved to %1.").arg(path)
                                : Explain::explain(written.error()).withNextStep());
                });
        },
        tr("PEM files (*.pem *.crt);;All files (*)"));
}

void CertificateFlow::pin(const QUuid &id, const QByteArray &key)
{
    auto profile = m_profiles.profile(id);
    if (!profile || profile->builtin || profile->pin == key) {
        m_window.messages().post(pinName,
            profile && !profile->builtin ? MessageBar::Kind::Info : MessageBar::Kind::Warning,
            !profile ? tr("Not pinned: the relay profile of this session is not there any more.")
                : profile->builtin
                ? tr("Not pinned: the built-in relay has no settings of its own to keep a key in.")
                : tr("“%1” takes no other key than this one already.").arg(profile->name));
        return;
    }
    const QByteArray before = profile->pin;
    profile->pin = key;
    if (m_profiles.save(*profile).isNull())
        return; // the service tells why
    auto *back = new QAction(tr("Take It Back"));
    connect(
        back, &QAction::triggered, this, [this, id, key, before] { takeBack(id, key, before); });
    m_window.messages().post(pinName, MessageBar::Kind::Success,
        tr("“%1” takes no other key than sha256:%2… from now on.")
            .arg(profile->name, QString::fromLatin1(key.first(qMin(key.size(), qsizetype(16))))),
        {back});
}

void CertificateFlow::takeBack(const QUuid &id, const QByteArray &key, const QByteArray &before)
{
    auto profile = m_profiles.profile(id);
    // Somebody may have set another one meanwhile.
    if (profile && profile->pin == key) {
        profile->pin = before;
        m_profiles.save(*profile);
    }
    m_window.messages().withdraw(pinName);
}

} // namespace Mailgauge::Gui
