// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/jsonlineswriter.h"

#include "base/literals.h"
#include "transcript/json.h"
#include "transcript/recordjson.h"
#include "transcript/visible.h"

#include <array>
#include <utility>

namespace Mailgauge::Transcript {

namespace {

constexpr std::array headerOrder {"format"_L1, "version"_L1, "id"_L1, "start"_L1, "server"_L1,
    "tls"_L1, "outcome"_L1, "stage"_L1, "exit"_L1};

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

QByteArray rest(const QJsonObject &unknown)
{
    QByteArray out;
    for (auto it = unknown.begin(); it != unknown.end(); ++it)
        out += ',' + jsonString(it.key().toUtf8()) + ':' + jsonValue(it.value());
    return out;
}

} // namespace

JsonLinesWriter::JsonLinesWriter(const ExportOptions &options, UnknownFields unknown)
    : m_options(options)
    , m_unknown(std::move(unknown))
{
}

QByteArray JsonLinesWriter::begin(const SessionRecord &record)
{
    m_marks = record.marks;
    // By hand, because QJsonObject sorts its members: a reader of the raw file meets the format and
    // its version first.
    QJsonObject header = withUnknown(headerToJson(record), m_unknown.header);
    QByteArray out;
    for (const QLatin1StringView key : headerOrder)
        out += (out.isEmpty() ? '{' : ',') + member(key, jsonValue(header.take(key)));
    return out + rest(header) + "}\n";
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
        + Smtp::stageName(entry.stage).toByteArray()
        + "\",\"tls\":" + (entry.tls ? "true" : "false") + ',';
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
    return out + rest(m_unknown.entries.value(entry.n)) + "}\n";
}

QByteArray JsonLinesWriter::end(const SessionRecord &)
{
    return {};
}

} // namespace Mailgauge::Transcript
