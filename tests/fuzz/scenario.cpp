// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/scenarioparser.h"
#include "sandbox/scenariowriter.h"

#include "check.h"

using namespace Mailgauge;

/// The input is a scenario file: what is read is written and read again as the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const auto scenario = Sandbox::parseScenario(
        QByteArray(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size)));
    if (!scenario) {
        check(!scenario.error().detail.isEmpty());
        return 0;
    }
    const auto again = Sandbox::parseScenario(Sandbox::writeScenario(*scenario));
    check(again && *again == *scenario);
    return 0;
}
