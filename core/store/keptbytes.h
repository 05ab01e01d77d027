// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/sql.h"

namespace Mailgauge::Store {

/// What a sweep cannot free, in stored bytes and in steps: the inbox, bounces, and the sessions
/// that must stay with their transcripts and messages. A little less than it takes in the file, for
/// pages are never quite full.
class KeptBytes final {
public:
    /// `stays`: the condition on `sessions` of those that must.
    explicit KeptBytes(QString stays);

    /// Looks at some hundred rows; false once there are none left.
    [[nodiscard]] Base::Result<bool> step(Connection &connection);
    /// Complete once step() said false.
    [[nodiscard]] qint64 bytes() const { return m_bytes; }

private:
    enum class At : quint8 {
        Others,
        Sessions,
        Contents,
        Done,
    };

    [[nodiscard]] Base::Result<bool> addOthers(Connection &connection);
    [[nodiscard]] Base::Result<bool> addPage(Connection &connection, const QString &sql, At next);

    QString m_stays;
    At m_at = At::Others;
    qint64 m_row = 0; ///< The last one looked at.
    qint64 m_bytes = 0;
};

} // namespace Mailgauge::Store
