// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/htmlformatter.h"

#include "base/literals.h"
#include "transcript/textformatter.h"
#include "transcript/visible.h"

#include <QCryptographicHash>
#include <QFile>

#include <utility>

namespace Mailgauge::Transcript {

namespace {

QByteArray escaped(const QString &text)
{
    return text.toHtmlEscaped().toUtf8();
}

/// "Reply 4" becomes "s-reply-4".
QByteArray className(const QString &format)
{
    return "s-" + format.toLower().replace(u' ', u'-').toLatin1();
}

QByteArray recipientRow(const Smtp::RecipientOutcome &recipient)
{
    const QByteArray outcome = Smtp::outcomeName(recipient.outcome).toByteArray();
    QByteArray reply;
    if (recipient.reply) {
        reply = QByteArray::number(recipient.reply->code) + ' '
            + escaped(visible(recipient.reply->text()));
    }
    return "<tr><td dir=\"ltr\">" + escaped(visible(recipient.recipient.address()))
        + "</td><td class=\"" + outcome + "\">" + outcome + "</td><td dir=\"ltr\">" + reply
        + "</td></tr>\n";
}

QByteArray titleOf(const SessionRecord &record)
{
    return escaped(u"SMTP session"_s
        + (record.host.isEmpty() ? QString() : u" with "_s + visible(record.host.toUtf8())));
}

/// What stands above the lines of one session, and the begin of those.
QByteArray head(const SessionRecord &record)
{
    const QByteArray outcome = wholeOutcomeName(record.outcome).toByteArray();
    QByteArray out = "<h1>" + titleOf(record) + "</h1>\n<p class=\"outcome " + outcome + "\">"
        + outcome + "</p>\n<dl>\n";
    const auto facts = sessionFacts(record);
    for (const auto &[label, value] : facts)
        out += "<dt>" + escaped(label) + "</dt><dd dir=\"auto\">" + escaped(value) + "</dd>\n";
    out += "</dl>\n";
    if (!record.recipients.isEmpty()) {
        out += "<table>\n<thead><tr><th>Recipient</th><th>Outcome</th><th>Reply</th></tr></thead>\n"
               "<tbody>\n";
        for (const Smtp::RecipientOutcome &recipient : record.recipients)
            out += recipientRow(recipient);
        out += "</tbody>\n</table>\n";
    }
    return out + "<div class=\"log\" dir=\"ltr\">\n";
}

QByteArray foot(const SessionRecord &record)
{
    return record.totalUs <= 0
        ? "</div>\n"_ba
        : "</div>\n<footer>Took " + escaped(elapsedText(record.totalUs)) + ".</footer>\n";
}

} // namespace

HtmlFormatter::HtmlFormatter(const ExportOptions &options)
    : m_options(options)
    , m_highlighter(m_highlighting)
{
}

QByteArray HtmlFormatter::colors(Tone tone) const
{
    const KSyntaxHighlighting::Theme theme = m_highlighting.theme(tone);
    const bool dark = tone == Tone::Dark;
    QByteArray out = dark ? "--page:#101214;--paper:#16191c;--line:#2c3238;"_ba
                          : "--page:#f6f7f9;--paper:#ffffff;--line:#dfe3e8;"_ba;
    for (const KSyntaxHighlighting::Format &format : m_highlighting.definition().formats())
        out += "--" + className(format.name()) + ':' + format.textColor(theme).name().toLatin1()
            + ';';
    return out;
}

QByteArray HtmlFormatter::styleSheet() const
{
    QByteArray css;
    switch (m_options.theme) {
    case ExportOptions::Theme::Auto:
        css = ":root{" + colors(Tone::Light) + "}\n@media (prefers-color-scheme: dark){:root{"
            + colors(Tone::Dark) + "}}\n@media print{:root{" + colors(Tone::Light) + "}}\n";
        break;
    case ExportOptions::Theme::Light:
        css = ":root{" + colors(Tone::Light) + "}\n";
        break;
    case ExportOptions::Theme::Dark:
        css = ":root{" + colors(Tone::Dark) + "}\n";
        break;
    }
    QFile file(u":/mailgauge/transcript/export.css"_s);
    if (file.open(QIODevice::ReadOnly))
        css += file.readAll();
    const KSyntaxHighlighting::Theme theme = m_highlighting.theme(Tone::Light);
    for (const KSyntaxHighlighting::Format &format : m_highlighting.definition().formats()) {
        const QByteArray name = className(format.name());
        css += '.' + name + "{color:var(--" + name + ')';
        if (format.isBold(theme))
            css += ";font-weight:600";
        if (format.isItalic(theme))
            css += ";font-style:italic";
        css += "}\n";
    }
    return css;
}

QByteArray HtmlFormatter::begin(const SessionRecord &record)
{
    m_marks = record.marks;
    const QByteArray css = styleSheet();
    const QByteArray hash = QCryptographicHash::hash(css, QCryptographicHash::Sha256).toBase64();
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
           "style-src 'sha256-"
        + hash
        + "'; base-uri 'none'; form-action 'none'\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"referrer\" content=\"no-referrer\">\n<title>"
        + titleOf(record) + "</title>\n<style>" + css + "</style>\n</head>\n<body>\n<main>\n"
        + head(record);
}

QByteArray HtmlFormatter::line(const Entry &entry)
{
    m_line = elapsedText(entry.us) + u' ' + markedText(entry, m_options);
    const bool reply = entry.direction == Direction::Server && entry.text.size() >= 3;
    m_out = "<div";
    if (reply && entry.text.at(0) == '4')
        m_out += " class=\"r4\"";
    else if (reply && entry.text.at(0) == '5')
        m_out += " class=\"r5\"";
    else if (entry.unexpected)
        m_out += " class=\"unexpected\"";
    m_out += '>';
    m_highlighter.highlight(m_line, *this);
    m_out += "</div>\n";
    if (const QString attached = attachedText(m_marks, entry); !attached.isEmpty())
        m_out += "<div class=\"note\">" + escaped(attached) + "</div>\n";
    return std::exchange(m_out, {});
}

void HtmlFormatter::span(
    qsizetype offset, qsizetype length, const KSyntaxHighlighting::Format &format)
{
    const QByteArray text = escaped(m_line.sliced(offset, length));
    if (format.name() == "Text"_L1)
        m_out += text;
    else
        m_out += "<span class=\"" + className(format.name())
            + (format.name() == "Unexpected Mark"_L1 ? "\" title=\"unexpected reply\">" : "\">")
            + text + "</span>";
}

QByteArray HtmlFormatter::end(const SessionRecord &record)
{
    return foot(record) + "</main>\n</body>\n</html>\n";
}

QByteArray HtmlFormatter::next(const SessionRecord &last, const SessionRecord &record)
{
    m_marks = record.marks;
    return foot(last) + head(record);
}

} // namespace Mailgauge::Transcript
