// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/jsonbytes.h"

#include "base/literals.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTimeZone>

namespace Mailgauge::Transcript {

namespace {
constexpr auto Base64 = "base64"_L1;
} // namespace

QJsonValue toJson(const QByteArray &bytes)
{
    const QString text = QString::fromUtf8(bytes);
    if (text.toUtf8() == bytes)
        return text;
    return QJsonObject {{Base64, QString::fromLatin1(bytes.toBase64())}};
}

QByteArray bytesFrom(const QJsonValue &value)
{
    if (value.isObject())
        return QByteArray::fromBase64(value.toObject().value(Base64).toString().toLatin1());
    return value.toString().toUtf8();
}

QJsonValue toJson(const QList<QByteArray> &list)
{
    QJsonArray array;
    for (const QByteArray &bytes : list)
        array.append(toJson(bytes));
    return array;
}

QList<QByteArray> bytesListFrom(const QJsonValue &value)
{
    QList<QByteArray> list;
    const QJsonArray array = value.toArray();
    list.reserve(array.size());
    for (const QJsonValue &one : array)
        list.append(bytesFrom(one));
    return list;
}

QJsonValue toJson(const QDateTime &time)
{
    return time.isValid() ? QJsonValue(time.toMSecsSinceEpoch()) : QJsonValue();
}

QDateTime timeFrom(const QJsonValue &value)
{
    return value.isDouble() ? QDateTime::fromMSecsSinceEpoch(value.toInteger(), QTimeZone::utc())
                            : QDateTime();
}

} // namespace Mailgauge::Transcript
