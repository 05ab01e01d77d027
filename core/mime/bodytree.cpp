// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/bodytree.h"

#include "base/literals.h"
#include "mime/attachment.h"
#include "mime/headerwriter.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Mime {

namespace {

using Kind = Base::Error::Kind;
using Object = GObjectPtr<GMimeObject>;

/// How a text may travel without loss: CRLF-terminated 7-bit lines, else encoded.
GMimeContentEncoding encodingFor(QByteArrayView text)
{
    constexpr qsizetype MaxLine = 990; // 998 with some room
    qsizetype line = 0;
    qsizetype unprintable = 0;
    bool encode = false;
    for (const char c : text) {
        const uchar u = static_cast<uchar>(c);
        line = c == '\n' ? 0 : line + 1;
        if (u >= 127 || (u < ' ' && c != '\n' && c != '\t'))
            ++unprintable;
        encode = encode || line > MaxLine;
    }
    if (unprintable == 0 && !encode)
        return GMIME_CONTENT_ENCODING_7BIT;
    // Quoted-printable triples an octet, base64 adds a third to all.
    return unprintable * 2 > text.size() / 3 ? GMIME_CONTENT_ENCODING_BASE64
                                             : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
}

Object textPart(const char *subtype, const QString &text)
{
    QByteArray utf8 = text.toUtf8();
    utf8.replace("\r\n", "\n");
    if (!utf8.isEmpty() && !utf8.endsWith('\n'))
        utf8 += '\n';
    const GMimeContentEncoding encoding = encodingFor(utf8);
    // Line ends are CRLF inside base64 as well (RFC 2045 6.8); elsewhere the writer makes them so.
    if (encoding == GMIME_CONTENT_ENCODING_BASE64)
        utf8.replace("\n", "\r\n");
    GObjectPtr<GMimeStream> stream(
        g_mime_stream_mem_new_with_buffer(utf8.constData(), static_cast<size_t>(utf8.size())));
    GObjectPtr<GMimeDataWrapper> content(
        g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
    GMimePart *part = g_mime_part_new_with_type("text", subtype);
    Object object(gobjectCast<GMimeObject>(part));
    g_mime_object_set_content_type_parameter(object.get(), "charset", "utf-8");
    g_mime_part_set_content(part, content.get());
    g_mime_part_set_content_encoding(part, encoding);
    return object;
}

Object multipart(const char *subtype)
{
    GMimeMultipart *made = g_mime_multipart_new_with_subtype(subtype);
    g_mime_multipart_set_boundary(made, nullptr); // a random one
    return Object(gobjectCast<GMimeObject>(made));
}

void add(const Object &parent, const Object &child)
{
    g_mime_multipart_add(parent.as<GMimeMultipart>(), child.get());
}

bool isToken(QByteArrayView text)
{
    return !text.isEmpty() && std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 127 && !QByteArrayView("()<>@,;:\\\"/[]?=").contains(c);
    });
}

/// Type and subtype. What base64 may not carry (RFC 2045 6.4: multipart, message) travels as plain
/// octets.
std::optional<std::pair<QByteArray, QByteArray>> typeOf(const QByteArray &mimeType)
{
    if (mimeType.isEmpty())
        return std::pair("application"_ba, "octet-stream"_ba);
    const qsizetype slash = mimeType.indexOf('/');
    if (slash < 0 || !isToken(mimeType.first(slash)) || !isToken(mimeType.sliced(slash + 1)))
        return std::nullopt;
    const QByteArray type = mimeType.first(slash).toLower();
    if (type == "multipart" || type == "message")
        return std::pair("application"_ba, "octet-stream"_ba);
    return std::pair(type, mimeType.sliced(slash + 1).toLower());
}

bool isContentId(QByteArrayView id)
{
    return id.size() <= 900 && std::ranges::all_of(id, [](char c) {
        return c > ' ' && c < 127 && c != '<' && c != '>';
    });
}

/// UTF-8 in RFC 2231 form; GMime would choose ISO-8859-1 where that fits.
void encodeAsUtf8(GMimeParamList *parameters)
{
    for (int i = 0; i < g_mime_param_list_length(parameters); ++i) {
        GMimeParam *parameter = g_mime_param_list_get_parameter_at(parameters, i);
        g_mime_param_set_charset(parameter, "utf-8");
        g_mime_param_set_encoding_method(parameter, GMIME_PARAM_ENCODING_METHOD_RFC2231);
    }
}

} // namespace

