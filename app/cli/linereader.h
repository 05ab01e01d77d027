// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "problem.h"

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>

#include <optional>

namespace Mailgauge::Cli {

/// Lines from a descriptor, one at a time and only when asked for, so that operations are dealt
/// with in their order and a writer that is too fast has to wait.
class LineReader final : public QObject {
    Q_OBJECT

public:
    /// Longer lines end the reading: a message belongs into a file then.
    static constexpr qsizetype MaxLine = qsizetype(1) << 30;

    /// The descriptor stays the caller's.
    explicit LineReader(int descriptor, qsizetype maxLine = MaxLine);

    /// Ends in line() or ended(), never before control is back in the event loop.
    void readNext();

Q_SIGNALS:
    /// Without its line end; the last one may have none.
    void line(const QByteArray &line);
    /// `problem`: not at the end of the input, but because it cannot be read any further.
    void ended(const std::optional<Mailgauge::Cli::Problem> &problem);

private:
    void read();
    void offer();
    void refuseTooLong();
    [[nodiscard]] QString place() const;
    [[nodiscard]] bool takeLine(QByteArray *line);

    int m_descriptor;
    qsizetype m_maxLine;
    QSocketNotifier m_notifier;
    QByteArray m_buffer;
    qsizetype m_searched = 0; ///< No LF before it.
    qint64 m_lines = 0; ///< Offered so far.
    bool m_atEnd = false;
    std::optional<Problem> m_problem;
};

} // namespace Mailgauge::Cli
