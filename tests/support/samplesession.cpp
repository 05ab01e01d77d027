// SPDX-License-Identifier: GPL-3.0-or-later
#include "samplesession.h"

#include "base/literals.h"

#include <QTimeZone>

namespace Mailgauge::Test {

namespace {

using Smtp::Stage;
using Transcript::Direction;
using Transcript::Entry;

constexpr auto C = Direction::Client;
constexpr auto S = Direction::Server;
constexpr auto E = Direction::Event;

const QUuid message = QUuid::fromString(u"6f1c2b9e-0d6a-4a70-9f5b-0b6c8e7d9a10"_s);

class Script final {
public:
    void add(Direction direction, Stage stage, const QByteArray &text, qint64 afterUs = 1'400)
    {
        m_us += afterUs;
        Entry entry;
        entry.n = entries.size();
        entry.us = m_us;
        entry.direction = direction;
        entry.stage = stage;
        entry.tls = m_tls;
        entry.text = text;
        entry.unexpected = Transcript::isUnexpected(entry);
        entries.append(entry);
    }
    void addSecret(const QByteArray &line, const Base::SecretSpan &span)
    {
        add(C, Stage::Auth, {});
        entries.last().text = Transcript::redact(line, {span}, &entries.last().redactions, true);
    }
    void startTls() { m_tls = true; }

    QList<Entry> entries;

private:
    qint64 m_us = 0;
    bool m_tls = false;
};

QList<Entry> sampleEntries()
{
    Script script;
    script.add(E, Stage::Connect, "connected to 192.0.2.25:587", 12'345);
    script.add(S, Stage::Greeting, "220 mx.example.net ESMTP ready", 23'000);
    script.add(C, Stage::Helo, "EHLO client.example.org");
    script.add(S, Stage::Helo, "250-mx.example.net greets client.example.org");
    script.add(S, Stage::Helo, "250 STARTTLS", 0);
    script.add(C, Stage::StartTls, "STARTTLS");
    script.add(S, Stage::StartTls, "220 2.0.0 Ready to start TLS");
    script.startTls();
    script.add(E, Stage::Tls, "TLSv1.3 TLS_AES_256_GCM_SHA384", 31'000);
    script.add(C, Stage::Helo, "EHLO client.example.org");
    script.add(S, Stage::Helo, "250-mx.example.net greets client.example.org");
    for (const QByteArray &line :
        {"250-PIPELINING"_ba, "250-SIZE 52428800"_ba, "250-AUTH PLAIN LOGIN SCRAM-SHA-256"_ba,
            "250-ENHANCEDSTATUSCODES"_ba, "250-8BITMIME"_ba, "250 SMTPUTF8"_ba})
        script.add(S, Stage::Helo, line, 0);
    script.addSecret("AUTH PLAIN AGFubmEAczNjcjN0", {11, 16, "AUTH PLAIN"});
    script.add(S, Stage::Auth, "235 2.7.0 Authentication succeeded", 45'000);
    script.add(C, Stage::Mail, "MAIL FROM:<news@example.org> SIZE=24576 BODY=8BITMIME");
    script.add(C, Stage::Rcpt, "RCPT TO:<anna@example.net> NOTIFY=FAILURE", 0);
    script.add(C, Stage::Rcpt, "RCPT TO:<nobody@example.net>", 0);
    script.add(C, Stage::Rcpt, "RCPT TO:<grey@example.net>", 0);
    script.add(S, Stage::Mail, "250 2.1.0 <news@example.org> sender ok", 8'000);
    script.add(S, Stage::Rcpt, "250 2.1.5 <anna@example.net> recipient ok", 0);
    script.add(S, Stage::Rcpt, "550 5.1.1 <nobody@example.net> no such user here", 0);
    script.add(S, Stage::Rcpt, "451 4.7.1 <grey@example.net> greylisted, try again in 300 s", 0);
    script.add(C, Stage::Data, "DATA");
    script.add(S, Stage::Data, "354 End data with <CR><LF>.<CR><LF>");
    script.add(E, Stage::Content, "24576 octets of content");
    script.entries.last().content = Transcript::ContentRange {message, 0, 24'576};
    script.add(C, Stage::Dot, ".", 60'000);
    script.add(S, Stage::Dot,
        "250 2.0.0 Ok: queued as 4XyZ01 caf\xe9 \x1b[31m\xe2\x80\xae <b>&amp;", 180'000);
    script.add(C, Stage::Quit, "QUIT");
    script.add(S, Stage::Quit, "221 2.0.0 Bye");
    script.add(E, Stage::Quit, "closed", 700);
    return script.entries;
}

Smtp::RecipientOutcome outcome(
    const QByteArray &address, Smtp::Outcome what, int code, const QByteArray &text)
{
    return {*Smtp::Mailbox::parse(address), what, Stage::Rcpt, Smtp::Reply {code, {text}}, {}};
}

} // namespace

SampleSession sampleSession()
{
    SampleSession sample;
    Transcript::SessionRecord &record = sample.record;
    record.id = QUuid::fromString(u"0c7a4a8e-51f5-4a35-9b0e-2f6e36f0a111"_s);
    record.startedAt = QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5, 678), QTimeZone::UTC);
    record.host = u"mx.example.net"_s;
    record.port = 587;
    record.address = u"192.0.2.25"_s;
    record.greeting = "mx.example.net ESMTP ready"_ba;
    record.tls = Tls::TlsFacts {
        "TLSv1.3"_ba, "TLS_AES_256_GCM_SHA384"_ba, u"mx.example.net"_s, true, true, true, {}, {}};
    record.authMechanism = "PLAIN"_ba;
    record.message = message;
    record.messageId = "1@example.org"_ba;
    record.subject = u"Grüße"_s;
    record.reversePath = "news@example.org"_ba;
    record.recipients = {
        outcome("anna@example.net", Smtp::Outcome::Accepted, 250, "2.0.0 Ok: queued as 4XyZ01"),
        outcome("nobody@example.net", Smtp::Outcome::Rejected, 550, "5.1.1 no such user here"),
        outcome("grey@example.net", Smtp::Outcome::Deferred, 451, "4.7.1 greylisted"),
    };
    record.queueId = "4XyZ01"_ba;
    record.outcome = Transcript::WholeOutcome::Partial;
    record.stage = Stage::Quit;
    record.exitCode = 79;
    record.totalUs = 402'345;
    sample.entries = sampleEntries();
    return sample;
}

} // namespace Mailgauge::Test
