// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArrayView>
#include <QJsonObject>
#include <QSet>
#include <QString>

#include <array>
#include <optional>

namespace Mailgauge::Relay {

/// Reads one object key by key, keeps the first thing that is wrong, and knows which keys were
/// asked for: finish() refuses the others, and those that would carry a secret.
class ProfileReader final {
public:
    static constexpr qsizetype LongestText = 4096;

    /// The object must outlive it.
    explicit ProfileReader(const QJsonObject &object)
        : m_object(object)
    {
    }

    /// At most LongestText characters, none of them a control character.
    [[nodiscard]] QString text(QLatin1StringView key);
    [[nodiscard]] bool flag(QLatin1StringView key, bool otherwise);
    [[nodiscard]] qint64 number(QLatin1StringView key, qint64 otherwise, qint64 least, qint64 most);
    template <typename E>
    [[nodiscard]] E name(
        QLatin1StringView key, E otherwise, std::optional<E> (*fromName)(QByteArrayView))
    {
        const QJsonValue value = take(key);
        if (value.isUndefined())
            return otherwise;
        const auto known = fromName(value.toString().toUtf8());
        if (!known)
            failName(key, value.toString());
        return known.value_or(otherwise);
    }
    /// What a text stands for, by a parser that tells what is wrong with it; none where the key is
    /// missing or empty.
    template <typename Parsed>
    [[nodiscard]] std::optional<Parsed> parsed(
        QLatin1StringView key, Base::Result<Parsed> (*parse)(const QByteArray &))
    {
        const QString typed = text(key);
        if (typed.isEmpty())
            return std::nullopt;
        auto result = parse(typed.toUtf8());
        if (result)
            return *std::move(result);
        fail(key, QStringLiteral("is wrong: ") + result.error().detail);
        return std::nullopt;
    }
    [[nodiscard]] QJsonValue take(QLatin1StringView key);

    void fail(QStringView key, const QString &why);
    void fail(QLatin1StringView key, const QString &why) { fail(QString(key), why); }
    /// InvalidInput; `detail` names the key.
    [[nodiscard]] Base::Result<void> finish();

private:
    void failName(QLatin1StringView key, const QString &name);

    const QJsonObject &m_object;
    QSet<QString> m_known;
    QString m_wrong;
};

// The names of an enumeration, in its order: one table for both directions.
template <typename E, std::size_t Count>
[[nodiscard]] QString nameOf(const std::array<const char *, Count> &names, E value)
{
    return QString::fromLatin1(names[static_cast<std::size_t>(value)]);
}

template <typename E, std::size_t Count>
[[nodiscard]] std::optional<E> fromName(
    const std::array<const char *, Count> &names, QByteArrayView name)
{
    for (std::size_t i = 0; i < Count; ++i) {
        if (name == QByteArrayView(names[i]))
            return static_cast<E>(i);
    }
    return std::nullopt;
}

} // namespace Mailgauge::Relay
