// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "relay/relayprofile.h"

#include <QObject>

class QWidget;

namespace Mailgauge::Relays {

/// Files of relay profiles: asks for one, reads or writes it off the GUI thread. No passwords.
class ProfileFiles final : public QObject {
    Q_OBJECT

public:
    /// `window` is where the dialogs belong to.
    explicit ProfileFiles(QWidget *window);

    void chooseImport();
    void chooseExport(const QList<Relay::RelayProfile> &profiles);

Q_SIGNALS:
    void imported(const QList<Mailgauge::Relay::RelayProfile> &profiles);
    void exported(int count);
    void failed(const Mailgauge::Base::Error &error);

private:
    QWidget *m_window;
};

} // namespace Mailgauge::Relays
