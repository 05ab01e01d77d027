// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Code points of TLS and their names, as the IANA registries have them.
#include <QByteArray>

#include <span>

namespace Mailgauge::Tls {

inline constexpr quint16 Ssl30 = 0x0300;
inline constexpr quint16 Tls10 = 0x0301;
inline constexpr quint16 Tls11 = 0x0302;
inline constexpr quint16 Tls12 = 0x0303;
inline constexpr quint16 Tls13 = 0x0304;

/// A code point and what it is called.
struct NamedCode {
    quint16 code;
    const char *name;
};

/// "SSLv3", "TLSv1", "TLSv1.1" …, as OpenSSL calls them; unknown ones as "0x7f1c".
[[nodiscard]] QByteArray versionName(quint16 version);
/// "x25519", "secp256r1" …
[[nodiscard]] QByteArray groupName(quint16 group);
/// "handshake_failure" …, "unknown" for what is no alert (RFC 8446 6).
[[nodiscard]] QByteArray alertName(quint8 description);

/// The groups that TLS 1.3 may use, the ones most used first.
[[nodiscard]] std::span<const NamedCode> tls13Groups();
/// All named groups that were ever registered for TLS up to 1.2 and are no finite field, the ones
/// most used first.
[[nodiscard]] std::span<const NamedCode> curves();
/// What may sign in TLS 1.2 and 1.3.
[[nodiscard]] std::span<const NamedCode> signatureSchemes();
/// "ecdsa_secp256r1_sha256" …
[[nodiscard]] QByteArray schemeName(quint16 scheme);

/// "0x00ff"
[[nodiscard]] QByteArray hexCode(quint16 code);

} // namespace Mailgauge::Tls
