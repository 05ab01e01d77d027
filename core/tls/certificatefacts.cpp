// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/certificatefacts.h"

#include "base/literals.h"
#include "tls/opensslptr.h"

#include <QCryptographicHash>
#include <QHostAddress>
#include <QTimeZone>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

namespace Mailgauge::Tls {

namespace {

struct GeneralNamesFree {
    void operator()(GENERAL_NAMES *names) const { GENERAL_NAMES_free(names); }
};
using GeneralNamesPtr = std::unique_ptr<GENERAL_NAMES, GeneralNamesFree>;

QByteArray sha256(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

template <typename T, typename Encode>
QByteArray toDer(T *object, Encode encode)
{
    unsigned char *data = nullptr;
    const int size = encode(object, &data);
    if (size <= 0)
        return {};
    QByteArray der(reinterpret_cast<const char *>(data), size);
    OPENSSL_free(data);
    return der;
}

// OpenSSL escapes controls of ASCII only; C1 controls, marks of direction and other line ends would
// steer a terminal or turn a line around (faults B6).
QString withoutControls(const QString &name)
{
    QString text;
    for (const char32_t c : name.toUcs4()) {
        switch (QChar::category(c)) {
        case QChar::Other_Control:
        case QChar::Other_Format:
        case QChar::Separator_Line:
        case QChar::Separator_Paragraph:
            text += u"\\u%1"_s.arg(c, 4, 16, '0'_L1);
            break;
        default:
            text += QChar::fromUcs4(c);
        }
    }
    return text;
}

QString addressText(const unsigned char *data, int size)
{
    if (size == 4) {
        return QHostAddress(
            quint32(data[0]) << 24 | quint32(data[1]) << 16 | quint32(data[2]) << 8 | data[3])
            .toString();
    }
    return size == 16 ? QHostAddress(data).toString() : QString();
}

} // namespace

QString visibleName(const unsigned char *data, int size)
{
    QString text;
    for (int i = 0; i < size; ++i) {
        if (data[i] < 0x20 || data[i] >= 0x7f)
            text += u"\\x%1"_s.arg(data[i], 2, 16, '0'_L1);
        else
            text += QLatin1Char(static_cast<char>(data[i]));
    }
    return text;
}

QString nameText(const X509_NAME *name)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return withoutControls(QString::fromUtf8(data, size));
}

QDateTime timeOf(const ASN1_TIME *time)
{
    std::tm parts {};
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1)
        return {};
    return QDateTime(QDate(parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday),
        QTime(parts.tm_hour, parts.tm_min, qMin(parts.tm_sec, 59)), QTimeZone::UTC);
}

QStringList namesOf(X509 *certificate)
{
    QStringList result;
    const GeneralNamesPtr names(static_cast<GENERAL_NAMES *>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS) {
            result.append(visibleName(
                ASN1_STRING_get0_data(name->d.dNSName), ASN1_STRING_length(name->d.dNSName)));
        } else if (name->type == GEN_IPADD) {
            const QString text = addressText(
                ASN1_STRING_get0_data(name->d.iPAddress), ASN1_STRING_length(name->d.iPAddress));
            if (!text.isEmpty())
                result.append(text);
        }
    }
    return result;
}

QString commonNameOf(X509 *certificate)
{
    const X509_NAME *name = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0)
        return {};
    const ASN1_STRING *data = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    return visibleName(ASN1_STRING_get0_data(data), ASN1_STRING_length(data));
}

QString keyTypeOf(EVP_PKEY *key)
{
    if (!key)
        return u"unknown"_s;
    const int id = EVP_PKEY_get_base_id(key);
    if (id == EVP_PKEY_EC) {
        char group[80] = {};
        if (EVP_PKEY_get_group_name(key, group, sizeof group, nullptr) == 1) {
            const char *nist = EC_curve_nid2nist(OBJ_txt2nid(group));
            return u"EC "_s + QLatin1StringView(nist ? nist : group);
        }
    }
    const auto bits = QString::number(EVP_PKEY_get_bits(key));
    switch (id) {
    case EVP_PKEY_RSA:
        return u"RSA "_s + bits;
    case EVP_PKEY_RSA_PSS:
        return u"RSA-PSS "_s + bits;
    case EVP_PKEY_DSA:
        return u"DSA "_s + bits;
    case EVP_PKEY_ED25519:
        return u"Ed25519"_s;
    case EVP_PKEY_ED448:
        return u"Ed448"_s;
    default: {
        const char *name = EVP_PKEY_get0_type_name(key);
        return QLatin1StringView(name ? name : "unknown") + u' ' + bits;
    }
    }
}

QByteArray publicKeyOf(X509 *certificate)
{
    return toDer(X509_get_X509_PUBKEY(certificate),
        [](X509_PUBKEY *x, unsigned char **out) { return i2d_X509_PUBKEY(x, out); });
}

CertificateFacts certificateFacts(X509 *certificate)
{
    CertificateFacts facts;
    facts.subject = nameText(X509_get_subject_name(certificate));
    facts.issuer = nameText(X509_get_issuer_name(certificate));
    facts.names = namesOf(certificate);
    facts.notBefore = timeOf(X509_get0_notBefore(certificate));
    facts.notAfter = timeOf(X509_get0_notAfter(certificate));
    facts.der = toDer(certificate, [](X509 *x, unsigned char **out) { return i2d_X509(x, out); });
    facts.sha256 = sha256(facts.der);
    facts.keySha256 = sha256(publicKeyOf(certificate));
    facts.keyType = keyTypeOf(X509_get0_pubkey(certificate));
    return facts;
}

Base::Result<QList<CertificateFacts>> certificatesFromPem(const QByteArray &pem)
{
    QList<CertificateFacts> result;
    const BioPtr bio(BIO_new_mem_buf(pem.constData(), static_cast<int>(pem.size())));
    while (
        const CertificatePtr certificate {PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)})
        result.append(certificateFacts(certificate.get()));
    ERR_clear_error();
    if (result.isEmpty())
        return Base::fail(Base::Error::Kind::InvalidInput, u"no certificate in PEM form"_s);
    return result;
}

CertificatePtr certificateFromDer(const QByteArray &der)
{
    const auto *data = reinterpret_cast<const unsigned char *>(der.constData());
    const unsigned char *end = data + der.size();
    CertificatePtr certificate(d2i_X509(nullptr, &data, static_cast<long>(der.size())));
    ERR_clear_error();
    if (data != end)
        return {};
    return certificate;
}

bool canBeSaved(const QList<CertificateFacts> &chain)
{
    return !chain.isEmpty() && std::ranges::none_of(chain, [](const CertificateFacts &one) {
        return one.der.isEmpty();
    });
}

QByteArray toPem(const QList<CertificateFacts> &chain)
{
    QByteArray pem;
    for (const CertificateFacts &certificate : chain) {
        const QByteArray base64 = certificate.der.toBase64();
        pem += "-----BEGIN CERTIFICATE-----\n";
        for (qsizetype at = 0; at < base64.size(); at += 64)
            pem += base64.mid(at, 64) + '\n';
        pem += "-----END CERTIFICATE-----\n";
    }
    return pem;
}

} // namespace Mailgauge::Tls
