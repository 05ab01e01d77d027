// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console.h"
#include "linereader.h"

#include "smtp/stage.h"

#include <memory>

namespace Mailgauge::Cli {

/// Asks on standard error what to do at a breakpoint and reads the answer from standard input:
/// nothing to go on, a line to send instead, its end to stop.
class BreakPrompt final : public QObject {
    Q_OBJECT

public:
    explicit BreakPrompt(Console &console);

    /// Ends in resumed() or stopped().
    void ask(const QByteArray &line, Smtp::Stage stage);
    /// The answer cannot be sent: once more.
    void refused(const QString &why);

Q_SIGNALS:
    void resumed(const std::optional<QByteArray> &line);
    void stopped();

private:
    void prompt();

    Console &m_console;
    std::unique_ptr<LineReader> m_reader; // reads nothing before the first question
    QByteArray m_line;
    Smtp::Stage m_stage = Smtp::Stage::Helo;
};

} // namespace Mailgauge::Cli
