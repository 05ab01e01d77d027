// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relays/formsection.h"

namespace Mailgauge::Relays {

/// What is spoken with the relay.
class ProtocolSection final : public FormSection {
    Q_OBJECT

public:
    ProtocolSection(QFormLayout &form, const Theme::Theme &theme, QWidget *parent);

    void fill(const Relay::RelayProfile &profile) override;
    void take(Relay::RelayProfile &profile) const override;
    [[nodiscard]] QStringList facts(const Relay::RelayProfile &profile) const override;
    void updateReach(const Relay::RelayProfile &profile) override;

private:
    QComboBox *m_protocol;
    QLineEdit *m_ehloName;
    QCheckBox *m_pipelining;
    QCheckBox *m_chunking;
    QSpinBox *m_chunkSize;
    QCheckBox *m_prdr;
    QCheckBox *m_smtpUtf8;
    QCheckBox *m_eightBitAnyway;
};

} // namespace Mailgauge::Relays
