// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sessionwords.h"

#include "base/literals.h"
#include "store/jsonbytes.h"
#include "transcript/wholerecordjson.h"

#include <utility>

namespace Mailgauge::Store {

namespace {

using Transcript::SessionRecord;

QString lines(QStringList facts)
{
    facts.removeAll(QString());
    facts.removeDuplicates();
    return facts.join(u'\n');
}

QString relayWords(const SessionRecord &record)
{
    return lines({record.host, record.profileName, record.address});
}

QString recipientWords(const SessionRecord &record)
{
    QStringList facts;
    for (const Smtp::RecipientOutcome &one : record.recipients)
        facts << QString::fromUtf8(one.recipient.address());
    return lines(std::move(facts));
}

QString replyWords(const SessionRecord &record)
{
    QStringList facts;
    const auto add = [&facts](const std::optional<Smtp::Reply> &reply) {
        if (reply)
            facts << QString::number(reply->code) + u' ' + QString::fromUtf8(reply->text());
    };
    for (const Smtp::RecipientOutcome &one : record.recipients)
        add(one.reply);
    add(record.finalReply);
    if (record.failure)
        facts << QString::fromUtf8(record.failure->error.evidence);
    return lines(std::move(facts));
}

struct Stored {
    qint64 row = 0;
    QString host;
    QString subject;
    QByteArray record;
};

Base::Result<void> rebuildOne(Connection &connection, const Stored &stored)
{
    auto record = unpacked(stored.record).and_then(Transcript::recordFromJson);
    if (!record) {
        // A damaged record is found by what its columns tell.
        SessionRecord rest;
        rest.host = stored.host;
        rest.subject = stored.subject;
        record = rest;
    }
    return insertSessionWords(connection, stored.row, *record).and_then([&] {
        return connection
            .run(u"UPDATE sessions SET lines_marked = ? WHERE row = ?"_s,
                {!record->marks.isEmpty(), stored.row})
            .transform([](int) { });
    });
}

} // namespace

Base::Result<void> insertSessionWords(
    Connection &connection, qint64 row, const SessionRecord &record)
{
    return connection
        .run(u"INSERT INTO session_words(rowid, relay, subject, recipients, replies, tags, note) "
             "VALUES(?, ?, ?, ?, ?, ?, ?)"_s,
            {row, text(relayWords(record)), text(record.subject), text(recipientWords(record)),
                text(replyWords(record)), text(lines(record.tags)), text(record.note)})
        .transform([](int) { });
}

Base::Result<void> updateSessionWords(
    Connection &connection, qint64 row, const SessionRecord &record)
{
    return connection
        .run(u"UPDATE session_words SET relay = ?, subject = ?, recipients = ?, replies = ? "
             "WHERE rowid = ?"_s,
            {text(relayWords(record)), text(record.subject), text(recipientWords(record)),
                text(replyWords(record)), row})
        .transform([](int) { });
}

Base::Result<void> readRecordsAgain(Connection &connection)
{
    constexpr int AtOnce = 500;
    qint64 last = std::numeric_limits<qint64>::min();
    while (true) {
        const auto some = connection.rows(
            u"SELECT row, host, subject, record FROM sessions WHERE row > ? ORDER BY row LIMIT ?"_s,
            {last, AtOnce}, [](const QSqlQuery &query) {
                return Stored {query.value(0).toLongLong(), query.value(1).toString(),
                    query.value(2).toString(), query.value(3).toByteArray()};
            });
        if (!some)
            return std::unexpected(some.error());
        for (const Stored &one : *some) {
            if (auto done = rebuildOne(connection, one); !done)
                return done;
            last = one.row;
        }
        if (some->size() < AtOnce)
            return {};
    }
}

} // namespace Mailgauge::Store
