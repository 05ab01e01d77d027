// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// How long a test waits for what is going to happen: a limit for a failure, not for a success. It
/// is precompiled into every test, and takes the place of Qt's five seconds, which a machine that
/// builds something else meanwhile needs for a single step now and then.
#include <QTest>

#include <ctime>

namespace Mailgauge::Test {

constexpr int Patience = 30'000; ///< Milliseconds.

/// What the calling thread computed: other work on the machine does not count.
[[nodiscard]] inline qint64 cpuNanoseconds()
{
    timespec time {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

template <typename Condition>
[[nodiscard]] bool waitFor(Condition condition, int limit = Patience)
{
    return QTest::qWaitFor(condition, limit);
}

template <typename Window>
[[nodiscard]] bool waitForActive(Window *window)
{
    return QTest::qWaitForWindowActive(window, Patience);
}

template <typename Window>
[[nodiscard]] bool waitForExposed(Window *window)
{
    return QTest::qWaitForWindowExposed(window, Patience);
}

} // namespace Mailgauge::Test

#undef QTRY_VERIFY
#undef QTRY_VERIFY2
#undef QTRY_COMPARE
#undef QTRY_COMPARE_LE
#undef QTRY_COMPARE_NE
#define QTRY_VERIFY(expr) QTRY_VERIFY_WITH_TIMEOUT(expr, Mailgauge::Test::Patience)
#define QTRY_VERIFY2(expr, message)                                                                \
    QTRY_VERIFY2_WITH_TIMEOUT(expr, message, Mailgauge::Test::Patience)
#define QTRY_COMPARE(expr, expected)                                                               \
    QTRY_COMPARE_WITH_TIMEOUT(expr, expected, Mailgauge::Test::Patience)
#define QTRY_COMPARE_LE(computed, baseline)                                                        \
    QTRY_COMPARE_LE_WITH_TIMEOUT(computed, baseline, Mailgauge::Test::Patience)
#define QTRY_COMPARE_NE(computed, baseline)                                                        \
    QTRY_COMPARE_NE_WITH_TIMEOUT(computed, baseline, Mailgauge::Test::Patience)
