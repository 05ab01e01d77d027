// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/toolcommands.h"

#include "base/literals.h"
#include "smtp/session.h"
#include "transcript/visible.h"

#include <algorithm>

namespace Mailgauge::Transcript {

namespace {

using Smtp::Stage;

bool isPlain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || QByteArrayView("@%+=:,./-_").contains(c);
}

bool saidByUs(const Entry &entry, Stage stage)
{
    return entry.direction == Direction::Client && entry.stage == stage;
}

/// What EHLO or HELO said; the last one, because it is that of the TLS session.
QString ehloName(const QList<Entry> &entries)
{
    for (qsizetype i = entries.size(); i-- > 0;) {
        const qsizetype blank = entries.at(i).text.indexOf(' ');
        if (saidByUs(entries.at(i), Stage::Helo) && blank > 0)
            return QString::fromUtf8(entries.at(i).text.sliced(blank + 1));
    }
    return {};
}

bool isUnixSocket(const SessionRecord &record)
{
    return record.host.startsWith(u'/');
}

bool usedStartTls(const QList<Entry> &entries)
{
    return std::ranges::any_of(
        entries, [](const Entry &entry) { return saidByUs(entry, Stage::StartTls); });
}

bool usedImplicitTls(const SessionRecord &record)
{
    return record.tlsPolicy == Smtp::tlsPolicyName(Smtp::TlsPolicy::ImplicitTls);
}

/// The bracketed form where an address needs one in front of a port.
QString hostAndPort(const SessionRecord &record)
{
    const QString host = record.host.contains(u':') ? u'[' + record.host + u']' : record.host;
    return host + u':' + QString::number(record.port);
}

bool isAddress(const QString &host)
{
    return host.contains(u':')
        || std::ranges::all_of(host, [](QChar c) { return c.isDigit() || c == u'.'; });
}

QString joined(const QStringList &words)
{
    QStringList quoted;
    for (const QString &word : words)
        quoted.append(shellWord(word));
    return quoted.join(u' ');
}

} // namespace

QString shellWord(const QString &word)
{
    const QByteArray bytes = word.toUtf8();
    if (!bytes.isEmpty() && std::ranges::all_of(bytes, isPlain))
        return word;
    bool hidden = false;
    for (qsizetype at = 0; at < bytes.size();) {
        const Utf8Step step = readUtf8(bytes, at);
        hidden = hidden || !step.valid || isHidden(step.character);
        at += step.length;
    }
    if (!hidden)
        return u'\'' + QString(word).replace(u'\'', u"'\\''"_s) + u'\'';
    QString out = u"$'"_s;
    for (qsizetype at = 0; at < bytes.size();) {
        const Utf8Step step = readUtf8(bytes, at);
        if (!step.valid || isHidden(step.character)) {
            // Octal ends after three figures; what follows cannot join it.
            for (const char c : bytes.sliced(at, step.length))
                out += u'\\' + QString::number(static_cast<quint8>(c), 8).rightJustified(3, u'0');
        } else if (step.character == '\'' || step.character == '\\') {
            out += u'\\';
            out += static_cast<char16_t>(step.character);
        } else {
            out += QChar::fromUcs4(step.character);
        }
        at += step.length;
    }
    return out + u'\'';
}

std::optional<QString> swaksCommand(const SessionRecord &record, const QList<Entry> &entries)
{
    if (record.host.isEmpty())
        return std::nullopt;
    QStringList words {u"swaks"_s};
    if (isUnixSocket(record))
        words += {u"--socket"_s, record.host};
    else
        words += {u"--server"_s, record.host, u"--port"_s, QString::number(record.port)};
    if (usedImplicitTls(record))
        words += u"--tls-on-connect"_s;
    else if (usedStartTls(entries))
        words += u"--tls"_s;
    if (const QString name = ehloName(entries); !name.isEmpty())
        words += {u"--helo"_s, name};
    QStringList recipients;
    for (const Smtp::RecipientOutcome &recipient : record.recipients)
        recipients.append(QString::fromUtf8(recipient.recipient.address()));
    if (recipients.isEmpty()) {
        words += {u"--quit-after"_s, record.authMechanism.isEmpty() ? u"HELO"_s : u"AUTH"_s};
    } else {
        // swaks takes `<>` for the null reverse-path.
        words += {u"--from"_s,
            record.reversePath.isEmpty() ? u"<>"_s : QString::fromUtf8(record.reversePath),
            u"--to"_s, recipients.join(u',')};
    }
    if (!record.authMechanism.isEmpty()) {
        words += {
            u"--auth"_s, QString::fromLatin1(record.authMechanism), u"--auth-hide-password"_s};
    }
    return joined(words);
}

std::optional<QString> opensslCommand(const SessionRecord &record, const QList<Entry> &entries)
{
    const bool startTls = usedStartTls(entries) || record.capabilities.has("STARTTLS");
    if (record.host.isEmpty() || (!startTls && !usedImplicitTls(record)))
        return std::nullopt;
    QStringList words {u"openssl"_s, u"s_client"_s};
    if (isUnixSocket(record))
        words += {u"-unix"_s, record.host};
    else
        words += {u"-connect"_s, hostAndPort(record)};
    const QString asked = record.tls ? record.tls->serverName : QString();
    if (const QString name = asked.isEmpty() ? record.host : asked;
        !isAddress(name) && !name.startsWith(u'/'))
        words += {u"-servername"_s, name};
    if (!usedImplicitTls(record)) {
        words += {u"-starttls"_s, u"smtp"_s};
        if (const QString name = ehloName(entries); !name.isEmpty())
            words += {u"-name"_s, name};
    }
    words += {u"-crlf"_s, u"-showcerts"_s};
    return joined(words);
}

} // namespace Mailgauge::Transcript
