// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

#include <QByteArray>
#include <QString>
#include <QTimeZone>

namespace Mailgauge::Test {

/// A clock that only moves when told to.
class FakeClock final : public Base::Clock {
public:
    [[nodiscard]] Base::TimePoint now() const override { return m_now; }
    [[nodiscard]] QDateTime utcNow() const override { return m_utc; }
    void advance(std::chrono::milliseconds by)
    {
        m_now += by;
        m_utc = m_utc.addMSecs(by.count());
    }

private:
    Base::TimePoint m_now {std::chrono::hours(1)};
    QDateTime m_utc {QDate(2026, 1, 2), QTime(3, 4, 5), QTimeZone::utc()};
};

/// The bytes of a file below tests/data; fails the test where it cannot be read.
[[nodiscard]] QByteArray testData(const QString &name);

/// Compares with the golden file below tests/data/golden; MAILGAUGE_UPDATE_GOLDEN=1 writes it
/// instead. Returns an empty string where they are the same, else what differs.
[[nodiscard]] QString compareGolden(const QString &name, const QByteArray &actual);

} // namespace Mailgauge::Test
