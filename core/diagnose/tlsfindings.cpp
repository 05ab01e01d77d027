// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/tlsfindings.h"

#include "base/literals.h"
#include "diagnose/tlschain.h"
#include "tls/ciphersuites.h"
#include "tls/tlscodes.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Diagnose {

namespace {

using Base::Severity;
using Tls::OcspStaple;

class Findings final {
public:
    Findings(const TlsInspection &inspection, const QDateTime &now)
        : m_inspection(inspection)
        , m_now(now)
    {
    }

    [[nodiscard]] QList<Finding> all()
    {
        aboutVersions();
        aboutSuites();
        aboutResumption();
        for (const InspectedChain &chain : m_inspection.chains) {
            aboutTrust(chain);
            aboutRecords(chain);
            aboutShape(chain);
            aboutCertificates(chain);
            aboutStaple(chain);
        }
        aboutCaa();
        if (m_inspection.pauses > 0)
            add("tls.slowedDown", Severity::Info, QByteArray::number(m_inspection.pauses));
        std::ranges::stable_sort(m_findings, std::ranges::greater(), &Finding::severity);
        return m_findings;
    }

private:
    void add(const QByteArray &id, Severity severity, const QByteArray &subject,
        const InspectedCertificate *certificate = nullptr)
    {
        Finding finding {id, severity, subject, {}};
        if (certificate) {
            finding.evidence.append({.kind = Evidence::Kind::Certificate,
                .session = {},
                .entry = -1,
                .direction = Transcript::Direction::Event,
                .text = certificate->facts.subject.toUtf8()});
        }
        // Chains of two keys often share their issuers, and so their faults.
        if (!m_findings.contains(finding))
            m_findings.append(finding);
    }

    void aboutVersions();
    void aboutSuites();
    void aboutResumption();
    void aboutTrust(const InspectedChain &chain);
    void aboutRecords(const InspectedChain &chain);
    void aboutShape(const InspectedChain &chain);
    void aboutCertificates(const InspectedChain &chain);
    void aboutStaple(const InspectedChain &chain);
    void aboutCaa();
    [[nodiscard]] bool refuses(quint16 version) const
    {
        const ProbedVersion *probed = m_inspection.version(version);
        return probed && probed->judged.acceptance == Acceptance::Refused;
    }

