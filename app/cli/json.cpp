// SPDX-License-Identifier: GPL-3.0-or-later
#include "json.h"

#include "transcript/visible.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cmath>

namespace Mailgauge::Cli {

namespace {

void appendHex(QByteArray &out, const char *prefix, uchar byte)
{
    static constexpr char digits[] = "0123456789abcdef";
    out += prefix;
    out += digits[byte >> 4];
    out += digits[byte & 15];
}

void appendAscii(QByteArray &out, char c)
{
    switch (c) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        break;
    }
    if (static_cast<uchar>(c) < 0x20 || c == 0x7f)
        appendHex(out, "\\u00", static_cast<uchar>(c));
    else
        out += c;
}

QByteArray quoted(QByteArrayView bytes)
{
    QByteArray out("\"");
    out.reserve(bytes.size() + 2);
    for (qsizetype at = 0; at < bytes.size();) {
        const Transcript::Utf8Step step = Transcript::readUtf8(bytes, at);
        if (!step.valid)
            appendHex(out, "\\\\x", static_cast<uchar>(bytes[at]));
        else if (step.length == 1)
            appendAscii(out, bytes[at]);
        else
            out += bytes.sliced(at, step.length);
        at += step.length;
    }
    return out += '"';
}

QByteArray withoutTrailingZeros(QByteArray text)
{
    if (text.contains('.')) {
        while (text.endsWith('0'))
            text.chop(1);
        if (text.endsWith('.'))
            text.chop(1);
    }
    return text;
}

} // namespace

Json Json::boolean(bool value)
{
    return Json(value ? "true"_ba : "false"_ba);
}

Json Json::number(qint64 value)
{
    return Json(QByteArray::number(value));
}

Json Json::milliseconds(qint64 microseconds)
{
    return number(static_cast<double>(microseconds) / 1000.0, 3);
}

Json Json::number(double value, int decimals)
{
    return std::isfinite(value)
        ? Json(withoutTrailingZeros(QByteArray::number(value, 'f', decimals)))
        : Json();
}

Json Json::text(QByteArrayView bytes)
{
    return Json(quoted(bytes));
}

Json Json::text(QStringView text)
{
    return Json(quoted(text.toUtf8()));
}

Json Json::textOrNull(QByteArrayView bytes)
{
    return bytes.isEmpty() ? Json() : text(bytes);
}

Json Json::array(const QList<Json> &values)
{
    QByteArray out("[");
    for (const Json &value : values) {
        if (out.size() > 1)
            out += ',';
        out += value.m_text;
    }
    return Json(out += ']');
}

Json Json::texts(const QList<QByteArray> &values)
{
    QList<Json> list;
    for (const QByteArray &value : values)
        list.append(text(value));
    return array(list);
}

Json Json::object(const QList<Member> &members)
{
    QByteArray out("{");
    for (const Member &member : members) {
        if (out.size() > 1)
            out += ',';
        out += quoted(member.first);
        out += ':';
        out += member.second.m_text;
    }
    return Json(out += '}');
}

Json Json::from(const QJsonValue &value)
{
    // QJsonDocument writes containers only, so the value goes in as the one of an array.
    const QByteArray document = QJsonDocument(QJsonArray {value}).toJson(QJsonDocument::Compact);
    return Json(document.sliced(1, document.size() - 2));
}

} // namespace Mailgauge::Cli
