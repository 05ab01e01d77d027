// SPDX-License-Identifier: GPL-3.0-or-later
#include "bundle/sessionimport.h"

#include "base/literals.h"
#include "mime/attachment.h"

#include <QBuffer>
#include <QHash>

#include <utility>

namespace Mailgauge::Bundle {

namespace {

constexpr auto TranscriptName = "transcript.jsonl"_L1;
constexpr QByteArrayView ZipMark("PK\x03\x04");

Base::Result<QList<BundledSession>> fromLines(
    QIODevice &device, const Transcript::ReadLimits &limits)
{
    auto read = Transcript::readJsonLines(device, limits);
    if (!read)
        return std::unexpected(read.error());
    QList<BundledSession> sessions;
    for (Transcript::ImportedTranscript &one : *read)
        sessions.append(BundledSession {{std::move(one.record), std::move(one.entries)}, {}});
    return sessions;
}

Base::Result<QList<BundledSession>> fromArchive(QIODevice &device, const ImportLimits &limits)
{
    auto files = unpackArchive(device, limits.archive);
    if (!files)
        return std::unexpected(files.error());
    QHash<QString, QByteArray> byName;
    for (BundleFile &file : *files)
        byName.insert(file.name, std::move(file.bytes));
    if (!byName.contains(TranscriptName)) {
        return Base::fail(
            Base::Error::Kind::Corrupt, u"the archive has no %1"_s.arg(TranscriptName));
    }
    QBuffer lines;
    lines.setData(byName.take(TranscriptName));
    lines.open(QIODevice::ReadOnly);
    auto sessions = fromLines(lines, limits.lines);
    if (!sessions)
        return sessions;
    for (BundledSession &one : *sessions) {
        const auto message = byName.constFind(
            u"messages/%1.eml"_s.arg(one.session.record.message.toString(QUuid::WithoutBraces)));
        if (message != byName.constEnd())
            one.message = *message;
    }
    return sessions;
}

} // namespace

Base::Result<QList<BundledSession>> readSessions(QIODevice &device, const ImportLimits &limits)
{
    auto read = device.peek(ZipMark.size()) == ZipMark ? fromArchive(device, limits)
                                                       : fromLines(device, limits.lines);
    // So that explain/ speaks of a file that was to be imported, not of our own.
    return std::move(read).transform_error([](Base::Error error) {
        error.detail.prepend(u"import: "_s);
        return error;
    });
}

Base::Result<QList<BundledSession>> readSessions(const QString &path, const ImportLimits &limits)
{
    // Regular files only: reading a FIFO would keep a thread for ever.
    const auto file = Mime::openRegularFile(path);
    if (!file)
        return std::unexpected(file.error());
    return readSessions(**file, limits);
}

bool beginsAsSessions(QIODevice &device)
{
    constexpr qint64 Looked = 256;
    const QByteArray begin = device.peek(Looked);
    const QByteArray text = begin.trimmed();
    return text.isEmpty() || text.startsWith('{') || begin.startsWith(ZipMark);
}

Transcript::ExportedSession underNewId(Transcript::ExportedSession session)
{
    Transcript::SessionRecord &record = session.record;
    if (!record.unknown.header.contains("originalId"_L1))
        record.unknown.header.insert(u"originalId"_s, record.id.toString(QUuid::WithoutBraces));
    record.id = QUuid::createUuid();
    if (record.message.isNull())
        return session;
    const QUuid before = std::exchange(record.message, QUuid::createUuid());
    for (Transcript::Entry &entry : session.entries) {
        if (entry.content && entry.content->message == before)
            entry.content->message = record.message;
    }
    return session;
}

bool looksLikeSessions(const QString &path)
{
    return path.endsWith(".jsonl"_L1, Qt::CaseInsensitive)
        || path.endsWith(".zip"_L1, Qt::CaseInsensitive);
}

} // namespace Mailgauge::Bundle
