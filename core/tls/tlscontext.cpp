// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/tlscontext.h"

#include "base/literals.h"
#include "tls/roots.h"

#include <QFile>

#include <openssl/err.h>
#include <openssl/pem.h>

#include <optional>

namespace Mailgauge::Tls {

namespace {

using ErrorKind = Base::Error::Kind;

std::optional<int> versionNumber(const QByteArray &version)
{
    if (version.isEmpty())
        return 0;
    if (version == "1.0")
        return TLS1_VERSION;
    if (version == "1.1")
        return TLS1_1_VERSION;
    if (version == "1.2")
        return TLS1_2_VERSION;
    if (version == "1.3")
        return TLS1_3_VERSION;
    return std::nullopt;
}

// OpenSSL would ask for the passphrase on the terminal.
int noPassphrase(char *, int, int, void *)
{
    return -1;
}

Base::Result<ContextPtr> newContext(
    const SSL_METHOD *method, const QByteArray &minVersion, const QByteArray &maxVersion)
{
    const std::optional<int> min = versionNumber(minVersion);
    const std::optional<int> max = versionNumber(maxVersion);
    if (!min || !max) {
        return Base::fail(ErrorKind::InvalidInput,
            u"no TLS version: "_s + QString::fromUtf8(min ? maxVersion : minVersion));
    }
    ContextPtr context(SSL_CTX_new(method));
    if (!context)
        return Base::fail(ErrorKind::Io, u"TLS: "_s + takeOpenSslError());
    // The default is never below 1.2, even where openssl.cnf says so.
    if (SSL_CTX_set_min_proto_version(context.get(), *min == 0 ? TLS1_2_VERSION : *min) != 1
        || SSL_CTX_set_max_proto_version(context.get(), *max) != 1
        || (*max != 0 && *max < (*min == 0 ? TLS1_2_VERSION : *min))) {
        ERR_clear_error();
        return Base::fail(ErrorKind::InvalidInput, u"TLS versions leave none to use"_s);
    }
    SSL_CTX_set_options(context.get(),
        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION
            | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_keylog_callback(context.get(), nullptr);
    SSL_CTX_set_default_passwd_cb(context.get(), noPassphrase);
    return context;
}

Base::Result<void> addRoots(SSL_CTX *context, const QByteArray &pem)
{
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    const BioPtr bio(BIO_new_mem_buf(pem.constData(), static_cast<int>(pem.size())));
    int added = 0;
    while (const CertificatePtr root {PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)})
        added += X509_STORE_add_cert(store, root.get());
    ERR_clear_error();
    if (added == 0)
        return Base::fail(ErrorKind::InvalidInput, u"no certificate in PEM form"_s);
    return {};
}

Base::Result<void> addRootsFrom(SSL_CTX *context, const QString &path)
{
    const auto pem = readRoots(path);
    if (!pem)
        return std::unexpected(pem.error());
    if (auto added = addRoots(context, *pem); !added)
        return Base::fail(added.error().kind, path + u": "_s + added.error().detail);
    return {};
}

/// `what` is what the user chose by it.
Base::Result<void> choose(bool taken, const QString &what, const QByteArray &list)
{
    if (taken)
        return {};
    ERR_clear_error();
    return Base::fail(
        ErrorKind::InvalidInput, u"no such %1: %2"_s.arg(what, QString::fromUtf8(list)));
}

Base::Result<void> chooseAlgorithms(SSL_CTX *context, const ClientOptions &options)
{
    const QByteArray &ciphers = options.ciphers;
    const QByteArray &suites = options.cipherSuites;
    const QByteArray &groups = options.groups;
    const QByteArray &schemes = options.signatureAlgorithms;
    return choose(ciphers.isEmpty() || SSL_CTX_set_cipher_list(context, ciphers.constData()) == 1,
        u"ciphers"_s, ciphers)
        .and_then([&] {
            return choose(
                suites.isEmpty() || SSL_CTX_set_ciphersuites(context, suites.constData()) == 1,
                u"cipher suites of TLS 1.3"_s, suites);
        })
        .and_then([&] {
            return choose(
                groups.isEmpty() || SSL_CTX_set1_groups_list(context, groups.constData()) == 1,
                u"groups"_s, groups);
        })
        .and_then([&] {
            return choose(
                schemes.isEmpty() || SSL_CTX_set1_sigalgs_list(context, schemes.constData()) == 1,
                u"signature algorithms"_s, schemes);
        });
}

Base::Result<void> useClientCertificate(SSL_CTX *context, const ClientOptions &options)
{
    const QByteArray certificate = QFile::encodeName(options.certificateFile);
    const QByteArray key = options.keyFile.isEmpty() ? certificate
                                                     : QFile::encodeName(options.keyFile);
    if (SSL_CTX_use_certificate_chain_file(context, certificate.constData()) != 1) {
        return Base::fail(ErrorKind::InvalidInput,
            u"client certificate %1: %2"_s.arg(options.certificateFile, takeOpenSslError()));
    }
    if (SSL_CTX_use_PrivateKey_file(context, key.constData(), SSL_FILETYPE_PEM) != 1
        || SSL_CTX_check_private_key(context) != 1) {
        return Base::fail(ErrorKind::InvalidInput,
            u"client key %1: %2"_s.arg(QFile::decodeName(key), takeOpenSslError()));
    }
    return {};
}

bool belowTls12(const QByteArray &version)
{
    return version == "1.0" || version == "1.1";
}

} // namespace

bool isOrdered(const QByteArray &minVersion, const QByteArray &maxVersion)
{
    return (minVersion.isEmpty() ? "1.2"_ba : minVersion)
        <= (maxVersion.isEmpty() ? "1.3"_ba : maxVersion);
}

QString takeOpenSslError()
{
    const unsigned long code = ERR_peek_last_error();
    const char *reason = code ? ERR_reason_error_string(code) : nullptr;
    const QString text = reason ? QString(QLatin1StringView(reason))
                                : u"error %1"_s.arg(code, 0, 16);
    ERR_clear_error();
    return text;
}

Base::Result<ContextPtr> clientContext(const ClientOptions &options)
{
    auto context = newContext(TLS_client_method(), options.minVersion, options.maxVersion);
    if (!context)
        return context;
    SSL_CTX *raw = context->get();
    // OpenSSL 3 refuses TLS 1.0 and 1.1 altogether above level 0; weak keys are judged by us.
    if (belowTls12(options.minVersion))
        SSL_CTX_set_security_level(raw, 0);
    if (auto chosen = chooseAlgorithms(raw, options); !chosen)
        return std::unexpected(chosen.error());
    if (options.requestTicket)
        SSL_CTX_clear_options(raw, SSL_OP_NO_TICKET);
    if (options.requestStaple)
        SSL_CTX_set_tlsext_status_type(raw, TLSEXT_STATUSTYPE_ocsp);
    // Permissive: whatever comes, the handshake goes on.
    if (options.requestTimestamps && SSL_CTX_enable_ct(raw, SSL_CT_VALIDATION_PERMISSIVE) != 1)
        return Base::fail(ErrorKind::Io, u"TLS: "_s + takeOpenSslError());
    if (options.caFile.isEmpty()) {
        SSL_CTX_set_default_verify_paths(raw);
        ERR_clear_error();
    } else if (auto added = addRootsFrom(raw, options.caFile); !added) {
        return std::unexpected(added.error());
    }
    if (!options.caPem.isEmpty()) {
        if (auto added = addRoots(raw, options.caPem); !added)
            return std::unexpected(added.error());
    }
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(raw), X509_V_FLAG_PARTIAL_CHAIN);
    if (!options.certificateFile.isEmpty()) {
        if (auto used = useClientCertificate(raw, options); !used)
            return std::unexpected(used.error());
    }
    return context;
}

