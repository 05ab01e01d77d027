// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/tlsjson.h"

#include "base/literals.h"
#include "store/jsonbytes.h"

#include <QJsonArray>

namespace Mailgauge::Store {

namespace {

using ReasonKind = Tls::VerifyReason::Kind;

QJsonValue toJson(const Tls::CertificateFacts &certificate)
{
    return QJsonObject {{u"subject"_s, certificate.subject}, {u"issuer"_s, certificate.issuer},
        {u"names"_s, QJsonArray::fromStringList(certificate.names)},
        {u"notBefore"_s, Store::toJson(certificate.notBefore)},
        {u"notAfter"_s, Store::toJson(certificate.notAfter)},
        {u"sha256"_s, Store::toJson(certificate.sha256)},
        {u"keySha256"_s, Store::toJson(certificate.keySha256)}, {u"keyType"_s, certificate.keyType},
        {u"der"_s, QString::fromLatin1(certificate.der.toBase64())}};
}

Tls::CertificateFacts certificateFrom(const QJsonValue &value)
{
    QStringList names;
    const QJsonArray array = value[u"names"_s].toArray();
    for (const QJsonValue &name : array)
        names.append(name.toString());
    return {value[u"subject"_s].toString(), value[u"issuer"_s].toString(), names,
        timeFrom(value[u"notBefore"_s]), timeFrom(value[u"notAfter"_s]),
        bytesFrom(value[u"sha256"_s]), bytesFrom(value[u"keySha256"_s]),
        value[u"keyType"_s].toString(),
        QByteArray::fromBase64(value[u"der"_s].toString().toLatin1())};
}

ReasonKind reasonFrom(const QByteArray &name)
{
    for (int i = 0; i < static_cast<int>(ReasonKind::Other); ++i) {
        if (Tls::reasonName(static_cast<ReasonKind>(i)) == name)
            return static_cast<ReasonKind>(i);
    }
    return ReasonKind::Other;
}

} // namespace

QJsonValue tlsToJson(const std::optional<Tls::TlsFacts> &facts)
{
    if (!facts)
        return {};
    QJsonArray reasons;
    for (const Tls::VerifyReason &reason : facts->reasons) {
        reasons.append(QJsonObject {{u"kind"_s, QString::fromLatin1(Tls::reasonName(reason.kind))},
            {u"depth"_s, reason.depth}, {u"detail"_s, reason.detail}});
    }
    QJsonArray chain;
    for (const Tls::CertificateFacts &certificate : facts->chain)
        chain.append(toJson(certificate));
    return QJsonObject {{u"version"_s, toJson(facts->version)},
        {u"cipher"_s, toJson(facts->cipher)}, {u"serverName"_s, facts->serverName},
        {u"chainTrusted"_s, facts->chainTrusted}, {u"nameMatches"_s, facts->nameMatches},
        {u"accepted"_s, facts->accepted}, {u"reasons"_s, reasons}, {u"chain"_s, chain}};
}

std::optional<Tls::TlsFacts> tlsFromJson(const QJsonValue &value)
{
    if (!value.isObject())
        return std::nullopt;
    Tls::TlsFacts facts {bytesFrom(value[u"version"_s]), bytesFrom(value[u"cipher"_s]),
        value[u"serverName"_s].toString(), value[u"chainTrusted"_s].toBool(),
        value[u"nameMatches"_s].toBool(), value[u"accepted"_s].toBool(), {}, {}};
    const QJsonArray reasons = value[u"reasons"_s].toArray();
    for (const QJsonValue &reason : reasons) {
        facts.reasons.append({reasonFrom(bytesFrom(reason[u"kind"_s])), reason[u"depth"_s].toInt(),
            reason[u"detail"_s].toString()});
    }
    const QJsonArray chain = value[u"chain"_s].toArray();
    for (const QJsonValue &certificate : chain)
        facts.chain.append(certificateFrom(certificate));
    return facts;
}

} // namespace Mailgauge::Store