    const TlsInspection &m_inspection;
    const QDateTime m_now;
    QList<Finding> m_findings;
};

void Findings::aboutVersions()
{
    QByteArrayList untested;
    for (const ProbedVersion &version : m_inspection.versions) {
        const QByteArray name = Tls::versionName(version.code);
        const bool accepted = version.judged.acceptance == Acceptance::Accepted;
        if (accepted && version.code == Tls::Ssl30)
            add("tls.version.ssl3", Severity::Error, name);
        else if (accepted && version.code < Tls::Tls12) // RFC 8996
            add("tls.version.old", Severity::Warning, name);
        if (version.judged.acceptance == Acceptance::NotTested)
            untested.append(name + ": " + version.judged.evidence);
    }
    if (refuses(Tls::Tls12) && refuses(Tls::Tls13))
        add("tls.version.noneGood", Severity::Error, {});
    else if (refuses(Tls::Tls13))
        add("tls.version.no13", Severity::Info, {});
    if (!untested.isEmpty() && !m_inspection.cancelled)
        add("tls.notTested", Severity::Info, untested.join("; "));
}

struct SuiteFault {
    const char *part; // of the suite's name
    const char *id;
    Severity severity;
};
// The worst first: a suite is told once.
constexpr std::array suiteFaults {
    SuiteFault {"_WITH_NULL_", "tls.suite.noEncryption", Severity::Error},
    SuiteFault {"TLS_SHA", "tls.suite.noEncryption", Severity::Error},
    SuiteFault {"EXPORT", "tls.suite.export", Severity::Error},
    SuiteFault {"_DES_CBC", "tls.suite.des", Severity::Error},
    SuiteFault {"_RC2_", "tls.suite.des", Severity::Error},
    SuiteFault {"_RC4_", "tls.suite.rc4", Severity::Warning},
    SuiteFault {"_3DES_", "tls.suite.smallBlocks", Severity::Warning},
    SuiteFault {"_IDEA_", "tls.suite.smallBlocks", Severity::Warning},
    // Between mail servers nobody may look at the certificate, and then it makes no difference.
    SuiteFault {"_anon_", "tls.suite.anonymous", Severity::Info},
};

void Findings::aboutSuites()
{
    QMap<QByteArray, std::pair<Severity, QByteArrayList>> bad;
    QByteArrayList fixed;
    int forward = 0;
    int weakest = 0;
    for (const ProbedVersion &version : m_inspection.versions) {
        for (const AcceptedSuite &accepted : version.accepted) {
            const QByteArray name = Tls::suiteName(accepted.code);
            const auto *fault = std::ranges::find_if(
                suiteFaults, [&name](const SuiteFault &one) { return name.contains(one.part); });
            if (fault != suiteFaults.end()) {
                auto &row = bad[fault->id];
                row.first = fault->severity;
                if (!row.second.contains(name))
                    row.second.append(name);
            }
            const Tls::CipherSuite *suite = Tls::cipherSuite(accepted.code);
            if (!suite || suite->keyExchange() != Tls::KeyExchange::Fixed)
                ++forward;
            else if (!fixed.contains(name))
                fixed.append(name);
            if (accepted.dhBits > 0 && (weakest == 0 || accepted.dhBits < weakest))
                weakest = accepted.dhBits;
        }
        if (version.choice == SuiteChoice::Client && version.code < Tls::Tls13)
            add("tls.suite.clientChooses", Severity::Info, Tls::versionName(version.code));
    }
    for (auto row = bad.cbegin(); row != bad.cend(); ++row)
        add(row.key(), row->first, row->second.join(", "));
    if (!fixed.isEmpty())
        add(forward == 0 ? "tls.suite.noForwardSecrecy" : "tls.suite.someWithoutForwardSecrecy",
            forward == 0 ? Severity::Warning : Severity::Info, fixed.join(", "));
    constexpr int ReachOfMany = 1024;
    if (weakest > 0 && weakest < MinDhBits)
        add("tls.dh.weak", weakest < ReachOfMany ? Severity::Error : Severity::Warning,
            QByteArray::number(weakest));
}

void Findings::aboutResumption()
{
    for (const ProbedResumption &one : m_inspection.resumptions) {
        // Full handshakes do: it is what a ticket for one server of several looks like.
        if (one.outcome == Resumption::NotResumed)
            add("tls.resumption.notTaken", Severity::Info,
                Tls::resumptionByName(one.by).toByteArray());
        // What is sent that early can be sent again by whoever recorded it (RFC 8446 8).
        if (one.maxEarlyData > 0)
            add("tls.earlyData", Severity::Warning, QByteArray::number(one.maxEarlyData));
    }
    if (m_inspection.extendedMasterSecret == false)
        add("tls.noExtendedMasterSecret", Severity::Info, {});
}

// Ids of certificate.… are those of sessions: one sentence for each fault, wherever it is found.
void Findings::aboutTrust(const InspectedChain &chain)
{
    for (const Tls::VerifyReason &reason : chain.facts.reasons) {
        const bool sent = reason.depth >= 0 && reason.depth < chain.sent.size();
        add("certificate." + Tls::reasonName(reason.kind).toByteArray(), Severity::Warning,
            reason.detail.toUtf8(), sent ? &chain.sent[reason.depth] : nullptr);
    }
}

// A sender with DANE comes to a host by any of its records, and never in clear (RFC 7672 2.2).
void Findings::aboutRecords(const InspectedChain &chain)
{
    QList<Tls::TlsaRecord> records;
    for (const Tls::TlsaResult &result : chain.facts.tlsa)
        records.append(result.record);
    if (Tls::isAnyUsable(records) && !Tls::isAnyMatching(chain.facts.tlsa))
        add("certificate.tlsaMismatch", Severity::Error, Tls::describe(chain.facts.tlsa).toUtf8(),
            &chain.sent[0]);
}

void Findings::aboutShape(const InspectedChain &chain)
{
    const InspectedCertificate &leaf = chain.sent[0];
    const ChainShape shape = shapeOf(chain);
    if (shape.outOfOrder)
        add("tls.chain.outOfOrder", Severity::Warning, {}, &leaf);
    if (!shape.missingIssuer.isEmpty())
        add("tls.chain.incomplete", Severity::Warning, shape.missingIssuer.toUtf8(), &leaf);
    for (const qsizetype at : shape.superfluous)
        add("tls.chain.superfluous", Severity::Info, chain.sent[at].facts.subject.toUtf8(),
            &chain.sent[at]);
    if (shape.rootSent)
        add("tls.chain.rootSent", Severity::Info, {}, &leaf);
}

void Findings::aboutCertificates(const InspectedChain &chain)
{
    for (const InspectedCertificate &one : chain.sent) {
        const qint64 days = m_now.daysTo(one.facts.notAfter);
        if (one.facts.notAfter > m_now && days <= ExpiresSoonDays)
            add("tls.certificate.expiresSoon", Severity::Warning, QByteArray::number(days), &one);
        const QString &hash = one.details.signatureHash;
        // Nobody checks what a root signed itself with.
        if (!one.details.selfIssued && (hash.startsWith("SHA1"_L1) || hash.startsWith("MD"_L1)))
            add("tls.certificate.weakSignature", Severity::Warning,
                one.details.signatureAlgorithm.toUtf8(), &one);
    }
}

void Findings::aboutStaple(const InspectedChain &chain)
{
    const InspectedCertificate &leaf = chain.sent[0];
    if (!chain.staple) {
        if (leaf.details.mustStaple)
            add("tls.staple.missing", Severity::Error, {}, &leaf);
        return;
    }
    const OcspStaple &staple = *chain.staple;
    const QByteArray state = Tls::stapleStateName(staple.state).toByteArray();
    switch (staple.state) {
    case OcspStaple::State::Revoked:
        add("tls.staple.revoked", Severity::Error,
            staple.revokedAt.toString(Qt::ISODate).toLatin1(), &leaf);
        break;
    case OcspStaple::State::Good:
        break;
    case OcspStaple::State::Unknown:
    case OcspStaple::State::OtherCertificate:
    case OcspStaple::State::NoAnswer:
    case OcspStaple::State::Unreadable:
        add("tls.staple.useless", Severity::Warning, state, &leaf);
        return;
    }
    if (!staple.verified)
        add("tls.staple.notVerified", Severity::Warning, staple.verifyError.toUtf8(), &leaf);
    if (staple.nextUpdate.isValid() && staple.nextUpdate < m_now)
        add("tls.staple.stale", Severity::Warning,
            staple.nextUpdate.toString(Qt::ISODate).toLatin1(), &leaf);
}

// Which authority a record means cannot be told from a certificate: what they name is not compared.
void Findings::aboutCaa()
{
    using Net::Issuance;
    if (!m_inspection.caa)
        return;
    const Net::CaaFacts &caa = *m_inspection.caa;
    if (caa.state == Net::CaaFacts::State::Failed) {
        // A time-out may be ours; what DNSSEC refuses, authorities refuse too (RFC 8659 3).
        add("tls.caa.failed", caa.isBogus ? Severity::Warning : Severity::Info,
            caa.detail.toUtf8());
        return;
    }
    const bool forbidden = Net::issuanceOf(caa.records, false) == Issuance::Forbidden
        && Net::issuanceOf(caa.records, true) == Issuance::Forbidden;
    // Whoever lives by DANE, or by an authority of his own, may mean it.
    const bool isInUse = std::ranges::any_of(
        m_inspection.chains, [](const InspectedChain &chain) { return chain.facts.chainTrusted; });
    if (forbidden)
        add("tls.caa.forbidden", isInUse ? Severity::Warning : Severity::Info, caa.owner);
    if (const QByteArrayList tags = Net::unknownCriticalTags(caa.records); !tags.isEmpty())
        add("tls.caa.unknownCritical", Severity::Warning, tags.join(", "));
    if (caa.malformed > 0)
        add("tls.caa.malformed", Severity::Warning, caa.owner);
}

} // namespace

QList<Finding> tlsFindings(const TlsInspection &inspection, const QDateTime &now)
{
    return Findings(inspection, now).all();
}

} // namespace Mailgauge::Diagnose
