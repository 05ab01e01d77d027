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
        u"\\bAUTH +[A-Za-z0-9_-]{2,20} +(?=\\S)"_s, QRegularExpression::CaseInsensitiveOption);
    const auto match = form.match(QString::fromLatin1(text));
    return match.hasMatch() ? match.capturedEnd() : -1;
}

QByteArray mechanismOf(const QByteArray &text)
{
    return text.simplified().split(' ').value(1).toUpper();
}

bool isAuth(const QByteArray &text)
{
    return text.size() > 5 && text.first(5).compare("AUTH ", Qt::CaseInsensitive) == 0;
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

} // namespace

DialogueSecrets::DialogueSecrets(const Dialogue &dialogue)
{
    QByteArray mechanism;
    int answers = 0;
    bool challenged = false;
    bool data = false;
    for (qsizetype i = 0; i < dialogue.lines.size(); ++i) {
        const DialogueLine &line = dialogue.lines[i];
        if (line.direction == Direction::Server) {
            challenged = line.text.startsWith("334") && !mechanism.isEmpty();
            data = line.text.startsWith("354");
            if (isReplyLine(line.text) && !challenged)
                mechanism.clear();
            continue;
        }
        if (line.direction != Direction::Client)
            continue;
        if (data) {
            data = line.text != ".";
        } else if (isAuth(line.text)) {
            mechanism = mechanismOf(line.text);
            answers = 0;
            challenged = false;
            const qsizetype start = responseStart(line.text);
            if (start >= 0) {
                m_labels.insert(i, "AUTH " + mechanism);
                learn(mechanism, line.text.sliced(start).trimmed(), answers++);
            }
        } else if (!mechanism.isEmpty() && (challenged || !isCommandLine(line.text))) {
            // Behind AUTH only answers can follow, whether or not their challenges are shown.
            m_answers.insert(i);
            m_labels.insert(i, "AUTH " + mechanism);
            learn(mechanism, line.text.trimmed(), answers++);
            challenged = false;
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

QByteArray DialogueSecrets::cut(
    qsizetype index, const QByteArray &text, QList<Redaction> *redactions) const
{
    const auto label = m_labels.constFind(index);
    if (label != m_labels.constEnd()) {
        const qsizetype start = m_answers.contains(index) ? 0 : responseStart(text);
        return redact(text, {{start, text.size() - start, *label}}, redactions, false);
    }
    // A line that nobody recognised may still show an AUTH command, or a named secret.
    QList<Base::SecretSpan> spans;
    if (const qsizetype start = responseStart(text); start >= 0 && !isReplyLine(text))
        spans.append({start, text.size() - start, "AUTH"_ba});
    if (!isReplyLine(text)) {
        for (const auto &match : namedSecret().globalMatch(QString::fromLatin1(text)))
            spans.append({match.capturedStart(1), match.capturedLength(1), "AUTH"_ba});
    }
    const QByteArray rest = spans.isEmpty() ? text : redact(text, spans, redactions, false);
    return m_mask.apply(rest);
}

} // namespace Mailgauge::Transcript
