// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/report.h"
#include "diagnose/tlsinspection.h"

namespace Mailgauge::Test {

/// A relay as many are: submission works, the IPv6 side is closed, one port is slow, and some
/// things should be mended.
[[nodiscard]] Diagnose::RelayReport sampleReport();

/// The same before anything was tried.
[[nodiscard]] Diagnose::RelayReport waitingReport();

/// What is published about it: TLSA records, of which one fits, and an MTA-STS policy that does not
/// name it.
[[nodiscard]] Diagnose::HostPolicies samplePolicies();

/// An inspection of its port 587.
[[nodiscard]] Diagnose::TlsInspection sampleInspection();

} // namespace Mailgauge::Test
