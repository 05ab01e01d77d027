// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>

/// Stops the fuzzer where a promise is broken.
inline void check(bool promise)
{
    if (!promise)
        std::abort();
}
