// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>

/// For a server, or the right to start one, that this machine does not have: skips the test, and
/// fails it where MAILGAUGE_MUST_RUN says that nothing is missing, as `./dev test` does where it
/// has put everything there itself. What proves something must not vanish unseen.
#define MAILGAUGE_MISSING(why)                                                                     \
    do {                                                                                           \
        if (qEnvironmentVariableIsSet("MAILGAUGE_MUST_RUN"))                                       \
            QFAIL(why);                                                                            \
        QSKIP(why);                                                                                \
    } while (false)
