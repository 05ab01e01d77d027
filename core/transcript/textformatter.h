// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/formatter.h"

namespace Mailgauge::Transcript {

/// `00:00:00.014 S: 250 2.0.0 Ok` in UTF-8, below a few lines of facts that start with `#`.
class TextFormatter final : public Formatter {
public:
    explicit TextFormatter(const ExportOptions &options);

    [[nodiscard]] QByteArray begin(const SessionRecord &record) override;
    [[nodiscard]] QByteArray line(const Entry &entry) override;
    [[nodiscard]] QByteArray end(const SessionRecord &record) override;

private:
    ExportOptions m_options;
    QMap<qint64, LineMark> m_marks;
};

/// The same with SGR sequences (ECMA-48 8.3.117); each line ends with all attributes off.
class AnsiFormatter final : public Formatter, private SpanSink {
public:
    explicit AnsiFormatter(const ExportOptions &options);

    [[nodiscard]] QByteArray begin(const SessionRecord &record) override;
    [[nodiscard]] QByteArray line(const Entry &entry) override;
    [[nodiscard]] QByteArray end(const SessionRecord &record) override;

private:
    [[nodiscard]] QByteArray colored(const QByteArray &lines);
    [[nodiscard]] QByteArray sequence(const KSyntaxHighlighting::Format &format) const;
    void span(
        qsizetype offset, qsizetype length, const KSyntaxHighlighting::Format &format) override;

    TextFormatter m_text;
    ExportOptions m_options;
    Highlighting m_highlighting;
    KSyntaxHighlighting::Theme m_theme;
    Highlighter m_highlighter;
    QString m_line;
    QByteArray m_out;
};

/// The facts of a session as label and value, in the order to show them; empty ones left out.
[[nodiscard]] QList<std::pair<QString, QString>> sessionFacts(const SessionRecord &record);

} // namespace Mailgauge::Transcript
