// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/tlscodes.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Tls {

namespace {

constexpr std::array versions {
    NamedCode {Ssl30, "SSLv3"},
    NamedCode {Tls10, "TLSv1"},
    NamedCode {Tls11, "TLSv1.1"},
    NamedCode {Tls12, "TLSv1.2"},
    NamedCode {Tls13, "TLSv1.3"},
};

constexpr std::array groupsOf13 {
    NamedCode {0x001d, "x25519"},
    NamedCode {0x0017, "secp256r1"},
    NamedCode {0x11ec, "X25519MLKEM768"},
    NamedCode {0x0018, "secp384r1"},
    NamedCode {0x0019, "secp521r1"},
    NamedCode {0x001e, "x448"},
    NamedCode {0x0100, "ffdhe2048"},
    NamedCode {0x0101, "ffdhe3072"},
    NamedCode {0x0102, "ffdhe4096"},
    NamedCode {0x0103, "ffdhe6144"},
    NamedCode {0x0104, "ffdhe8192"},
    NamedCode {0x11eb, "SecP256r1MLKEM768"},
    NamedCode {0x11ed, "SecP384r1MLKEM1024"},
    NamedCode {0x0200, "MLKEM512"},
    NamedCode {0x0201, "MLKEM768"},
    NamedCode {0x0202, "MLKEM1024"},
    NamedCode {0x001f, "brainpoolP256r1tls13"},
    NamedCode {0x0020, "brainpoolP384r1tls13"},
    NamedCode {0x0021, "brainpoolP512r1tls13"},
    NamedCode {0x0029, "curveSM2"},
    NamedCode {0x0022, "GC256A"},
    NamedCode {0x0023, "GC256B"},
    NamedCode {0x0024, "GC256C"},
    NamedCode {0x0025, "GC256D"},
    NamedCode {0x0026, "GC512A"},
    NamedCode {0x0027, "GC512B"},
    NamedCode {0x0028, "GC512C"},
    NamedCode {0x6399, "X25519Kyber768Draft00"},
};

constexpr std::array ellipticCurves {
    NamedCode {0x001d, "x25519"},
    NamedCode {0x0017, "secp256r1"},
    NamedCode {0x0018, "secp384r1"},
    NamedCode {0x0019, "secp521r1"},
    NamedCode {0x001e, "x448"},
    NamedCode {0x001a, "brainpoolP256r1"},
    NamedCode {0x001b, "brainpoolP384r1"},
    NamedCode {0x001c, "brainpoolP512r1"},
    NamedCode {0x0016, "secp256k1"},
    NamedCode {0x0014, "secp224k1"},
    NamedCode {0x0015, "secp224r1"},
    NamedCode {0x0012, "secp192k1"},
    NamedCode {0x0013, "secp192r1"},
    NamedCode {0x000f, "secp160k1"},
    NamedCode {0x0010, "secp160r1"},
    NamedCode {0x0011, "secp160r2"},
    NamedCode {0x0001, "sect163k1"},
    NamedCode {0x0002, "sect163r1"},
    NamedCode {0x0003, "sect163r2"},
    NamedCode {0x0004, "sect193r1"},
    NamedCode {0x0005, "sect193r2"},
    NamedCode {0x0006, "sect233k1"},
    NamedCode {0x0007, "sect233r1"},
    NamedCode {0x0008, "sect239k1"},
    NamedCode {0x0009, "sect283k1"},
    NamedCode {0x000a, "sect283r1"},
    NamedCode {0x000b, "sect409k1"},
    NamedCode {0x000c, "sect409r1"},
    NamedCode {0x000d, "sect571k1"},
    NamedCode {0x000e, "sect571r1"},
    NamedCode {0x0029, "curveSM2"},
    NamedCode {0x0022, "GC256A"},
    NamedCode {0x0023, "GC256B"},
    NamedCode {0x0024, "GC256C"},
    NamedCode {0x0025, "GC256D"},
    NamedCode {0x0026, "GC512A"},
    NamedCode {0x0027, "GC512B"},
    NamedCode {0x0028, "GC512C"},
};

constexpr std::array alerts {
    NamedCode {0, "close_notify"},
    NamedCode {10, "unexpected_message"},
    NamedCode {20, "bad_record_mac"},
    NamedCode {21, "decryption_failed"},
    NamedCode {22, "record_overflow"},
    NamedCode {30, "decompression_failure"},
    NamedCode {40, "handshake_failure"},
    NamedCode {41, "no_certificate"},
    NamedCode {42, "bad_certificate"},
    NamedCode {43, "unsupported_certificate"},
    NamedCode {44, "certificate_revoked"},
    NamedCode {45, "certificate_expired"},
    NamedCode {46, "certificate_unknown"},
    NamedCode {47, "illegal_parameter"},
    NamedCode {48, "unknown_ca"},
    NamedCode {49, "access_denied"},
    NamedCode {50, "decode_error"},
    NamedCode {51, "decrypt_error"},
    NamedCode {60, "export_restriction"},
    NamedCode {70, "protocol_version"},
    NamedCode {71, "insufficient_security"},
    NamedCode {80, "internal_error"},
    NamedCode {86, "inappropriate_fallback"},
    NamedCode {90, "user_canceled"},
    NamedCode {100, "no_renegotiation"},
    NamedCode {109, "missing_extension"},
    NamedCode {110, "unsupported_extension"},
    NamedCode {111, "certificate_unobtainable"},
    NamedCode {112, "unrecognized_name"},
    NamedCode {113, "bad_certificate_status_response"},
    NamedCode {114, "bad_certificate_hash_value"},
    NamedCode {115, "unknown_psk_identity"},
    NamedCode {116, "certificate_required"},
    NamedCode {120, "no_application_protocol"},
};

// RFC 8446 4.2.3, RFC 8422, RFC 8734, and what TLS 1.2 had before (RFC 5246 7.4.1.4.1).
constexpr std::array schemes {
    NamedCode {0x0403, "ecdsa_secp256r1_sha256"},
    NamedCode {0x0503, "ecdsa_secp384r1_sha384"},
    NamedCode {0x0603, "ecdsa_secp521r1_sha512"},
    NamedCode {0x0807, "ed25519"},
    NamedCode {0x0808, "ed448"},
    NamedCode {0x081a, "ecdsa_brainpoolP256r1tls13_sha256"},
    NamedCode {0x081b, "ecdsa_brainpoolP384r1tls13_sha384"},
    NamedCode {0x081c, "ecdsa_brainpoolP512r1tls13_sha512"},
    NamedCode {0x0809, "rsa_pss_pss_sha256"},
    NamedCode {0x080a, "rsa_pss_pss_sha384"},
    NamedCode {0x080b, "rsa_pss_pss_sha512"},
    NamedCode {0x0804, "rsa_pss_rsae_sha256"},
    NamedCode {0x0805, "rsa_pss_rsae_sha384"},
    NamedCode {0x0806, "rsa_pss_rsae_sha512"},
    NamedCode {0x0401, "rsa_pkcs1_sha256"},
    NamedCode {0x0501, "rsa_pkcs1_sha384"},
    NamedCode {0x0601, "rsa_pkcs1_sha512"},
    NamedCode {0x0402, "dsa_sha256"},
    NamedCode {0x0502, "dsa_sha384"},
    NamedCode {0x0602, "dsa_sha512"},
    NamedCode {0x0303, "ecdsa_sha224"},
    NamedCode {0x0301, "rsa_pkcs1_sha224"},
    NamedCode {0x0203, "ecdsa_sha1"},
    NamedCode {0x0201, "rsa_pkcs1_sha1"},
    NamedCode {0x0202, "dsa_sha1"},
    NamedCode {0x0101, "rsa_pkcs1_md5"},
};

const NamedCode *find(std::span<const NamedCode> table, quint16 code)
{
    const auto at = std::ranges::find(table, code, &NamedCode::code);
    return at == table.end() ? nullptr : &*at;
}

} // namespace

QByteArray hexCode(quint16 code)
{
    return "0x" + QByteArray::number(code, 16).rightJustified(4, '0');
}

QByteArray versionName(quint16 version)
{
    const NamedCode *found = find(versions, version);
    return found ? QByteArray(found->name) : hexCode(version);
}

QByteArray groupName(quint16 group)
{
    const NamedCode *found = find(groupsOf13, group);
    if (!found)
        found = find(ellipticCurves, group);
    return found ? QByteArray(found->name) : hexCode(group);
}

QByteArray alertName(quint8 description)
{
    const NamedCode *found = find(alerts, description);
    return found ? QByteArray(found->name) : "unknown";
}

std::span<const NamedCode> tls13Groups()
{
    return groupsOf13;
}

std::span<const NamedCode> curves()
{
    return ellipticCurves;
}

std::span<const NamedCode> signatureSchemes()
{
    return schemes;
}

QByteArray schemeName(quint16 scheme)
{
    const NamedCode *found = find(schemes, scheme);
    return found ? QByteArray(found->name) : hexCode(scheme);
}

} // namespace Mailgauge::Tls
