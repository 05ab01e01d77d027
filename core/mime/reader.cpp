// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/gmimesupport.h"

#include "mime/reader.h"

#include "base/literals.h"
#include "mime/charset.h"
#include "mime/headerreader.h"
#include "mime/limits.h"

#include <algorithm>
#include <vector>

namespace Mailgauge::Mime {

namespace {

void addReason(ParsedMessage *message, const QString &reason)
{
    if (message->malformed.contains(reason))
        return;
    if (!message->malformed.isEmpty())
        message->malformed += u"; "_s;
    message->malformed += reason;
}

QByteArray fromC(const char *text)
{
    return text ? QByteArray(text) : QByteArray();
}

QByteArray typeName(GMimeObject *object)
{
    const GMimeContentType *type = g_mime_object_get_content_type(object);
    if (!type)
        return "text/plain"_ba;
    const GString8 name(g_mime_content_type_get_mime_type(const_cast<GMimeContentType *>(type)));
    return fromC(name.get()).toLower();
}

qint64 offsetOf(GMimeObject *object)
{
    GMimeHeaderList *headers = g_mime_object_get_header_list(object);
    if (g_mime_header_list_get_count(headers) > 0)
        return g_mime_header_get_offset(g_mime_header_list_get_header_at(headers, 0));
    if (!isA(object, g_mime_part_get_type()))
        return 0;
    GMimeDataWrapper *content = g_mime_part_get_content(gobjectCast<GMimePart>(object));
    GMimeStream *stream = content ? g_mime_data_wrapper_get_stream(content) : nullptr;
    return stream ? stream->bound_start : 0;
}

QByteArray decodedBody(GMimePart *part)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (!content)
        return {};
    const GObjectPtr<GMimeStream> out(g_mime_stream_mem_new());
    g_mime_data_wrapper_write_to_stream(content, out.get());
    return bytesOf(out.get());
}

QByteArray embeddedMessage(GMimeMessagePart *part)
{
    GMimeMessage *message = g_mime_message_part_get_message(part);
    if (!message)
        return {};
    const GObjectPtr<GMimeStream> out(g_mime_stream_mem_new());
    g_mime_object_write_to_stream(gobjectCast<GMimeObject>(message), nullptr, out.get());
    return bytesOf(out.get());
}

Part leaf(GMimeObject *object)
{
    Part part;
    part.mimeType = typeName(object);
    part.charset = fromC(g_mime_object_get_content_type_parameter(object, "charset"));
    part.disposition = fromC(g_mime_object_get_disposition(object)).toLower();
    part.contentId = fromC(g_mime_object_get_content_id(object));
    part.offset = offsetOf(object);
    if (isA(object, g_mime_part_get_type())) {
        GMimePart *mimePart = gobjectCast<GMimePart>(object);
        part.fileName = QString::fromUtf8(fromC(g_mime_part_get_filename(mimePart)));
        part.body = decodedBody(mimePart);
    } else if (isA(object, g_mime_message_part_get_type())) {
        part.fileName = QString::fromUtf8(
            fromC(g_mime_object_get_content_disposition_parameter(object, "filename")));
        part.body = embeddedMessage(gobjectCast<GMimeMessagePart>(object));
    }
    return part;
}

/// The leaves in order, without recursion; a multipart without parts is a leaf of raw text.
void collectLeaves(GMimeObject *root, ParsedMessage *message)
{
    struct Frame {
        GMimeMultipart *multipart;
        int next;
    };
    std::vector<Frame> stack;
    const auto visit = [&](GMimeObject *object) {
        if (!isA(object, g_mime_multipart_get_type())) {
            message->parts.append(leaf(object));
            return;
        }
        GMimeMultipart *multipart = gobjectCast<GMimeMultipart>(object);
        if (g_mime_multipart_get_count(multipart) == 0)
            addReason(message, u"a multipart without parts"_s);
        else if (stack.size() >= Limits::MaxDepth)
            addReason(message, u"nested too deeply"_s);
        else
            stack.push_back({multipart, 0});
    };
    visit(root);
    while (!stack.empty() && message->parts.size() < Limits::MaxParts) {
        Frame &top = stack.back();
        if (top.next >= g_mime_multipart_get_count(top.multipart))
            stack.pop_back();
        else
            visit(g_mime_multipart_get_part(top.multipart, top.next++));
    }
    if (!stack.empty())
        addReason(message, u"too many parts"_s);
}

/// What GMime noticed that makes a difference to what is read.
void onWarning(gint64, GMimeParserWarning warning, const gchar *, gpointer message)
{
    const auto reason = [warning]() -> QString {
        switch (warning) {
        case GMIME_WARN_INVALID_CONTENT_TYPE:
            return u"an invalid Content-Type"_s;
        case GMIME_WARN_MALFORMED_MULTIPART:
            return u"a multipart without parts"_s;
        case GMIME_WARN_TRUNCATED_MESSAGE:
            return u"a multipart does not end"_s;
        case GMIME_CRIT_MULTIPART_WITHOUT_BOUNDARY:
            return u"a multipart without boundary"_s;
        case GMIME_CRIT_NESTING_OVERFLOW:
            return u"nested too deeply"_s;
        case GMIME_CRIT_INVALID_HEADER_NAME:
        case GMIME_WARN_MALFORMED_MESSAGE:
            return u"a header line that is no field"_s;
        default:
            return {}; // a foreign enum; the rest is style
        }
    }();
    if (!reason.isEmpty())
        addReason(static_cast<ParsedMessage *>(message), reason);
}

/// Where the body begins; a message without any field is all body.
qint64 bodyOffset(const RawHeader &header)
{
    return header.fields.isEmpty() ? 0 : header.bodyOffset;
}

/// What GMime is to read: of the header only the fields that say how the body is made, for it copes
/// badly with very long ones.
GByteArray *mimeEntity(const QByteArray &bytes, const RawHeader &header)
{
    constexpr qsizetype MaxField = 256 * 1024;
    QByteArray fields;
    for (const RawHeader::Field &field : header.fields)
        if (field.name.toLower().startsWith("content-") && field.value.size() <= MaxField)
            fields += field.name + ": " + field.value + "\r\n";
    fields += "\r\n";
    const QByteArrayView body = QByteArrayView(bytes).sliced(bodyOffset(header));
    GByteArray *entity = g_byte_array_sized_new(static_cast<guint>(fields.size() + body.size()));
    g_byte_array_append(entity, reinterpret_cast<const guint8 *>(fields.constData()),
        static_cast<guint>(fields.size()));
    g_byte_array_append(
        entity, reinterpret_cast<const guint8 *>(body.data()), static_cast<guint>(body.size()));
    return entity;
}

void readBody(const QByteArray &bytes, const RawHeader &header, ParsedMessage *message)
{
    initializeGMime();
    GByteArray *entity = mimeEntity(bytes, header); // owned by the stream from here on
    const qint64 shift = bytes.size() - qint64(entity->len);
    const GObjectPtr<GMimeStream> stream(g_mime_stream_mem_new_with_byte_array(entity));
    g_mime_stream_mem_set_owner(stream.as<GMimeStreamMem>(), TRUE);
    const GObjectPtr<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
    const ParserOptions options = makeParserOptions();
    g_mime_parser_options_set_warning_callback(options.get(), onWarning, message, nullptr);
    const GObjectPtr<GMimeMessage> parsed(
        g_mime_parser_construct_message(parser.get(), options.get()));
    GMimeObject *root = parsed ? g_mime_message_get_mime_part(parsed.get()) : nullptr;
    if (!root)
        return;
    collectLeaves(root, message);
    // The header of the only part is the message's own.
    for (Part &part : message->parts)
        part.offset = part.offset + shift < bodyOffset(header) || isA(root, g_mime_part_get_type())
            ? 0
            : part.offset + shift;
}

/// Without boundary, header or structure there is still something to show: the body as it is.
void showRawBody(QByteArrayView body, ParsedMessage *message)
{
    Part part;
    part.mimeType = "text/plain"_ba;
    part.body = body.toByteArray();
    message->parts.append(part);
}

} // namespace

