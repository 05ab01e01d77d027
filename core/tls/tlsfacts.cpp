// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/tlsfacts.h"

#include <array>

namespace Mailgauge::Tls {

namespace {
constexpr std::array names {"untrusted", "selfSigned", "expired", "notYetValid", "nameMismatch",
    "weakKey", "pinMismatch", "tlsaMismatch", "other"};
static_assert(names.size() == static_cast<std::size_t>(VerifyReason::Kind::Other) + 1);
} // namespace

QByteArrayView reasonName(VerifyReason::Kind kind)
{
    return names[static_cast<std::size_t>(kind)];
}

} // namespace Mailgauge::Tls
