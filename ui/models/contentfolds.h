// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/transcript.h"

#include <QHash>
#include <QSet>

namespace Mailgauge::Models {

/// The stretches of message data in a transcript and which of them are open. A stretch is known by
/// the row of its first line and has two lines at least: one alone has nothing to fold.
class ContentFolds final {
public:
    struct Stretch {
        qsizetype lines = 0;
        qint64 bytes = 0; ///< With line ends.
        bool pieces = false; ///< Its lines stand for pieces of a message that is kept elsewhere.
    };

    /// Looks at the new rows; gives the first rows of the stretches that grew.
    QList<qsizetype> take(const Transcript::Transcript &transcript, qsizetype from, qsizetype to);
    void clear();

    [[nodiscard]] bool isEmpty() const { return m_stretches.isEmpty(); }
    /// Null where no stretch begins.
    [[nodiscard]] const Stretch *at(qsizetype first) const;
    [[nodiscard]] bool isOpen(qsizetype first) const
    {
        return m_open.contains(static_cast<quint32>(first));
    }
    void toggle(qsizetype first);
    [[nodiscard]] bool isAnyOpen() const { return !m_open.isEmpty(); }
    /// The rows behind the first ones of all open stretches, in their order.
    [[nodiscard]] QList<quint32> openRows(const Transcript::Transcript &transcript) const;

private:
    QHash<quint32, Stretch> m_stretches;
    QHash<quint32, quint32> m_last; ///< Per session: where its latest message data began.
    QSet<quint32> m_open;
};

} // namespace Mailgauge::Models
