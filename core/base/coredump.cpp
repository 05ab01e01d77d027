// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/coredump.h"

#include <sys/prctl.h>

namespace Mailgauge::Base {

void keepMemoryPrivate()
{
    // Cannot fail for 0; a kernel that does not know it has no ptrace to keep out either.
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

} // namespace Mailgauge::Base
