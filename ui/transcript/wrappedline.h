// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/highlighter.h"

#include <QPlainTextEdit>

#include <memory>

namespace KSyntaxHighlighting {
class SyntaxHighlighter;
}
namespace Mailgauge::Theme {
class Theme;
}

namespace Mailgauge::Transcript {

/// The current line in full, wrapped, where its characters can be selected. The lines above keep
/// one height, which is what makes a million of them quick.
class WrappedLine final : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit WrappedLine(const Theme::Theme &theme, QWidget *parent = nullptr);
    ~WrappedLine() override;

    void showEntry(const Entry &entry);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void fitHeight();
    void updateTheme();

    const Theme::Theme &m_theme;
    Highlighting m_highlighting;
    std::unique_ptr<KSyntaxHighlighting::SyntaxHighlighter> m_highlighter;
};

} // namespace Mailgauge::Transcript