bool isShownText(const Part &part, QByteArrayView mimeType)
{
    return part.mimeType == mimeType && part.disposition != "attachment";
}

QString ParsedMessage::header(QByteArrayView name) const
{
    const auto found = std::ranges::find_if(headers, [name](const HeaderField &field) {
        return field.name.compare(name, Qt::CaseInsensitive) == 0;
    });
    return found == headers.cend() ? QString() : found->value;
}

QByteArray messageIdOf(const QString &field)
{
    const QByteArray text = field.trimmed().toUtf8();
    const qsizetype open = text.lastIndexOf('<');
    const qsizetype close = text.indexOf('>', qMax<qsizetype>(0, open));
    return open >= 0 && close > open ? text.sliced(open + 1, close - open - 1) : text;
}

ParsedMessage parse(const QByteArray &input)
{
    ParsedMessage message;
    qsizetype usable = input.size();
    if (usable > Limits::MaxMessage) {
        usable = Limits::MaxMessage;
        addReason(&message, u"larger than %1 octets: the rest is not read"_s.arg(usable));
    }
    const qsizetype sane = saneLength(QByteArrayView(input).first(usable));
    if (sane < usable) {
        usable = sane;
        addReason(&message, u"too many parts"_s);
    }
    const QByteArray bytes = usable == input.size() ? input : input.first(usable);

    const RawHeader header = readHeader(bytes);
    for (const RawHeader::Field &field : header.fields) {
        message.rawHeaders.append({field.name, QString::fromLatin1(field.value)});
        message.headers.append({field.name, decodeField(field.name, field.value)});
    }
    if (header.fields.isEmpty())
        addReason(&message, u"no header field"_s);
    if (header.tooLong)
        addReason(&message, u"the header is too long"_s);
    if (header.strayLine)
        addReason(&message, u"a header line that is no field"_s);
    if (header.hasNul)
        addReason(&message, u"NUL in the header"_s);

    readBody(bytes, header, &message);
    if (message.parts.isEmpty())
        showRawBody(QByteArrayView(bytes).sliced(bodyOffset(header)), &message);
    for (const Part &part : std::as_const(message.parts)) {
        if (message.text.isNull() && isShownText(part, "text/plain"))
            message.text = decodeText(part.body, part.charset);
        else if (message.html.isNull() && isShownText(part, "text/html"))
            message.html = decodeText(part.body, part.charset);
    }
    message.text.replace(u"\r\n"_s, u"\n"_s);
    message.html.replace(u"\r\n"_s, u"\n"_s);
    return message;
}

} // namespace Mailgauge::Mime
