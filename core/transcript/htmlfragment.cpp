// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/htmlfragment.h"

#include "base/literals.h"

namespace Mailgauge::Transcript {

namespace {

class FragmentSink final : public SpanSink {
public:
    explicit FragmentSink(const KSyntaxHighlighting::Theme &theme)
        : m_theme(theme)
    {
    }

    void start(const QString &line) { m_line = line; }
    void span(
        qsizetype offset, qsizetype length, const KSyntaxHighlighting::Format &format) override
    {
        const QString text = m_line.sliced(offset, length).toHtmlEscaped();
        QString style;
        if (format.hasTextColor(m_theme))
            style = u"color:"_s + format.textColor(m_theme).name();
        if (format.isBold(m_theme))
            style += u";font-weight:bold"_s;
        m_out += style.isEmpty() ? text : u"<span style=\"%1\">%2</span>"_s.arg(style, text);
    }
    void endLine() { m_out += u'\n'; }
    [[nodiscard]] const QString &html() const { return m_out; }

private:
    KSyntaxHighlighting::Theme m_theme;
    QString m_line;
    QString m_out;
};

} // namespace

QString htmlFragment(const QList<Entry> &entries)
{
    const Highlighting highlighting;
    Highlighter highlighter(highlighting);
    FragmentSink sink(highlighting.theme(Tone::Light));
    for (const Entry &entry : entries) {
        const QString line = markedText(entry, ExportOptions());
        sink.start(line);
        highlighter.highlight(line, sink);
        sink.endLine();
    }
    return u"<pre dir=\"ltr\" style=\"font-family:monospace\">"_s + sink.html() + u"</pre>"_s;
}

} // namespace Mailgauge::Transcript
