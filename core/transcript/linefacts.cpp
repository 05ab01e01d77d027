// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/linefacts.h"

#include "base/literals.h"
#include "base/secretmask.h"
#include "smtp/commandparser.h"
#include "transcript/authfacts.h"
#include "transcript/mimefacts.h"
#include "transcript/visible.h"

#include <QRegularExpression>
#include <QUrl>

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

using Kind = LineFact::Kind;

constexpr int MostLinesBack = 64;

bool isReplyLine(const QByteArray &text)
{
    return text.size() > 4 && (text.at(3) == ' ' || text.at(3) == '-') && text.at(0) >= '1'
        && text.at(0) <= '5' && QByteArrayView(text).first(3).toInt() > 0;
}

/// The text that may be read: a mark that stands for a secret becomes one character that no
/// decoder takes for anything.
QByteArray readable(const Entry &entry, Secrets secrets)
{
    QByteArray text = entry.text;
    for (auto one = entry.redactions.crbegin(); one != entry.redactions.crend(); ++one) {
        const QByteArray mark = Base::redactionMark(one->label);
        if (one->at < 0 || one->at > text.size()
            || !QByteArrayView(text).sliced(one->at).startsWith(mark))
            continue;
        const bool shown = secrets == Secrets::Shown && !one->kept.isEmpty();
        text.replace(one->at, mark.size(), shown ? one->kept.reveal() : "*"_ba);
    }
    return text.first(std::min(text.size(), MaxFactLine));
}

QByteArray decodedPayload(const Entry &entry, const QByteArray &text)
{
    const QByteArray payload = authPayload(entry, text);
    if (payload.size() < 4)
        return {};
    const auto decoded = QByteArray::fromBase64Encoding(
        payload, QByteArray::AbortOnBase64DecodingErrors);
    return decoded ? *decoded : QByteArray();
}

void addCapability(
    const Entry &entry, const QByteArray &text, LinePlace place, QList<LineFact> &facts)
{
    const QByteArray keyword = capabilityKeyword(entry, place);
    if (keyword.isEmpty())
        return;
    const QByteArray parameters = text.sliced(std::min(text.size(), 4 + keyword.size())).trimmed();
    facts.append({.kind = Kind::Capability, .name = {}, .value = visible(keyword), .number = {}});
    bool isNumber = false;
    const qint64 number = parameters.toLongLong(&isNumber);
    if (keyword == "SIZE" && isNumber && number > 0)
        facts.append({.kind = Kind::LargestMessage, .name = {}, .value = {}, .number = number});
    else if (!parameters.isEmpty())
        facts.append({.kind = Kind::CapabilityValue,
            .name = {},
            .value = visible(parameters),
            .number = {}});
}

/// RFC 6533 3: `\x{20AC}` in an address of the type utf-8.
QByteArray fromUnicodeEscapes(const QByteArray &text)
{
    static const QRegularExpression pattern(uR"(\\x\{([0-9A-Fa-f]{1,6})\})"_s);
    QString result;
    const QString whole = QString::fromUtf8(text);
    qsizetype at = 0;
    auto matches = pattern.globalMatch(whole);
    while (matches.hasNext()) {
        const QRegularExpressionMatch match = matches.next();
        const char32_t code = match.captured(1).toUInt(nullptr, 16);
        result += whole.sliced(at, match.capturedStart() - at);
        result += code <= 0x10ffff && !QChar::isSurrogate(code) ? QString(QChar::fromUcs4(code))
                                                                : match.captured();
        at = match.capturedEnd();
    }
    return (result + whole.sliced(at)).toUtf8();
}

QByteArray decodedParameter(const Smtp::PathParameter &parameter)
{
    if (parameter.keyword == "ENVID" || parameter.keyword == "AUTH"
        || parameter.keyword == "SUBMITTER")
        return fromXtext(parameter.value);
    if (parameter.keyword == "ORCPT") {
        const qsizetype semicolon = parameter.value.indexOf(';');
        const QByteArray type = parameter.value.first(std::max<qsizetype>(semicolon, 0));
        QByteArray address = fromXtext(parameter.value.sliced(semicolon + 1));
        if (type.compare("utf-8", Qt::CaseInsensitive) == 0)
            address = fromUnicodeEscapes(address);
        return type.isEmpty() ? address : type + "; " + address;
    }
    return parameter.value;
}

void addParameters(const Entry &entry, const QByteArray &text, QList<LineFact> &facts)
{
    if (entry.direction != Direction::Client)
        return;
    const Smtp::ServerCommand command = Smtp::parseCommand(text);
    const bool mail = command.verb == Smtp::Verb::Mail;
    if (!mail && command.verb != Smtp::Verb::Rcpt)
        return;
    const auto path = Smtp::parsePathArgument(command.argument, mail ? "FROM:" : "TO:");
    if (!path)
        return;
    for (const Smtp::PathParameter &parameter : path->parameters) {
        LineFact fact {.kind = Kind::Parameter,
            .name = parameter.keyword,
            .value = visible(decodedParameter(parameter)),
            .number = {}};
        bool isNumber = false;
        const qint64 size = parameter.value.toLongLong(&isNumber);
        if (parameter.keyword == "SIZE" && isNumber && size >= 0)
            fact.number = size;
        facts.append(fact);
    }
}

