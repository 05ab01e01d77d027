// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relays/formsection.h"

namespace Mailgauge::Relays {

/// By which hosts and addresses the relay is reached.
class RouteSection final : public FormSection {
    Q_OBJECT

public:
    RouteSection(QFormLayout &form, const Theme::Theme &theme, QWidget *parent);

    void fill(const Relay::RelayProfile &profile) override;
    void take(Relay::RelayProfile &profile) const override;
    [[nodiscard]] QStringList facts(const Relay::RelayProfile &profile) const override;
    void updateReach(const Relay::RelayProfile &profile) override;

private:
    QComboBox *m_by;
    QComboBox *m_services;
    QComboBox *m_family;
    QLineEdit *m_pins;
    QLineEdit *m_localAddress;
    QSpinBox *m_localPort;
    QLineEdit *m_resolver;
    QSpinBox *m_dnsTimeout;
    QLineEdit *m_anchor;
};

} // namespace Mailgauge::Relays
