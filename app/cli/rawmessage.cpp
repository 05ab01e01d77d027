// SPDX-License-Identifier: GPL-3.0-or-later
#include "rawmessage.h"

#include "mime/builder.h"
#include "mime/reader.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryFile>

#include <cstdio>

namespace Mailgauge::Cli {

namespace {

constexpr Smtp::Stage Where = Smtp::Stage::Content;

/// The header section is enough for Message-ID and Subject; a body of gigabytes stays unread.
constexpr qint64 HeaderLimit = 256 * 1024;

Checked<ComposedMessage> composed(Base::Result<Base::Content> content)
{
    if (!content) {
        const Base::Error &error = content.error();
        if (error.kind == Base::Error::Kind::InvalidInput)
            return badInput(error.detail, Where);
        return noInput(error.detail, Where);
    }
    ComposedMessage message {.content = std::move(*content), .messageId = {}, .subject = {}};
    const auto source = message.content.open();
    QByteArray header;
    while (header.size() < HeaderLimit && !header.contains("\r\n\r\n")) {
        const auto chunk = source->read(16 * 1024);
        if (!chunk)
            return noInput(chunk.error().detail, Where);
        if (chunk->isEmpty())
            break;
        header += *chunk;
    }
    const qsizetype end = header.indexOf("\r\n\r\n");
    if (end >= 0)
        header.truncate(end + 4);
    const Mime::ParsedMessage parsed = Mime::parse(header);
    message.subject = parsed.header("Subject");
    QByteArray id = parsed.header("Message-ID").trimmed().toUtf8();
    if (id.startsWith('<') && id.endsWith('>'))
        id = id.sliced(1, id.size() - 2);
    message.messageId = id;
    return message;
}

Base::Result<Base::Content> contentOf(const QString &path, RawForm form)
{
    return form == RawForm::Binary ? Mime::octetsFromFile(path) : Mime::rawFromFile(path);
}

} // namespace

Checked<ComposedMessage> rawMessage(const QByteArray &bytes, RawForm form)
{
    if (form == RawForm::Text)
        return composed(Mime::rawFromBytes(bytes));
    Base::Content content;
    content.bytes = bytes;
    return composed(std::move(content));
}

Checked<ComposedMessage> rawMessageFromFile(const QByteArray &path, RawForm form)
{
    const QString name = QFile::decodeName(path);
    const QFileInfo info(name);
    if (path != "-" && (info.isFile() || !info.exists()))
        return composed(contentOf(name, form));
    if (path != "-" && info.isDir())
        return noInput(name + u": is a directory"_s, Where);

    QFile input(name);
    const bool open = path == "-" ? input.open(stdin, QIODevice::ReadOnly | QIODevice::Unbuffered)
                                  : input.open(QIODevice::ReadOnly);
    if (!open)
        return noInput(u"%1: %2"_s.arg(name, input.errorString()), Where);
    const auto spool = std::make_shared<QTemporaryFile>(QDir::tempPath() + u"/mailgauge-XXXXXX"_s);
    if (!spool->open())
        return noOutput(spool->errorString());
    while (true) {
        const QByteArray chunk = input.read(1 << 20);
        if (chunk.isEmpty())
            break;
        if (spool->write(chunk) != chunk.size())
            return noOutput(spool->errorString());
    }
    if (input.error() != QFileDevice::NoError)
        return noInput(u"%1: %2"_s.arg(name, input.errorString()), Where);
    if (!spool->flush())
        return noOutput(spool->errorString());
    auto content = contentOf(spool->fileName(), form);
    // The content may be the spooled file itself: it has to outlive the sending.
    if (content && content->file == spool->fileName())
        content->keepAlive = spool;
    return composed(std::move(content));
}

} // namespace Mailgauge::Cli
