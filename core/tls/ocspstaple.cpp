// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/ocspstaple.h"

#include "base/literals.h"
#include "tls/certificatefacts.h"
#include "tls/opensslptr.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>

#include <algorithm>
#include <array>

namespace Mailgauge::Tls {

namespace {

using State = OcspStaple::State;

constexpr std::array stateNames {
    "good", "revoked", "unknown", "otherCertificate", "noAnswer", "unreadable"};
static_assert(stateNames.size() == static_cast<std::size_t>(State::Unreadable) + 1);

using ResponsePtr = std::unique_ptr<OCSP_RESPONSE, OpenSslFree<OCSP_RESPONSE_free>>;
using BasicPtr = std::unique_ptr<OCSP_BASICRESP, OpenSslFree<OCSP_BASICRESP_free>>;
using CertIdPtr = std::unique_ptr<OCSP_CERTID, OpenSslFree<OCSP_CERTID_free>>;

QString responderOf(const OCSP_BASICRESP *basic)
{
    const ASN1_OCTET_STRING *keyHash = nullptr;
    const X509_NAME *name = nullptr;
    if (OCSP_resp_get0_id(basic, &keyHash, &name) != 1)
        return {};
    if (name)
        return nameText(name);
    return QString::fromLatin1(QByteArray(
        reinterpret_cast<const char *>(ASN1_STRING_get0_data(keyHash)), ASN1_STRING_length(keyHash))
            .toHex());
}

// The answer about this certificate. Responders may hash the issuer by any algorithm (RFC 6960
// 4.1.1); without the issuer only the serial number can be compared.
OCSP_SINGLERESP *answerAbout(OCSP_BASICRESP *basic, X509 *leaf, X509 *issuer)
{
    for (int i = 0; i < OCSP_resp_count(basic); ++i) {
        OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
        // The function wants to change nothing, but its signature does not say so.
        auto *id = const_cast<OCSP_CERTID *>(OCSP_SINGLERESP_get0_id(single));
        ASN1_OBJECT *algorithm = nullptr;
        ASN1_INTEGER *serial = nullptr;
        if (OCSP_id_get0_info(nullptr, &algorithm, nullptr, &serial, id) != 1
            || ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(leaf)) != 0)
            continue;
        if (!issuer)
            return single;
        const EVP_MD *hash = EVP_get_digestbyobj(algorithm);
        const CertIdPtr own(hash ? OCSP_cert_to_id(hash, leaf, issuer) : nullptr);
        if (own && OCSP_id_cmp(own.get(), id) == 0)
            return single;
    }
    return nullptr;
}

void readAnswer(OCSP_SINGLERESP *single, OcspStaple &staple)
{
    int reason = -1;
    ASN1_GENERALIZEDTIME *revoked = nullptr;
    ASN1_GENERALIZEDTIME *from = nullptr;
    ASN1_GENERALIZEDTIME *until = nullptr;
    switch (OCSP_single_get0_status(single, &reason, &revoked, &from, &until)) {
    case V_OCSP_CERTSTATUS_GOOD:
        staple.state = State::Good;
        break;
    case V_OCSP_CERTSTATUS_REVOKED:
        staple.state = State::Revoked;
        staple.revokedAt = timeOf(revoked);
        if (reason >= 0)
            staple.revocationReason = OCSP_crl_reason_str(reason);
        break;
    default:
        staple.state = State::Unknown;
        break;
    }
    staple.thisUpdate = timeOf(from);
    staple.nextUpdate = timeOf(until);
}

// By the issuer itself or by a responder that it appointed (RFC 6960 4.2.2.2): whether the issuer
// is to be trusted is a question of the chain.
void verify(OCSP_BASICRESP *basic, X509 *issuer, OcspStaple &staple)
{
    if (!issuer) {
        staple.verifyError = u"the issuer's certificate is not known"_s;
        return;
    }
    const StorePtr store(X509_STORE_new());
    STACK_OF(X509) *known = sk_X509_new_null();
    if (store && known && X509_STORE_add_cert(store.get(), issuer) == 1
        && sk_X509_push(known, issuer) > 0) {
        X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
        staple.verified = OCSP_basic_verify(basic, known, store.get(), 0) == 1;
    }
    sk_X509_free(known);
    if (!staple.verified)
        staple.verifyError = takeOpenSslError();
}

} // namespace

QByteArrayView stapleStateName(OcspStaple::State state)
{
    return stateNames[static_cast<std::size_t>(state)];
}

std::optional<OcspStaple::State> stapleStateFromName(QByteArrayView name)
{
    const auto *at = std::ranges::find_if(
        stateNames, [name](const char *one) { return name == QByteArrayView(one); });
    if (at == stateNames.end())
        return std::nullopt;
    return static_cast<State>(at - stateNames.begin());
}

OcspStaple judgeStaple(const QByteArray &response, const QList<CertificateFacts> &path)
{
    OcspStaple staple;
    staple.size = response.size();
    const auto *data = reinterpret_cast<const unsigned char *>(response.constData());
    const ResponsePtr parsed(d2i_OCSP_RESPONSE(nullptr, &data, static_cast<long>(response.size())));
    const CertificatePtr leaf = path.isEmpty() ? nullptr : certificateFromDer(path[0].der);
    if (!parsed || !leaf) {
        ERR_clear_error();
        return staple;
    }
    const int status = OCSP_response_status(parsed.get());
    staple.responseStatus = OCSP_response_status_str(status);
    staple.state = State::NoAnswer;
    if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return staple;
    const BasicPtr basic(OCSP_response_get1_basic(parsed.get()));
    if (!basic) {
        ERR_clear_error();
        staple.state = State::Unreadable;
        return staple;
    }
    CertificatePtr issuer = path.size() > 1 ? certificateFromDer(path[1].der) : nullptr;
    if (!issuer && path[0].subject == path[0].issuer)
        issuer = certificateFromDer(path[0].der);
    staple.responder = responderOf(basic.get());
    staple.producedAt = timeOf(OCSP_resp_get0_produced_at(basic.get()));
    if (OCSP_SINGLERESP *single = answerAbout(basic.get(), leaf.get(), issuer.get()))
        readAnswer(single, staple);
    else
        staple.state = State::OtherCertificate;
    verify(basic.get(), issuer.get(), staple);
    ERR_clear_error();
    return staple;
}

} // namespace Mailgauge::Tls
