// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/certificatemaker.h"

#include "base/literals.h"
#include "tls/opensslptr.h"

#include <QHostAddress>

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

namespace Mailgauge::Tls {

namespace {

struct Made {
    CertificatePtr certificate;
    KeyPtr key;
};

enum class Role : quint8 {
    Root,
    Leaf
};

std::unexpected<Base::Error> failed()
{
    return Base::fail(Base::Error::Kind::Io, u"certificate: "_s + takeOpenSslError());
}

bool setSerial(X509 *certificate)
{
    quint64 serial = 0;
    if (RAND_bytes(reinterpret_cast<unsigned char *>(&serial), sizeof serial) != 1)
        return false;
    return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial | 1) == 1;
}

bool setTimes(X509 *certificate, const CertificateOptions &options)
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const QDateTime from = options.notBefore.isValid() ? options.notBefore : now.addSecs(-3600);
    const QDateTime to = options.notAfter.isValid() ? options.notAfter : now.addDays(365);
    return ASN1_TIME_set(X509_getm_notBefore(certificate), from.toSecsSinceEpoch())
        && ASN1_TIME_set(X509_getm_notAfter(certificate), to.toSecsSinceEpoch());
}

bool setSubject(X509 *certificate, const QByteArray &commonName)
{
    return X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName,
               MBSTRING_UTF8, reinterpret_cast<const unsigned char *>(commonName.constData()),
               static_cast<int>(commonName.size()), -1, 0)
        == 1;
}

bool addExtension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    const bool ok = extension && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return ok;
}

GENERAL_NAME *generalName(const QByteArray &text)
{
    QHostAddress address;
    const bool isAddress = address.setAddress(QString::fromUtf8(text));
    GENERAL_NAME *name = GENERAL_NAME_new();
    if (isAddress) {
        GENERAL_NAME_set0_value(
            name, GEN_IPADD, a2i_IPADDRESS(address.toString().toLatin1().constData()));
    } else {
        ASN1_IA5STRING *string = ASN1_IA5STRING_new();
        ASN1_STRING_set(string, text.constData(), static_cast<int>(text.size()));
        GENERAL_NAME_set0_value(name, GEN_DNS, string);
    }
    return name;
}

// Built by hand and not from OpenSSL's text form, so that a name may hold any octet (tests).
bool addNames(X509 *certificate, const QByteArrayList &names)
{
    if (names.isEmpty())
        return true;
    GENERAL_NAMES *list = GENERAL_NAMES_new();
    for (const QByteArray &name : names)
        sk_GENERAL_NAME_push(list, generalName(name));
    const bool ok = X509_add1_ext_i2d(certificate, NID_subject_alt_name, list, 0, 0) == 1;
    GENERAL_NAMES_free(list);
    return ok;
}

bool addExtensions(X509 *certificate, X509 *issuer, Role role, const QByteArrayList &names)
{
    if (!addExtension(certificate, issuer, NID_subject_key_identifier, "hash"))
        return false;
    switch (role) {
    case Role::Root:
        return addExtension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE")
            && addExtension(certificate, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
    case Role::Leaf:
        return addExtension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE")
            && addExtension(certificate, issuer, NID_key_usage, "critical,digitalSignature")
            && addExtension(certificate, issuer, NID_ext_key_usage, "serverAuth,clientAuth")
            && addNames(certificate, names);
    }
    return false;
}

Base::Result<Made> make(const CertificateOptions &options, Role role, const Made *signer)
{
    Made made;
    made.key.reset(options.rsaBits > 0
            ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(options.rsaBits))
            : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    made.certificate.reset(X509_new());
    X509 *certificate = made.certificate.get();
    if (!made.key || !certificate || X509_set_version(certificate, X509_VERSION_3) != 1
        || !setSerial(certificate) || !setTimes(certificate, options)
        || !setSubject(certificate, options.commonName)
        || X509_set_pubkey(certificate, made.key.get()) != 1)
        return failed();
    X509 *issuer = signer ? signer->certificate.get() : certificate;
    EVP_PKEY *key = signer ? signer->key.get() : made.key.get();
    if (X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) != 1
        || !addExtensions(certificate, issuer, role, options.names)
        || X509_sign(certificate, key, EVP_sha256()) == 0)
        return failed();
    return made;
}

template <typename Write>
QByteArray pemOf(Write write)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    write(bio.get());
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return QByteArray(data, size);
}

QByteArray certificatePem(const Made &made)
{
    return pemOf([&made](BIO *bio) { PEM_write_bio_X509(bio, made.certificate.get()); });
}

Identity identityOf(const Made &made)
{
    return {certificatePem(made), pemOf([&made](BIO *bio) {
                PEM_write_bio_PrivateKey(
                    bio, made.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
            })};
}

} // namespace

class CertificateMaker::Private {
public:
    Made root;
};

CertificateMaker::CertificateMaker(std::unique_ptr<Private> priv)
    : d(std::move(priv))
{
}
CertificateMaker::CertificateMaker(CertificateMaker &&) noexcept = default;
CertificateMaker &CertificateMaker::operator=(CertificateMaker &&) noexcept = default;
CertificateMaker::~CertificateMaker() = default;

Base::Result<CertificateMaker> CertificateMaker::create(const CertificateOptions &root)
{
    auto made = make(root, Role::Root, nullptr);
    if (!made)
        return std::unexpected(made.error());
    return CertificateMaker(std::make_unique<Private>(std::move(*made)));
}

QByteArray CertificateMaker::caPem() const
{
    return certificatePem(d->root);
}

Base::Result<Identity> CertificateMaker::issue(const CertificateOptions &options) const
{
    auto made = make(options, Role::Leaf, &d->root);
    if (!made)
        return std::unexpected(made.error());
    return identityOf(*made);
}

Base::Result<Identity> CertificateMaker::selfSigned(const CertificateOptions &options)
{
    auto made = make(options, Role::Leaf, nullptr);
    if (!made)
        return std::unexpected(made.error());
    return identityOf(*made);
}

} // namespace Mailgauge::Tls
