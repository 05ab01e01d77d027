// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/relayprofile.h"

#include <QListView>
#include <QSet>

namespace Mailgauge::Models {
class ProfilesModel;
}

namespace Mailgauge::Relays {

/// The relay profiles by name, one of them selected wherever there is one.
class ProfileList final : public QListView {
    Q_OBJECT

public:
    explicit ProfileList(QWidget *parent = nullptr);

    /// `unsaved` are marked. The one selected stays so; where it is gone, the first takes its
    /// place.
    void setProfiles(const QList<Relay::RelayProfile> &profiles, const QSet<QUuid> &unsaved);
    void select(const QUuid &profile);
    /// Null where there is none.
    [[nodiscard]] QUuid selected() const;

Q_SIGNALS:
    void selectedChanged();

private:
    Models::ProfilesModel *m_model;
};

} // namespace Mailgauge::Relays
