// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>

namespace Mailgauge::Cli {

/// Lines from a descriptor, one at a time and only when asked for, so that operations are dealt
/// with in their order and a writer that is too fast has to wait.
class LineReader final : public QObject {
    Q_OBJECT

public:
    /// Longer lines end the reading: a message belongs into a file then.
    static constexpr qsizetype MaxLine = qsizetype(1) << 30;

    /// The descriptor stays the caller's.
    explicit LineReader(int descriptor);

    /// Ends in line() or ended(), never before control is back in the event loop.
    void readNext();

Q_SIGNALS:
    /// Without its line end; the last one may have none.
    void line(const QByteArray &line);
    void ended();

private:
    void read();
    void offer();
    [[nodiscard]] bool takeLine(QByteArray *line);

    int m_descriptor;
    QSocketNotifier m_notifier;
    QByteArray m_buffer;
    qsizetype m_searched = 0; ///< No LF before it.
    bool m_atEnd = false;
};

} // namespace Mailgauge::Cli
