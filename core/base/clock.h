// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>

#include <chrono>

namespace Mailgauge::Base {

using TimePoint = std::chrono::steady_clock::time_point;

/// Where time comes from: waits and durations from the monotonic clock, labels from UTC. Tests
/// inject their own. May be called from any thread.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual TimePoint now() const = 0;
    [[nodiscard]] virtual QDateTime utcNow() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
public:
    [[nodiscard]] TimePoint now() const override { return std::chrono::steady_clock::now(); }
    [[nodiscard]] QDateTime utcNow() const override { return QDateTime::currentDateTimeUtc(); }
};

} // namespace Mailgauge::Base
