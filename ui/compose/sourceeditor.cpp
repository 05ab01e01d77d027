// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/sourceeditor.h"

#include "theme/syntax.h"
#include "theme/theme.h"
#include "widgets/textlimits.h"

#include <KSyntaxHighlighting/SyntaxHighlighter>

#include <QDragEnterEvent>
#include <QMimeData>

namespace Mailgauge::Compose {

SourceEditor::SourceEditor(const Theme::Theme &theme, QWidget *parent)
    : QPlainTextEdit(parent)
    , m_theme(theme)
{
    setTabChangesFocus(true);
    setFrameShape(QFrame::NoFrame);
    document()->setDocumentMargin(8);
    connect(&m_theme, &Theme::Theme::changed, this, &SourceEditor::followTheme);
    followTheme();
}

void SourceEditor::setDefinition(Theme::Syntax &syntax, const QString &definition)
{
    m_syntax = &syntax;
    m_definition = definition;
    setLayoutDirection(Qt::LeftToRight);
}

void SourceEditor::followTheme()
{
    setFont(m_theme.monospaceFont());
    if (m_highlighter != nullptr)
        m_syntax->restyle(m_highlighter);
}

void SourceEditor::paintEvent(QPaintEvent *event)
{
    QPlainTextEdit::paintEvent(event);
    if (m_syntax != nullptr && m_highlighter == nullptr)
        QMetaObject::invokeMethod(this, &SourceEditor::attach, Qt::QueuedConnection);
}

void SourceEditor::attach()
{
    if (m_highlighter == nullptr)
        m_highlighter = m_syntax->attach(document(), m_definition);
    colour();
}

void SourceEditor::colour()
{
    if (m_highlighter == nullptr)
        return;
    QTextDocument *wanted = document()->characterCount() > MaxColoured ? nullptr : document();
    if (m_highlighter->document() != wanted)
        m_highlighter->setDocument(wanted);
}

void SourceEditor::setContent(const QString &text)
{
    if (m_highlighter != nullptr && text.size() > MaxColoured)
        m_highlighter->setDocument(nullptr);
    Widgets::fitWrapping(*this, text);
    setPlainText(text);
    colour();
}

void SourceEditor::insertFromMimeData(const QMimeData *source)
{
    const QString text = source->text();
    if (!Widgets::isEditable(text)
        || document()->characterCount() + text.size() > Widgets::MaxEditable
        || document()->blockCount() + text.count(u'\n') > Widgets::MaxEditableLines) {
        Q_EMIT tooLarge();
        return;
    }
    Widgets::fitWrapping(*this, text);
    if (m_highlighter != nullptr && document()->characterCount() + text.size() > MaxColoured)
        m_highlighter->setDocument(nullptr);
    QPlainTextEdit::insertFromMimeData(source);
}

bool SourceEditor::canInsertFromMimeData(const QMimeData *source) const
{
    return !source->hasUrls() && QPlainTextEdit::canInsertFromMimeData(source);
}

void SourceEditor::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls())
        event->ignore();
    else
        QPlainTextEdit::dragEnterEvent(event);
}

} // namespace Mailgauge::Compose
