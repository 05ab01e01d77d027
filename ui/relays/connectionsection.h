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
    /// What the three numbers say; the text says what of it is otherwise.
    [[nodiscard]] Smtp::Deadlines numbers() const;
    /// The user changed the number of this stage: it counts, and no longer what the text says of
    /// it.
    void forget(Smtp::Stage stage);

    QLineEdit *m_proxy;
    QLineEdit *m_proxyPassword;
    QLineEdit *m_proxyCa;
    QComboBox *m_header;
    QLineEdit *m_proxySource;
    QLineEdit *m_proxyDestination;
    QLineEdit *m_xclient;
    QCheckBox *m_xclientBeforeTls;
    QCheckBox *m_xclientAnyway;
    QSpinBox *m_connectLimit;
    QSpinBox *m_replyLimit;
    QSpinBox *m_dotLimit;
    QLineEdit *m_limits;
};

} // namespace Mailgauge::Relays
