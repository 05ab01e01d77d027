// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/entrycodec.h"

#include "base/literals.h"
#include "store/compression.h"

#include <QDataStream>
#include <QIODevice>

namespace Mailgauge::Store {

namespace {

using Transcript::Direction;
using Transcript::Entry;
using Kind = Base::Error::Kind;

/// 2 tells of unexpected replies; of chunks in form 1 that is made of what they hold.
constexpr quint8 Form = 2;
constexpr qint64 LargestChunk = 1024 * 1024 * 1024;

char letterOf(Direction direction)
{
    switch (direction) {
    case Direction::Client:
        return 'c';
    case Direction::Server:
        return 's';
    case Direction::Event:
        return 'e';
    }
    Q_UNREACHABLE_RETURN('e');
}

void write(QDataStream &stream, const Entry &entry)
{
    stream << entry.n << entry.us << static_cast<quint8>(letterOf(entry.direction))
           << Smtp::stageName(entry.stage).toByteArray() << entry.tls << entry.text
           << static_cast<quint32>(entry.redactions.size());
    for (const Transcript::Redaction &redaction : entry.redactions)
        stream << static_cast<qint64>(redaction.at) << redaction.label;
    stream << entry.content.has_value();
    if (entry.content)
        stream << entry.content->message << entry.content->from << entry.content->to;
    stream << entry.unexpected;
}

// A stream that ran short, or an impossible value, leaves its status not Ok.
Entry read(QDataStream &stream, quint8 form)
{
    Entry entry;
    quint8 letter = 0;
    QByteArray stage;
    quint32 redactions = 0;
    stream >> entry.n >> entry.us >> letter >> stage >> entry.tls >> entry.text >> redactions;
    entry.direction = letter == 'c' ? Direction::Client
        : letter == 's'             ? Direction::Server
                                    : Direction::Event;
    const auto known = Smtp::stageFromName(stage);
    if (!known)
        stream.setStatus(QDataStream::ReadCorruptData);
    entry.stage = known.value_or(Smtp::Stage::Connect);
    for (quint32 i = 0; i < redactions && stream.status() == QDataStream::Ok; ++i) {
        qint64 at = 0;
        QByteArray label;
        stream >> at >> label;
        entry.redactions.append({at, label, {}});
    }
    bool content = false;
    stream >> content;
    if (content) {
        Transcript::ContentRange range;
        stream >> range.message >> range.from >> range.to;
        entry.content = range;
    }
    if (form == 1)
        entry.unexpected = Transcript::isUnexpected(entry);
    else
        stream >> entry.unexpected;
    return entry;
}

} // namespace

QByteArray packEntries(const QList<Entry> &entries)
{
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_8);
    stream << Form << static_cast<quint32>(entries.size());
    for (const Entry &entry : entries)
        write(stream, entry);
    return compress(bytes);
}

Base::Result<QList<Entry>> unpackEntries(const QByteArray &chunk)
{
    const auto bytes = decompress(chunk, LargestChunk);
    if (!bytes)
        return std::unexpected(bytes.error());
    QDataStream stream(*bytes);
    stream.setVersion(QDataStream::Qt_6_8);
    quint8 form = 0;
    quint32 count = 0;
    stream >> form >> count;
    if (form > Form)
        return Base::fail(Kind::Unsupported, u"store: entries in a newer form"_s);
    QList<Entry> entries;
    for (quint32 i = 0; i < count && stream.status() == QDataStream::Ok; ++i)
        entries.append(read(stream, form));
    if (stream.status() != QDataStream::Ok || form == 0 || !stream.atEnd())
        return Base::fail(Kind::Corrupt, u"store: a chunk of entries is damaged"_s);
    return entries;
}

} // namespace Mailgauge::Store
