// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTypes>

namespace Mailgauge::Base {

/// How bad a finding is. Error means that a `check` command exits 1.
enum class Severity : quint8 {
    Info,
    Warning,
    Error,
};

} // namespace Mailgauge::Base
