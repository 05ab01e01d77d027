// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>

namespace Mailgauge::Relay {
class ProfileService;
struct RelayProfile;
} // namespace Mailgauge::Relay

namespace Mailgauge::Shell {

/// The relay in use, in the tool bar: renders the ProfileService's list and its current one.
class RelayChooser final : public QComboBox {
    Q_OBJECT

public:
    explicit RelayChooser(Relay::ProfileService &profiles, QWidget *parent = nullptr);

    /// "relay.example.org:587, STARTTLS"
    [[nodiscard]] static QString describe(const Relay::RelayProfile &profile);

private:
    void refill();
    void showCurrent();

    Relay::ProfileService &m_profiles;
};

} // namespace Mailgauge::Shell
