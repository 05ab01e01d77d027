// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QIODevice>
#include <QString>

namespace Mailgauge::Cli {

/// Standard output for results, standard error for diagnostics, and whether they may be coloured.
class Console {
public:
    enum class Colour : quint8 {
        Auto, ///< On a terminal, unless NO_COLOR is set.
        Always,
        Never,
    };

    /// The devices stay the caller's and are open.
    Console(QIODevice &output, QIODevice &diagnostics, bool outputIsTerminal);

    void setColour(Colour colour) { m_colour = colour; }
    [[nodiscard]] bool isColoured() const;

    /// Writes to standard output at once; what could not be written is remembered (hasFailed()).
    void print(QByteArrayView bytes);
    void printLine(QByteArrayView line);
    /// One line of diagnostics: "mailgauge-cli: TEXT".
    void complain(const QString &text);
    [[nodiscard]] bool hasFailed() const { return m_failed; }

    /// `text` in an ANSI style ("1", "32" …) where colours are on.
    [[nodiscard]] QByteArray styled(const char *style, QByteArrayView text) const;

private:
    QIODevice &m_output;
    QIODevice &m_diagnostics;
    bool m_terminal;
    Colour m_colour = Colour::Auto;
    bool m_failed = false;
};

} // namespace Mailgauge::Cli
