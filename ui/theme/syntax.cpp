// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/syntax.h"

#include "theme/theme.h"
#include "transcript/highlighter.h"

#include <KSyntaxHighlighting/Definition>
#include <KSyntaxHighlighting/SyntaxHighlighter>
#include <KSyntaxHighlighting/Theme>

#include <QTextDocument>

namespace Mailgauge::Theme {

Syntax::Syntax(const Theme &theme)
    : m_theme(theme)
{
}

Syntax::~Syntax() = default;

KSyntaxHighlighting::Repository &Syntax::repository()
{
    if (!m_repository)
        m_repository = Transcript::repositoryOfThread();
    return *m_repository;
}

KSyntaxHighlighting::SyntaxHighlighter *Syntax::attach(
    QTextDocument *document, const QString &definition)
{
    auto *highlighter = new KSyntaxHighlighting::SyntaxHighlighter(document);
    restyle(highlighter);
    highlighter->setDefinition(repository().definitionForName(definition));
    return highlighter;
}

void Syntax::restyle(KSyntaxHighlighting::SyntaxHighlighter *highlighter)
{
    highlighter->setTheme(
        repository().defaultTheme(m_theme.isDark() ? KSyntaxHighlighting::Repository::DarkTheme
                                                   : KSyntaxHighlighting::Repository::LightTheme));
    highlighter->rehighlight();
}

} // namespace Mailgauge::Theme
