// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The cipher suites of TLS: a table in resources/tls, read once. Any thread.
#include <QByteArray>
#include <QList>

namespace Mailgauge::Tls {

/// How the two sides agree on a key, as far as it shapes the server's messages.
enum class KeyExchange : quint8 {
    None, ///< TLS 1.3: not a matter of the suite.
    Fixed, ///< By keys of certificates, a shared secret, Kerberos: no forward secrecy.
    Dhe,
    Ecdhe,
};

struct CipherSuite {
    quint16 code = 0;
    QByteArray name; ///< IANA's, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256".
    QByteArray openSslName; ///< Empty: none is known.
    quint16 since = 0; ///< The first version that has it, 0x0300 …
    bool registered = true; ///< False: in use, but not IANA's name for this code point.
    bool needsCredentials = false; ///< A hello must bring a user's name (SRP, ECCPWD).

    /// The suites of TLS 1.3 are apart from those of all earlier versions (RFC 8446 B.4).
    [[nodiscard]] bool isUsableIn(quint16 version) const;
    [[nodiscard]] KeyExchange keyExchange() const;
    /// The server sends a hint about a shared secret before its key (RFC 4279 2).
    [[nodiscard]] bool isPsk() const { return name.contains("_PSK_"); }
};

/// By code point.
[[nodiscard]] const QList<CipherSuite> &cipherSuites();
/// nullptr: not in the table.
[[nodiscard]] const CipherSuite *cipherSuite(quint16 code);
/// Its name, or "0x1234".
[[nodiscard]] QByteArray suiteName(quint16 code);

} // namespace Mailgauge::Tls
