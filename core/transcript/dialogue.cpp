// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/dialogue.h"

#include "base/literals.h"

#include <QRegularExpression>

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

constexpr std::array verbs {"EHLO", "HELO", "LHLO", "MAIL FROM:", "RCPT TO:", "DATA", "QUIT",
    "RSET", "NOOP", "STARTTLS", "AUTH", "VRFY", "EXPN", "HELP", "BDAT", "ETRN", "XCLIENT",
    "XFORWARD"};

bool hasDialogue(const Dialogue &dialogue)
{
    const auto speaks = [&dialogue](Direction direction) {
        return std::ranges::any_of(dialogue.lines,
            [direction](const DialogueLine &line) { return line.direction == direction; });
    };
    return speaks(Direction::Server) || speaks(Direction::Client);
}

} // namespace

QByteArrayView sourceFormatName(SourceFormat format)
{
    switch (format) {
    case SourceFormat::Swaks:
        return "swaks";
    case SourceFormat::Postfix:
        return "postfix";
    case SourceFormat::Exim:
        return "exim";
    case SourceFormat::OpensslClient:
        return "openssl";
    case SourceFormat::Plain:
        return "plain";
    }
    Q_UNREACHABLE_RETURN("");
}

std::optional<SourceFormat> sourceFormatFromName(QByteArrayView name)
{
    for (const SourceFormat format : allSourceFormats) {
        if (sourceFormatName(format) == name)
            return format;
    }
    return std::nullopt;
}

QString sourceFormatTitle(SourceFormat format)
{
    switch (format) {
    case SourceFormat::Swaks:
        return u"swaks output"_s;
    case SourceFormat::Postfix:
        return u"Postfix debug log"_s;
    case SourceFormat::Exim:
        return u"Exim debug output"_s;
    case SourceFormat::OpensslClient:
        return u"openssl s_client output"_s;
    case SourceFormat::Plain:
        return u"copied dialogue"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

QString noDialogue(const QString &format)
{
    return u"no SMTP dialogue found, read as "_s + format;
}

QList<QByteArray> linesOf(const QByteArray &text)
{
    QList<QByteArray> lines;
    for (qsizetype from = 0; from < text.size();) {
        qsizetype end = text.indexOf('\n', from);
        end = end < 0 ? text.size() : end;
        QByteArray line = text.sliced(from, std::min(end - from, DialogueLimits::MaxLine));
        while (line.endsWith('\r'))
            line.chop(1);
        lines.append(line);
        from = end + 1;
    }
    return lines;
}

QByteArray bareLine(QByteArrayView line)
{
    constexpr QByteArrayView noBreak("\xc2\xa0");
    for (qsizetype before = -1; before != line.size();) {
        before = line.size();
        line = line.trimmed();
        if (line.startsWith(noBreak))
            line = line.sliced(noBreak.size());
        if (line.endsWith(noBreak))
            line.chop(noBreak.size());
    }
    return line.toByteArray();
}

qsizetype timeLength(const QByteArray &line)
{
    static const QRegularExpression time(
        u"^\\s*\\[?(?:\\d{4}-\\d\\d-\\d\\d[ T])?\\d{1,2}:\\d\\d:\\d\\d(?:[.,]\\d+)?"
        "(?:Z|[+-]\\d\\d:?\\d\\d)?\\]?:?(?=\\s)"_s);
    return time.match(QString::fromLatin1(line.left(64))).capturedLength();
}

bool isReplyLine(QByteArrayView line)
{
    return line.size() >= 3 && line[0] >= '1' && line[0] <= '5'
        && std::ranges::all_of(line.first(3), [](char c) { return c >= '0' && c <= '9'; })
        && (line.size() == 3 || line[3] == ' ' || line[3] == '-');
}

bool isCommandLine(QByteArrayView line)
{
    return std::ranges::any_of(verbs, [line](const char *verb) {
        const QByteArrayView word(verb);
        if (line.size() < word.size()
            || line.first(word.size()).compare(word, Qt::CaseInsensitive) != 0)
            return false;
        return word.endsWith(':') || line.size() == word.size() || line[word.size()] == ' '
            || line[word.size()] == '\t';
    });
}

QList<FormatGuess> guessFormats(const QByteArray &text)
{
    const QList<QByteArray> lines = linesOf(text.left(DialogueLimits::MaxText));
    QList<FormatGuess> guesses {{SourceFormat::Swaks, swaksConfidence(lines)},
        {SourceFormat::Postfix, postfixConfidence(lines)},
        {SourceFormat::Exim, eximConfidence(lines)},
        {SourceFormat::OpensslClient, opensslConfidence(lines)},
        {SourceFormat::Plain, plainConfidence(lines)}};
    std::ranges::stable_sort(guesses, std::ranges::greater {}, &FormatGuess::confidence);
    return guesses;
}

Base::Result<QList<Dialogue>> readDialogues(const QByteArray &text, SourceFormat format)
{
    if (text.size() > DialogueLimits::MaxText)
        return Base::fail(Base::Error::Kind::Full, u"the text is larger than 64 MiB"_s);
    const QList<QByteArray> lines = linesOf(text);
    QList<Dialogue> dialogues;
    switch (format) {
    case SourceFormat::Swaks:
        dialogues = readSwaks(lines);
        break;
    case SourceFormat::Postfix:
        dialogues = readPostfix(lines);
        break;
    case SourceFormat::Exim:
        dialogues = readExim(lines);
        break;
    case SourceFormat::OpensslClient:
        dialogues = readOpenssl(lines);
        break;
    case SourceFormat::Plain:
        dialogues = readPlain(lines);
        break;
    }
    dialogues.removeIf([](const Dialogue &dialogue) { return !hasDialogue(dialogue); });
    if (dialogues.size() > DialogueLimits::MaxDialogues)
        return Base::fail(Base::Error::Kind::Full,
            u"the text holds more than %1 sessions"_s.arg(DialogueLimits::MaxDialogues));
    if (dialogues.isEmpty())
        return Base::fail(Base::Error::Kind::InvalidInput, noDialogue(sourceFormatTitle(format)));
    return dialogues;
}

} // namespace Mailgauge::Transcript
