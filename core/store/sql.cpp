// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sql.h"

#include "base/literals.h"

#include <QSqlError>
#include <QUrl>

namespace Mailgauge::Store {

namespace {

using Kind = Base::Error::Kind;

// SQLite's primary result codes (sqlite.org/rescode.html); the driver hands out extended ones.
Kind kindOf(int code)
{
    switch (code & 0xff) {
    case 13: // SQLITE_FULL
        return Kind::Full;
    case 11: // SQLITE_CORRUPT
    case 26: // SQLITE_NOTADB
        return Kind::Corrupt;
    case 3: // SQLITE_PERM
    case 8: // SQLITE_READONLY
    case 14: // SQLITE_CANTOPEN
    case 23: // SQLITE_AUTH
        return Kind::Denied;
    case 19: // SQLITE_CONSTRAINT
        return Kind::InvalidInput;
    default:
        return Kind::Io;
    }
}

std::unexpected<Base::Error> failed(const QSqlError &error)
{
    const int code = error.nativeErrorCode().toInt();
    // FTS5 says no more than SQLITE_ERROR where its tables are damaged.
    const bool damagedIndex = error.databaseText().contains("invalid fts5 file format"_L1);
    return Base::fail(damagedIndex ? Kind::Corrupt : kindOf(code),
        u"store: %1 (%2)"_s.arg(
            error.databaseText().isEmpty() ? error.driverText() : error.databaseText(),
            error.nativeErrorCode()));
}

// How long to wait for another process that writes.
constexpr auto BusyTimeout = "QSQLITE_BUSY_TIMEOUT=10000"_L1;

} // namespace

Connection::Connection(QSqlDatabase database)
    : m_database(std::move(database))
{
}

Connection::~Connection()
{
    const QString name = m_database.connectionName();
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(name);
}

Base::Result<std::unique_ptr<Connection>> Connection::open(const QString &path, Access access)
{
    // The connection holds the only reference: another one alive at its end would keep it open.
    std::unique_ptr<Connection> connection(new Connection(QSqlDatabase::addDatabase(
        u"QSQLITE"_s, u"mailgauge-"_s + QUuid::createUuid().toString(QUuid::WithoutBraces))));
    QSqlDatabase &database = connection->m_database;
    if (!database.isValid())
        return Base::fail(Kind::Unsupported, u"store: Qt's SQLite driver is missing"_s);
    database.setDatabaseName(path);
    switch (access) {
    case Access::ReadWrite:
        database.setConnectOptions(BusyTimeout);
        break;
    case Access::ReadOnly:
        database.setConnectOptions(BusyTimeout + ";QSQLITE_OPEN_READONLY"_L1);
        break;
    case Access::Immutable:
        database.setDatabaseName(u"file:"_s
            + QString::fromLatin1(QUrl::toPercentEncoding(path, "/"_ba)) + u"?immutable=1"_s);
        database.setConnectOptions("QSQLITE_OPEN_READONLY;QSQLITE_OPEN_URI"_L1);
        break;
    }
    if (!database.open())
        return failed(database.lastError());
    QStringList pragmas {u"PRAGMA trusted_schema=OFF"_s, u"PRAGMA temp_store=MEMORY"_s,
        u"PRAGMA cell_size_check=ON"_s};
    if (access == Access::ReadWrite) {
        pragmas << u"PRAGMA journal_mode=WAL"_s << u"PRAGMA synchronous=FULL"_s
                << u"PRAGMA foreign_keys=ON"_s << u"PRAGMA journal_size_limit=67108864"_s;
    } else {
        pragmas << u"PRAGMA query_only=ON"_s;
    }
    for (const QString &pragma : std::as_const(pragmas)) {
        if (auto done = connection->run(pragma); !done)
            return std::unexpected(done.error());
    }
    return connection;
}

Base::Result<QSqlQuery> Connection::execute(const QString &sql, const QVariantList &values)
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.prepare(sql))
        return failed(query.lastError());
    for (const QVariant &value : values)
        query.addBindValue(value);
    if (!query.exec())
        return failed(query.lastError());
    return query;
}

Base::Result<int> Connection::run(const QString &sql, const QVariantList &values)
{
    return execute(sql, values).transform([](const QSqlQuery &q) { return q.numRowsAffected(); });
}

Base::Result<qint64> Connection::insert(const QString &sql, const QVariantList &values)
{
    return execute(sql, values).transform([](const QSqlQuery &query) {
        return query.lastInsertId().toLongLong();
    });
}

Base::Result<QSqlQuery> Connection::select(const QString &sql, const QVariantList &values)
{
    return execute(sql, values);
}

Base::Result<void> Connection::finished(const QSqlQuery &query)
{
    if (query.lastError().isValid())
        return failed(query.lastError());
    return {};
}

Base::Result<std::optional<qint64>> Connection::number(
    const QString &sql, const QVariantList &values)
{
    return row(sql, values, [](const QSqlQuery &query) { return query.value(0).toLongLong(); });
}

QVariant blob(const QByteArray &bytes)
{
    return bytes.isNull() ? QByteArray("", 0) : bytes;
}

QVariant text(const QString &string)
{
    return string.isNull() ? u""_s : string;
}

QVariant idValue(const QUuid &id)
{
    return id.isNull() ? QVariant(QMetaType::fromType<QString>())
                       : QVariant(id.toString(QUuid::WithoutBraces));
}

QUuid idAt(const QSqlQuery &query, int column)
{
    return QUuid::fromString(query.value(column).toString());
}

} // namespace Mailgauge::Store
