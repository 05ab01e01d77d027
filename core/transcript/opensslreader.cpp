// SPDX-License-Identifier: GPL-3.0-or-later
// openssl s_client: its report on the handshake, then what the server said, and, in a paste from a
// terminal, what the user typed between. Session tickets and keys are secrets and go.
#include "transcript/dialogue.h"

#include "base/literals.h"

#include <QRegularExpression>

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

/// What s_client prints that lets somebody else read or resume the session.
bool isKeyMaterial(const QString &line)
{
    static const QRegularExpression form(
        u"^\\s*(?:Master-Key|Resumption PSK|Session-ID(?:-ctx)?|SRP username|PSK identity"
        "(?: hint)?|TLS session ticket(?:\\s.*)?):|^\\s*[0-9a-f]{4} - (?:[0-9a-f]{2}[ -]){4,}"_s,
        QRegularExpression::CaseInsensitiveOption);
    return form.match(line).hasMatch();
}

class OpensslReader final {
public:
    void add(const QByteArray &line)
    {
        if (m_data) {
            m_data = line != ".";
            append(Direction::Client, line);
            return;
        }
        const QString text = QString::fromUtf8(line.left(1000));
        if (m_inPem) {
            m_inPem = !line.startsWith("-----END");
            return;
        }
        if (line.startsWith("-----BEGIN")) {
            m_inPem = true;
            return;
        }
        if (line.trimmed() == "---" || line.trimmed().isEmpty())
            return;
        if (isKeyMaterial(text)) {
            event("<redacted: TLS session>"_ba);
            return;
        }
        if (isReplyLine(line)) {
            append(Direction::Server, line);
            m_data = line.startsWith("354");
            m_challenged = line.startsWith("334");
            return;
        }
        // What the user typed: a command, or whatever answers a challenge.
        if (m_challenged || (!m_now.lines.isEmpty() && isCommandLine(line))) {
            append(Direction::Client, line);
            m_challenged = false;
            return;
        }
        readFacts(text);
        event(line);
    }

    [[nodiscard]] QList<Dialogue> take() { return {m_now}; }

private:
    void readFacts(const QString &text)
    {
        static const QRegularExpression connecting(u"^Connecting to (\\S+)"_s);
        static const QRegularExpression cipher(u"^New, (TLSv[0-9.]+|SSLv3), Cipher is (\\S+)"_s);
        static const QRegularExpression subject(u"^subject=(.*)"_s);
        static const QRegularExpression issuer(u"^issuer=(.*)"_s);
        static const QRegularExpression verify(u"^\\s*Verify return code: (\\d+) \\((.*)\\)"_s);
        if (const auto match = connecting.match(text); match.hasMatch()) {
            m_now.address = match.captured(1);
            m_now.host = m_now.address;
        } else if (const auto suite = cipher.match(text); suite.hasMatch()) {
            facts().version = suite.captured(1).toLatin1();
            facts().cipher = suite.captured(2).toLatin1();
        } else if (const auto name = subject.match(text); name.hasMatch()) {
            leaf().subject = name.captured(1);
        } else if (const auto by = issuer.match(text); by.hasMatch()) {
            leaf().issuer = by.captured(1);
        } else if (const auto result = verify.match(text); result.hasMatch()) {
            judge(result.captured(1).toInt(), result.captured(2));
        }
    }

    void judge(int code, const QString &words)
    {
        using Kind = Tls::VerifyReason::Kind;
        // s_client goes on whatever it found.
        facts().accepted = true;
        facts().chainTrusted = code == 0;
        facts().reasons.clear();
        if (code == 0)
            return;
        // X509_V_ERR_… of OpenSSL's x509_vfy.h
        const Kind kind = code == 10                 ? Kind::Expired
            : code == 9                              ? Kind::NotYetValid
            : code == 18                             ? Kind::SelfSigned
            : code == 62                             ? Kind::NameMismatch
            : code == 19 || code == 20 || code == 21 ? Kind::Untrusted
                                                     : Kind::Other;
        facts().reasons.append({kind, 0, words});
    }

    Tls::TlsFacts &facts()
    {
        if (!m_now.tls)
            m_now.tls.emplace();
        return *m_now.tls;
    }

    Tls::CertificateFacts &leaf()
    {
        if (facts().chain.isEmpty())
            facts().chain.append(Tls::CertificateFacts());
        return facts().chain.first();
    }

    void event(const QByteArray &text)
    {
        m_now.lines.append({Direction::Event, text, m_now.tls.has_value(), -1});
    }

    void append(Direction direction, const QByteArray &text)
    {
        // All that follows the report is inside TLS; of STARTTLS nothing is shown before.
        m_now.lines.append({direction, text, true, -1});
    }

    Dialogue m_now;
    bool m_inPem = false;
    bool m_data = false; ///< Message data is typed.
    bool m_challenged = false; ///< The last reply was a 334.
};

} // namespace

int opensslConfidence(const QList<QByteArray> &lines)
{
    int points = 0;
    bool replies = false;
    for (const QByteArray &line : lines) {
        if (line.startsWith("CONNECTED(") || line.startsWith("SSL handshake has read ")
            || line.startsWith("Certificate chain") || line.startsWith("New, TLS")
            || line.startsWith("New, SSL"))
            points += 30;
        else if (line.startsWith("depth=") || line.trimmed().startsWith("Verify return code:"))
            points += 20;
        replies = replies || isReplyLine(line);
    }
    return points < 30 ? 0 : std::min(points, replies ? 98 : 40);
}

QList<Dialogue> readOpenssl(const QList<QByteArray> &lines)
{
    OpensslReader reader;
    for (const QByteArray &line : lines)
        reader.add(line);
    return reader.take();
}

} // namespace Mailgauge::Transcript
