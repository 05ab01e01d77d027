// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/clienthello.h"

#include "base/literals.h"
#include "tls/opensslptr.h"
#include "tls/tlscodes.h"
#include "tls/wire.h"

#include <openssl/err.h>
#include <openssl/rand.h>

namespace Mailgauge::Tls {

namespace {

using ErrorKind = Base::Error::Kind;

constexpr qsizetype MaxRecord = 16 * 1024;
// RFC 5746 3.3: says what an empty renegotiation_info says, and to SSL 3.0 too.
constexpr quint16 RenegotiationScsv = 0x00ff;

QByteArray randomOctets(int count)
{
    QByteArray octets(count, '\0');
    RAND_bytes(reinterpret_cast<unsigned char *>(octets.data()), count);
    return octets;
}

QByteArray extension(ExtensionType type, const QByteArray &data)
{
    QByteArray bytes;
    putNumber(bytes, std::to_underlying(type), 2);
    return bytes + vectorOf(data, 2);
}

QByteArray numbers(const QList<quint16> &codes)
{
    QByteArray bytes;
    for (const quint16 code : codes)
        putNumber(bytes, code, 2);
    return bytes;
}

QByteArray extensionsOf(const ClientHello &hello)
{
    QByteArray bytes;
    if (!hello.serverName.isEmpty()) // RFC 6066 3: a list of one host_name(0)
        bytes += extension(
            ExtensionType::ServerName, vectorOf('\0' + vectorOf(hello.serverName, 2), 2));
    if (hello.version < Tls13)
        bytes += extension(ExtensionType::ExtendedMasterSecret, {});
    if (!hello.groups.isEmpty())
        bytes += extension(ExtensionType::SupportedGroups, vectorOf(numbers(hello.groups), 2));
    if (!hello.groups.isEmpty() && hello.version < Tls13)
        bytes += extension(ExtensionType::PointFormats, vectorOf(QByteArrayView("\0", 1), 1));
    if (!hello.signatureSchemes.isEmpty() && hello.version >= Tls12)
        bytes += extension(
            ExtensionType::SignatureAlgorithms, vectorOf(numbers(hello.signatureSchemes), 2));
    // RFC 6066 8: ocsp(1), no responders, no extensions named.
    bytes += extension(ExtensionType::StatusRequest, QByteArray("\1\0\0\0\0", 5));
    if (hello.version == Tls13) {
        bytes += extension(ExtensionType::SupportedVersions, vectorOf(numbers({Tls13}), 1));
        if (!hello.cookie.isEmpty())
            bytes += extension(ExtensionType::Cookie, vectorOf(hello.cookie, 2));
        QByteArray shares;
        for (const KeyShare &share : hello.keyShares)
            shares += numbers({share.group}) + vectorOf(share.publicKey, 2);
        bytes += extension(ExtensionType::KeyShare, vectorOf(shares, 2));
    }
    return bytes;
}

// RFC 7685 4: there are servers that hang on a message of these sizes.
void pad(QByteArray &extensions, qsizetype message)
{
    constexpr qsizetype First = 256;
    constexpr qsizetype Beyond = 512;
    constexpr qsizetype Head = 4;
    if (message < First || message >= Beyond)
        return;
    extensions += extension(
        ExtensionType::Padding, QByteArray(qMax<qsizetype>(1, Beyond - message - Head), '\0'));
}

} // namespace

Base::Result<KeyShare> makeKeyShare(quint16 group)
{
    const QByteArray name = groupName(group);
    ERR_clear_error();
    KeyPtr key;
    if (name.startsWith("secp") || name.startsWith("brainpool")) {
        // What TLS 1.3 calls by another name is the same curve.
        QByteArray curve = name;
        if (curve.endsWith("tls13"))
            curve.chop(5);
        key.reset(EVP_PKEY_Q_keygen(
            nullptr, nullptr, "EC", curve == "secp256r1" ? "prime256v1" : curve.constData()));
    } else if (name.startsWith("ffdhe")) {
        const std::unique_ptr<EVP_PKEY_CTX, OpenSslFree<EVP_PKEY_CTX_free>> context(
            EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr));
        EVP_PKEY *made = nullptr;
        if (context && EVP_PKEY_keygen_init(context.get()) == 1
            && EVP_PKEY_CTX_set_group_name(context.get(), name.constData()) == 1)
            EVP_PKEY_keygen(context.get(), &made);
        key.reset(made);
    } else {
        key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, name.constData()));
    }
    unsigned char *data = nullptr;
    const std::size_t size = key ? EVP_PKEY_get1_encoded_public_key(key.get(), &data) : 0;
    ERR_clear_error();
    if (size == 0)
        return Base::fail(ErrorKind::Unsupported, u"no key of group "_s + QLatin1StringView(name));
    KeyShare share {
        group, QByteArray(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size))};
    OPENSSL_free(data);
    return share;
}

ClientHello ClientHello::create(quint16 version)
{
    ClientHello hello;
    hello.version = version;
    hello.random = randomOctets(32);
    if (version == Tls13)
        hello.sessionId = randomOctets(32);
    return hello;
}

Base::Result<QByteArray> ClientHello::encode() const
{
    qsizetype shares = 0;
    for (const KeyShare &share : keyShares)
        shares += share.publicKey.size() + 4;
    if (suites.isEmpty() || suites.size() > 0x7ffe || random.size() != 32 || sessionId.size() > 32
        || serverName.size() > 255 || groups.size() > 0x7ffe || signatureSchemes.size() > 0x7ffe
        || cookie.size() > 0xfffd || shares > 0xfffd)
        return Base::fail(ErrorKind::InvalidInput, u"a ClientHello that cannot be written"_s);
    QByteArray suiteList = numbers(suites);
    if (version < Tls13)
        putNumber(suiteList, RenegotiationScsv, 2);

    QByteArray body;
    putNumber(body, qMin(version, Tls12), 2);
    body += random + vectorOf(sessionId, 1) + vectorOf(suiteList, 2)
        + vectorOf(QByteArrayView("\0", 1), 1); // no compression
    if (version > Ssl30) {
        QByteArray extensions = extensionsOf(*this);
        pad(extensions, 4 + body.size() + 2 + extensions.size());
        if (extensions.size() > 0xffff)
            return Base::fail(ErrorKind::InvalidInput, u"a ClientHello with too much in it"_s);
        body += vectorOf(extensions, 2);
    }
    QByteArray message;
    putNumber(message, std::to_underlying(MessageType::ClientHello), 1);
    message += vectorOf(body, 3);
    if (message.size() > MaxRecord)
        return Base::fail(ErrorKind::InvalidInput, u"a ClientHello longer than a record"_s);

    QByteArray record;
    putNumber(record, std::to_underlying(RecordType::Handshake), 1);
    // RFC 8446 5.1, RFC 5246 E.1: servers that know no more than TLS 1.0 read the first one too.
    putNumber(record, isSecond ? Tls12 : qMin(version, Tls10), 2);
    return record + vectorOf(message, 2);
}

QByteArray farewellAlerts(quint16 version)
{
    constexpr quint8 Warning = 1;
    constexpr quint8 UserCanceled = 90;
    constexpr quint8 CloseNotify = 0;
    QByteArray bytes;
    for (const quint8 description : {UserCanceled, CloseNotify}) {
        putNumber(bytes, std::to_underlying(RecordType::Alert), 1);
        putNumber(bytes, qMin(version, Tls12), 2);
        bytes += vectorOf(
            QByteArray().append(static_cast<char>(Warning)).append(static_cast<char>(description)),
            2);
    }
    return bytes;
}

} // namespace Mailgauge::Tls
