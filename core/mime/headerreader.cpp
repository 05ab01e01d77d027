// SPDX-License-Identifier: GPL-3.0-or-later
#include "mime/gmimesupport.h"

#include "mime/headerreader.h"

#include "base/literals.h"
#include "mime/addresslist.h"

#include <QSet>

#include <algorithm>

namespace Mailgauge::Mime {

namespace {

constexpr qsizetype MaxFields = 10'000;
constexpr qsizetype MaxHeaderBytes = 4 * 1024 * 1024;

bool isAddressField(QByteArrayView name)
{
    static const QSet<QByteArray> names {"from", "to", "cc", "bcc", "reply-to", "sender",
        "resent-from", "resent-to", "resent-cc", "resent-bcc", "resent-sender", "resent-reply-to",
        "disposition-notification-to", "return-receipt-to", "errors-to", "mail-followup-to",
        "mail-reply-to", "delivered-to", "x-original-to"};
    return names.contains(name.toByteArray().toLower());
}

/// The length of the name of a field line, or -1: a colon behind printable octets.
qsizetype nameLength(QByteArrayView line)
{
    qsizetype length = 0;
    while (length < line.size() && line[length] > ' ' && line[length] < 127 && line[length] != ':')
        ++length;
    if (length == 0)
        return -1;
    qsizetype colon = length;
    while (colon < line.size() && (line[colon] == ' ' || line[colon] == '\t'))
        ++colon; // RFC 5322 4.5.3: obsolete, but read
    return colon < line.size() && line[colon] == ':' ? length : -1;
}

void appendAddress(QStringList *texts, InternetAddress *address)
{
    const char *name = internet_address_get_name(address);
    if (isA(address, internet_address_mailbox_get_type())) {
        const char *spec = internet_address_mailbox_get_addr(
            gobjectCast<InternetAddressMailbox>(address));
        texts->append(toDisplay({.name = QString::fromUtf8(name), .address = spec}));
        return;
    }
    QStringList members;
    InternetAddressList *list = internet_address_group_get_members(
        gobjectCast<InternetAddressGroup>(address));
    for (int i = 0; i < internet_address_list_length(list); ++i) {
        InternetAddress *member = internet_address_list_get_address(list, i);
        if (isA(member, internet_address_mailbox_get_type())) // a group in a group is no address
            appendAddress(&members, member);
    }
    texts->append(QString::fromUtf8(name) + u": "_s + members.join(u", "_s) + u';');
}

} // namespace

RawHeader readHeader(QByteArrayView bytes)
{
    RawHeader header;
    qsizetype at = 0;
    bool first = true;
    while (at < bytes.size()) {
        const qsizetype lf = bytes.indexOf('\n', at);
        const qsizetype next = lf < 0 ? bytes.size() : lf + 1;
        QByteArrayView line = bytes.sliced(at, (lf < 0 ? bytes.size() : lf) - at);
        if (line.endsWith('\r'))
            line.chop(1);
        if (line.isEmpty()) {
            header.bodyOffset = next;
            break;
        }
        at = next;
        header.bodyOffset = next;
        header.hasNul = header.hasNul || line.contains('\0');
        const bool mboxLine = first && (line.startsWith("From ") || line.startsWith(">From "));
        first = false;
        if (mboxLine)
            continue;
        const bool full = header.fields.size() >= MaxFields || at > MaxHeaderBytes;
        if (line.front() == ' ' || line.front() == '\t') {
            if (header.fields.isEmpty())
                header.strayLine = true;
            else if (full)
                header.tooLong = true;
            else
                header.fields.last().value += line;
            continue;
        }
        const qsizetype name = nameLength(line);
        if (name < 0) {
            header.strayLine = true;
        } else if (full) {
            header.tooLong = true;
        } else {
            header.fields.append({line.first(name).toByteArray(),
                line.sliced(line.indexOf(':', name) + 1).toByteArray()});
        }
    }
    for (RawHeader::Field &field : header.fields)
        field.value = field.value.trimmed();
    return header;
}

QString decodeField(QByteArrayView name, const QByteArray &value)
{
    initializeGMime();
    const ParserOptions options = makeParserOptions();
    QByteArray text = value;
    text.replace('\0', "\xEF\xBF\xBD"); // GMime's strings end at a NUL
    if (isAddressField(name)) {
        const GObjectPtr<InternetAddressList> list(
            internet_address_list_parse(options.get(), text.constData()));
        QStringList texts;
        for (int i = 0; list && i < internet_address_list_length(list.get()); ++i)
            appendAddress(&texts, internet_address_list_get_address(list.get(), i));
        if (!texts.isEmpty())
            return texts.join(u", "_s);
    }
    const GString8 decoded(g_mime_utils_header_decode_text(options.get(), text.constData()));
    return QString::fromUtf8(decoded.get());
}

} // namespace Mailgauge::Mime
