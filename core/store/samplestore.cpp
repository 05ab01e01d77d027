// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/samplestore.h"

#include "base/literals.h"

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
            "s.total_us, o.bounced_hard FROM sessions s JOIN outcomes o ON o.session = s.row "
            "WHERE s.started >= ? AND s.finished AND o.state IN ('accepted', 'rejected', "
            "'deferred', 'uncertain', 'failed', 'stopped') "
            "ORDER BY s.started, s.row, o.position"_s,
            {start}, sampleAt);
    });
}

} // namespace Mailgauge::Store
