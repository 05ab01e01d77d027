// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/json.h"

#include "base/literals.h"
#include "transcript/visible.h"

#include <QJsonArray>
#include <QJsonDocument>

namespace Mailgauge::Transcript {

namespace {

void appendUnit(QByteArray &out, char32_t unit)
{
    static constexpr char hex[] = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4)
        out += hex[(unit >> shift) & 0xf];
}

void appendEscaped(QByteArray &out, char32_t character)
{
    if (character > 0xffff) {
        appendUnit(out, QChar::highSurrogate(character));
        appendUnit(out, QChar::lowSurrogate(character));
    } else {
        appendUnit(out, character);
    }
}

QByteArray jsonObject(const QJsonObject &object)
{
    QByteArray out = "{"_ba;
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (out.size() > 1)
            out += ',';
        out += jsonString(it.key().toUtf8()) + ':' + jsonValue(it.value());
    }
    return out + '}';
}

QByteArray jsonArray(const QJsonArray &array)
{
    QByteArray out = "["_ba;
    for (const QJsonValue &value : array) {
        if (out.size() > 1)
            out += ',';
        out += jsonValue(value);
    }
    return out + ']';
}

QJsonArray withUnknown(QJsonArray known, const QJsonArray &other)
{
    for (qsizetype i = 0; known.size() == other.size() && i < other.size(); ++i) {
        if (known.at(i).isObject() && other.at(i).isObject())
            known[i] = Transcript::withUnknown(known.at(i).toObject(), other.at(i).toObject());
    }
    return known;
}

/// Empty where no element has anything unknown.
QJsonArray unknownIn(const QJsonArray &read, const QJsonArray &known)
{
    QJsonArray rest;
    bool any = false;
    for (qsizetype i = 0; read.size() == known.size() && i < read.size(); ++i) {
        const QJsonObject unknown = read.at(i).isObject() && known.at(i).isObject()
            ? Transcript::unknownIn(read.at(i).toObject(), known.at(i).toObject())
            : QJsonObject();
        any = any || !unknown.isEmpty();
        rest.append(unknown);
    }
    return any ? rest : QJsonArray();
}

} // namespace

QByteArray jsonString(QByteArrayView utf8)
{
    QByteArray out = "\""_ba;
    for (qsizetype at = 0; at < utf8.size();) {
        const Utf8Step step = readUtf8(utf8, at);
        if (step.character == '"' || step.character == '\\')
            out += '\\' + QByteArray(1, utf8[at]);
        else if (isHidden(step.character))
            appendEscaped(out, step.character);
        else
            out += utf8.sliced(at, step.length);
        at += step.length;
    }
    return out + '"';
}

QByteArray jsonValue(const QJsonValue &value)
{
    switch (value.type()) {
    case QJsonValue::String:
        return jsonString(value.toString().toUtf8());
    case QJsonValue::Object:
        return jsonObject(value.toObject());
    case QJsonValue::Array:
        return jsonArray(value.toArray());
    case QJsonValue::Null:
    case QJsonValue::Bool:
    case QJsonValue::Double:
    case QJsonValue::Undefined:
        break;
    }
    const QByteArray wrapped = QJsonDocument(QJsonArray {value}).toJson(QJsonDocument::Compact);
    return wrapped.sliced(1, wrapped.size() - 2);
}

QJsonObject withUnknown(QJsonObject known, const QJsonObject &other)
{
    for (auto it = other.begin(); it != other.end(); ++it) {
        const QJsonValue mine = known.value(it.key());
        if (mine.isUndefined())
            known.insert(it.key(), it.value());
        else if (mine.isObject() && it.value().isObject())
            known.insert(it.key(), withUnknown(mine.toObject(), it.value().toObject()));
        else if (mine.isArray() && it.value().isArray())
            known.insert(it.key(), withUnknown(mine.toArray(), it.value().toArray()));
    }
    return known;
}

QJsonObject unknownIn(const QJsonObject &read, const QJsonObject &known)
{
    QJsonObject rest;
    for (auto it = read.begin(); it != read.end(); ++it) {
        const QJsonValue mine = known.value(it.key());
        QJsonValue unknown;
        if (mine.isUndefined())
            unknown = it.value();
        else if (mine.isObject() && it.value().isObject())
            unknown = unknownIn(it.value().toObject(), mine.toObject());
        else if (mine.isArray() && it.value().isArray())
            unknown = unknownIn(it.value().toArray(), mine.toArray());
        const bool none = !mine.isUndefined()
            && (unknown.isNull() || (unknown.isObject() && unknown.toObject().isEmpty())
                || (unknown.isArray() && unknown.toArray().isEmpty()));
        if (!none)
            rest.insert(it.key(), unknown);
    }
    return rest;
}

} // namespace Mailgauge::Transcript
