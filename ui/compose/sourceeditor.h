// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>

namespace KSyntaxHighlighting {
class SyntaxHighlighter;
}
namespace Mailgauge::Theme {
class Syntax;
class Theme;
} // namespace Mailgauge::Theme

namespace Mailgauge::Compose {

/// A text editor in the fixed font, left to right, optionally with syntax colours. Leaves dropped
/// files to the window.
class SourceEditor final : public QPlainTextEdit {
    Q_OBJECT

public:
    /// Above this there are no syntax colours: they are painted for all of it at once.
    static constexpr qsizetype MaxColoured = 256 * 1024;

    SourceEditor(const Theme::Theme &theme, QWidget *parent = nullptr);

    /// Takes effect behind the first paint: the definitions take time to load.
    void setDefinition(Theme::Syntax &syntax, const QString &definition);
    void setContent(const QString &text);

Q_SIGNALS:
    /// What was to be pasted is too much.
    void tooLarge();

protected:
    bool canInsertFromMimeData(const QMimeData *source) const override;
    void insertFromMimeData(const QMimeData *source) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void followTheme();
    void attach();
    void colour();

    const Theme::Theme &m_theme;
    Theme::Syntax *m_syntax = nullptr;
    QString m_definition;
    KSyntaxHighlighting::SyntaxHighlighter *m_highlighter = nullptr;
};

} // namespace Mailgauge::Compose
