// SPDX-License-Identifier: GPL-3.0-or-later
#include "breakprompt.h"

#include "base/literals.h"
#include "smtp/command.h"

#include <unistd.h>

namespace Mailgauge::Cli {

BreakPrompt::BreakPrompt(Console &console)
    : m_console(console)
{
}

void BreakPrompt::ask(const QByteArray &line, Smtp::Stage stage)
{
    m_line = line;
    m_stage = stage;
    if (!m_reader) {
        m_reader = std::make_unique<LineReader>(STDIN_FILENO, Smtp::Command::MaxLine);
        connect(m_reader.get(), &LineReader::line, this, [this](const QByteArray &typed) {
            const QByteArray text = typed.endsWith('\r') ? typed.chopped(1) : typed;
            Q_EMIT resumed(text.isEmpty() ? std::nullopt : std::optional(text));
        });
        connect(m_reader.get(), &LineReader::ended, this, &BreakPrompt::stopped);
    }
    prompt();
}

void BreakPrompt::refused(const QString &why)
{
    m_console.complain(why);
    prompt();
}

void BreakPrompt::prompt()
{
    m_console.complain(u"paused before %1: %2"_s.arg(
        QString::fromLatin1(Smtp::stageName(m_stage)), QString::fromUtf8(m_line)));
    m_reader->readNext();
}

} // namespace Mailgauge::Cli
