// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/ledger.h"

#include "base/literals.h"
#include "store/jsonbytes.h"
#include "transcript/wholerecordjson.h"

namespace Mailgauge::Store {

namespace {

using Kind = Base::Error::Kind;
using Smtp::Outcome;
using Transcript::SessionRecord;

// Exit codes of cli.md.
constexpr int ExitUncertain = 80;
constexpr int ExitDeferred = 75;

QString nameOf(Outcome outcome)
{
    return QString::fromLatin1(Smtp::outcomeName(outcome));
}

struct LeftOpen {
    qint64 row;
    QByteArray record;
};

struct LedgerRow {
    QString state;
    QByteArray recipient;
};

// A session that was led step by step began without any: the ledger has them.
void addRecipients(SessionRecord &record, const QList<LedgerRow> &rows)
{
    for (const LedgerRow &row : rows.sliced(qMin(rows.size(), record.recipients.size()))) {
        const auto recipient = Smtp::Mailbox::parse(row.recipient);
        if (!recipient)
            return;
        record.recipients.append({*recipient, Outcome::Deferred, record.stage, {}, {}});
    }
}

// The recipients as the ledger knows them after the run ended without a word.
void closeRecipients(SessionRecord &record, const QList<LedgerRow> &rows)
{
    if (rows.isEmpty() && record.recipients.isEmpty()) {
        // Led step by step, and nobody was asked to take a message.
        record.outcome = Transcript::WholeOutcome::Stopped;
        record.exitCode = 0;
        return;
    }
    addRecipients(record, rows);
    bool uncertain = false;
    for (qsizetype i = 0; i < rows.size(); ++i) {
        const bool committed = rows.at(i).state == u"uncertain"_s;
        uncertain = uncertain || committed;
        if (i >= record.recipients.size() || (!committed && rows.at(i).state != u"queued"_s))
            continue;
        Smtp::RecipientOutcome &recipient = record.recipients[i];
        recipient.outcome = committed ? Outcome::Uncertain : Outcome::Deferred;
        recipient.stage = committed ? Smtp::Stage::Dot : record.stage;
        recipient.reply.reset();
        recipient.failure = Smtp::Failure {
            {Kind::ConnectionClosed,
                committed ? u"the program ended behind the final dot"_s
                          : u"the program ended before the final dot"_s,
                {}},
            recipient.stage};
        record.failure = recipient.failure;
    }
    record.outcome = uncertain ? Transcript::WholeOutcome::Uncertain
                               : Transcript::WholeOutcome::Deferred;
    record.exitCode = uncertain ? ExitUncertain : ExitDeferred;
    if (uncertain)
        record.stage = Smtp::Stage::Dot;
}

Base::Result<void> closeSession(Connection &connection, const LeftOpen &open)
{
    const auto rows = connection.rows(
        u"SELECT state, recipient FROM outcomes WHERE session = ? ORDER BY position"_s, {open.row},
        [](const QSqlQuery &query) {
            return LedgerRow {query.value(0).toString(), query.value(1).toByteArray()};
        });
    if (!rows)
        return std::unexpected(rows.error());
    auto record = unpacked(open.record).and_then(Transcript::recordFromJson);
    if (!record) {
        // The ledger is what counts; the record is shown as damaged.
        return connection
            .run(u"UPDATE sessions SET finished = 1, owner = NULL WHERE row = ?"_s, {open.row})
            .transform([](int) { });
    }
    closeRecipients(*record, *rows);
    return connection
        .run(u"UPDATE sessions SET finished = 1, owner = NULL, outcome = ?, record = ? "
             "WHERE row = ?"_s,
            {QString::fromLatin1(Transcript::wholeOutcomeName(record->outcome)),
                packed(Transcript::recordToJson(*record)), open.row})
        .transform([](int) { });
}

Base::Result<void> recoverOwner(Connection &connection, qint64 owner, OpenReport &report)
{
    const auto queued = connection.run(
        u"UPDATE outcomes SET state = 'queued', owner = NULL WHERE owner = ? "
        "AND state = 'claimed'"_s,
        {owner});
    if (!queued)
        return std::unexpected(queued.error());
    const auto uncertain = connection.run(
        u"UPDATE outcomes SET state = 'uncertain', owner = NULL WHERE owner = ? "
        "AND state = 'committing'"_s,
        {owner});
    if (!uncertain)
        return std::unexpected(uncertain.error());
    report.queuedAgain += *queued;
    report.uncertain += *uncertain;
    const auto sessions = connection.rows(
        u"SELECT row, record FROM sessions WHERE owner = ? AND NOT finished"_s, {owner},
        [](const QSqlQuery &query) {
            return LeftOpen {query.value(0).toLongLong(), query.value(1).toByteArray()};
        });
    if (!sessions)
        return std::unexpected(sessions.error());
    for (const LeftOpen &open : *sessions) {
        if (auto closed = closeSession(connection, open); !closed)
            return closed;
    }
    return connection.run(u"DELETE FROM contents WHERE owner = ? AND NOT complete"_s, {owner})
        .transform([](int) { });
}

Base::Result<void> recoverAll(Connection &connection, const FileLock &lock, OpenReport &report)
{
    const auto owners = connection.rows(
        u"SELECT owner FROM outcomes WHERE state IN ('claimed', 'committing') "
        "UNION SELECT owner FROM sessions WHERE NOT finished "
        "UNION SELECT owner FROM contents WHERE NOT complete"_s,
        {}, [](const QSqlQuery &query) { return query.value(0).toLongLong(); });
    if (!owners)
        return std::unexpected(owners.error());
    for (const qint64 owner : *owners) {
        if (lock.isAlive(owner))
            continue;
        if (auto recovered = recoverOwner(connection, owner, report); !recovered)
            return recovered;
    }
    return connection.run(u"COMMIT"_s).transform([](int) { });
}

} // namespace

Base::Result<void> claim(
    Connection &connection, qint64 session, qint64 owner, const QList<Smtp::Mailbox> &recipients)
{
    const auto first = connection.number(
        u"SELECT max(position) + 1 FROM outcomes WHERE session = ?"_s, {session});
    if (!first)
        return std::unexpected(first.error());
    for (qsizetype i = 0; i < recipients.size(); ++i) {
        const Smtp::Mailbox &mailbox = recipients.at(i);
        auto inserted = connection.run(
            u"INSERT INTO outcomes(session, position, recipient, address, domain, state, owner) "
            "VALUES(?, ?, ?, ?, ?, 'claimed', ?)"_s,
            {session, first->value_or(0) + i, blob(mailbox.address()),
                addressKey(mailbox.address()), blob(mailbox.domain()), owner});
        if (!inserted)
            return std::unexpected(inserted.error());
    }
    return {};
}

Base::Result<void> setCommitting(
    Connection &connection, qint64 session, const QList<QByteArray> &recipients)
{
    for (const QByteArray &recipient : recipients) {
        const auto changed = connection.run(
            u"UPDATE outcomes SET state = 'committing' WHERE session = ? AND recipient = ? "
            "AND state IN ('claimed', 'committing')"_s,
            {session, blob(recipient)});
        if (!changed)
            return std::unexpected(changed.error());
        if (*changed == 0) {
            return Base::fail(Kind::InvalidInput,
                u"store: a recipient of this session is not claimed"_s, recipient);
        }
    }
    return {};
}

Base::Result<void> decide(
    Connection &connection, qint64 session, const QList<Smtp::RecipientOutcome> &recipients)
{
    for (qsizetype i = 0; i < recipients.size(); ++i) {
        const Smtp::RecipientOutcome &one = recipients.at(i);
        const auto enhanced = one.reply ? one.reply->enhanced()
                                        : std::optional<Smtp::EnhancedStatusCode>();
        auto written = connection.run(
            u"INSERT INTO outcomes(session, position, recipient, address, domain, state, "
            "reply_code, enhanced, reply) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT(session, position) DO UPDATE SET recipient = excluded.recipient, "
            "address = excluded.address, domain = excluded.domain, state = excluded.state, "
            "owner = NULL, reply_code = excluded.reply_code, enhanced = excluded.enhanced, "
            "reply = excluded.reply"_s,
            {session, i, blob(one.recipient.address()), addressKey(one.recipient.address()),
                blob(one.recipient.domain()), nameOf(one.outcome), one.reply ? one.reply->code : 0,
                blob(enhanced ? enhanced->toByteArray() : QByteArray()),
                blob(one.reply ? one.reply->text() : QByteArray())});
        if (!written)
            return std::unexpected(written.error());
    }
    return connection
        .run(u"DELETE FROM outcomes WHERE session = ? AND position >= ?"_s,
            {session, recipients.size()})
        .transform([](int) { });
}

Base::Result<void> recover(Connection &connection, const FileLock &lock, OpenReport &report)
{
    if (auto begun = connection.run(u"BEGIN IMMEDIATE"_s); !begun)
        return std::unexpected(begun.error());
    auto done = recoverAll(connection, lock, report);
    if (!done)
        connection.run(u"ROLLBACK"_s);
    return done;
}

QString addressKey(const QByteArray &address)
{
    return QString::fromUtf8(address).toLower();
}

} // namespace Mailgauge::Store
