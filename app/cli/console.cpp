// SPDX-License-Identifier: GPL-3.0-or-later
#include "console.h"

#include "base/literals.h"
#include "transcript/entry.h"

namespace Mailgauge::Cli {

Console::Console(QIODevice &output, QIODevice &diagnostics, bool outputIsTerminal)
    : m_output(output)
    , m_diagnostics(diagnostics)
    , m_terminal(outputIsTerminal)
{
}

bool Console::isColoured() const
{
    switch (m_colour) {
    case Colour::Always:
        return true;
    case Colour::Never:
        return false;
    case Colour::Auto:
        break;
    }
    // no-color.org: the variable counts when it is set to anything but the empty string.
    return m_terminal && qEnvironmentVariableIsEmpty("NO_COLOR") && qgetenv("TERM") != "dumb";
}

void Console::print(QByteArrayView bytes)
{
    for (qint64 done = 0; done < bytes.size() && !m_failed;) {
        const qint64 written = m_output.write(bytes.data() + done, bytes.size() - done);
        m_failed = written <= 0;
        done += written;
    }
}

void Console::printLine(QByteArrayView line)
{
    print(line.toByteArray() + '\n');
}

void Console::complain(const QString &text)
{
    // Server text and file names may be part of it: nothing in it may steer the terminal.
    const QByteArray line = "mailgauge-cli: " + Transcript::visibleText(text).toUtf8() + '\n';
    m_diagnostics.write(line);
}

QByteArray Console::styled(const char *style, QByteArrayView text) const
{
    if (!isColoured())
        return text.toByteArray();
    return "\x1b[" + QByteArray(style) + 'm' + text.toByteArray() + "\x1b[0m";
}

} // namespace Mailgauge::Cli
