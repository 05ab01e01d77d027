// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/highlighter.h"

#include "base/literals.h"

#include <KSyntaxHighlighting/State>

namespace Mailgauge::Transcript {

Highlighting::Highlighting()
    : m_definition(m_repository.definitionForName(u"SMTP Transcript"_s))
{
}

KSyntaxHighlighting::Theme Highlighting::theme(Tone tone) const
{
    return m_repository.theme(tone == Tone::Dark ? u"Mailgauge Dark"_s : u"Mailgauge Light"_s);
}

Highlighter::Highlighter(const Highlighting &highlighting)
{
    setDefinition(highlighting.definition());
}

void Highlighter::highlight(QStringView line, SpanSink &sink)
{
    m_sink = &sink;
    highlightLine(line, KSyntaxHighlighting::State());
    m_sink = nullptr;
}

void Highlighter::applyFormat(int offset, int length, const KSyntaxHighlighting::Format &format)
{
    if (length > 0)
        m_sink->span(offset, length, format);
}

QString lineMark(Direction direction)
{
    switch (direction) {
    case Direction::Client:
        return u"C: "_s;
    case Direction::Server:
        return u"S: "_s;
    case Direction::Event:
        return u"* "_s;
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace Mailgauge::Transcript
