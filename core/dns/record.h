// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QHostAddress>

#include <optional>
#include <variant>

namespace Mailgauge::Dns {

enum class Type : quint16 {
    A = 1,
    Cname = 5,
    Ptr = 12,
    Mx = 15,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Tlsa = 52,
    Caa = 257,
};

/// "A", "MX" …
[[nodiscard]] QByteArray typeName(Type type);

struct Mx {
    quint16 preference = 0;
    QByteArray exchange; ///< "." in a null MX (RFC 7505).
    bool operator==(const Mx &) const = default;
};

struct Srv {
    quint16 priority = 0;
    quint16 weight = 0;
    quint16 port = 0;
    QByteArray target; ///< ".": decidedly no such service (RFC 2782).
    bool operator==(const Srv &) const = default;
};

/// RFC 6698 2.1; the numbers are as published, known or not.
struct Tlsa {
    quint8 usage = 0;
    quint8 selector = 0;
    quint8 matchingType = 0;
    QByteArray association;
    bool operator==(const Tlsa &) const = default;
};

/// RFC 8659 4.1, as published.
struct Caa {
    static constexpr quint8 Critical = 0x80; ///< Of `flags`: who does not know the tag must not go
                                             ///< on.
    quint8 flags = 0;
    QByteArray tag; ///< Letters and digits; differs by case in nothing.
    QByteArray value;
    bool operator==(const Caa &) const = default;
};

struct Txt {
    QByteArrayList strings;
    /// As SPF, DKIM and all others read it: put together without anything between (RFC 7208 3.3).
    [[nodiscard]] QByteArray joined() const { return strings.join(); }
    bool operator==(const Txt &) const = default;
};

/// PTR or CNAME.
struct NameData {
    QByteArray name;
    bool operator==(const NameData &) const = default;
};

using RecordData = std::variant<QHostAddress, Mx, Srv, Tlsa, Caa, Txt, NameData>;

struct Record {
    QByteArray owner;
    Type type = Type::A;
    quint32 ttl = 0;
    RecordData data;
    bool operator==(const Record &) const = default;
};

/// The data of one record at [offset, offset + length) of a message. Nothing where it is not what
/// its type demands: too short, too long, a name that leaves it (faults A5).
[[nodiscard]] std::optional<RecordData> readRecordData(
    Type type, QByteArrayView message, qsizetype offset, qsizetype length);

/// As a zone file has it, on one line: "10 mx.example.org".
[[nodiscard]] QByteArray toText(const RecordData &data);

} // namespace Mailgauge::Dns
