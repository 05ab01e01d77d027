// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/dialoguesecrets.h"

#include "base/literals.h"

#include <QRegularExpression>

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

constexpr qsizetype ShortestSecret = 4; // below it, a value would hit ordinary words

/// The end of "AUTH MECHANISM " in a line; -1 where nothing follows.
qsizetype responseStart(const QByteArray &text)
{
    static const QRegularExpression form(
        u"\\bAUTH\\s+[A-Za-z0-9_-]{2,20}\\s+(?=\\S)"_s, QRegularExpression::CaseInsensitiveOption);
    const auto match = form.match(QString::fromLatin1(text));
    return match.hasMatch() ? match.capturedEnd() : -1;
}

QByteArray mechanismOf(const QByteArray &text)
{
    return text.simplified().split(' ').value(1).toUpper();
}

bool isAuth(const QByteArray &bare)
{
    return bare.size() > 5 && bare.first(4).compare("AUTH", Qt::CaseInsensitive) == 0
        && (bare.at(4) == ' ' || bare.at(4) == '\t');
}

QByteArray labelOf(const QByteArray &mechanism)
{
    return mechanism.isEmpty() ? "AUTH"_ba : "AUTH " + mechanism;
}

/// Whether a challenge of AUTH LOGIN asks for the name, which is no secret.
bool asksForUser(const QByteArray &challenge)
{
    const QByteArray asked = QByteArray::fromBase64(challenge.sliced(3).trimmed()).toLower();
    return asked.contains("user") || asked.contains("login")
        || challenge.toLower().contains("user");
}

/// "password: x", "pass = 'x'", "auth2=x": values that logs print.
const QRegularExpression &namedSecret()
{
    static const QRegularExpression form(
        u"\\b(?:pass(?:word|wd|phrase)?|secret|token|bearer|resp|auth[23])"
        "(?:\\s*[=:]\\s*|\\s+is\\s+|\\s+(?=[\"'`]))[\"'`]?([^\\s\"'`,;]+)"_s,
        QRegularExpression::CaseInsensitiveOption);
    return form;
}

/// What swaks is given on its command line: "--auth-password x", "-ap 'x y'".
const QRegularExpression &passwordOption()
{
    static const QRegularExpression form(
        u"(?:^|\\s)(?:-ap|--?auth-pass(?:word)?|--?password)(?:\\s+|=)"
        "(?|\"([^\"]+)\"|'([^']+)'|([^\\s\"']\\S*))"_s);
    return form;
}

} // namespace

DialogueSecrets::DialogueSecrets(const Dialogue &dialogue)
{
    QByteArray mechanism;
    QByteArray challenge; // "334 …"; empty: none is open
    int answers = 0;
    bool data = false;
    for (qsizetype i = 0; i < dialogue.lines.size(); ++i) {
        const Direction direction = dialogue.lines[i].direction;
        const QByteArray bare = bareLine(dialogue.lines[i].text);
        if (direction == Direction::Event) {
            for (const auto &match : passwordOption().globalMatch(QString::fromLatin1(bare)))
                know(match.captured(1).toLatin1());
        } else if (direction == Direction::Server) {
            // A text may begin behind the AUTH that a challenge belongs to.
            challenge = bare.startsWith("334") ? bare : QByteArray();
            data = bare.startsWith("354");
            if (isReplyLine(bare) && challenge.isEmpty())
                mechanism.clear();
        } else if (data) {
            data = bare != ".";
        } else if (isAuth(bare)) {
            mechanism = mechanismOf(bare);
            answers = 0;
            challenge.clear();
            const qsizetype start = responseStart(bare);
            if (start >= 0) {
                m_labels.insert(i, labelOf(mechanism));
                learn(mechanism, bare.sliced(start), answers++);
            }
        } else if (!challenge.isEmpty() || (!mechanism.isEmpty() && !isCommandLine(bare))) {
            // Behind AUTH only answers can follow, whether or not their challenges are shown.
            m_answers.insert(i);
            m_labels.insert(i, labelOf(mechanism));
            if (mechanism.isEmpty())
                learnAnswer(challenge, bare);
            else
                learn(mechanism, bare, answers++);
            challenge.clear();
        } else {
            mechanism.clear();
        }
    }
}

void DialogueSecrets::know(const QByteArray &value)
{
    if (value.size() < ShortestSecret || m_known.contains(value))
        return;
    m_known.insert(value);
    m_mask.add(Base::Secret(value), "AUTH"_ba);
}

void DialogueSecrets::learn(const QByteArray &mechanism, const QByteArray &base64, int answer)
{
    if (base64.startsWith("<redacted") || base64 == "=" || base64 == "*")
        return;
    know(base64);
    const QByteArray value = QByteArray::fromBase64(base64);
    if (mechanism == "PLAIN") {
        know(value.split('\0').value(2));
    } else if (mechanism == "LOGIN") {
        // The user name comes first; it is no secret.
        if (answer > 0)
            know(value);
        if (answer == 0)
            m_known.insert(value);
    } else if (mechanism == "XOAUTH2" || mechanism == "OAUTHBEARER") {
        const qsizetype at = value.indexOf("Bearer ");
        const qsizetype end = at < 0 ? -1 : value.indexOf('\1', at);
        if (at >= 0)
            know(value.sliced(at + 7, end < 0 ? value.size() - at - 7 : end - at - 7));
    }
}

void DialogueSecrets::learnAnswer(const QByteArray &challenge, const QByteArray &base64)
{
    if (asksForUser(challenge))
        return;
    learn("PLAIN", base64, 0);
    learn("LOGIN", base64, 1);
    learn("XOAUTH2", base64, 0);
}

QByteArray DialogueSecrets::cut(
    qsizetype index, const QByteArray &text, QList<Redaction> *redactions) const
{
    const auto label = m_labels.constFind(index);
    if (label != m_labels.constEnd()) {
        const qsizetype start = m_answers.contains(index)
            ? 0
            : std::max<qsizetype>(0, responseStart(text));
        return redact(text, {{start, text.size() - start, *label}}, redactions, false);
    }
    // A line that nobody recognised may still show an AUTH command, or a named secret.
    QList<Base::SecretSpan> spans;
    if (!isReplyLine(bareLine(text))) {
        const qsizetype start = responseStart(text);
        if (start >= 0)
            spans.append({start, text.size() - start, "AUTH"_ba});
        for (const QRegularExpression &form : {passwordOption(), namedSecret()}) {
            for (const auto &match : form.globalMatch(QString::fromLatin1(text)))
                spans.append({match.capturedStart(1), match.capturedLength(1), "AUTH"_ba});
        }
    }
    const QByteArray rest = spans.isEmpty() ? text : redact(text, spans, redactions, false);
    return m_mask.apply(rest);
}

} // namespace Mailgauge::Transcript
