// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/tlschain.h"

#include "tls/certificatefacts.h"
#include "tls/tlsverifier.h"

#include <algorithm>

namespace Mailgauge::Diagnose {

namespace {

QList<InspectedCertificate> withDetails(const QList<Tls::CertificateFacts> &certificates)
{
    QList<InspectedCertificate> result;
    for (const Tls::CertificateFacts &facts : certificates)
        result.append(
            {facts, Tls::certificateDetails(facts.der).value_or(Tls::CertificateDetails())});
    return result;
}

// The place of who issued sent[at], the next one first; -1: it was not sent.
qsizetype issuerOf(const QList<InspectedCertificate> &sent, qsizetype at)
{
    for (qsizetype step = 1; step < sent.size(); ++step) {
        const qsizetype other = (at + step) % sent.size();
        if (sent[other].facts.sha256 != sent[at].facts.sha256
            && Tls::isIssuedBy(sent[at].facts, sent[other].facts))
            return other;
    }
    return -1;
}

} // namespace

InspectedChain inspectChain(const Tls::TlsStream &stream, const QList<WantedName> &names,
    const std::optional<Tls::DaneAnchors> &dane)
{
    InspectedChain chain;
    chain.facts = stream.facts();
    chain.sent = withDetails(chain.facts.chain);
    if (chain.sent.isEmpty())
        return chain;
    const QList<Tls::CertificateFacts> path = stream.builtPath();
    chain.path = withDetails(path);
    const Tls::CertificatePtr leaf = Tls::certificateFromDer(chain.sent[0].facts.der);
    for (const WantedName &wanted : names) {
        if (wanted.name.isEmpty())
            continue;
        const Tls::TlsVerifier verifier(Tls::VerifyMode::Name, wanted.name, {});
        const auto matched = verifier.matchedName(leaf.get());
        chain.names.append(
            {wanted.name, wanted.role, matched.has_value(), matched.value_or(QString())});
    }
    chain.timestamps = stream.signedTimestamps();
    if (const QByteArray response = stream.stapledResponse(); !response.isEmpty())
        chain.staple = Tls::judgeStaple(response, path);
    if (dane)
        chain.facts.tlsa = Tls::judgeTlsa(*dane, chain.facts.chain);
    chain.tlsa = tlsaRecordsFor(chain.facts.chain);
    return chain;
}

ChainShape shapeOf(const InspectedChain &chain)
{
    ChainShape shape;
    QList<qsizetype> path {0};
    for (;;) {
        const qsizetype last = path.last();
        if (chain.sent[last].details.selfIssued)
            break;
        const qsizetype issuer = issuerOf(chain.sent, last);
        if (issuer < 0 || path.contains(issuer))
            break;
        shape.outOfOrder = shape.outOfOrder || issuer != last + 1;
        path.append(issuer);
    }
    for (qsizetype at = 0; at < chain.sent.size(); ++at) {
        if (!path.contains(at))
            shape.superfluous.append(at);
    }
    const InspectedCertificate &end = chain.sent[path.last()];
    shape.rootSent = path.size() > 1 && end.details.selfIssued;
    // Its issuer is the root where the path that was built ends right above it.
    const auto above = std::ranges::find_if(chain.path,
        [&end](const InspectedCertificate &one) { return one.facts.sha256 == end.facts.sha256; });
    const auto left = chain.path.end() - above;
    const bool rootIsNext = left == 2 && chain.path.last().details.selfIssued;
    if (!end.details.selfIssued && !rootIsNext && !chain.facts.chainTrusted)
        shape.missingIssuer = end.facts.issuer;
    return shape;
}

QByteArrayList tlsaRecordsFor(const QList<Tls::CertificateFacts> &sent)
{
    QByteArrayList records;
    for (qsizetype at = 0; at < sent.size(); ++at) {
        const QByteArray record = (at == 0 ? "3 1 1 " : "2 1 1 ") + sent[at].keySha256;
        if (!records.contains(record))
            records.append(record);
    }
    return records;
}

} // namespace Mailgauge::Diagnose
