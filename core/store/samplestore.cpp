// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/samplestore.h"

#include "base/literals.h"
#include "store/jsonbytes.h"

#include <QTimeZone>

namespace Mailgauge::Store {

namespace {

Stats::Sample sampleAt(const QSqlQuery &query)
{
    Stats::Sample sample;
    sample.time = QDateTime::fromMSecsSinceEpoch(query.value(0).toLongLong(), QTimeZone::utc());
    sample.session = idAt(query, 1);
    sample.recipient = query.value(2).toByteArray();
    sample.domain = query.value(3).toByteArray();
    // The query asks for these six states only.
    sample.outcome
        = Smtp::outcomeFromName(query.value(4).toByteArray()).value_or(Smtp::Outcome::Failed);
    sample.replyCode = query.value(5).toInt();
    sample.enhanced = query.value(6).toByteArray();
    sample.latencyUs = query.value(7).toLongLong();
    if (!query.isNull(8))
        sample.bouncedHard = query.value(8).toBool();
    return sample;
}

/// A session's record as it is stored.
struct Packed {
    QUuid session;
    QByteArray record;
};

Packed packedAt(const QSqlQuery &query)
{
    return {idAt(query, 0), query.value(1).toByteArray()};
}

QList<Stats::StageSample> stagesOf(const QList<Packed> &records)
{
    QList<Stats::StageSample> samples;
    for (const Packed &one : records) {
        const auto record = unpacked(one.record);
        if (!record)
            continue; // the list of sessions tells about it
        const QJsonObject timings = record->value("timings"_L1).toObject();
        for (auto it = timings.begin(); it != timings.end(); ++it) {
            if (const auto stage = Smtp::stageFromName(it.key().toLatin1()))
                samples.append({one.session, *stage, it.value().toInteger()});
        }
    }
    return samples;
}
// What was deleted counts no more, until it is brought back.
const QString decided = u"FROM sessions s JOIN outcomes o ON o.session = s.row WHERE s.finished "
                        "AND s.deleted IS NULL AND o.state IN ('accepted', 'rejected', 'deferred', "
                        "'uncertain', 'failed', 'stopped')"_s;

} // namespace

SampleStore::SampleStore(Reader &reader)
    : m_reader(reader)
{
}

QFuture<Base::Result<QList<Stats::Sample>>> SampleStore::samples(QDateTime from)
{
    const qint64 start = from.isValid() ? from.toMSecsSinceEpoch()
                                        : std::numeric_limits<qint64>::min();
    return m_reader.run<QList<Stats::Sample>>([start](Connection &connection) {
        return connection.rows(
            u"SELECT s.started, s.id, o.recipient, o.domain, o.state, o.reply_code, o.enhanced, "
            "s.total_us, o.bounced_hard "_s
                + decided + u" AND s.started >= ? ORDER BY s.started, s.row, o.position"_s,
            {start}, sampleAt);
    });
}

QFuture<Base::Result<QList<Stats::StageSample>>> SampleStore::stages(Stats::StageQuery query)
{
    const qint64 start = query.from.isValid() ? query.from.toMSecsSinceEpoch()
                                              : std::numeric_limits<qint64>::min();
    return m_reader
        .run<QList<Packed>>([start, sessions = query.sessions](Connection &connection) {
            const QString columns = u"SELECT id, record FROM sessions WHERE finished AND "_s;
            if (sessions.isEmpty())
                return connection.rows(columns
                        + u"deleted IS NULL AND started >= ? "
                          "ORDER BY started DESC, row DESC LIMIT ?"_s,
                    {start, Stats::StageQuery::MostSessions}, packedAt);
            Base::Result<QList<Packed>> all;
            for (const QUuid &session : sessions) {
                auto one = connection.rows(columns + u"id = ?"_s, {idValue(session)}, packedAt);
                if (!one)
                    return one;
                *all += *one;
            }
            return all;
        })
        .then(QtFuture::Launch::Async,
            [](const Base::Result<QList<Packed>> &records) { return records.transform(stagesOf); });
}

QFuture<Base::Result<bool>> SampleStore::hasSamples()
{
    return m_reader.run<bool>([](Connection &connection) {
        return connection.number(u"SELECT EXISTS(SELECT 1 "_s + decided + u")"_s, {})
            .transform([](const std::optional<qint64> &found) { return found.value_or(0) != 0; });
    });
}

} // namespace Mailgauge::Store
