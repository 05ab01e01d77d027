// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/profilereader.h"

#include "base/literals.h"

#include <algorithm>

namespace Mailgauge::Relay {

namespace {

using Kind = Base::Error::Kind;

constexpr std::array secretKeys {"clientsecret"_L1, "refreshtoken"_L1, "password"_L1, "pass"_L1,
    "passwd"_L1, "secret"_L1, "token"_L1, "apikey"_L1, "key"_L1, "credential"_L1, "credentials"_L1};

} // namespace

QString ProfileReader::text(QLatin1StringView key)
{
    const QJsonValue value = take(key);
    if (value.isUndefined())
        return {};
    const QString string = value.toString();
    const bool control = std::ranges::any_of(
        string, [](QChar c) { return c.category() == QChar::Other_Control; });
    if (!value.isString() || string.size() > LongestText || control)
        fail(key, u"is no plain text of at most %1 characters"_s.arg(LongestText));
    return string;
}

bool ProfileReader::flag(QLatin1StringView key, bool otherwise)
{
    const QJsonValue value = take(key);
    if (!value.isUndefined() && !value.isBool())
        fail(key, u"is neither true nor false"_s);
    return value.toBool(otherwise);
}

qint64 ProfileReader::number(QLatin1StringView key, qint64 otherwise, qint64 least, qint64 most)
{
    const QJsonValue value = take(key);
    if (value.isUndefined())
        return otherwise;
    const qint64 number = value.toInteger(least - 1);
    if (number < least || number > most)
        fail(key, u"is no number from %1 to %2"_s.arg(least).arg(most));
    return number;
}

QJsonValue ProfileReader::take(QLatin1StringView key)
{
    m_known.insert(key);
    return m_object.value(key);
}

void ProfileReader::fail(QStringView key, const QString &why)
{
    if (m_wrong.isEmpty())
        m_wrong = u"profile: \"%1\" %2"_s.arg(key, why);
}

void ProfileReader::failName(QLatin1StringView key, const QString &name)
{
    fail(key, u"is \"%1\", which is none of its names"_s.arg(name.left(80)));
}

Base::Result<void> ProfileReader::finish()
{
    const QStringList keys = m_object.keys();
    for (const QString &key : keys) {
        if (std::ranges::contains(secretKeys, key.toLower()))
            return Base::fail(
                Kind::InvalidInput, u"profile: \"%1\": a profile holds no secrets"_s.arg(key));
        if (!m_known.contains(key))
            fail(key.left(80), u"is unknown"_s);
    }
    if (!m_wrong.isEmpty())
        return Base::fail(Kind::InvalidInput, m_wrong);
    return {};
}

} // namespace Mailgauge::Relay
