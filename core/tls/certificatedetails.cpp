// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/certificatedetails.h"

#include "base/literals.h"
#include "tls/certificatefacts.h"
#include "tls/keystrength.h"
#include "tls/opensslptr.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace Mailgauge::Tls {

namespace {

// RFC 7633 4: the TLS extension status_request as a feature.
constexpr long StatusRequest = 5;

struct AccessFree {
    void operator()(AUTHORITY_INFO_ACCESS *access) const { AUTHORITY_INFO_ACCESS_free(access); }
};
struct FeaturesFree {
    void operator()(TLS_FEATURE *features) const { TLS_FEATURE_free(features); }
};

QStringList urlsOf(X509 *certificate, int method)
{
    QStringList urls;
    const std::unique_ptr<AUTHORITY_INFO_ACCESS, AccessFree> access(
        static_cast<AUTHORITY_INFO_ACCESS *>(
            X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr)));
    for (int i = 0; access && i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
        const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(access.get(), i);
        if (OBJ_obj2nid(one->method) != method || one->location->type != GEN_URI)
            continue;
        const ASN1_IA5STRING *url = one->location->d.uniformResourceIdentifier;
        urls.append(visibleName(ASN1_STRING_get0_data(url), ASN1_STRING_length(url)));
    }
    return urls;
}

bool mustStaple(X509 *certificate)
{
    const std::unique_ptr<TLS_FEATURE, FeaturesFree> features(static_cast<TLS_FEATURE *>(
        X509_get_ext_d2i(certificate, NID_tlsfeature, nullptr, nullptr)));
    for (int i = 0; features && i < sk_ASN1_INTEGER_num(features.get()); ++i) {
        if (ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features.get(), i)) == StatusRequest)
            return true;
    }
    return false;
}

} // namespace

Base::Result<CertificateDetails> certificateDetails(const QByteArray &der)
{
    const CertificatePtr certificate = certificateFromDer(der);
    if (!certificate)
        return Base::fail(Base::Error::Kind::InvalidInput, u"no certificate in DER form"_s);
    X509 *raw = certificate.get();
    CertificateDetails details;
    const ASN1_INTEGER *serial = X509_get0_serialNumber(raw);
    details.serial = QString::fromLatin1(QByteArray(
        reinterpret_cast<const char *>(ASN1_STRING_get0_data(serial)), ASN1_STRING_length(serial))
            .toHex());
    details.signatureAlgorithm = QLatin1StringView(OBJ_nid2ln(X509_get_signature_nid(raw)));
    int hash = NID_undef;
    if (X509_get_signature_info(raw, &hash, nullptr, nullptr, nullptr) == 1 && hash != NID_undef)
        details.signatureHash = QLatin1StringView(OBJ_nid2sn(hash));
    EVP_PKEY *key = X509_get0_pubkey(raw);
    details.keyBits = key ? EVP_PKEY_get_bits(key) : 0;
    details.weakKey = isWeak(key);
    details.isCa = X509_check_ca(raw) == 1;
    details.selfIssued = X509_NAME_cmp(X509_get_subject_name(raw), X509_get_issuer_name(raw)) == 0;
    details.mustStaple = mustStaple(raw);
    details.commonName = commonNameOf(raw);
    details.ocspUrls = urlsOf(raw, NID_ad_OCSP);
    details.issuerUrls = urlsOf(raw, NID_ad_ca_issuers);
    ERR_clear_error();
    return details;
}

bool isIssuedBy(const CertificateFacts &subject, const CertificateFacts &issuer)
{
    const CertificatePtr below = certificateFromDer(subject.der);
    const CertificatePtr above = certificateFromDer(issuer.der);
    const bool issued = below && above && X509_check_issued(above.get(), below.get()) == X509_V_OK
        && X509_verify(below.get(), X509_get0_pubkey(above.get())) == 1;
    ERR_clear_error();
    return issued;
}

} // namespace Mailgauge::Tls
