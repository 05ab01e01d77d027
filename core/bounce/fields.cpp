// SPDX-License-Identifier: GPL-3.0-or-later
#include "bounce/fields.h"

#include "base/literals.h"

#include <QRegularExpression>

#include <algorithm>

namespace Mailgauge::Bounce {

namespace {

constexpr qsizetype MaxValue = 4'096;
constexpr qsizetype MaxFields = 200;

/// The length of a field's name at the start of the line; -1: no field.
qsizetype nameLength(QByteArrayView line)
{
    qsizetype length = 0;
    while (length < line.size() && line[length] > ' ' && line[length] < 127 && line[length] != ':')
        ++length;
    return length > 0 && length < line.size() && line[length] == ':' ? length : -1;
}

std::optional<Smtp::EnhancedStatusCode> statusOf(const QRegularExpressionMatch &match)
{
    if (!match.hasMatch())
        return std::nullopt;
    return Smtp::EnhancedStatusCode {.klass = quint8(match.captured(1).toUInt()),
        .subject = quint16(match.captured(2).toUInt()),
        .detail = quint16(match.captured(3).toUInt())};
}

} // namespace

void FieldGroup::append(QByteArrayView name, QByteArrayView value)
{
    if (m_fields.size() < MaxFields)
        m_fields.append({name.toByteArray(),
            value.trimmed().first(qMin(value.trimmed().size(), MaxValue)).toByteArray()});
}

void FieldGroup::continueLast(QByteArrayView line)
{
    if (m_fields.isEmpty() || m_fields.last().value.size() > MaxValue)
        return;
    QByteArray &value = m_fields.last().value;
    if (!value.isEmpty())
        value += ' ';
    value += line.trimmed();
}

bool FieldGroup::has(QByteArrayView name) const
{
    return std::ranges::any_of(m_fields,
        [name](const Field &f) { return f.name.compare(name, Qt::CaseInsensitive) == 0; });
}

QByteArray FieldGroup::value(QByteArrayView name) const
{
    return values(name).value(0);
}

QList<QByteArray> FieldGroup::values(QByteArrayView name) const
{
    QList<QByteArray> found;
    for (const Field &field : m_fields)
        if (field.name.compare(name, Qt::CaseInsensitive) == 0)
            found.append(field.value);
    return found;
}

QList<FieldGroup> readGroups(QByteArrayView body, qsizetype limit)
{
    QList<FieldGroup> groups;
    FieldGroup group;
    const auto finish = [&] {
        if (!group.isEmpty())
            groups.append(std::exchange(group, {}));
    };
    for (qsizetype at = 0; at < body.size() && groups.size() < limit;) {
        const qsizetype lf = body.indexOf('\n', at);
        const qsizetype end = lf < 0 ? body.size() : lf;
        QByteArrayView line = body.sliced(at, end - at);
        at = end + 1;
        if (line.endsWith('\r'))
            line.chop(1);
        if (line.trimmed().isEmpty()) {
            finish();
            continue;
        }
        if (line.front() == ' ' || line.front() == '\t') {
            group.continueLast(line);
            continue;
        }
        const qsizetype name = nameLength(line);
        if (name < 0) {
            group.continueLast(line); // a line that should have been folded
            continue;
        }
        if (line.first(name).compare("Final-Recipient", Qt::CaseInsensitive) == 0
            && group.has("Final-Recipient"))
            finish();
        group.append(line.first(name), line.sliced(name + 1));
    }
    if (groups.size() < limit)
        finish();
    return groups;
}

QByteArray typeOf(const QByteArray &value)
{
    const qsizetype semicolon = value.indexOf(';');
    const QByteArray type = value.first(qMax<qsizetype>(0, semicolon)).trimmed().toLower();
    const bool isAtom = std::ranges::all_of(type, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    return isAtom ? type : QByteArray();
}

QByteArray typedValue(const QByteArray &value)
{
    if (typeOf(value).isEmpty() && !value.startsWith(';'))
        return value.trimmed();
    return value.sliced(value.indexOf(';') + 1).trimmed();
}

QByteArray addressIn(const QByteArray &value)
{
    QByteArray text = typedValue(value);
    const qsizetype open = text.indexOf('<');
    const qsizetype close = text.indexOf('>', open);
    if (open >= 0 && close > open)
        text = text.sliced(open + 1, close - open - 1);
    // A comment or a second word is no part of the address, unless it is quoted.
    if (!text.startsWith('"')) {
        const qsizetype space = text.indexOf(' ');
        if (space > 0)
            text = text.first(space);
    }
    if (text.contains("\\x{")) {
        static const QRegularExpression escape(u"\\\\x\\{([0-9A-Fa-f]{2,6})\\}"_s);
        QString decoded = QString::fromUtf8(text);
        for (auto match = escape.match(decoded); match.hasMatch(); match = escape.match(decoded)) {
            const uint character = match.captured(1).toUInt(nullptr, 16);
            decoded.replace(match.capturedStart(), match.capturedLength(),
                character > 0x1F && character <= QChar::LastValidCodePoint
                    ? QString::fromUcs4(reinterpret_cast<const char32_t *>(&character), 1)
                    : u"?"_s);
        }
        text = decoded.toUtf8();
    }
    return text.trimmed();
}

std::optional<Smtp::EnhancedStatusCode> statusIn(QByteArrayView text)
{
    static const QRegularExpression code(
        u"(?<![0-9.])([245])\\.([0-9]{1,3})\\.([0-9]{1,3})(?![0-9]|\\.[0-9])"_s);
    return statusOf(code.match(QString::fromLatin1(text.first(qMin(text.size(), MaxValue)))));
}

std::optional<Smtp::EnhancedStatusCode> quotedStatusIn(const QByteArray &text)
{
    static const QRegularExpression code(u"\\b[45][0-5][0-9][ \\-]+['\"#(]*([45])\\.([0-9]{1,3})\\."
                                         "([0-9]{1,3})(?![0-9]|\\.[0-9])"_s);
    return statusOf(code.match(QString::fromLatin1(text)));
}

QByteArray withoutRepeatedCodes(const QByteArray &text)
{
    static const QRegularExpression first(
        u"^\\W*([245][0-5][0-9])[ \\-]+([245]\\.[0-9]{1,3}\\.[0-9]{1,3})?"_s);
    // IronPort puts its own guess before what the server said.
    static const QRegularExpression guess(
        u"^[45]\\.[0-9]\\.[0-9] - [A-Za-z ]{5,40} (?=[45][0-5][0-9]-')"_s);
    const QString all = QString::fromLatin1(text).remove(guess);
    const QRegularExpressionMatch match = first.match(all);
    if (!match.hasMatch())
        return all.toLatin1();
    QString again = u"\\s"_s + match.captured(1) + u"[ \\-]+"_s;
    if (!match.captured(2).isEmpty())
        again += QRegularExpression::escape(match.captured(2));
    QString rest = all.mid(match.capturedEnd());
    rest.remove(QRegularExpression(again));
    return (match.captured() + rest).toLatin1();
}

std::optional<Smtp::Stage> stageIn(const QByteArray &text)
{
    static const QRegularExpression command(
        u"(?:in reply to|after|for|response to|while sending)\\s+(?:the\\s+)?(?:pipelined\\s+)?"
        "(end\\s+of\\s+data|DATA|TEXT|RCPT|MAIL|EHLO|HELO|initial connection|STARTTLS|AUTH)"_s,
        QRegularExpression::CaseInsensitiveOption);
    const QString word
        = command.match(QString::fromLatin1(text)).captured(1).simplified().toLower();
    if (word == "end of data"_L1 || word == "text"_L1)
        return Smtp::Stage::Dot;
    if (word == "initial connection"_L1)
        return Smtp::Stage::Greeting;
    if (word == "ehlo"_L1)
        return Smtp::Stage::Helo;
    return Smtp::stageFromName(word.toLatin1());
}

int replyCodeIn(const QByteArray &text, int klass)
{
    // At the start, behind what people write before a quotation, or before a status code.
    static const QRegularExpression code(
        u"(?:^|[\\s:;,'\"(\\[<#>*])([245][0-5][0-9])(?=[\\s\\-:;]|$|#)"_s);
    int first = 0;
    auto matches = code.globalMatch(QString::fromLatin1(text));
    while (matches.hasNext()) {
        const int number = matches.next().captured(1).toInt();
        if (number / 100 == klass && number != 503) // that one only follows from another refusal
            return number;
        if (first == 0)
            first = number;
    }
    return klass == 0 || first / 100 == klass ? first : 0;
}

} // namespace Mailgauge::Bounce
