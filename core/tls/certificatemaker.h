// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Makes certificates on the spot: a root and what it signs, for the sandbox relay and for tests,
/// expired and weak ones included. Nothing of it is ever trusted by itself.
#include "base/error.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QDateTime>

#include <memory>

struct evp_pkey_st;
struct x509_st;

namespace Mailgauge::Tls {

struct CertificateOptions {
    QByteArray commonName; ///< UTF-8, at most 64 characters.
    QByteArrayList names {}; ///< Host names and addresses; empty: no subjectAltName.
    QDateTime notBefore {}; ///< Invalid: an hour ago.
    QDateTime notAfter {}; ///< Invalid: a year from now.
    int rsaBits = 0; ///< 0: EC P-256.
};

/// A certificate and its private key, PEM.
struct Identity {
    QByteArray certificatePem;
    QByteArray keyPem;
};

class CertificateMaker final {
public:
    /// A new root. Io where OpenSSL fails.
    [[nodiscard]] static Base::Result<CertificateMaker> create(const CertificateOptions &root);
    CertificateMaker(CertificateMaker &&) noexcept;
    CertificateMaker &operator=(CertificateMaker &&) noexcept;
    ~CertificateMaker();

    /// The root, to be trusted by whoever tests with it.
    [[nodiscard]] QByteArray caPem() const;
    /// A server's (and client's) certificate signed by the root.
    [[nodiscard]] Base::Result<Identity> issue(const CertificateOptions &options) const;
    /// One that nobody signed.
    [[nodiscard]] static Base::Result<Identity> selfSigned(const CertificateOptions &options);

private:
    class Private;
    explicit CertificateMaker(std::unique_ptr<Private> priv);

    std::unique_ptr<Private> d;
};

} // namespace Mailgauge::Tls
