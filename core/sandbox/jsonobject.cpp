// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/jsonobject.h"

#include "base/literals.h"
#include "sandbox/scenarioparser.h"

#include <algorithm>

namespace Mailgauge::Sandbox {

namespace {

bool isPrintable(const QString &text)
{
    return std::ranges::none_of(
        text, [](QChar c) { return c.unicode() < 0x20 || c.unicode() == 0x7f; });
}

} // namespace

JsonObject::JsonObject(const QJsonObject &object, QString place, Problem &problem)
    : m_object(object)
    , m_place(std::move(place))
    , m_problem(problem)
{
}

QString JsonObject::placeOf(const QString &key) const
{
    return m_place.isEmpty() ? key : m_place + u'.' + key;
}

void JsonObject::refuse(const QString &key, const QString &what)
{
    if (!m_problem)
        m_problem = Base::fail(Base::Error::Kind::InvalidInput,
            (key.isEmpty() ? m_place : placeOf(key)) + u": "_s + what)
                        .error();
}

bool JsonObject::has(const QString &key)
{
    if (!m_known.contains(key))
        m_known += key;
    return m_object.contains(key);
}

QJsonValue JsonObject::value(const QString &key)
{
    return has(key) ? m_object.value(key) : QJsonValue(QJsonValue::Undefined);
}

QString JsonObject::text(const QString &key)
{
    const QJsonValue found = value(key);
    if (found.isUndefined())
        return {};
    if (!found.isString())
        refuse(key, u"not a text; put it in double quotes"_s);
    else if (found.toString().size() > ScenarioLimits::MaxText)
        refuse(key, u"longer than %1 characters; shorten it"_s.arg(ScenarioLimits::MaxText));
    else
        return found.toString();
    return {};
}

QString JsonObject::requiredText(const QString &key)
{
    const QString found = text(key);
    if (found.isEmpty())
        refuse(key, u"missing or empty; give a text"_s);
    return found;
}

bool JsonObject::boolean(const QString &key, bool otherwise)
{
    const QJsonValue found = value(key);
    if (found.isUndefined())
        return otherwise;
    if (!found.isBool())
        refuse(key, u"neither true nor false"_s);
    return found.toBool();
}

qint64 JsonObject::number(const QString &key, qint64 otherwise, qint64 min, qint64 max)
{
    const QJsonValue found = value(key);
    if (found.isUndefined())
        return otherwise;
    // Integers beyond int64, and fractions, come back as the default.
    const qint64 number = found.toInteger(min - 1);
    if (!found.isDouble() || number < min || number > max) {
        refuse(key,
            u"%1 is out of range; give a whole number from %2 to %3"_s.arg(
                found.isDouble() ? QString::number(found.toDouble(), 'g', 12) : u"the value"_s,
                QString::number(min), QString::number(max)));
        return otherwise;
    }
    return number;
}

double JsonObject::fraction(const QString &key, double otherwise)
{
    const QJsonValue found = value(key);
    if (found.isUndefined())
        return otherwise;
    const double number = found.toDouble(-1);
    if (!found.isDouble() || number < 0 || number > 1) {
        refuse(key, u"give a number from 0 (never) to 1 (always)"_s);
        return otherwise;
    }
    return number;
}

JsonObject JsonObject::object(const QString &key)
{
    const QJsonValue found = value(key);
    if (!found.isUndefined() && !found.isObject())
        refuse(key, u"not an object; put it in { }"_s);
    return JsonObject(found.toObject(), placeOf(key), m_problem);
}

JsonObject JsonObject::element(const QString &key, const QJsonValue &entry, qsizetype index)
{
    const QString place = u"%1[%2]"_s.arg(key).arg(index);
    if (!entry.isObject())
        refuse(place, u"not an object; put it in { }"_s);
    return JsonObject(entry.toObject(), placeOf(place), m_problem);
}

QList<QByteArray> JsonObject::texts(const QString &key, qsizetype max)
{
    const QJsonValue found = value(key);
    if (!found.isUndefined() && !found.isArray())
        refuse(key, u"not a list; put it in [ ]"_s);
    const QJsonArray array = found.toArray();
    if (array.size() > max)
        refuse(key, u"more than %1 entries; leave some out"_s.arg(max));
    QList<QByteArray> result;
    for (qsizetype i = 0; i < qMin(array.size(), max); ++i) {
        const QString text = array.at(i).toString();
        if (!array.at(i).isString() || text.size() > ScenarioLimits::MaxText || !isPrintable(text))
            refuse(u"%1[%2]"_s.arg(key).arg(i),
                u"not a text without control characters; line ends come by themselves"_s);
        result += text.toUtf8();
    }
    return result;
}

qsizetype JsonObject::choice(const QString &key, const QStringList &names)
{
    if (!has(key))
        return -1;
    const qsizetype found = names.indexOf(text(key));
    if (found < 0)
        refuse(key,
            u"“%1” is not known; give one of: %2"_s.arg(text(key).left(40), names.join(u", "_s)));
    return found;
}

void JsonObject::finish()
{
    for (const QString &key : m_object.keys()) {
        if (!m_known.contains(key))
            refuse(key.left(40), u"unknown key; known here: %1"_s.arg(m_known.join(u", "_s)));
    }
}

} // namespace Mailgauge::Sandbox