Base::Result<ContextPtr> serverContext(const ServerOptions &options)
{
    auto context = newContext(TLS_server_method(), options.minVersion, options.maxVersion);
    if (!context)
        return context;
    SSL_CTX *raw = context->get();
    // A relay that plays scenarios must be able to show weak keys and old versions.
    SSL_CTX_set_security_level(raw, 0);
    SSL_CTX_set_num_tickets(raw, 0);

    const BioPtr chain(BIO_new_mem_buf(
        options.certificatePem.constData(), static_cast<int>(options.certificatePem.size())));
    const CertificatePtr leaf(PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr));
    const BioPtr keyBio(
        BIO_new_mem_buf(options.keyPem.constData(), static_cast<int>(options.keyPem.size())));
    const KeyPtr key(PEM_read_bio_PrivateKey(keyBio.get(), nullptr, noPassphrase, nullptr));
    if (!leaf || !key || SSL_CTX_use_certificate(raw, leaf.get()) != 1
        || SSL_CTX_use_PrivateKey(raw, key.get()) != 1) {
        return Base::fail(
            ErrorKind::InvalidInput, u"server certificate or key: "_s + takeOpenSslError());
    }
    while (const CertificatePtr further {PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr)})
        SSL_CTX_add1_chain_cert(raw, further.get());
    ERR_clear_error();
    if (!options.clientCaPem.isEmpty()) {
        if (auto added = addRoots(raw, options.clientCaPem); !added)
            return std::unexpected(added.error());
        SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
    return context;
}

} // namespace Mailgauge::Tls