Base::Result<Object> BodyTree::attachmentPart(const Attachment &attachment, bool inlined)
{
    const auto type = typeOf(attachment.mimeType);
    if (!type)
        return Base::fail(
            Kind::InvalidInput, attachment.path + u": not a MIME type"_s, attachment.mimeType);
    if (!isContentId(attachment.contentId))
        return Base::fail(Kind::InvalidInput, attachment.path + u": not usable as Content-ID"_s,
            attachment.contentId);
    if (hasForbiddenControl(attachment.fileName))
        return Base::fail(Kind::InvalidInput,
            attachment.path + u": CR, LF or NUL in the file name"_s, attachment.fileName.toUtf8());
    auto file = openRegularFile(attachment.path);
    if (!file)
        return std::unexpected(file.error());
    if (const auto same = checkUnchanged(**file, attachment); !same)
        return std::unexpected(same.error());

    GObjectPtr<GMimeStream> raw(g_mime_stream_fs_new((*file)->handle()));
    g_mime_stream_fs_set_owner(raw.as<GMimeStreamFs>(), FALSE);
    GObjectPtr<GMimeDataWrapper> content(
        g_mime_data_wrapper_new_with_stream(raw.get(), GMIME_CONTENT_ENCODING_DEFAULT));

    GMimePart *part = g_mime_part_new_with_type(type->first.constData(), type->second.constData());
    Object object(gobjectCast<GMimeObject>(part));
    g_mime_part_set_content(part, content.get());
    g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
    g_mime_object_set_disposition(object.get(), inlined ? "inline" : "attachment");
    if (!attachment.contentId.isEmpty())
        g_mime_part_set_content_id(part, attachment.contentId.constData());
    if (!attachment.fileName.isEmpty()) {
        g_mime_part_set_filename(part, attachment.fileName.toUtf8().constData());
        encodeAsUtf8(
            g_mime_content_type_get_parameters(g_mime_object_get_content_type(object.get())));
        encodeAsUtf8(g_mime_content_disposition_get_parameters(
            g_mime_object_get_content_disposition(object.get())));
    }
    m_open.push_back({attachment, *std::move(file)});
    return object;
}

Base::Result<Object> BodyTree::withInlineParts(Object html, const MessageDraft &draft)
{
    Object related;
    for (const Attachment &attachment : draft.attachments) {
        if (attachment.contentId.isEmpty())
            continue;
        if (!related) {
            related = multipart("related");
            g_mime_object_set_content_type_parameter(related.get(), "type", "text/html");
            add(related, html);
        }
        auto part = attachmentPart(attachment, true);
        if (!part)
            return std::unexpected(part.error());
        add(related, *part);
    }
    return related ? std::move(related) : std::move(html);
}

Base::Result<BodyTree> BodyTree::create(const MessageDraft &draft)
{
    initializeGMime();
    BodyTree tree;
    Object body;
    if (draft.html.isEmpty()) {
        body = textPart("plain", draft.text);
    } else {
        auto html = tree.withInlineParts(textPart("html", draft.html), draft);
        if (!html)
            return std::unexpected(html.error());
        if (draft.text.isEmpty()) {
            body = *std::move(html);
        } else {
            body = multipart("alternative");
            add(body, textPart("plain", draft.text));
            add(body, *html);
        }
    }
    Object mixed;
    for (const Attachment &attachment : draft.attachments) {
        // Without HTML there is nothing that could show an inline part.
        if (!attachment.contentId.isEmpty() && !draft.html.isEmpty())
            continue;
        if (!mixed) {
            mixed = multipart("mixed");
            add(mixed, body);
        }
        auto part = tree.attachmentPart(attachment, false);
        if (!part)
            return std::unexpected(part.error());
        add(mixed, *part);
    }
    tree.m_root = mixed ? std::move(mixed) : std::move(body);
    return tree;
}

Base::Result<void> BodyTree::write(GMimeStream *out)
{
    const FormatOptions options(g_mime_format_options_new());
    g_mime_format_options_set_newline_format(options.get(), GMIME_NEWLINE_FORMAT_DOS);
    if (g_mime_object_write_to_stream(m_root.get(), options.get(), out) < 0
        || g_mime_stream_flush(out) != 0) {
        const Kind kind = errno == ENOSPC || errno == EDQUOT ? Kind::Full : Kind::Io;
        return Base::fail(
            kind, u"writing the message: "_s + QString::fromLocal8Bit(strerror(errno)));
    }
    // Behind the writing: what is checked is what was read, or time and size tell.
    for (const OpenAttachment &open : m_open) {
        const auto digest = sha256Of(open.file.get());
        if (!digest)
            return std::unexpected(digest.error());
        if (*digest != open.attachment.sha256)
            return Base::fail(Kind::InvalidInput,
                open.attachment.path + u": changed since it was attached (other content)"_s);
        if (const auto same = checkUnchanged(*open.file, open.attachment); !same)
            return same;
    }
    return {};
}

} // namespace Mailgauge::Mime
