// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relays/formsection.h"

namespace Mailgauge::Relays {

/// What is asked of the encryption, and what is shown to the relay.
class TlsSection final : public FormSection {
    Q_OBJECT

public:
    TlsSection(QFormLayout &form, const Theme::Theme &theme, QWidget *parent);

    void fill(const Relay::RelayProfile &profile) override;
    void take(Relay::RelayProfile &profile) const override;
    [[nodiscard]] QStringList facts(const Relay::RelayProfile &profile) const override;
    void updateReach(const Relay::RelayProfile &profile) override;

private:
    void readCertificates();

    QLineEdit *m_caFile;
    QLabel *m_caNote; ///< What is wrong with the file; it may be there again when it is needed.
    QLineEdit *m_pin;
    QLineEdit *m_serverName;
    QLineEdit *m_verifyName;
    QComboBox *m_minVersion;
    QComboBox *m_maxVersion;
    QLineEdit *m_ciphers;
    QLineEdit *m_cipherSuites;
    QLineEdit *m_groups;
    QLineEdit *m_certificate;
    QLineEdit *m_key;
};

} // namespace Mailgauge::Relays
