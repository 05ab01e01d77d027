// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QPlainTextEdit;

namespace Mailgauge::Theme {
class Syntax;
class Theme;
} // namespace Mailgauge::Theme

namespace Mailgauge::Compose {

class SourceEditor;

/// Text and HTML of the message side by side.
class BodyEditor final : public QWidget {
    Q_OBJECT

public:
    BodyEditor(const Theme::Theme &theme, Theme::Syntax &syntax, QWidget *parent = nullptr);

    void setBody(const QString &text, const QString &html);
    [[nodiscard]] QString text() const;
    [[nodiscard]] QString html() const;
    /// As typed: can be undone.
    void replaceHtml(const QString &html);
    /// In front of the text, as typed.
    void prependText(const QString &text);
    void insertHtml(const QString &source);

Q_SIGNALS:
    void edited();
    void htmlEdited();
    /// What was to be pasted is more than can be edited.
    void tooLarge();

private:
    [[nodiscard]] static QWidget *titled(const QString &title, QPlainTextEdit *editor);

    SourceEditor *m_text;
    SourceEditor *m_html;
};

} // namespace Mailgauge::Compose
