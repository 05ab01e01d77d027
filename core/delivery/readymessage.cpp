// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/readymessage.h"

#include "base/literals.h"
#include "mime/builder.h"
#include "mime/reader.h"

#include <QUuid>

namespace Mailgauge::Delivery {

namespace {
/// The header section is enough.
constexpr qint64 HeaderLimit = 256 * 1024;
} // namespace

Base::Result<ReadyMessage> readyMessage(Base::Result<Base::Content> content)
{
    if (!content)
        return std::unexpected(content.error());
    ReadyMessage message {.content = *std::move(content), .messageId = {}, .subject = {}};
    const auto source = message.content.open();
    QByteArray header;
    while (header.size() < HeaderLimit && !header.contains("\r\n\r\n")) {
        const auto chunk = source->read(16 * 1024);
        if (!chunk)
            return std::unexpected(chunk.error());
        if (chunk->isEmpty())
            break;
        header += *chunk;
    }
    const qsizetype end = header.indexOf("\r\n\r\n");
    if (end >= 0)
        header.truncate(end + 4);
    const Mime::ParsedMessage parsed = Mime::parse(header);
    message.subject = parsed.header("Subject");
    message.messageId = Mime::messageIdOf(parsed.header("Message-ID"));
    return message;
}

Base::Result<ReadyMessage> rawMessage(const QByteArray &bytes, RawForm form)
{
    if (form == RawForm::Text)
        return readyMessage(Mime::rawFromBytes(bytes));
    Base::Content content;
    content.bytes = bytes;
    return readyMessage(std::move(content));
}

Base::Result<Base::Content> rawContent(const QString &path, RawForm form)
{
    return form == RawForm::Binary ? Mime::octetsFromFile(path) : Mime::rawFromFile(path);
}

QByteArray idDomainOf(const std::optional<Smtp::Mailbox> &reversePath, const QByteArray &ehloName)
{
    if (reversePath && !reversePath->domain().isEmpty() && !reversePath->domain().startsWith('['))
        return reversePath->domain();
    return ehloName.isEmpty() || ehloName.startsWith('[') ? "localhost"_ba : ehloName;
}

QByteArray makeMessageId(const QByteArray &domain)
{
    return QUuid::createUuid().toByteArray(QUuid::WithoutBraces) + '@' + domain;
}

} // namespace Mailgauge::Delivery
