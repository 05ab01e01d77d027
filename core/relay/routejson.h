// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/profilereader.h"
#include "relay/route.h"

#include <QJsonObject>

namespace Mailgauge::Relay {

/// The keys of a route among those of its profile; none for what is as ever, so that an older
/// program reads a plain profile.
void insertRoute(QJsonObject &profile, const Route &route);

/// What is wrong is told to the reader.
[[nodiscard]] Route routeFrom(ProfileReader &reader);

} // namespace Mailgauge::Relay
