// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/tlsverifier.h"

#include "base/literals.h"
#include "tls/certificatefacts.h"
#include "tls/keystrength.h"
#include "tls/opensslptr.h"

#include <QHostAddress>
#include <QUrl>

#include <openssl/x509v3.h>

#include <utility>

namespace Mailgauge::Tls {

namespace {

using Kind = VerifyReason::Kind;

Kind kindOf(int error)
{
    switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_REJECTED:
        return Kind::Untrusted;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        return Kind::SelfSigned;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return Kind::Expired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return Kind::NotYetValid;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
        return Kind::WeakKey;
    default:
        return Kind::Other;
    }
}

void addReason(QList<VerifyReason> &reasons, VerifyReason reason)
{
    for (const VerifyReason &known : std::as_const(reasons)) {
        // OpenSSL tells an unknown root in up to three ways for the same certificate.
        if (known.kind == reason.kind && known.depth == reason.depth && reason.kind != Kind::Other)
            return;
    }
    reasons.append(std::move(reason));
}

QString detailOf(int error, X509 *certificate)
{
    switch (kindOf(error)) {
    case Kind::Expired:
        return timeOf(X509_get0_notAfter(certificate)).toString(Qt::ISODate);
    case Kind::NotYetValid:
        return timeOf(X509_get0_notBefore(certificate)).toString(Qt::ISODate);
    case Kind::Untrusted:
        return nameText(X509_get_issuer_name(certificate));
    case Kind::SelfSigned:
        return nameText(X509_get_subject_name(certificate));
    case Kind::NameMismatch:
    case Kind::WeakKey:
    case Kind::PinMismatch:
    case Kind::TlsaMismatch:
    case Kind::Other:
        break;
    }
    return QLatin1StringView(X509_verify_cert_error_string(error));
}

int exDataIndex()
{
    static const int index = X509_STORE_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

// Notes every fault and goes on, so that all of them are known at the end.
int recordFault(int ok, X509_STORE_CTX *context)
{
    if (ok == 1)
        return 1;
    auto *reasons = static_cast<QList<VerifyReason> *>(
        X509_STORE_CTX_get_ex_data(context, exDataIndex()));
    const int error = X509_STORE_CTX_get_error(context);
    X509 *certificate = X509_STORE_CTX_get_current_cert(context);
    // A later check would take an error that is still set for its own and keep silent.
    X509_STORE_CTX_set_error(context, X509_V_OK);
    if (!certificate) { // no certificate is at fault: out of memory, a bad call
        addReason(*reasons,
            {Kind::Other, X509_STORE_CTX_get_error_depth(context),
                QLatin1StringView(X509_verify_cert_error_string(error))});
        return 1;
    }
    addReason(*reasons,
        {kindOf(error), X509_STORE_CTX_get_error_depth(context), detailOf(error, certificate)});
    return 1;
}

QByteArray asciiName(const QString &name)
{
    QString text = name.trimmed();
    if (text.endsWith('.'_L1))
        text.chop(1);
    const QByteArray ace = QUrl::toAce(text);
    return ace.isEmpty() ? text.toUtf8().toLower() : ace.toLower();
}

QByteArray addressOctets(const QString &text)
{
    QHostAddress address;
    if (!address.setAddress(text))
        return {};
    if (address.protocol() == QAbstractSocket::IPv4Protocol) {
        const quint32 v4 = address.toIPv4Address();
        const char octets[] = {static_cast<char>(v4 >> 24), static_cast<char>(v4 >> 16),
            static_cast<char>(v4 >> 8), static_cast<char>(v4)};
        return QByteArray(octets, sizeof octets);
    }
    const Q_IPV6ADDR v6 = address.toIPv6Address();
    return QByteArray(reinterpret_cast<const char *>(v6.c), sizeof v6.c);
}

bool isAmong(const X509 *certificate, const STACK_OF(X509) * path)
{
    for (int i = 0; i < sk_X509_num(path); ++i) {
        if (X509_cmp(sk_X509_value(path, i), certificate) == 0)
            return true;
    }
    return false;
}

} // namespace

TlsVerifier::TlsVerifier(
    VerifyMode mode, const QString &name, QByteArray pin, std::optional<DaneAnchors> dane)
    : m_mode(mode)
    , m_name(asciiName(name))
    , m_address(addressOctets(name))
    , m_pin(std::move(pin).toLower())
    , m_dane(std::move(dane))
{
}

std::optional<QString> TlsVerifier::matchedName(X509 *leaf) const
{
    // RFC 9525 6.3: the common name is no longer looked at; partial wildcards never match.
    constexpr unsigned flags = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
        | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    if (isAddress()) {
        const bool matches = X509_check_ip(leaf,
                                 reinterpret_cast<const unsigned char *>(m_address.constData()),
                                 static_cast<std::size_t>(m_address.size()), 0)
            == 1;
        return matches ? std::optional(QString::fromUtf8(m_name)) : std::nullopt;
    }
    // A leading dot would ask OpenSSL for "any host below".
    if (m_name.isEmpty() || m_name.startsWith('.') || m_name.contains('\0'))
        return std::nullopt;
    char *matched = nullptr;
    if (X509_check_host(
            leaf, m_name.constData(), static_cast<std::size_t>(m_name.size()), flags, &matched)
        != 1)
        return std::nullopt;
    const QString name = QString::fromUtf8(matched);
    OPENSSL_free(matched);
    return name;
}

void TlsVerifier::judgeName(X509 *leaf, TlsFacts &facts) const
{
    facts.nameMatches = matchedName(leaf).has_value();
    if (facts.nameMatches)
        return;
    const QStringList names = namesOf(leaf);
    QString found = names.mid(0, 20).join(u", "_s);
    if (names.size() > 20)
        found += u", … (%1 names)"_s.arg(names.size());
    if (names.isEmpty())
        found = u"no subjectAltName, CN=%1"_s.arg(commonNameOf(leaf));
    addReason(facts.reasons, {Kind::NameMismatch, 0, found});
}

void TlsVerifier::judgeTlsaRecords(TlsFacts &facts) const
{
    if (!m_dane)
        return;
    facts.tlsa = judgeTlsa(*m_dane, facts.chain);
    if (!isAnyUsable(m_dane->records) || isAnyMatching(facts.tlsa))
        return;
    addReason(facts.reasons, {Kind::TlsaMismatch, 0, describe(facts.tlsa)});
}

bool TlsVerifier::accepts(const TlsFacts &facts) const
{
    if (m_dane && isAnyUsable(m_dane->records))
        return isAnyMatching(facts.tlsa);
    switch (m_mode) {
    case VerifyMode::Full:
        return facts.chainTrusted && facts.nameMatches;
    case VerifyMode::Chain:
        return facts.chainTrusted;
    case VerifyMode::Name:
        return facts.nameMatches;
    case VerifyMode::None:
        return true;
    }
    Q_UNREACHABLE_RETURN(false);
}

TlsFacts TlsVerifier::judge(X509_STORE_CTX *context) const
{
    TlsFacts facts;
    facts.serverName = QString::fromUtf8(m_name);
    X509 *leaf = X509_STORE_CTX_get0_cert(context);
    if (!leaf)
        return facts;

    X509_STORE_CTX_set_ex_data(context, exDataIndex(), &facts.reasons);
    X509_STORE_CTX_set_verify_cb(context, recordFault);
    const int verified = X509_verify_cert(context);
    X509_STORE_CTX_set_ex_data(context, exDataIndex(), nullptr);

    const STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(context);
    const STACK_OF(X509) *path = X509_STORE_CTX_get0_chain(context);
    for (int i = 0; i < sk_X509_num(sent); ++i) {
        X509 *certificate = sk_X509_value(sent, i);
        facts.chain.append(certificateFacts(certificate));
        // Judged here too because a lower security level must not hide it.
        // What was sent beside a path that holds proves nothing, weak or strong.
        const bool counts = verified != 1 || isAmong(certificate, path);
        if (EVP_PKEY *key = X509_get0_pubkey(certificate); counts && isWeak(key))
            addReason(facts.reasons, {Kind::WeakKey, i, keyTypeOf(key)});
    }
    facts.chainTrusted = verified == 1 && facts.reasons.isEmpty();
    judgeName(leaf, facts);

    const bool pinned = m_pin.isEmpty() || facts.chain.constFirst().keySha256 == m_pin;
    if (!pinned) {
        addReason(facts.reasons,
            {Kind::PinMismatch, 0, QString::fromLatin1(facts.chain.constFirst().keySha256)});
    }
    judgeTlsaRecords(facts);
    facts.accepted = pinned && accepts(facts);
    return facts;
}

QByteArray sniFor(const QString &host)
{
    const TlsVerifier sent(VerifyMode::None, host, {});
    return sent.isAddress() ? QByteArray() : sent.name();
}

} // namespace Mailgauge::Tls
