// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/messagefile.h"

#include "base/filewriter.h"
#include "base/literals.h"
#include "mime/attachment.h"
#include "mime/builder.h"
#include "mime/reader.h"

#include <QDir>
#include <QFile>
#include <QUuid>

namespace Mailgauge::Compose {

namespace {
constexpr qint64 Chunk = 1 << 16;

// As when it is sent: the domain of the sender.
QByteArray idDomain(const Mime::MessageDraft &draft)
{
    const auto from = Mime::addressesOf(draft.from);
    if (!from || from->isEmpty())
        return "localhost"_ba;
    return from->first().sliced(from->first().lastIndexOf('@') + 1);
}
} // namespace

Base::Result<MessageSource> messageSource(const Mime::MessageDraft &draft, qint64 max)
{
    const auto built = Mime::build(draft, idDomain(draft));
    if (!built)
        return std::unexpected(built.error());
    const auto source = built->content.open();
    MessageSource result {.head = {}, .size = built->content.size()};
    while (result.head.size() < max) {
        const auto chunk = source->read(qMin(Chunk, max - result.head.size()));
        if (!chunk)
            return std::unexpected(chunk.error());
        if (chunk->isEmpty())
            break;
        result.head += *chunk;
    }
    return result;
}

Base::Result<void> saveMessage(const Mime::MessageDraft &draft, const QString &path)
{
    const auto built = Mime::build(draft, idDomain(draft));
    if (!built)
        return std::unexpected(built.error());
    const auto writer = Base::FileWriter::open(path);
    if (!writer)
        return std::unexpected(writer.error());
    const auto source = built->content.open();
    for (;;) {
        const auto chunk = source->read(Chunk);
        if (!chunk)
            return std::unexpected(chunk.error());
        if (chunk->isEmpty())
            return (*writer)->commit();
        if (const auto written = (*writer)->write(*chunk); !written)
            return written;
    }
}

Base::Result<Mime::MessageDraft> draftFromBytes(const QByteArray &bytes, const QString &directory)
{
    const QString own = QDir(directory).filePath(
        QUuid::createUuid().toString(QUuid::WithoutBraces));
    if (!QDir().mkpath(own))
        return Base::fail(Base::Error::Kind::Io, u"cannot make the folder "_s + own);
    auto draft = Mime::toDraft(Mime::parse(bytes), own);
    // The copy is a new message: it gets an identity of its own when it is sent.
    if (draft) {
        draft->messageId.clear();
        draft->date = {};
    }
    if (!draft || draft->attachments.isEmpty())
        QDir(own).removeRecursively();
    return draft;
}

Base::Result<Mime::MessageDraft> openMessage(const QString &path, const QString &directory)
{
    const auto file = Mime::openRegularFile(path);
    if (!file)
        return std::unexpected(file.error());
    if ((*file)->size() > MaxFile)
        return Base::fail(Base::Error::Kind::Full, path + u": larger than 64 MiB"_s);
    return draftFromBytes((*file)->read(MaxFile), directory);
}

} // namespace Mailgauge::Compose
