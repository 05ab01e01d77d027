// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/profileservice.h"
#include "tls/tlsfacts.h"

#include <QObject>

namespace Mailgauge::Shell {
class MainWindow;
}

namespace Mailgauge::Gui {

/// Certificates that were seen: to a file, and the key of one into the relay profile.
class CertificateFlow final : public QObject {
    Q_OBJECT

public:
    CertificateFlow(Relay::ProfileService &profiles, Shell::MainWindow &window);

    /// Asks where to; written off the GUI thread.
    void save(const Tls::TlsFacts &facts);
    /// The message about it takes it back.
    void pin(const QUuid &profile, const QByteArray &key);

private:
    void takeBack(const QUuid &profile, const QByteArray &key, const QByteArray &before);

    Relay::ProfileService &m_profiles;
    Shell::MainWindow &m_window;
};

} // namespace Mailgauge::Gui
