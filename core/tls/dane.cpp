// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/dane.h"

#include "base/literals.h"
#include "tls/certificatefacts.h"
#include "tls/opensslptr.h"
#include "tls/tlsverifier.h"

#include <QCryptographicHash>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <vector>

namespace Mailgauge::Tls {

namespace {

using Kind = TlsaResult::Kind;
using Certificates = std::vector<CertificatePtr>;

constexpr int SecurityLevel = 2; // what a handshake asks of every chain

QByteArray associationOf(X509 *certificate, const QByteArray &der, const TlsaRecord &record)
{
    const QByteArray data = record.selector == 0 ? der : publicKeyOf(certificate);
    switch (record.matchingType) {
    case 1:
        return QCryptographicHash::hash(data, QCryptographicHash::Sha256);
    case 2:
        return QCryptographicHash::hash(data, QCryptographicHash::Sha512);
    default:
        return data;
    }
}

/// RFC 7671 9: of the digests for one usage and selector only the strongest counts.
bool isSuperseded(const TlsaRecord &record, const QList<TlsaRecord> &records)
{
    return record.matchingType == 1
        && std::ranges::any_of(records, [&record](const TlsaRecord &other) {
               return other.usage == record.usage && other.selector == record.selector
                   && other.matchingType == 2 && !whyUnusable(other);
           });
}

/// What is wrong with the path from the leaf to `anchor`, the only root; empty: nothing.
QString faultBelow(X509 *anchor, const Certificates &chain, const QStringList &names)
{
    const StorePtr store(X509_STORE_new());
    const VerificationPtr context(X509_STORE_CTX_new());
    STACK_OF(X509) *sent = sk_X509_new_null();
    for (const CertificatePtr &one : chain)
        sk_X509_push(sent, one.get());
    QString fault = u"out of memory"_s;
    if (store && context && X509_STORE_add_cert(store.get(), anchor) == 1
        && X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(), sent) == 1
        && X509_STORE_CTX_set_default(context.get(), "ssl_server") == 1) {
        X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(context.get());
        X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
        X509_VERIFY_PARAM_set_auth_level(rules, SecurityLevel);
        // RFC 7672 3.2.3: a common name counts where there is no other.
        X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        for (const QString &name : names) {
            const QByteArray ascii = TlsVerifier(VerifyMode::Full, name, {}).name();
            X509_VERIFY_PARAM_add1_host(
                rules, ascii.constData(), static_cast<std::size_t>(ascii.size()));
        }
        fault.clear();
        if (names.isEmpty()) { // OpenSSL would take that for "any name"
            fault = u"no name to check"_s;
        } else if (X509_verify_cert(context.get()) != 1) {
            const int error = X509_STORE_CTX_get_error(context.get());
            fault = u"depth %1: "_s.arg(X509_STORE_CTX_get_error_depth(context.get()))
                + QLatin1StringView(X509_verify_cert_error_string(error));
        }
    }
    sk_X509_free(sent);
    ERR_clear_error();
    return fault;
}

TlsaResult judge(const TlsaRecord &record, const DaneAnchors &anchors,
    const QList<CertificateFacts> &facts, const Certificates &chain)
{
    if (const auto why = whyUnusable(record))
        return {record, *why};
    if (isSuperseded(record, anchors.records))
        return {record, Kind::Superseded};
    const bool isLeaf = record.usage == 3;
    const auto end = isLeaf ? qMin<std::size_t>(chain.size(), 1) : chain.size();
    TlsaResult result {record, Kind::Differs};
    for (std::size_t i = isLeaf ? 0 : 1; i < end && result.kind != Kind::Matches; ++i) {
        const auto depth = static_cast<int>(i);
        if (associationOf(chain[i].get(), facts.at(depth).der, record) != record.association)
            continue;
        const QString fault = isLeaf ? QString() : faultBelow(chain[i].get(), chain, anchors.names);
        result = {record, fault.isEmpty() ? Kind::Matches : Kind::NotValid, depth, fault};
    }
    return result;
}

} // namespace

QList<TlsaResult> judgeTlsa(const DaneAnchors &anchors, const QList<CertificateFacts> &chain)
{
    Certificates certificates;
    for (const CertificateFacts &one : chain) {
        const auto *at = reinterpret_cast<const unsigned char *>(one.der.constData());
        certificates.emplace_back(d2i_X509(nullptr, &at, one.der.size()));
        if (!certificates.back()) { // facts from a file may claim anything
            certificates.pop_back();
            break;
        }
    }
    ERR_clear_error();
    QList<TlsaResult> results;
    for (const TlsaRecord &record : anchors.records)
        results.append(judge(record, anchors, chain, certificates));
    return results;
}

} // namespace Mailgauge::Tls
