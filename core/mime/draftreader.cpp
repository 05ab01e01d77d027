// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/reader.h"

#include "base/literals.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QMimeDatabase>
#include <QSet>

#include <algorithm>

namespace Mailgauge::Mime {

namespace {

using Kind = Base::Error::Kind;

/// Fields that belong to the way a message took, or that building makes anew.
bool belongsToDraft(const QByteArray &name)
{
    static const QSet<QByteArray> dropped {"from", "to", "cc", "bcc", "reply-to", "subject", "date",
        "message-id", "mime-version", "return-path", "received", "delivered-to", "x-original-to",
        "dkim-signature", "authentication-results", "received-spf", "resent-bcc"};
    return !dropped.contains(name) && !name.startsWith("content-") && !name.startsWith("arc-");
}

/// A name that stays in its directory and shows what it is (faults G14).
QString safeFileName(const Part &part, qsizetype number)
{
    QString name;
    for (const QChar c : part.fileName.section(u'/', -1).section(u'\\', -1))
        if (c.isPrint() && c.category() != QChar::Other_Format && !u":*?\"<>|"_s.contains(c))
            name += c;
    while (name.startsWith(u'.') || name.startsWith(u' '))
        name.removeFirst();
    if (name.isEmpty()) {
        const QString suffix = part.mimeType == "message/rfc822"
            ? u"eml"_s
            : QMimeDatabase().mimeTypeForName(QString::fromLatin1(part.mimeType)).preferredSuffix();
        name = u"part-%1.%2"_s.arg(number).arg(suffix.isEmpty() ? u"bin"_s : suffix);
    }
    constexpr qsizetype MaxName = 120;
    const QString suffix = QFileInfo(name).suffix().left(20);
    if (name.size() > MaxName)
        name = name.left(MaxName - suffix.size() - 1) + u'.' + suffix;
    return name;
}

/// Never overwrites: the name gets a number.
Base::Result<QString> writeNew(const QDir &directory, const QString &name, const QByteArray &body)
{
    const QFileInfo info(name);
    for (int number = 1; number < 10'000; ++number) {
        const QString candidate = number == 1
            ? name
            : u"%1-%2%3"_s.arg(info.completeBaseName())
                  .arg(number)
                  .arg(info.suffix().isEmpty() ? QString() : u'.' + info.suffix());
        QFile file(directory.filePath(candidate));
        if (file.exists())
            continue;
        if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly))
            return Base::fail(Kind::Io, file.fileName() + u": "_s + file.errorString());
        if (file.write(body) != body.size() || !file.flush()) {
            const bool full = file.error() == QFileDevice::ResourceError;
            const QString why = file.errorString();
            file.remove();
            return Base::fail(full ? Kind::Full : Kind::Io, file.fileName() + u": "_s + why);
        }
        return file.fileName();
    }
    return Base::fail(Kind::Io, directory.filePath(name) + u": too many files of that name"_s);
}

QDateTime dateOf(const ParsedMessage &message)
{
    // A comment such as "(CEST)" may follow.
    return QDateTime::fromString(
        message.header("Date").section(u'(', 0, 0).trimmed(), Qt::RFC2822Date);
}

} // namespace

Base::Result<MessageDraft> toDraft(const ParsedMessage &message, const QString &directory)
{
    MessageDraft draft;
    draft.from = message.header("From");
    draft.to = message.header("To");
    draft.cc = message.header("Cc");
    draft.bcc = message.header("Bcc");
    draft.replyTo = message.header("Reply-To");
    draft.subject = message.header("Subject");
    draft.text = message.text;
    draft.html = message.html;
    draft.messageId = messageIdOf(message.header("Message-ID"));
    draft.date = dateOf(message);
    for (const HeaderField &field : message.headers)
        if (belongsToDraft(field.name.toLower()))
            draft.headers.append(field);

    const QDir target(directory);
    bool textSeen = false;
    bool htmlSeen = false;
    qsizetype number = 0;
    for (const Part &part : message.parts) {
        if (!textSeen && isShownText(part, "text/plain")) {
            textSeen = true;
            continue;
        }
        if (!htmlSeen && isShownText(part, "text/html")) {
            htmlSeen = true;
            continue;
        }
        if (!target.exists() && !target.mkpath(u"."_s))
            return Base::fail(Kind::Io, directory + u": cannot be made"_s);
        const auto path = writeNew(target, safeFileName(part, ++number), part.body);
        if (!path)
            return std::unexpected(path.error());
        auto attachment = attachmentFromFile(*path);
        if (!attachment)
            return std::unexpected(attachment.error());
        if (!part.fileName.isEmpty())
            attachment->fileName = part.fileName;
        attachment->mimeType = part.mimeType;
        attachment->contentId = part.contentId;
        draft.attachments.append(*attachment);
    }
    return draft;
}

} // namespace Mailgauge::Mime
