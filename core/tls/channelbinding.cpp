// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/channelbinding.h"

#include "base/literals.h"

#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <string_view>

namespace Mailgauge::Tls {

namespace {

/// RFC 9266 2: 32 octets, the context is there and empty.
QByteArray exported(SSL *ssl)
{
    static constexpr std::string_view Label = "EXPORTER-Channel-Binding";
    static constexpr std::array<unsigned char, 1> Context {};
    QByteArray value(32, Qt::Uninitialized);
    const int done = SSL_export_keying_material(ssl,
        reinterpret_cast<unsigned char *>(value.data()), static_cast<std::size_t>(value.size()),
        Label.data(), Label.size(), Context.data(), 0, 1);
    return done == 1 ? value : QByteArray();
}

/// RFC 5929 3.1: the first Finished message; in a resumed session the server's comes first.
QByteArray firstFinished(SSL *ssl)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes {};
    const bool ours = (SSL_is_server(ssl) == 0) != (SSL_session_reused(ssl) == 1);
    const std::size_t size = ours ? SSL_get_finished(ssl, bytes.data(), bytes.size())
                                  : SSL_get_peer_finished(ssl, bytes.data(), bytes.size());
    return {reinterpret_cast<const char *>(bytes.data()), static_cast<qsizetype>(size)};
}

/// RFC 5929 4.1: the certificate's hash by its signature's own algorithm, SHA-256 instead of MD5
/// and SHA-1; empty where the signature has none (Ed25519).
QByteArray endPoint(const X509 *certificate)
{
    int nid = NID_undef;
    if (!certificate
        || X509_get_signature_info(const_cast<X509 *>(certificate), &nid, nullptr, nullptr, nullptr)
            != 1)
        return {};
    if (nid == NID_md5 || nid == NID_sha1)
        nid = NID_sha256;
    const EVP_MD *hash = EVP_get_digestbynid(nid);
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes {};
    unsigned int size = 0;
    if (!hash || X509_digest(certificate, hash, bytes.data(), &size) != 1)
        return {};
    return {reinterpret_cast<const char *>(bytes.data()), static_cast<qsizetype>(size)};
}

} // namespace

QList<Base::ChannelBinding> channelBindingsOf(SSL *ssl)
{
    QList<Base::ChannelBinding> bindings;
    const auto add = [&bindings](const QByteArray &type, const QByteArray &data) {
        if (!data.isEmpty())
            bindings.append({type, data});
    };
    const bool old = SSL_version(ssl) < TLS1_3_VERSION;
    const bool unique = !old || SSL_get_extms_support(ssl) == 1;
    if (old && unique)
        add("tls-unique"_ba, firstFinished(ssl));
    if (unique)
        add("tls-exporter"_ba, exported(ssl));
    add("tls-server-end-point"_ba,
        endPoint(
            SSL_is_server(ssl) == 1 ? SSL_get_certificate(ssl) : SSL_get0_peer_certificate(ssl)));
    return bindings;
}

} // namespace Mailgauge::Tls
