// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/literals.h"

namespace Mailgauge::Gui {

// What the pages of the window are called in it, in settings and in tests.
inline const QString composePage = u"compose"_s;
inline const QString sessionsPage = u"sessions"_s;
inline const QString relaysPage = u"relays"_s;
inline const QString resultsPage = u"results"_s;
inline const QString bouncesPage = u"bounces"_s;
inline const QString diagnosisPage = u"diagnose"_s;
inline const QString sandboxPage = u"sandbox"_s;

} // namespace Mailgauge::Gui
