// SPDX-License-Identifier: GPL-3.0-or-later
#include "sasl/saslprep.h"

#include <stringprep.h>

#include <cstdlib>
#include <cstring>
#include <memory>

namespace Mailgauge::Sasl {

namespace {

struct Free {
    void operator()(char *text) const
    {
        explicit_bzero(text, std::strlen(text)); // it may be a password
        std::free(text); // NOLINT: libidn takes it from malloc
    }
};

} // namespace

std::optional<QByteArray> saslPrep(const QByteArray &text)
{
    // The library reads up to the first NUL, which is prohibited anyway (RFC 3454 C.2.1).
    if (text.contains('\0') || !text.isValidUtf8())
        return std::nullopt;
    char *prepared = nullptr;
    const int result = stringprep_profile(
        text.constData(), &prepared, "SASLprep", static_cast<Stringprep_profile_flags>(0));
    const std::unique_ptr<char, Free> owner(prepared);
    if (result != STRINGPREP_OK)
        return std::nullopt;
    return QByteArray(prepared);
}

} // namespace Mailgauge::Sasl
