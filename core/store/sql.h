// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QSqlDatabase>
#include <QSqlQuery>
#include <QString>
#include <QUuid>
#include <QVariant>

#include <concepts>
#include <memory>
#include <optional>
#include <utility>

namespace Mailgauge::Store {

/// One SQLite connection: made, used and closed by one thread. Errors are facts with a kind: Full,
/// Corrupt, Denied, Io, or InvalidInput for a broken constraint.
class Connection final {
public:
    enum class Access : quint8 {
        ReadWrite,
        ReadOnly,
        Immutable, ///< On a read-only file system, where no shared memory file can be made.
    };

    [[nodiscard]] static Base::Result<std::unique_ptr<Connection>> open(
        const QString &path, Access access);
    ~Connection();
    Q_DISABLE_COPY_MOVE(Connection)

    /// Runs one statement and returns the number of rows that it changed.
    Base::Result<int> run(const QString &sql, const QVariantList &values = {});
    /// As run(); returns the row id.
    [[nodiscard]] Base::Result<qint64> insert(const QString &sql, const QVariantList &values);

    /// `make` turns the current row of the query into a value.
    template <std::invocable<const QSqlQuery &> Make>
    [[nodiscard]] auto rows(const QString &sql, const QVariantList &values, Make make)
        -> Base::Result<QList<std::invoke_result_t<Make, const QSqlQuery &>>>
    {
        auto query = select(sql, values);
        if (!query)
            return std::unexpected(query.error());
        QList<std::invoke_result_t<Make, const QSqlQuery &>> list;
        while (query->next())
            list.append(make(*query));
        if (auto ended = finished(*query); !ended)
            return std::unexpected(ended.error());
        return list;
    }

    /// The first row, if there is one.
    template <std::invocable<const QSqlQuery &> Make>
    [[nodiscard]] auto row(const QString &sql, const QVariantList &values, Make make)
        -> Base::Result<std::optional<std::invoke_result_t<Make, const QSqlQuery &>>>
    {
        auto query = select(sql, values);
        if (!query)
            return std::unexpected(query.error());
        if (query->next())
            return make(*query);
        if (auto ended = finished(*query); !ended)
            return std::unexpected(ended.error());
        return std::nullopt;
    }

    /// The first column of the first row.
    [[nodiscard]] Base::Result<std::optional<qint64>> number(
        const QString &sql, const QVariantList &values = {});

private:
    explicit Connection(QSqlDatabase database);
    [[nodiscard]] Base::Result<QSqlQuery> execute(const QString &sql, const QVariantList &values);
    [[nodiscard]] Base::Result<QSqlQuery> select(const QString &sql, const QVariantList &values);
    [[nodiscard]] static Base::Result<void> finished(const QSqlQuery &query);

    QSqlDatabase m_database;
};

/// Values as the schema wants them. Qt binds a null array as NULL; these never are.
[[nodiscard]] QVariant blob(const QByteArray &bytes);
[[nodiscard]] QVariant text(const QString &string);
/// The text form, or NULL for a null id.
[[nodiscard]] QVariant idValue(const QUuid &id);
[[nodiscard]] QUuid idAt(const QSqlQuery &query, int column);

} // namespace Mailgauge::Store
