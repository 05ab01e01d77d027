// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relays/formsection.h"

namespace Mailgauge::Relays {

/// What is between this machine and the relay, and how long a step may take.
class ConnectionSection final : public FormSection {
    Q_OBJECT

public:
    ConnectionSection(QFormLayout &form, const Theme::Theme &theme, QWidget *parent);

    void fill(const Relay::RelayProfile &profile) override;
    void take(Relay::RelayProfile &profile) const override;
    [[nodiscard]] QStringList facts(const Relay::RelayProfile &profile) const override;
    void updateReach(const Relay::RelayProfile &profile) override;
    void fillSecrets(const Relay::TypedSecrets &secrets) override;
    void takeSecrets(Relay::TypedSecrets &secrets) const override;

private:
    QLineEdit *m_proxy;
    QLineEdit *m_proxyPassword;
    QComboBox *m_header;
    QLineEdit *m_xclient;
    QCheckBox *m_xclientBeforeTls;
    QSpinBox *m_connectLimit;
    QSpinBox *m_replyLimit;
    QSpinBox *m_dotLimit;
};

} // namespace Mailgauge::Relays
