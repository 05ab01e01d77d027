// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QPlainTextEdit;

namespace Mailgauge::Theme {
class Syntax;
class Theme;
} // namespace Mailgauge::Theme

namespace Mailgauge::Compose {

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
    void insertHtml(const QString &source);

Q_SIGNALS:
    void edited();
    void htmlEdited();

private:
    [[nodiscard]] static QWidget *titled(const QString &title, QPlainTextEdit *editor);

    QPlainTextEdit *m_text;
    QPlainTextEdit *m_html;
};

} // namespace Mailgauge::Compose
