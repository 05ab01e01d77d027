// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// How a transcript gets its colours: one highlighter, many sinks.
///
/// A line is `C: …`, `S: …` or `* …` (a time may stand before it). The Highlighter calls a SpanSink
/// with the stretches of that line and their formats; the text, ANSI and HTML formatters and the
/// view's delegate are such sinks, so a reply looks the same everywhere. The definition ends every
/// context with its line: lines can be highlighted alone and in any order.
#include "transcript/entry.h"

#include <KSyntaxHighlighting/AbstractHighlighter>
#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/Format>
#include <KSyntaxHighlighting/Repository>
#include <KSyntaxHighlighting/Theme>

#include <QStringView>

#include <memory>

namespace Mailgauge::Transcript {

enum class Tone : quint8 {
    Light,
    Dark,
    HighContrast, ///< On black.
};

/// All definitions, the library's and ours. Loading takes about 10 ms, so those who highlight in
/// one thread share it; it goes with the last of them, in that thread.
[[nodiscard]] std::shared_ptr<KSyntaxHighlighting::Repository> repositoryOfThread();

/// Our syntax definition and our three themes, from the program's resources. For one thread.
class Highlighting final {
public:
    Highlighting();

    [[nodiscard]] KSyntaxHighlighting::Definition definition() const { return m_definition; }
    [[nodiscard]] KSyntaxHighlighting::Theme theme(Tone tone) const;

private:
    std::shared_ptr<KSyntaxHighlighting::Repository> m_repository = repositoryOfThread();
    KSyntaxHighlighting::Definition m_definition;
};

/// Receives the stretches of one line, from left to right, without overlap.
class SpanSink {
public:
    virtual ~SpanSink() = default;
    virtual void span(qsizetype offset, qsizetype length, const KSyntaxHighlighting::Format &format)
        = 0;
};

class Highlighter final : private KSyntaxHighlighting::AbstractHighlighter {
public:
    explicit Highlighter(const Highlighting &highlighting);

    void highlight(QStringView line, SpanSink &sink);

private:
    void applyFormat(int offset, int length, const KSyntaxHighlighting::Format &format) override;

    SpanSink *m_sink = nullptr;
};

/// "C: ", "S: ", "* ": what stands before a line's text and tells the highlighter who speaks.
[[nodiscard]] QString lineMark(Direction direction);
/// The same, but "S! " where the entry is unexpected.
[[nodiscard]] QString lineMark(const Entry &entry);

} // namespace Mailgauge::Transcript
