// SPDX-License-Identifier: GPL-3.0-or-later
#include "storedsessions.h"

#include "base/literals.h"

#include <QTimeZone>

namespace Mailgauge::Test {

using Smtp::Stage;
using Transcript::Direction;

QList<Transcript::Entry> scriptEntries(const QList<QByteArray> &lines)
{
    QList<Transcript::Entry> entries;
    Stage stage = Stage::Connect;
    bool tls = false;
    for (const QByteArray &line : lines) {
        if (line.startsWith('>')) {
            stage = Smtp::stageFromName(line.sliced(1)).value_or(Stage::Connect);
            tls = tls || stage == Stage::Tls;
            continue;
        }
        Transcript::Entry entry;
        entry.n = entries.size();
        entry.us = entry.n * 1000;
        entry.direction = line.startsWith("C: ") ? Direction::Client
            : line.startsWith("S: ")             ? Direction::Server
                                                 : Direction::Event;
        entry.stage = stage;
        entry.tls = tls;
        entry.text = line.mid(entry.direction == Direction::Event ? 2 : 3);
        entry.unexpected = Transcript::isUnexpected(entry);
        if (const qsizetype at = entry.text.indexOf("<redacted: "); at >= 0)
            entry.redactions = {{at, "AUTH PLAIN"_ba, {}}};
        entries.append(entry);
    }
    return entries;
}

QList<QByteArray> submissionLines()
{
    return {">connect", "* connected to 192.0.2.25:587", ">greeting",
        "S: 220 mx.example.net ESMTP ready", ">helo", "C: EHLO client.example.org",
        "S: 250-mx.example.net greets client.example.org", "S: 250-PIPELINING",
        "S: 250-SIZE 1000000", "S: 250 STARTTLS", ">starttls", "C: STARTTLS", "S: 220 2.0.0 Go",
        ">tls", "* TLS established: TLSv1.3, TLS_AES_256_GCM_SHA384, certificate verified", ">helo",
        "C: EHLO client.example.org", "S: 250-mx.example.net greets client.example.org",
        "S: 250-PIPELINING", "S: 250-SIZE 1000000", "S: 250 AUTH PLAIN LOGIN", ">auth",
        "C: AUTH PLAIN <redacted: AUTH PLAIN>", "S: 235 2.7.0 Authenticated", ">mail",
        "C: MAIL FROM:<news@example.org> SIZE=1200", ">rcpt", "C: RCPT TO:<anna@example.net>",
        "C: RCPT TO:<nobody@example.net>", ">mail", "S: 250 2.1.0 Ok", ">rcpt", "S: 250 2.1.5 Ok",
        "S: 550 5.1.1 No such user here", ">data", "C: DATA", "S: 354 End with a dot", ">content",
        "C: message data, 1200 bytes", ">dot", "C: .", "S: 250 2.0.0 Ok: queued as 4XyZ01", ">quit",
        "C: QUIT", "S: 221 2.0.0 Bye", "* closed"};
}

Transcript::StoredSession submission()
{
    Transcript::StoredSession session;
    session.entries = scriptEntries(submissionLines());
    Transcript::SessionRecord &record = session.record;
    record.id = QUuid::fromString(u"0c7a4a8e-51f5-4a35-9b0e-2f6e36f0a222"_s);
    record.startedAt = QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5), QTimeZone::UTC);
    record.host = u"mx.example.net"_s;
    record.port = 587;
    record.address = u"192.0.2.25"_s;
    record.greeting = "mx.example.net ESMTP ready"_ba;
    record.tlsPolicy = "starttls"_ba;
    Tls::TlsFacts tls;
    tls.version = "TLSv1.3"_ba;
    tls.cipher = "TLS_AES_256_GCM_SHA384"_ba;
    tls.serverName = u"mx.example.net"_s;
    tls.chainTrusted = tls.nameMatches = tls.accepted = true;
    Tls::CertificateFacts leaf;
    leaf.subject = u"CN=mx.example.net"_s;
    leaf.issuer = u"CN=Example CA"_s;
    leaf.names = {u"mx.example.net"_s};
    leaf.notAfter = QDateTime(QDate(2027, 1, 1), QTime(0, 0), QTimeZone::UTC);
    leaf.keyType = u"EC P-256"_s;
    leaf.sha256 = "aa"_ba;
    tls.chain = {leaf};
    record.tls = tls;
    record.capabilities = Smtp::Capabilities::fromEhlo(
        {250, {"mx.example.net greets you", "PIPELINING", "SIZE 1000000", "AUTH PLAIN LOGIN"}});
    record.authMechanism = "PLAIN"_ba;
    record.message = QUuid::fromString(u"0c7a4a8e-51f5-4a35-9b0e-2f6e36f0a333"_s);
    record.messageId = "1@example.org"_ba;
    record.subject = u"News"_s;
    record.reversePath = "news@example.org"_ba;
    const Smtp::Reply accepted {250, {"2.0.0 Ok: queued as 4XyZ01"}};
    const Smtp::Reply refused {550, {"5.1.1 No such user here"}};
    record.recipients = {{*Smtp::Mailbox::parse("anna@example.net"), Smtp::Outcome::Accepted,
                             Stage::Dot, accepted, {}},
        {*Smtp::Mailbox::parse("nobody@example.net"), Smtp::Outcome::Rejected, Stage::Rcpt, refused,
            {}}};
    record.finalReply = accepted;
    record.queueId = "4XyZ01"_ba;
    record.outcome = Transcript::WholeOutcome::Partial;
    record.stage = Stage::Rcpt;
    record.exitCode = 79;
    record.timings = {{Stage::Rcpt, 3'000}, {Stage::Dot, 5'000}};
    record.totalUs = 45'000;
    return session;
}

} // namespace Mailgauge::Test
