// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/draftjson.h"

#include "base/literals.h"
#include "compose/deliveryjson.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace Mailgauge::Compose {

namespace {
constexpr int Version = 1;

QJsonObject toJson(const Mime::Attachment &one)
{
    return {{u"path"_s, one.path}, {u"fileName"_s, one.fileName},
        {u"mimeType"_s, QString::fromLatin1(one.mimeType)},
        {u"contentId"_s, QString::fromUtf8(one.contentId)}, {u"size"_s, QString::number(one.size)},
        {u"modified"_s, one.modified.toString(Qt::ISODateWithMs)},
        {u"sha256"_s, QString::fromLatin1(one.sha256)}};
}

Mime::Attachment attachmentFrom(const QJsonObject &json)
{
    return {.path = json[u"path"].toString(),
        .fileName = json[u"fileName"].toString(),
        .mimeType = json[u"mimeType"].toString().toLatin1(),
        .contentId = json[u"contentId"].toString().toUtf8(),
        .size = json[u"size"].toString().toLongLong(),
        .modified = QDateTime::fromString(json[u"modified"].toString(), Qt::ISODateWithMs),
        .sha256 = json[u"sha256"].toString().toLatin1()};
}
} // namespace

QByteArray draftToJson(const Draft &draft)
{
    const Mime::MessageDraft &message = draft.message;
    QJsonArray headers;
    for (const Mime::HeaderField &field : message.headers)
        headers.append(QJsonArray {QString::fromUtf8(field.name), field.value});
    QJsonArray attachments;
    for (const Mime::Attachment &one : message.attachments)
        attachments.append(toJson(one));
    QJsonObject json {{u"version"_s, Version}, {u"from"_s, message.from}, {u"to"_s, message.to},
        {u"cc"_s, message.cc}, {u"bcc"_s, message.bcc}, {u"replyTo"_s, message.replyTo},
        {u"subject"_s, message.subject}, {u"text"_s, message.text}, {u"html"_s, message.html},
        {u"headers"_s, headers}, {u"attachments"_s, attachments},
        {u"reversePath"_s, draft.reversePath}, {u"nullReversePath"_s, draft.nullReversePath},
        {u"forwardPaths"_s, draft.forwardPaths}};
    if (const QJsonObject options = deliveryToJson(draft.options); !options.isEmpty())
        json.insert(u"options"_s, options);
    return QJsonDocument(json).toJson(QJsonDocument::Compact);
}

Base::Result<Draft> draftFromJson(const QByteArray &bytes)
{
    QJsonParseError error {};
    const QJsonDocument document = QJsonDocument::fromJson(bytes, &error);
    const QJsonObject json = document.object();
    if (error.error != QJsonParseError::NoError || !json.contains(u"version"))
        return Base::fail(Base::Error::Kind::Corrupt, u"draft: "_s + error.errorString());
    if (json[u"version"].toInt() != Version)
        return Base::fail(Base::Error::Kind::Unsupported, u"draft: of another version"_s);
    Draft draft;
    Mime::MessageDraft &message = draft.message;
    message.from = json[u"from"].toString();
    message.to = json[u"to"].toString();
    message.cc = json[u"cc"].toString();
    message.bcc = json[u"bcc"].toString();
    message.replyTo = json[u"replyTo"].toString();
    message.subject = json[u"subject"].toString();
    message.text = json[u"text"].toString();
    message.html = json[u"html"].toString();
    const QJsonArray headers = json[u"headers"].toArray();
    for (const QJsonValue field : headers)
        message.headers.append(
            {.name = field[0].toString().toUtf8(), .value = field[1].toString()});
    const QJsonArray attachments = json[u"attachments"].toArray();
    for (const QJsonValue one : attachments)
        message.attachments.append(attachmentFrom(one.toObject()));
    draft.reversePath = json[u"reversePath"].toString();
    draft.nullReversePath = json[u"nullReversePath"].toBool();
    draft.forwardPaths = json[u"forwardPaths"].toString();
    draft.options = deliveryFromJson(json[u"options"].toObject());
    return draft;
}

} // namespace Mailgauge::Compose
