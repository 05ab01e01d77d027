// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/highlighter.h"

#include "base/literals.h"

#include <KSyntaxHighlighting/State>

namespace Mailgauge::Transcript {

std::shared_ptr<KSyntaxHighlighting::Repository> repositoryOfThread()
{
    thread_local std::weak_ptr<KSyntaxHighlighting::Repository> shared;
    auto repository = shared.lock();
    if (!repository) {
        repository = std::make_shared<KSyntaxHighlighting::Repository>();
        shared = repository;
    }
    return repository;
}

Highlighting::Highlighting()
    : m_definition(m_repository->definitionForName(u"SMTP Transcript"_s))
{
}

KSyntaxHighlighting::Theme Highlighting::theme(Tone tone) const
{
    switch (tone) {
    case Tone::Light:
        return m_repository->theme(u"Mailgauge Light"_s);
    case Tone::Dark:
        return m_repository->theme(u"Mailgauge Dark"_s);
    case Tone::HighContrast:
        return m_repository->theme(u"Mailgauge High Contrast"_s);
    }
    Q_UNREACHABLE_RETURN({});
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

QString lineMark(const Entry &entry)
{
    return entry.unexpected ? u"S! "_s : lineMark(entry.direction);
}

} // namespace Mailgauge::Transcript
