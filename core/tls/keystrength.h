// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

struct evp_pkey_st;

namespace Mailgauge::Tls {

/// Below these, NIST SP 800-131A and the CA/Browser Forum allow no key.
inline constexpr int MinRsaBits = 2048;
inline constexpr int MinEcBits = 224;

/// A null key, one that cannot be read, is weak too.
[[nodiscard]] bool isWeak(evp_pkey_st *key);

} // namespace Mailgauge::Tls
