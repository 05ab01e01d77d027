// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript/jsonlinesreader.h"

#include "base/literals.h"
#include "transcript/json.h"
#include "transcript/recordjson.h"

#include <QIODevice>
#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <array>
#include <utility>

namespace Mailgauge::Transcript {

namespace {

using Kind = Base::Error::Kind;

constexpr qint64 BlockSize = 256 * 1024;
constexpr qsizetype MaxRedactions = 1000;
/// A note is one line of a person; a file may claim more.
constexpr qsizetype MaxNote = 2000;

std::unexpected<Base::Error> corrupt(QLatin1StringView what)
{
    return Base::fail(Kind::Corrupt, what);
}

Base::Result<QByteArray> textFromJson(const QJsonObject &object)
{
    const QJsonValue text = object.value("text"_L1);
    if (text.isString())
        return text.toString().toUtf8();
    const QJsonValue base64 = object.value("base64"_L1);
    if (!base64.isString())
        return corrupt("neither text nor base64"_L1);
    const auto decoded = QByteArray::fromBase64Encoding(
        base64.toString().toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return corrupt("base64"_L1);
    return *decoded;
}

Base::Result<QList<Redaction>> redactionsFromJson(const QJsonArray &array, qsizetype textSize)
{
    if (array.size() > MaxRedactions)
        return corrupt("redactions"_L1);
    QList<Redaction> redactions;
    for (const QJsonValue &value : array) {
        const QJsonObject object = value.toObject();
        const qint64 at = object.value("at"_L1).toInteger(-1);
        if (at < 0 || at > textSize || !object.value("label"_L1).isString())
            return corrupt("redactions"_L1);
        redactions.append({at, object.value("label"_L1).toString().toUtf8(), {}});
    }
    return redactions;
}

Base::Result<std::optional<ContentRange>> contentFromJson(const QJsonValue &value)
{
    if (value.isUndefined() || value.isNull())
        return std::nullopt;
    const QJsonObject object = value.toObject();
    const ContentRange range {QUuid::fromString(object.value("message"_L1).toString()),
        object.value("from"_L1).toInteger(-1), object.value("to"_L1).toInteger(-1)};
    if (range.message.isNull() || range.from < 0 || range.to < range.from)
        return corrupt("content"_L1);
    return range;
}

Base::Result<Entry> entryFromJson(const QJsonObject &object)
{
    Entry entry;
    entry.n = object.value("n"_L1).toInteger(-1);
    entry.us = object.value("us"_L1).toInteger(-1);
    if (entry.n < 0 || entry.us < 0)
        return corrupt("n or us"_L1);
    const auto direction = directionFromName(object.value("dir"_L1).toString().toLatin1());
    const auto stage = Smtp::stageFromName(object.value("stage"_L1).toString().toLatin1());
    if (!direction || !stage || !object.value("tls"_L1).isBool())
        return corrupt("dir, stage or tls"_L1);
    entry.direction = *direction;
    entry.stage = *stage;
    entry.tls = object.value("tls"_L1).toBool();
    auto text = textFromJson(object);
    if (!text)
        return std::unexpected(text.error());
    entry.text = *text;
    const QJsonValue unexpected = object.value("unexpected"_L1);
    if (!unexpected.isUndefined() && !unexpected.isBool())
        return corrupt("unexpected"_L1);
    entry.unexpected = unexpected.toBool() || isUnexpected(entry);
    auto redactions = redactionsFromJson(
        object.value("redactions"_L1).toArray(), entry.text.size());
    if (!redactions)
        return std::unexpected(redactions.error());
    entry.redactions = *redactions;
    auto content = contentFromJson(object.value("content"_L1));
    if (!content)
        return std::unexpected(content.error());
    entry.content = *content;
    return entry;
}

LineMark markFromJson(const QJsonObject &object)
{
    QString note = object.value("note"_L1).toString().simplified();
    note.truncate(MaxNote);
    return {object.value("marked"_L1).toBool(), note};
}

QJsonObject redactionToJson(const Redaction &redaction)
{
    return {{u"at"_s, static_cast<qint64>(redaction.at)},
        {u"label"_s, QString::fromUtf8(redaction.label)}};
}

/// What the entry holds beyond what was read.
QJsonObject unknownOf(const QJsonObject &object, const Entry &entry)
{
    static constexpr std::array plain {"n"_L1, "us"_L1, "dir"_L1, "stage"_L1, "tls"_L1,
        "unexpected"_L1, "text"_L1, "base64"_L1, "redactions"_L1, "content"_L1, "marked"_L1,
        "note"_L1};
    QJsonObject known;
    for (const QLatin1StringView name : plain) {
        if (object.contains(name))
            known.insert(name, QJsonValue());
    }
    if (known.size() == object.size() && entry.redactions.isEmpty() && !entry.content)
        return {};
    QJsonArray redactions;
    for (const Redaction &redaction : entry.redactions)
        redactions.append(redactionToJson(redaction));
    if (object.contains("redactions"_L1))
        known.insert(u"redactions"_s, redactions);
    if (entry.content) {
        known.insert(
            u"content"_s, QJsonObject {{u"message"_s, QString()}, {u"from"_s, 0}, {u"to"_s, 0}});
    }
    return unknownIn(object, known);
}

/// Hands out one JSON object after the other and keeps to the limits.
class LineReader final {
public:
    LineReader(QIODevice &device, const ReadLimits &limits)
        : m_device(device)
        , m_limits(limits)
    {
    }

    [[nodiscard]] Base::Result<std::optional<QJsonObject>> next()
    {
        while (true) {
            const auto read = readLine();
            if (!read)
                return std::unexpected(read.error());
            const QByteArray &line = *read;
            if (line.isEmpty())
                return std::nullopt;
            ++m_number;
            m_total += line.size();
            if (line.size() > m_limits.lineSize || m_total > m_limits.total)
                return at({Kind::Full, u"too long"_s, {}});
            if (!line.trimmed().isEmpty())
                return parsed(line);
        }
    }

    /// The error with the number of the line that caused it.
    [[nodiscard]] std::unexpected<Base::Error> at(Base::Error error) const
    {
        error.detail = u"line %1: %2"_s.arg(m_number).arg(error.detail);
        return std::unexpected(std::move(error));
    }

private:
    /// With its end; empty behind the last one. A line that is too long may be cut. Read in blocks:
    /// files are opened unbuffered, where readLine() asks the system for every byte.
    [[nodiscard]] Base::Result<QByteArray> readLine()
    {
        qsizetype looked = m_at;
        while (true) {
            const qsizetype end = m_block.indexOf('\n', looked);
            const qsizetype size = (end < 0 ? m_block.size() : end + 1) - m_at;
            if (end >= 0 || m_end || size > m_limits.lineSize) {
                m_at += size;
                return m_block.sliced(m_at - size, size);
            }
            m_block.remove(0, std::exchange(m_at, 0));
            looked = m_block.size();
            const QByteArray more = m_device.read(BlockSize);
            if (more.isEmpty() && !m_device.atEnd())
                return Base::fail(Kind::Io, m_device.errorString());
            m_end = more.isEmpty();
            m_block += more;
        }
    }

    [[nodiscard]] Base::Result<std::optional<QJsonObject>> parsed(const QByteArray &line) const
    {
        QJsonParseError error;
        const QJsonDocument document = QJsonDocument::fromJson(line, &error);
        if (document.isObject())
            return document.object();
        return at(Base::Error {m_number == 1 ? Kind::InvalidInput : Kind::Corrupt,
            error.error == QJsonParseError::NoError ? u"not an object"_s : error.errorString(),
            {}});
    }

    QIODevice &m_device;
    ReadLimits m_limits;
    QByteArray m_block; ///< What was read; lines before `m_at` were handed out.
    qsizetype m_at = 0;
    bool m_end = false; ///< Of the device.
    qint64 m_number = 0;
    qint64 m_total = 0;
};

/// Puts the objects together, session by session.
class SessionsReader final {
public:
    explicit SessionsReader(const ReadLimits &limits)
        : m_limits(limits)
    {
    }

    [[nodiscard]] Base::Result<void> take(const QJsonObject &object)
    {
        // Entries have no format; where nothing was read yet, whatever comes must be a first line.
        return m_sessions.isEmpty() || object.contains("format"_L1) ? begin(object) : add(object);
    }
    /// The last session must be whole.
    [[nodiscard]] Base::Result<void> end() const
    {
        if (m_sessions.isEmpty())
            return Base::fail(Kind::InvalidInput, u"empty"_s);
        const qsizetype found = m_sessions.constLast().entries.size();
        if (m_announced && *m_announced != found) {
            return Base::fail(Kind::Corrupt,
                u"cut off: the session has %1 entries, %2 are there"_s.arg(*m_announced)
                    .arg(found));
        }
        return {};
    }
    [[nodiscard]] QList<ImportedTranscript> &sessions() { return m_sessions; }

private:
    [[nodiscard]] Base::Result<void> begin(const QJsonObject &object)
    {
        if (!m_sessions.isEmpty()) {
            if (auto whole = end(); !whole)
                return whole;
        }
        if (m_sessions.size() >= m_limits.sessions)
            return Base::fail(Kind::Full, u"too many sessions"_s);
        auto record = headerFromJson(object);
        if (!record)
            return std::unexpected(record.error());
        m_announced.reset();
        if (object.contains("entries"_L1))
            m_announced = object.value("entries"_L1).toInteger(-1);
        record->unknown.header.remove("entries"_L1);
        m_sessions.append({*std::move(record), {}});
        return {};
    }

    [[nodiscard]] Base::Result<void> add(const QJsonObject &object)
    {
        auto entry = entryFromJson(object);
        if (!entry)
            return std::unexpected(entry.error());
        ImportedTranscript &session = m_sessions.last();
        if (!session.entries.isEmpty() && entry->n <= session.entries.constLast().n)
            return Base::fail(Kind::Corrupt, u"n does not grow"_s);
        if (++m_entries > m_limits.entries)
            return Base::fail(Kind::Full, u"too many entries"_s);
        if (const LineMark mark = markFromJson(object); !mark.isEmpty())
            session.record.marks.insert(entry->n, mark);
        const QJsonObject unknown = unknownOf(object, *entry);
        if (!unknown.isEmpty())
            session.record.unknown.entries.insert(entry->n, unknown);
        session.entries.append(*std::move(entry));
        return {};
    }

    ReadLimits m_limits;
    QList<ImportedTranscript> m_sessions;
    std::optional<qint64> m_announced;
    qsizetype m_entries = 0;
};

} // namespace

Base::Result<QList<ImportedTranscript>> readJsonLines(QIODevice &device, const ReadLimits &limits)
{
    LineReader lines(device, limits);
    SessionsReader reader(limits);
    while (true) {
        auto object = lines.next();
        if (!object)
            return std::unexpected(object.error());
        if (auto taken = *object ? reader.take(**object) : reader.end(); !taken)
            return lines.at(taken.error());
        if (!*object)
            return std::move(reader.sessions());
    }
}

} // namespace Mailgauge::Transcript
