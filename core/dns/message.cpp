// SPDX-License-Identifier: GPL-3.0-or-later
#include "dns/message.h"

#include "dns/name.h"

#include <QtEndian>

#include <algorithm>
#include <array>

namespace Mailgauge::Dns {

namespace {

constexpr qsizetype HeaderSize = 12;
constexpr quint16 ClassIn = 1;
constexpr std::array known {Type::A, Type::Cname, Type::Ptr, Type::Mx, Type::Txt, Type::Aaaa,
    Type::Srv, Type::Tlsa, Type::Caa};

} // namespace

std::optional<Message> readMessage(QByteArrayView packet)
{
    if (packet.size() < HeaderSize)
        return {};
    const auto number = [&packet](
                            qsizetype at) { return qFromBigEndian<quint16>(packet.data() + at); };
    Message message;
    message.code = number(2) & 0x0f;
    const int questions = number(4);
    const int answers = number(6);
    qsizetype at = HeaderSize;
    for (int i = 0; i < questions; ++i) {
        if (!readName(packet, at) || at + 4 > packet.size())
            return {};
        at += 4;
    }
    for (int i = 0; i < answers; ++i) {
        auto owner = readName(packet, at);
        if (!owner || at + 10 > packet.size())
            return {};
        const quint16 type = number(at);
        const quint16 recordClass = number(at + 2);
        const auto ttl = qFromBigEndian<quint32>(packet.data() + at + 4);
        const qsizetype length = number(at + 8);
        at += 10;
        if (length > packet.size() - at)
            return {};
        const bool wanted = recordClass == ClassIn && std::ranges::any_of(known, [type](Type one) {
            return type == static_cast<quint16>(one);
        });
        if (wanted && message.answers.size() >= Message::MaxRecords) {
            message.cut = true;
        } else if (wanted) {
            if (auto data = readRecordData(static_cast<Type>(type), packet, at, length))
                message.answers.append(
                    {std::move(*owner), static_cast<Type>(type), ttl, std::move(*data)});
            else
                ++message.malformed;
        }
        at += length;
    }
    return message;
}

} // namespace Mailgauge::Dns
