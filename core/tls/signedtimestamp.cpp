// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls/signedtimestamp.h"

#include <QTimeZone>

#include <openssl/ct.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>

namespace Mailgauge::Tls {

namespace {

using Source = SignedTimestamp::Source;

constexpr std::array sourceNames {"certificate", "handshake", "ocspStaple"};
static_assert(sourceNames.size() == static_cast<std::size_t>(Source::OcspStaple) + 1);

Source sourceOf(const SCT *sct)
{
    switch (SCT_get_source(sct)) {
    case SCT_SOURCE_TLS_EXTENSION:
        return Source::Handshake;
    case SCT_SOURCE_OCSP_STAPLED_RESPONSE:
        return Source::OcspStaple;
    default:
        return Source::Certificate;
    }
}

SignedTimestamp factsOf(const SCT *sct)
{
    SignedTimestamp facts;
    facts.source = sourceOf(sct);
    facts.version = static_cast<int>(SCT_get_version(sct)) + 1; // v1 is 0 on the wire
    if (SCT_get_version(sct) != SCT_VERSION_V1)
        return facts;
    unsigned char *id = nullptr;
    const std::size_t size = SCT_get0_log_id(sct, &id);
    facts.logId = QByteArray(reinterpret_cast<const char *>(id), static_cast<qsizetype>(size));
    facts.at = QDateTime::fromMSecsSinceEpoch(
        static_cast<qint64>(SCT_get_timestamp(sct)), QTimeZone::UTC);
    if (const int nid = SCT_get_signature_nid(sct); nid != NID_undef)
        facts.signatureAlgorithm = QLatin1StringView(OBJ_nid2ln(nid));
    return facts;
}

} // namespace

QByteArrayView timestampSourceName(SignedTimestamp::Source source)
{
    return sourceNames[static_cast<std::size_t>(source)];
}

std::optional<SignedTimestamp::Source> timestampSourceFromName(QByteArrayView name)
{
    const auto *at = std::ranges::find_if(
        sourceNames, [name](const char *one) { return name == QByteArrayView(one); });
    if (at == sourceNames.end())
        return std::nullopt;
    return static_cast<Source>(at - sourceNames.begin());
}

QList<SignedTimestamp> signedTimestampsOf(SSL *ssl)
{
    QList<SignedTimestamp> timestamps;
    const STACK_OF(SCT) *scts = SSL_get0_peer_scts(ssl);
    for (int i = 0; i < sk_SCT_num(scts); ++i)
        timestamps.append(factsOf(sk_SCT_value(scts, i)));
    ERR_clear_error();
    return timestamps;
}

} // namespace Mailgauge::Tls
