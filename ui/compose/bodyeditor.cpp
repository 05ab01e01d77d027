// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/bodyeditor.h"

#include "base/literals.h"
#include "compose/sourceeditor.h"

#include <QLabel>
#include <QSplitter>
#include <QVBoxLayout>

namespace Mailgauge::Compose {

BodyEditor::BodyEditor(const Theme::Theme &theme, Theme::Syntax &syntax, QWidget *parent)
    : QWidget(parent)
    , m_text(new SourceEditor(theme))
    , m_html(new SourceEditor(theme))
{
    m_text->setObjectName(u"textBody"_s);
    m_text->setAccessibleName(tr("Plain text of the message"));
    m_text->setPlaceholderText(tr("Write the message here. With HTML too, both are sent and the "
                                  "recipient's program chooses."));
    m_html->setDefinition(syntax, u"HTML"_s);
    m_html->setObjectName(u"htmlBody"_s);
    m_html->setAccessibleName(tr("HTML of the message"));
    m_html->setPlaceholderText(tr("<p>Optional. Leave empty to send plain text only.</p>"));

    auto *splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setObjectName(u"composeBody"_s);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(titled(tr("Plain text"), m_text));
    splitter->addWidget(titled(tr("HTML"), m_html));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
    connect(m_text, &QPlainTextEdit::textChanged, this, &BodyEditor::edited);
    connect(m_html, &QPlainTextEdit::textChanged, this, &BodyEditor::edited);
    connect(m_html, &QPlainTextEdit::textChanged, this, &BodyEditor::htmlEdited);
    connect(m_text, &SourceEditor::tooLarge, this, &BodyEditor::tooLarge);
    connect(m_html, &SourceEditor::tooLarge, this, &BodyEditor::tooLarge);
}

QWidget *BodyEditor::titled(const QString &title, QPlainTextEdit *editor)
{
    auto *box = new QWidget;
    auto *label = new QLabel(title, box);
    label->setForegroundRole(QPalette::PlaceholderText);
    label->setContentsMargins(8, 4, 8, 4);
    label->setBuddy(editor);
    auto *column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(label);
    column->addWidget(editor, 1);
    return box;
}

void BodyEditor::setBody(const QString &text, const QString &html)
{
    m_text->setContent(text);
    m_html->setContent(html);
}

QString BodyEditor::text() const
{
    return m_text->toPlainText();
}

QString BodyEditor::html() const
{
    return m_html->toPlainText();
}

void BodyEditor::replaceHtml(const QString &html)
{
    QTextCursor cursor(m_html->document());
    cursor.beginEditBlock();
    cursor.select(QTextCursor::Document);
    cursor.insertText(html);
    cursor.endEditBlock();
}

void BodyEditor::prependText(const QString &text)
{
    QTextCursor(m_text->document()).insertText(text);
    m_text->setFocus();
}

void BodyEditor::insertHtml(const QString &source)
{
    m_html->textCursor().insertText(source);
}

} // namespace Mailgauge::Compose
