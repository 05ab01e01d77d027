// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/expectation.h"

#include <algorithm>

namespace Mailgauge::Smtp {

bool isHopedFor(Stage stage, QByteArrayView line)
{
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    if (line.size() < 3 || !std::ranges::all_of(line.first(3), isDigit)
        || (line.size() > 3 && line[3] != ' ' && line[3] != '-'))
        return false;
    const int code = line.first(3).toInt();
    switch (stage) {
    case Stage::Data:
        return code / 100 == 3;
    case Stage::Auth:
        return code / 100 == 2 || code == 334;
    case Stage::Dot:
        return code / 100 == 2 || code == 353;
    case Stage::Resolve:
    case Stage::Connect:
    case Stage::Proxy:
    case Stage::Greeting:
    case Stage::Helo:
    case Stage::StartTls:
    case Stage::Tls:
    case Stage::Mail:
    case Stage::Rcpt:
    case Stage::Content: // BDAT
    case Stage::Rset:
    case Stage::Quit:
        return code / 100 == 2;
    }
    Q_UNREACHABLE_RETURN(false);
}

} // namespace Mailgauge::Smtp
