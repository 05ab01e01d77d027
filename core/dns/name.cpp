// SPDX-License-Identifier: GPL-3.0-or-later
#include "dns/name.h"

#include <QUrl>

#include <algorithm>

namespace Mailgauge::Dns {

namespace {

constexpr qsizetype MaxName = 255; // octets on the wire, RFC 1035 2.3.4
constexpr qsizetype MaxLabel = 63;

void appendLabel(QByteArray &name, QByteArrayView label)
{
    if (!name.isEmpty())
        name += '.';
    for (const char c : label) {
        const auto octet = static_cast<uchar>(c);
        if (c == '.' || c == '\\') {
            name += '\\';
            name += c;
        } else if (octet <= 0x20 || octet >= 0x7f) {
            name += '\\' + QByteArray::number(octet).rightJustified(3, '0');
        } else {
            name += c;
        }
    }
}

} // namespace

std::optional<QByteArray> readName(QByteArrayView message, qsizetype &offset)
{
    QByteArray name;
    qsizetype at = offset;
    qsizetype length = 1;
    qsizetype barrier = at; // a pointer leads before everything read so far: no loop is possible
    bool jumped = false;
    while (at < message.size()) {
        const auto head = static_cast<uchar>(message[at]);
        if ((head & 0xc0) == 0xc0) {
            if (at + 1 >= message.size())
                return {};
            const qsizetype to = ((head & 0x3f) << 8) | static_cast<uchar>(message[at + 1]);
            if (to >= barrier)
                return {};
            if (!jumped)
                offset = at + 2;
            jumped = true;
            barrier = at = to;
            continue;
        }
        if (head > MaxLabel)
            return {};
        if (head == 0) {
            if (!jumped)
                offset = at + 1;
            return name.isEmpty() ? QByteArray(".") : name;
        }
        length += head + 1;
        if (length > MaxName || at + 1 + head > message.size())
            return {};
        appendLabel(name, message.sliced(at + 1, head));
        at += head + 1;
    }
    return {};
}

std::optional<QByteArray> nameFrom(const QString &text)
{
    QString bare = text;
    if (bare.endsWith(QLatin1Char('.')))
        bare.chop(1);
    const bool ascii = std::ranges::all_of(
        bare, [](QChar c) { return c.unicode() > 0x20 && c.unicode() < 0x7f; });
    // Of ASCII, toAce() refuses what DNS takes: underscores stay as they are.
    const QByteArray name = ascii ? bare.toLatin1().toLower() : QUrl::toAce(bare);
    if (name.isEmpty() || name.size() > MaxName - 2)
        return {};
    for (const QByteArray &label : name.split('.')) {
        const bool good = std::ranges::all_of(label, [](char c) {
            return c > 0x20 && c < 0x7f && c != '\\' && c != '"' && c != '@' && c != '/' && c != ':'
                && c != '<' && c != '>';
        });
        if (label.isEmpty() || label.size() > MaxLabel || !good)
            return {};
    }
    return name;
}

bool isSameName(QByteArrayView one, QByteArrayView other)
{
    return one.compare(other, Qt::CaseInsensitive) == 0;
}

bool isBelow(QByteArrayView name, QByteArrayView above)
{
    if (above == ".")
        return true;
    if (name.size() == above.size())
        return isSameName(name, above);
    return name.size() > above.size() && name[name.size() - above.size() - 1] == '.'
        && isSameName(name.last(above.size()), above);
}

QByteArray reverseName(const QHostAddress &address)
{
    QByteArray name;
    if (address.protocol() == QAbstractSocket::IPv4Protocol) {
        const quint32 v4 = address.toIPv4Address();
        for (int shift = 0; shift < 32; shift += 8)
            name += QByteArray::number((v4 >> shift) & 0xff) + '.';
        return name + "in-addr.arpa";
    }
    const Q_IPV6ADDR v6 = address.toIPv6Address();
    for (int i = 15; i >= 0; --i) {
        const QByteArray octet = QByteArray(1, static_cast<char>(v6[i])).toHex();
        name += octet[1];
        name += '.';
        name += octet[0];
        name += '.';
    }
    return name + "ip6.arpa";
}

} // namespace Mailgauge::Dns
