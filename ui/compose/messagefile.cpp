// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/messagefile.h"

#include "base/filewriter.h"
#include "base/literals.h"
#include "mime/attachment.h"
#include "mime/builder.h"
#include "mime/reader.h"
#include "widgets/textlimits.h"

#include <QDir>
#include <QFile>
#include <QStringDecoder>
#include <QUuid>

namespace Mailgauge::Compose {

namespace {
constexpr qint64 Chunk = 1 << 16;

std::unexpected<Base::Error> tooLarge(const QString &what)
{
    return Base::fail(Base::Error::Kind::Full,
        what
            + u": larger than %1 MiB or %2 lines"_s.arg(Widgets::MaxEditable >> 20)
                .arg(Widgets::MaxEditableLines));
}

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
    if (draft && !(Widgets::isEditable(draft->text) && Widgets::isEditable(draft->html)))
        draft = tooLarge(u"the text of the message"_s);
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

Base::Result<QString> readHtml(const QString &path)
{
    const auto file = Mime::openRegularFile(path);
    if (!file)
        return std::unexpected(file.error());
    // UTF-8 has three octets at most for a unit of UTF-16.
    constexpr qint64 most = qint64(Widgets::MaxEditable) * 3 + 3;
    if ((*file)->size() > most)
        return tooLarge(path);
    const QByteArray bytes = (*file)->read(most);
    if (bytes.isEmpty())
        return Base::fail(Base::Error::Kind::InvalidInput, path + u": is empty"_s);
    // Takes the mark away, and would keep quiet about what it cannot read.
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString html = decoder(bytes);
    if (decoder.hasError() || html.contains(QChar(u'\0')))
        return Base::fail(Base::Error::Kind::InvalidInput, path + u": is not UTF-8"_s);
    if (!Widgets::isEditable(html))
        return tooLarge(path);
    return html;
}

} // namespace Mailgauge::Compose
