// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/jsonlineswriter.h"

#include "base/literals.h"
#include "transcript/json.h"
#include "transcript/recordjson.h"
#include "transcript/visible.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <array>

namespace Mailgauge::Transcript {

namespace {

constexpr std::array headerOrder {"format"_L1, "version"_L1, "id"_L1, "start"_L1, "server"_L1,
    "tls"_L1, "outcome"_L1, "stage"_L1, "exit"_L1, "tags"_L1, "note"_L1, "entries"_L1,
    "session"_L1};
constexpr std::array entryOrder {"n"_L1, "us"_L1, "dir"_L1, "stage"_L1, "tls"_L1, "unexpected"_L1,
    "text"_L1, "base64"_L1, "redactions"_L1, "content"_L1, "marked"_L1, "note"_L1};

QByteArray member(QLatin1StringView key, const QByteArray &json)
{
    return '"' + QByteArray(key.data(), key.size()) + "\":" + json;
}

QByteArray redactionList(const QList<Redaction> &redactions)
{
    QByteArray out = "["_ba;
    for (const Redaction &redaction : redactions) {
        if (out.size() > 1)
            out += ',';
        out += "{\"at\":" + QByteArray::number(redaction.at)
            + ",\"label\":" + jsonString(redaction.label) + '}';
    }
    return out + ']';
}

/// By hand, because QJsonObject sorts its members: a reader of the raw file meets the format and
/// its version first. What is in no `order` comes last.
template <std::size_t Size>
QByteArray ordered(QJsonObject object, const std::array<QLatin1StringView, Size> &order)
{
    QByteArray out;
    for (const QLatin1StringView key : order) {
        if (const QJsonValue value = object.take(key); !value.isUndefined())
            out += (out.isEmpty() ? '{' : ',') + member(key, jsonValue(value));
    }
    for (auto it = object.begin(); it != object.end(); ++it)
        out += ',' + jsonString(it.key().toUtf8()) + ':' + jsonValue(it.value());
    return out + "}\n";
}

} // namespace

JsonLinesWriter::JsonLinesWriter(const ExportOptions &options)
    : m_options(options)
{
}

QByteArray JsonLinesWriter::begin(const SessionRecord &record)
{
    m_marks = record.marks;
    m_unknown = record.unknown.entries;
    QJsonObject header = withUnknown(headerToJson(record), record.unknown.header);
    if (announced())
        header.insert(u"entries"_s, static_cast<qint64>(*announced()));
    return ordered(header, headerOrder);
}

QByteArray JsonLinesWriter::line(const Entry &entry)
{
    const QByteArray text = m_options.showSecrets ? revealed(entry) : entry.text;
    QList<Redaction> redactions = entry.redactions;
    if (m_options.showSecrets)
        redactions.removeIf([](const Redaction &r) { return !r.kept.isEmpty(); });
    QByteArray out = "{\"n\":" + QByteArray::number(entry.n)
        + ",\"us\":" + QByteArray::number(entry.us) + ",\"dir\":\""
        + directionName(entry.direction).toByteArray() + "\",\"stage\":\""
        + Smtp::stageName(entry.stage).toByteArray() + "\",\"tls\":"
        + (entry.tls ? "true" : "false") + (entry.unexpected ? ",\"unexpected\":true," : ",");
    out += isUtf8(text) ? member("text"_L1, jsonString(text))
                        : member("base64"_L1, '"' + text.toBase64() + '"');
    out += ',' + member("redactions"_L1, redactionList(redactions));
    if (entry.content) {
        out += ",\"content\":{\"message\":\""
            + entry.content->message.toByteArray(QUuid::WithoutBraces)
            + "\",\"from\":" + QByteArray::number(entry.content->from)
            + ",\"to\":" + QByteArray::number(entry.content->to) + '}';
    }
    const LineMark mark = m_marks.value(entry.n);
    if (mark.marked)
        out += ",\"marked\":true";
    if (!mark.note.isEmpty())
        out += ",\"note\":" + jsonString(mark.note.toUtf8());
    out += "}\n";
    const auto unknown = m_unknown.constFind(entry.n);
    return unknown == m_unknown.constEnd()
        ? out
        : ordered(withUnknown(QJsonDocument::fromJson(out).object(), *unknown), entryOrder);
}

QByteArray JsonLinesWriter::end(const SessionRecord &)
{
    return {};
}

} // namespace Mailgauge::Transcript
