// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/wrappedline.h"

#include "base/literals.h"
#include "theme/theme.h"
#include "transcript/formatter.h"
#include "transcript/tone.h"

#include <KSyntaxHighlighting/SyntaxHighlighter>

#include <QAbstractTextDocumentLayout>
#include <QTextBlock>
#include <QTextDocument>
#include <QTextLayout>

#include <algorithm>
#include <cmath>

namespace Mailgauge::Transcript {

namespace {
constexpr int MaxLines = 8;
constexpr int Margin = 6;
/// Laying out more than this at once would be felt; the details show all.
constexpr qsizetype MaxShown = 64 * 1024;
} // namespace

WrappedLine::WrappedLine(const Theme::Theme &theme, QWidget *parent)
    : QPlainTextEdit(parent)
    , m_theme(theme)
    , m_highlighter(std::make_unique<KSyntaxHighlighting::SyntaxHighlighter>(document()))
{
    setObjectName(u"transcriptWrappedLine"_s);
    setAccessibleName(tr("The current line in full"));
    setReadOnly(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setFrameShape(QFrame::NoFrame);
    setFont(theme.monospaceFont());
    document()->setDocumentMargin(Margin);
    setLayoutDirection(Qt::LeftToRight);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_highlighter->setDefinition(m_highlighting.definition());
    updateTheme();
    connect(&theme, &Theme::Theme::changed, this, &WrappedLine::updateTheme);
}

WrappedLine::~WrappedLine() = default;

void WrappedLine::updateTheme()
{
    m_highlighter->setTheme(m_highlighting.theme(toneOf(m_theme)));
    m_highlighter->rehighlight();
}

void WrappedLine::showEntry(const Entry &entry)
{
    const QString text = markedText(entry, {});
    setPlainText(text.size() <= MaxShown ? text : text.first(MaxShown) + u'…');
    fitHeight();
}

void WrappedLine::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    fitHeight();
}

void WrappedLine::fitHeight()
{
    // Lays it out, if nothing did yet.
    const QTextBlock block = document()->firstBlock();
    document()->documentLayout()->blockBoundingRect(block);
    const QTextLayout *layout = block.layout();
    const int lines = std::clamp(layout->lineCount(), 1, MaxLines);
    setVerticalScrollBarPolicy(
        layout->lineCount() > MaxLines ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    const int height = lines * fontMetrics().lineSpacing()
        + static_cast<int>(std::ceil(2 * document()->documentMargin())) + 2 * frameWidth();
    if (height != maximumHeight())
        setFixedHeight(height);
}

} // namespace Mailgauge::Transcript
