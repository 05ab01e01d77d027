// SPDX-License-Identifier: GPL-3.0-or-later
#include "storesupport.h"

#include "base/literals.h"

#include <QTimeZone>

namespace Mailgauge::Test {

namespace {

using Smtp::Outcome;
using Smtp::Stage;

Smtp::RecipientOutcome recipient(const QByteArray &address)
{
    auto mailbox = Smtp::Mailbox::parse(address);
    Q_ASSERT(mailbox);
    return {*std::move(mailbox), Outcome::Failed, Stage::Rcpt, std::nullopt, std::nullopt};
}

Tls::TlsFacts fullFacts()
{
    const QDateTime from(QDate(2026, 1, 1), QTime(0, 0), QTimeZone::utc());
    return {"TLSv1.3", "TLS_AES_256_GCM_SHA384", u"mx.example"_s, true, false, true,
        {{Tls::VerifyReason::Kind::NameMismatch, 0, u"mx.example is not mail.example"_s}},
        {{u"CN=mail.example"_s, u"CN=Root"_s, {u"mail.example"_s, u"127.0.0.1"_s}, from,
            from.addYears(1), "aa11", "bb22", u"EC P-256"_s, QByteArray("\x30\x82\x00\xff", 4)}}};
}

} // namespace

Transcript::SessionRecord newRecord(const QList<QByteArray> &recipients)
{
    Transcript::SessionRecord record;
    record.id = QUuid::createUuid();
    record.startedAt = QDateTime(QDate(2026, 1, 2), QTime(3, 4, 5, 678), QTimeZone::utc());
    record.host = u"relay.example"_s;
    record.port = 587;
    record.message = QUuid::createUuid();
    record.messageId = record.id.toByteArray(QUuid::WithoutBraces) + "@sender.example";
    record.subject = u"Grüße"_s;
    record.reversePath = "ann@sender.example";
    for (const QByteArray &address : recipients)
        record.recipients.append(recipient(address));
    return record;
}

Transcript::SessionRecord fullRecord(const QUuid &id)
{
    Transcript::SessionRecord record = newRecord(
        {"bob@example.org", "\"odd one\"@example.net", "jörg@exämple.de"});
    record.id = id;
    record.profile = QUuid::createUuid();
    record.profileName = u"Office"_s;
    record.address = u"192.0.2.7"_s;
    record.greeting = "relay.example ESMTP \xff\xfe ready"_ba;
    record.capabilities = Smtp::Capabilities::fromEhlo(
        {250, {"relay.example", "PIPELINING", "SIZE 1000", "AUTH PLAIN LOGIN"}});
    record.tlsPolicy = "starttls";
    record.tls = fullFacts();
    record.authMechanism = "SCRAM-SHA-256";
    record.recipients[0].outcome = Outcome::Accepted;
    record.recipients[0].stage = Stage::Dot;
    record.recipients[0].reply = Smtp::Reply {250, {"2.0.0 Ok: queued as 4Xyz"}};
    record.recipients[1].outcome = Outcome::Rejected;
    record.recipients[1].reply = Smtp::Reply {550, {"5.1.1 No such", "5.1.1 user \x80 here"}};
    record.recipients[2].outcome = Outcome::Uncertain;
    record.recipients[2].failure = Smtp::Failure {
        {Base::Error::Kind::Timeout, u"no reply"_s, "\x00\x01"_ba}, Stage::Dot};
    record.finalReply = Smtp::Reply {250, {"2.0.0 Ok: queued as 4Xyz"}};
    record.queueId = "4Xyz";
    record.outcome = Transcript::WholeOutcome::Uncertain;
    record.stage = Stage::Quit;
    record.failure = record.recipients[2].failure;
    record.exitCode = 80;
    record.timings = {{Stage::Connect, 120}, {Stage::Dot, Q_INT64_C(5'000'000'000)}};
    record.totalUs = Q_INT64_C(5'000'000'120);
    record.findings = {{"quirk.notUtf8", Stage::Greeting, "\xff\xfe"_ba}};
    record.tags = {u"billing"_s, u"mx-test"_s};
    record.note = u"Ticket 4711"_s;
    return record;
}

Base::Content contentOf(const QByteArray &bytes)
{
    Base::Content content;
    content.bytes = bytes;
    return content;
}

bool removeSession(Transcript::SessionLibrary &sessions, const QUuid &session)
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const auto trashed = take(sessions.trash({session}, now));
    return trashed && trashed->size() == 1 && take(sessions.sweep({.binDays = 0}, now));
}

Transcript::SessionQuery queryFor(const QString &text)
{
    return {.terms = {{.text = text}}};
}

} // namespace Mailgauge::Test
