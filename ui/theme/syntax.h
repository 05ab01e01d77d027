// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

class QTextDocument;

namespace KSyntaxHighlighting {
class Repository;
class SyntaxHighlighter;
} // namespace KSyntaxHighlighting

class QString;

namespace Mailgauge::Theme {

class Theme;

/// Syntax colours for source editors, from KDE Syntax-Highlighting's own definitions ("HTML",
/// "Email"). They are loaded when first needed.
class Syntax final {
public:
    explicit Syntax(const Theme &theme);
    ~Syntax();

    /// The document owns the highlighter. Call restyle() on Theme::changed.
    KSyntaxHighlighting::SyntaxHighlighter *attach(
        QTextDocument *document, const QString &definition);
    void restyle(KSyntaxHighlighting::SyntaxHighlighter *highlighter);

private:
    [[nodiscard]] KSyntaxHighlighting::Repository &repository();

    const Theme &m_theme;
    std::shared_ptr<KSyntaxHighlighting::Repository> m_repository;
};

} // namespace Mailgauge::Theme
