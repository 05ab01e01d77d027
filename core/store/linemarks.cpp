// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/linemarks.h"

#include "base/literals.h"
#include "store/jsonbytes.h"
#include "transcript/wholerecordjson.h"

namespace Mailgauge::Store {

namespace {

const QString marksKey = u"marks"_s;

Base::Result<QJsonObject> recordAt(Connection &connection, qint64 row)
{
    const auto packedRecord = connection.row(u"SELECT record FROM sessions WHERE row = ?"_s, {row},
        [](const QSqlQuery &query) { return query.value(0).toByteArray(); });
    if (!packedRecord)
        return std::unexpected(packedRecord.error());
    if (!*packedRecord)
        return Base::fail(Base::Error::Kind::InvalidInput, u"store: no such session"_s);
    return unpacked(**packedRecord);
}

} // namespace

Base::Result<void> setLineMarks(
    Connection &connection, qint64 row, const QMap<qint64, Transcript::LineMark> &marks)
{
    auto record = recordAt(connection, row);
    if (!record)
        return std::unexpected(record.error());
    // The rest stays as it is, whatever version wrote it.
    record->insert(marksKey, Transcript::marksToJson(marks));
    return connection
        .run(u"UPDATE sessions SET record = ?, lines_marked = ? WHERE row = ?"_s,
            {packed(*record), !marks.isEmpty(), row})
        .transform([](int) { });
}

QMap<qint64, Transcript::LineMark> lineMarks(Connection &connection, qint64 row)
{
    const auto record = recordAt(connection, row);
    return record ? Transcript::marksFromJson(record->value(marksKey))
                  : QMap<qint64, Transcript::LineMark>();
}

} // namespace Mailgauge::Store
