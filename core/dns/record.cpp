// SPDX-License-Identifier: GPL-3.0-or-later
#include "dns/record.h"

#include "dns/name.h"

#include <QtEndian>

#include <algorithm>

namespace Mailgauge::Dns {

namespace {

quint16 numberAt(QByteArrayView message, qsizetype at)
{
    return qFromBigEndian<quint16>(message.data() + at);
}

/// A name that has to end exactly at `end`.
std::optional<QByteArray> nameUntil(QByteArrayView message, qsizetype offset, qsizetype end)
{
    auto name = readName(message.first(end), offset);
    return name && offset == end ? name : std::nullopt;
}

std::optional<RecordData> readTxt(QByteArrayView data)
{
    Txt txt;
    if (data.isEmpty()) // one string at least, RFC 1035 3.3.14
        return {};
    while (!data.isEmpty()) {
        const auto length = static_cast<uchar>(data.front());
        if (length >= data.size())
            return {};
        txt.strings.append(data.sliced(1, length).toByteArray());
        data = data.sliced(1 + length);
    }
    return txt;
}

std::optional<RecordData> readCaa(QByteArrayView data)
{
    const auto isTagOctet = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    };
    if (data.size() < 2)
        return {};
    const auto length = static_cast<uchar>(data[1]);
    if (length == 0 || length > data.size() - 2)
        return {};
    const QByteArrayView tag = data.sliced(2, length);
    if (!std::ranges::all_of(tag, isTagOctet))
        return {};
    return Caa {
        static_cast<quint8>(data[0]), tag.toByteArray(), data.sliced(2 + length).toByteArray()};
}

QByteArray quoted(const QByteArray &string)
{
    QByteArray text("\"");
    for (const char c : string) {
        const auto octet = static_cast<uchar>(c);
        if (c == '"' || c == '\\')
            (text += '\\') += c;
        else if (octet < 0x20 || octet >= 0x7f)
            text += '\\' + QByteArray::number(octet).rightJustified(3, '0');
        else
            text += c;
    }
    return text + '"';
}

struct Writer {
    QByteArray operator()(const QHostAddress &address) const
    {
        return address.toString().toLatin1();
    }
    QByteArray operator()(const Mx &mx) const
    {
        return QByteArray::number(mx.preference) + ' ' + mx.exchange;
    }
    QByteArray operator()(const Srv &srv) const
    {
        return QByteArray::number(srv.priority) + ' ' + QByteArray::number(srv.weight) + ' '
            + QByteArray::number(srv.port) + ' ' + srv.target;
    }
    QByteArray operator()(const Tlsa &tlsa) const
    {
        return QByteArray::number(tlsa.usage) + ' ' + QByteArray::number(tlsa.selector) + ' '
            + QByteArray::number(tlsa.matchingType) + ' ' + tlsa.association.toHex();
    }
    QByteArray operator()(const Caa &caa) const
    {
        return QByteArray::number(caa.flags) + ' ' + caa.tag + ' ' + quoted(caa.value);
    }
    QByteArray operator()(const Txt &txt) const
    {
        QByteArrayList parts;
        for (const QByteArray &string : txt.strings)
            parts.append(quoted(string));
        return parts.join(' ');
    }
    QByteArray operator()(const NameData &name) const { return name.name; }
};

} // namespace

QByteArray typeName(Type type)
{
    switch (type) {
    case Type::A:
        return "A";
    case Type::Cname:
        return "CNAME";
    case Type::Ptr:
        return "PTR";
    case Type::Mx:
        return "MX";
    case Type::Txt:
        return "TXT";
    case Type::Aaaa:
        return "AAAA";
    case Type::Srv:
        return "SRV";
    case Type::Tlsa:
        return "TLSA";
    case Type::Caa:
        return "CAA";
    }
    return "TYPE" + QByteArray::number(static_cast<quint16>(type)); // RFC 3597 5
}

std::optional<RecordData> readRecordData(
    Type type, QByteArrayView message, qsizetype offset, qsizetype length)
{
    if (offset < 0 || length < 0 || length > message.size() - offset)
        return {};
    const qsizetype end = offset + length;
    const QByteArrayView data = message.sliced(offset, length);
    switch (type) {
    case Type::A:
        if (length != 4)
            return {};
        return QHostAddress(qFromBigEndian<quint32>(data.data()));
    case Type::Aaaa:
        if (length != 16)
            return {};
        return QHostAddress(reinterpret_cast<const quint8 *>(data.data()));
    case Type::Mx:
        if (length < 3)
            return {};
        if (const auto name = nameUntil(message, offset + 2, end))
            return Mx {numberAt(message, offset), *name};
        return {};
    case Type::Srv:
        if (length < 7)
            return {};
        if (const auto name = nameUntil(message, offset + 6, end))
            return Srv {numberAt(message, offset), numberAt(message, offset + 2),
                numberAt(message, offset + 4), *name};
        return {};
    case Type::Tlsa:
        // Postfix crashed on short ones (faults A5): without association data it is none.
        if (length < 4)
            return {};
        return Tlsa {static_cast<quint8>(data[0]), static_cast<quint8>(data[1]),
            static_cast<quint8>(data[2]), data.sliced(3).toByteArray()};
    case Type::Caa:
        return readCaa(data);
    case Type::Txt:
        return readTxt(data);
    case Type::Cname:
    case Type::Ptr:
        if (const auto name = nameUntil(message, offset, end))
            return NameData {*name};
        return {};
    }
    return {};
}

QByteArray toText(const RecordData &data)
{
    return std::visit(Writer {}, data);
}

} // namespace Mailgauge::Dns
