// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/error.h"

#include <utility>

namespace Mailgauge::Base {

QByteArrayView kindName(Error::Kind kind)
{
    switch (kind) {
    case Error::Kind::Resolve:
        return "resolve";
    case Error::Kind::Connect:
        return "connect";
    case Error::Kind::TlsHandshake:
        return "tlsHandshake";
    case Error::Kind::Timeout:
        return "timeout";
    case Error::Kind::ConnectionClosed:
        return "connectionClosed";
    case Error::Kind::MalformedReply:
        return "malformedReply";
    case Error::Kind::ReplyTooLong:
        return "replyTooLong";
    case Error::Kind::InvalidInput:
        return "invalidInput";
    case Error::Kind::Io:
        return "io";
    case Error::Kind::Full:
        return "full";
    case Error::Kind::Corrupt:
        return "corrupt";
    case Error::Kind::Denied:
        return "denied";
    case Error::Kind::Cancelled:
        return "cancelled";
    case Error::Kind::Unsupported:
        return "unsupported";
    }
    Q_UNREACHABLE_RETURN("");
}

std::unexpected<Error> fail(Error::Kind kind, QString detail, QByteArray evidence)
{
    evidence.truncate(qMin(evidence.size(), Error::MaxEvidence));
    return std::unexpected(Error {kind, std::move(detail), std::move(evidence)});
}

bool isTemporary(const Error &error)
{
    return error.detail.startsWith(temporaryPrefix);
}

} // namespace Mailgauge::Base
