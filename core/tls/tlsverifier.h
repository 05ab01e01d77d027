// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Judges a peer's certificates and states what it found: the only place where a certificate error
/// is ever passed over (faults C10), and it does so by VerifyMode alone.
#include "tls/dane.h"
#include "tls/tlsfacts.h"

#include <optional>

struct x509_st;
struct x509_store_ctx_st;

namespace Mailgauge::Tls {

/// Decides about chain, name and pin apart from each other.
class TlsVerifier {
public:
    /// `name` is the host name (A-label or U-label) or address that the certificate must bear;
    /// `pin` the SHA-256 of the leaf's public key, lower-case hex. A pin that is set must match in
    /// every mode, on top of what the mode asks for; with VerifyMode::None it decides alone. `dane`
    /// judges instead of the mode, unless none of its records can be used (RFC 7672 2.2).
    TlsVerifier(
        VerifyMode mode, const QString &name, QByteArray pin, std::optional<DaneAnchors> dane = {});

    /// Runs in the handshake with the chain that was sent and the roots of the context. Fills
    /// everything but version and cipher. Never stops at the first fault.
    [[nodiscard]] TlsFacts judge(x509_store_ctx_st *context) const;

    /// The name of the certificate that fits the one wanted: "*.example.org"; nothing where none
    /// does.
    [[nodiscard]] std::optional<QString> matchedName(x509_st *leaf) const;

    /// The name as TLS wants it: IDNs as A-labels, no trailing dot, lower case.
    [[nodiscard]] const QByteArray &name() const { return m_name; }
    /// The name is an address: checked against iPAddress, never sent as SNI.
    [[nodiscard]] bool isAddress() const { return !m_address.isEmpty(); }

private:
    void judgeName(x509_st *leaf, TlsFacts &facts) const;
    void judgeTlsaRecords(TlsFacts &facts) const;
    [[nodiscard]] bool accepts(const TlsFacts &facts) const;

    VerifyMode m_mode;
    QByteArray m_name;
    QByteArray m_address; ///< 4 or 16 octets; empty for a host name.
    QByteArray m_pin;
    std::optional<DaneAnchors> m_dane;
};

/// What goes out as SNI for a host: A-labels, and nothing for an address (RFC 6066 3).
[[nodiscard]] QByteArray sniFor(const QString &host);

} // namespace Mailgauge::Tls
