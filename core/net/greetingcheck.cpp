// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/greetingcheck.h"

#include "base/literals.h"

#include <array>

namespace Mailgauge::Net {

namespace {

struct Sign {
    QByteArrayView start;
    QLatin1StringView protocol;
};

constexpr std::array signs {
    Sign {"\x16\x03", "TLS"_L1}, // handshake record, RFC 8446 5.1
    Sign {"\x15\x03", "TLS"_L1}, // alert
    Sign {"HTTP/", "HTTP"_L1},
    Sign {"SSH-", "SSH"_L1},
    Sign {"* OK", "IMAP"_L1},
    Sign {"* PREAUTH", "IMAP"_L1},
    Sign {"* BYE", "IMAP"_L1},
    Sign {"+OK", "POP3"_L1},
    Sign {"-ERR", "POP3"_L1},
};

} // namespace

std::optional<Base::Error> checkGreeting(QByteArrayView firstBytes)
{
    for (const Sign &sign : signs) {
        if (!firstBytes.startsWith(sign.start))
            continue;
        const QString detail = sign.protocol == "TLS"_L1
            ? u"peer speaks TLS: this port expects TLS from the first byte"_s
            : u"peer speaks %1, not SMTP"_s.arg(sign.protocol);
        return Base::Error {Base::Error::Kind::MalformedReply, detail,
            firstBytes.first(qMin(firstBytes.size(), Base::Error::MaxEvidence)).toByteArray()};
    }
    return std::nullopt;
}

} // namespace Mailgauge::Net
