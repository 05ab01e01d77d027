// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/keystrength.h"

#include <openssl/evp.h>

namespace Mailgauge::Tls {

bool isWeak(EVP_PKEY *key)
{
    if (!key)
        return true;
    const int bits = EVP_PKEY_get_bits(key);
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
    case EVP_PKEY_DSA:
        return bits < MinRsaBits;
    case EVP_PKEY_EC:
        return bits < MinEcBits;
    default:
        return false;
    }
}

} // namespace Mailgauge::Tls
