// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relays/formsection.h"

namespace Mailgauge::Relays {

/// How the user is proved.
class AuthSection final : public FormSection {
    Q_OBJECT

public:
    AuthSection(QFormLayout &form, const Theme::Theme &theme, QWidget *parent);

    void fill(const Relay::RelayProfile &profile) override;
    void take(Relay::RelayProfile &profile) const override;
    [[nodiscard]] QStringList facts(const Relay::RelayProfile &profile) const override;
    void updateReach(const Relay::RelayProfile &profile) override;
    void fillSecrets(const Relay::TypedSecrets &secrets) override;
    void takeSecrets(Relay::TypedSecrets &secrets) const override;

private:
    QLineEdit *m_mechanisms;
    QLineEdit *m_aliases;
    QComboBox *m_initial;
    QCheckBox *m_inTurn;
    QLineEdit *m_authorizationId;
    QComboBox *m_tokenSource;
    QLineEdit *m_token;
    QLineEdit *m_tokenCommand;
    QComboBox *m_passwordSource;
    QLineEdit *m_passwordCommand;
    QLineEdit *m_netrcFile;
    QCheckBox *m_withoutTls;
};

} // namespace Mailgauge::Relays