void addDomains(const QByteArray &text, QList<LineFact> &facts)
{
    if (!text.toLower().contains("xn--"))
        return;
    static const QRegularExpression domain(
        u"[A-Za-z0-9.-]*xn--[A-Za-z0-9.-]+"_s, QRegularExpression::CaseInsensitiveOption);
    auto matches = domain.globalMatch(QString::fromLatin1(text));
    while (matches.hasNext() && facts.size() < MaxFacts) {
        const QString name = matches.next().captured();
        if (name.size() > 255) // RFC 1035 2.3.4: no domain, and slow to decode
            continue;
        const QString decoded = QUrl::fromAce(name.toLatin1(), QUrl::IgnoreIDNWhitelist);
        if (!decoded.isEmpty() && decoded != name)
            facts.append({.kind = Kind::Domain,
                .name = {},
                .value = visible(decoded.toUtf8()),
                .number = {}});
    }
}

void addRedactions(const Entry &entry, QList<LineFact> &facts)
{
    for (const Redaction &redaction : entry.redactions)
        facts.append({.kind = redaction.kept.isEmpty() ? Kind::CutOut : Kind::Kept,
            .name = visible(redaction.label).toUtf8(),
            .value = {},
            .number = {}});
}

} // namespace

QByteArray fromXtext(const QByteArray &text)
{
    QByteArray result;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text.at(i) != '+') {
            result += text.at(i);
            continue;
        }
        const QByteArray digits = text.mid(i + 1, 2);
        bool isHex = false;
        const int value = digits.toInt(&isHex, 16);
        if (digits.size() != 2 || !isHex || digits != digits.toUpper() || digits.at(0) == '+'
            || digits.at(0) == '-')
            return text;
        result += static_cast<char>(value);
        i += 2;
    }
    return result;
}

QByteArray capabilityKeyword(const Entry &entry, LinePlace place)
{
    if (place == LinePlace::First || entry.direction != Direction::Server
        || entry.stage != Smtp::Stage::Helo || !isReplyLine(entry.text)
        || !entry.text.startsWith("250"))
        return {};
    const QByteArray word
        = entry.text.sliced(4).simplified().split(' ').constFirst().split('=').constFirst();
    const bool isKeyword = !word.isEmpty() && std::ranges::all_of(word, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
            || c == '-';
    });
    return isKeyword ? word.toUpper() : QByteArray();
}

LineContext contextOf(const Transcript &transcript, qsizetype row)
{
    LineContext context;
    qsizetype before = transcript.previous(row);
    if (before >= 0 && transcript.goesOn(before))
        context.place = LinePlace::Later;
    if (static_cast<Smtp::Stage>(transcript.line(row).stage) != Smtp::Stage::Auth)
        return context;
    qsizetype at = row; // the AUTH line belongs to its own exchange
    for (int back = 0; at >= 0 && back < MostLinesBack; ++back, at = transcript.previous(at)) {
        const Entry entry = transcript.entry(at);
        if (entry.stage != Smtp::Stage::Auth)
            break;
        const QByteArray text = readable(entry, Secrets::CutOut);
        if (entry.direction == Direction::Server && at != row && context.prompt.isEmpty())
            context.prompt = decodedPayload(entry, text);
        if (entry.direction != Direction::Client)
            continue;
        const QList<QByteArray> words = text.simplified().split(' ');
        const bool begins = words.constFirst().compare("AUTH", Qt::CaseInsensitive) == 0;
        if (at != row && (!begins || words.size() > 2))
            ++context.answers;
        if (begins) {
            context.mechanism = words.value(1).toUpper();
            break;
        }
    }
    return context;
}

QList<LineFact> lineFacts(const Entry &entry, const LineContext &context, Secrets secrets)
{
    const QByteArray text = readable(entry, secrets);
    LineContext known = context;
    if (known.mechanism.isEmpty() && entry.direction == Direction::Client
        && text.left(5).compare("AUTH ", Qt::CaseInsensitive) == 0)
        known.mechanism = text.simplified().split(' ').value(1).toUpper();

    QList<LineFact> facts;
    if (const QByteArray message = decodedPayload(entry, text); !message.isEmpty())
        facts += authFacts(entry.direction, message, known);
    facts += mimeFacts(entry.stage, text);
    addCapability(entry, text, known.place, facts);
    addParameters(entry, text, facts);
    addDomains(text, facts);
    addRedactions(entry, facts);
    if (entry.content) {
        facts.append({.kind = Kind::Message,
            .name = {},
            .value = entry.content->message.toString(QUuid::WithoutBraces),
            .number = {}});
        facts.append({.kind = Kind::Octets,
            .name = {},
            .value = {},
            .number = entry.content->from,
            .upTo = entry.content->to});
    }
    if (facts.size() > MaxFacts)
        facts.resize(MaxFacts);
    for (LineFact &fact : facts) {
        if (fact.secret && secrets == Secrets::CutOut)
            fact.value.clear();
        if (fact.value.size() > LineFact::MaxValue)
            fact.value = fact.value.first(LineFact::MaxValue) + u'…';
    }
    return facts;
}

} // namespace Mailgauge::Transcript
