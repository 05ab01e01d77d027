// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/textformatter.h"

#include "base/literals.h"
#include "transcript/visible.h"

#include <array>
#include <utility>

namespace Mailgauge::Transcript {

namespace {

constexpr std::array<std::pair<QLatin1StringView, const char *>, 23> sixteenColors {{
    {"Time"_L1, "90"},
    {"Comment"_L1, "90"},
    {"Server Mark"_L1, "90"},
    {"Unexpected Mark"_L1, "1;33"},
    {"Event Mark"_L1, "90"},
    {"Event"_L1, "3;90"},
    {"Client Mark"_L1, "1;35"},
    {"Command"_L1, "1;35"},
    {"Mechanism"_L1, "35"},
    {"Redaction"_L1, "3;95"},
    {"Parameter"_L1, "34"},
    {"Capability"_L1, "36"},
    {"Escape"_L1, "1;33"},
    {"Reply 1"_L1, "1;34"},
    {"Reply 2"_L1, "1;32"},
    {"Reply 3"_L1, "1;34"},
    {"Reply 4"_L1, "1;33"},
    {"Reply 5"_L1, "1;31"},
    {"Status 2"_L1, "32"},
    {"Status 4"_L1, "33"},
    {"Status 5"_L1, "31"},
    {"Text 4"_L1, "33"},
    {"Text 5"_L1, "31"},
}};

/// The nearest colour of the 6x6x6 cube (16 to 231) or of the grey ramp (232 to 255).
int nearestOf256(const QColor &color)
{
    static constexpr std::array levels {0, 95, 135, 175, 215, 255};
    const auto nearestLevel = [](int value) {
        return static_cast<int>(std::ranges::min_element(levels, {}, [value](int level) {
            return std::abs(level - value);
        }) - levels.begin());
    };
    const auto distance = [&color](int r, int g, int b) {
        const int dr = color.red() - r;
        const int dg = color.green() - g;
        const int db = color.blue() - b;
        return dr * dr + dg * dg + db * db;
    };
    const int r = nearestLevel(color.red());
    const int g = nearestLevel(color.green());
    const int b = nearestLevel(color.blue());
    const int average = (color.red() + color.green() + color.blue()) / 3;
    const int grey = std::clamp((average - 3) / 10, 0, 23);
    const int greyLevel = 8 + 10 * grey;
    const auto level = [](int i) { return levels[static_cast<std::size_t>(i)]; };
    return distance(greyLevel, greyLevel, greyLevel) < distance(level(r), level(g), level(b))
        ? 232 + grey
        : 16 + 36 * r + 6 * g + b;
}

} // namespace

QList<std::pair<QString, QString>> sessionFacts(const SessionRecord &record)
{
    QList<std::pair<QString, QString>> facts;
    const auto add = [&facts](const QString &label, const QString &value) {
        if (!value.isEmpty())
            facts.append({label, visible(value.toUtf8())});
    };
    if (!record.id.isNull())
        add(u"Session"_s, record.id.toString(QUuid::WithoutBraces));
    if (record.startedAt.isValid())
        add(u"Started"_s, record.startedAt.toUTC().toString(Qt::ISODateWithMs));
    QString server = record.host;
    if (record.port != 0)
        server += u':' + QString::number(record.port);
    if (!record.address.isEmpty() && record.address != record.host)
        server += u" ("_s + record.address + u')';
    add(u"Server"_s, server);
    if (record.tls) {
        add(u"TLS"_s,
            QString::fromLatin1(record.tls->version + ' ' + record.tls->cipher)
                + (record.tls->accepted && record.tls->reasons.isEmpty() ? u", verified"_s
                        : record.tls->accepted                           ? u", accepted"_s
                                                                         : u", not accepted"_s));
    }
    add(u"From"_s, visible(record.reversePath));
    add(u"Subject"_s, record.subject);
    add(u"Message-ID"_s, visible(record.messageId));
    add(u"Queue id"_s, visible(record.queueId));
    return facts;
}

TextFormatter::TextFormatter(const ExportOptions &options)
    : m_options(options)
{
}

QByteArray TextFormatter::begin(const SessionRecord &record)
{
    m_marks = record.marks;
    QByteArray out = "# Mailgauge transcript\n"_ba;
    const auto facts = sessionFacts(record);
    for (const auto &[label, value] : facts)
        out += "# " + (label + u": "_s + value).toUtf8() + '\n';
    return out;
}

QByteArray TextFormatter::line(const Entry &entry)
{
    QByteArray out = (elapsedText(entry.us) + u' ' + markedText(entry, m_options)).toUtf8() + '\n';
    if (m_options.hexDump && entry.direction != Direction::Event)
        out += hexDump(entry, m_options);
    if (const QString attached = attachedText(m_marks, entry); !attached.isEmpty())
        out += "# " + attached.toUtf8() + '\n';
    return out;
}

QByteArray TextFormatter::end(const SessionRecord &record)
{
    QByteArray out;
    for (const Smtp::RecipientOutcome &recipient : record.recipients) {
        out += "# " + Smtp::outcomeName(recipient.outcome).toByteArray() + ": "
            + visible(recipient.recipient.address()).toUtf8();
        if (recipient.reply) {
            out += ", " + QByteArray::number(recipient.reply->code) + ' '
                + visible(recipient.reply->text()).toUtf8();
        }
        out += '\n';
    }
    return out + "# Outcome: " + wholeOutcomeName(record.outcome).toByteArray() + '\n';
}

AnsiFormatter::AnsiFormatter(const ExportOptions &options)
    : m_text(options)
    , m_options(options)
    , m_theme(m_highlighting.theme(
          options.theme == ExportOptions::Theme::Light ? Tone::Light : Tone::Dark))
    , m_highlighter(m_highlighting)
{
}

QByteArray AnsiFormatter::begin(const SessionRecord &record)
{
    return colored(m_text.begin(record));
}

QByteArray AnsiFormatter::line(const Entry &entry)
{
    return colored(m_text.line(entry));
}

QByteArray AnsiFormatter::end(const SessionRecord &record)
{
    return colored(m_text.end(record));
}

QByteArray AnsiFormatter::colored(const QByteArray &lines)
{
    m_out.clear();
    for (const QString &line : QString::fromUtf8(lines).split(u'\n', Qt::SkipEmptyParts)) {
        m_line = line;
        m_highlighter.highlight(m_line, *this);
        m_out += '\n';
    }
    return std::exchange(m_out, {});
}

void AnsiFormatter::span(
    qsizetype offset, qsizetype length, const KSyntaxHighlighting::Format &format)
{
    const QByteArray text = QStringView(m_line).sliced(offset, length).toUtf8();
    const QByteArray attributes = sequence(format);
    m_out += attributes.isEmpty() ? text : "\x1b[" + attributes + 'm' + text + "\x1b[0m";
}

QByteArray AnsiFormatter::sequence(const KSyntaxHighlighting::Format &format) const
{
    if (m_options.colors == ExportOptions::Colors::Sixteen) {
        const auto found = std::ranges::find_if(
            sixteenColors, [name = format.name()](const auto &pair) { return pair.first == name; });
        return found == sixteenColors.end() ? QByteArray() : QByteArray(found->second);
    }
    // Ordinary text keeps the terminal's own colour, whatever its background.
    if (format.name() == "Text"_L1)
        return {};
    QByteArray attributes = "38;5;" + QByteArray::number(nearestOf256(format.textColor(m_theme)));
    if (format.isBold(m_theme))
        attributes.prepend("1;");
    if (format.isItalic(m_theme))
        attributes.prepend("3;");
    return attributes;
}

} // namespace Mailgauge::Transcript
