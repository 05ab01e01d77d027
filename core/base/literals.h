// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

/// The literal operators (`u"…"_s`, `"…"_ba`, `"…"_L1`) inside the project's namespace, so that no
/// header needs a using directive of its own.
namespace Mailgauge {
using namespace Qt::StringLiterals;
}
