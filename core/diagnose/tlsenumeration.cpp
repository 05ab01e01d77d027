// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/tlsenumeration.h"

#include "tls/ciphersuites.h"
#include "tls/tlscodes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Mailgauge::Diagnose {

using Tls::ServerFlight;
using Tls::Tls13;

namespace {

// What hardly any server has, so that it is asked for apart from the rest.
constexpr std::array rare {"PSK", "KRB5", "EXPORT", "GOST", "28147", "_DSS_", "_DH_RSA_",
    "_ECDH_RSA_", "_ECDH_ECDSA_", "_anon_", "_NULL_", "FIPS", "CECPQ", "_OLD"};

bool isRare(const Tls::CipherSuite &suite)
{
    return std::ranges::any_of(
        rare, [&suite](const char *part) { return suite.name.contains(part); });
}

// Alerts by which a server says that it will not: anything else may have another reason.
bool isRefusal(const Tls::Alert &alert)
{
    constexpr std::array<quint8, 5> refusals {
        40, // handshake_failure
        60, // export_restriction
        70, // protocol_version
        71, // insufficient_security
        86, // inappropriate_fallback
    };
    return std::ranges::contains(refusals, alert.description);
}

bool isAboutVersion(const Tls::Alert &alert)
{
    constexpr quint8 ProtocolVersion = 70;
    return alert.description == ProtocolVersion;
}

QByteArray helloText(const Tls::ServerHello &hello)
{
    return (hello.isRetry ? "HelloRetryRequest " : "ServerHello ")
        + Tls::versionName(hello.version);
}

} // namespace

TlsEnumeration::TlsEnumeration(QByteArray serverName)
    : m_serverName(std::move(serverName))
    , m_versionsLeft {Tls13, Tls::Tls12, Tls::Tls11, Tls::Tls10, Tls::Ssl30}
{
    startVersion();
}

void TlsEnumeration::startVersion()
{
    if (m_versionsLeft.isEmpty()) {
        m_phase = Phase::Over;
        return;
    }
    ProbedVersion version;
    version.code = m_versionsLeft.takeFirst();
    QList<quint16> common;
    QList<quint16> others;
    for (const Tls::CipherSuite &suite : Tls::cipherSuites()) {
        if (!suite.isUsableIn(version.code))
            continue;
        if (suite.needsCredentials)
            version.notTested.append(suite.code);
        else
            (version.code < Tls13 && isRare(suite) ? others : common).append(suite.code);
    }
    if (!version.notTested.isEmpty())
        version.notTestedWhy = "credentials";
    m_versions.append(version);
    m_acceptedBatches = 0;
    m_batchHit = false;
    m_batches.clear();
    for (const QList<quint16> &codes : {common, others}) {
        for (qsizetype at = 0; at < codes.size(); at += MaxSuites)
            m_batches.append(codes.mid(at, MaxSuites));
    }
    nextBatch();
}

void TlsEnumeration::nextBatch()
{
    m_phase = Phase::Suites;
    m_batchHit = false;
    m_remaining.clear();
    if (m_batches.isEmpty())
        return afterSuites();
    m_remaining = m_batches.takeFirst();
}

std::optional<Tls::ClientHello> TlsEnumeration::next()
{
    if (m_phase == Phase::Over)
        return std::nullopt;
    const quint16 version = current().code;
    Tls::ClientHello hello = Tls::ClientHello::create(version);
    hello.serverName = m_serverName;
    for (const Tls::NamedCode &scheme : Tls::signatureSchemes())
        hello.signatureSchemes.append(scheme.code);
    for (const Tls::NamedCode &group : version == Tls13 ? Tls::tls13Groups() : Tls::curves())
        hello.groups.append(group.code);
    if (version == Tls13) {
        for (const quint16 group : hello.groups.first(2)) {
            if (auto share = Tls::makeKeyShare(group))
                hello.keyShares.append(*std::move(share));
        }
    }
    const QList<AcceptedSuite> &accepted = current().accepted;
    switch (m_phase) {
    case Phase::Suites:
    case Phase::Order:
        hello.suites = m_remaining;
        break;
    case Phase::ChoiceFirst:
        hello.suites = {accepted[1].code, accepted[0].code};
        break;
    case Phase::ChoiceSecond:
        hello.suites = {accepted[0].code, accepted[1].code};
        break;
    case Phase::Groups:
        hello.suites = groupSuites();
        hello.groups = m_groupsLeft;
        // RFC 8446 4.2.8: none at all asks the server to name the group that it wants.
        hello.keyShares.clear();
        break;
    case Phase::GroupChoice:
        hello.suites = groupSuites();
        hello.groups = {m_groups[1].code, m_groups[0].code};
        hello.keyShares.clear();
        break;
    case Phase::Over:
        break;
    }
    ++m_asked;
    m_isSecond = false;
    m_question = hello;
    return hello;
}

std::optional<Tls::ClientHello> TlsEnumeration::retry(const ServerFlight &flight)
{
    if (!flight.hello || !flight.hello->isRetry || !m_question || m_isSecond
        || !m_question->groups.contains(flight.hello->group))
        return std::nullopt;
    auto share = Tls::makeKeyShare(flight.hello->group);
    if (!share)
        return std::nullopt;
    m_retried = *flight.hello;
    m_isSecond = true;
    Tls::ClientHello second = *m_question;
    second.isSecond = true;
    second.cookie = flight.hello->cookie;
    second.keyShares = {*std::move(share)};
    return second;
}

// What was chosen out of what was offered; nothing, and an end to the questions, where there is no
// such choice.
std::optional<Tls::ServerHello> TlsEnumeration::choiceOf(const ServerFlight &flight)
{
    if (flight.hello && flight.hello->version == current().code
        && m_question->suites.contains(flight.hello->suite))
        return flight.hello;
    if (flight.hello) {
        notAnswered(helloText(*flight.hello) + ' ' + Tls::suiteName(flight.hello->suite)
            + ", which was not offered");
    } else {
        notAnswered(flight.alert ? Tls::alertText(*flight.alert) : QByteArray("no ServerHello"));
    }
    return std::nullopt;
}

void TlsEnumeration::suiteAnswered(const ServerFlight &flight)
{
    ProbedVersion &version = current();
    const bool older = flight.hello && flight.hello->version < version.code;
    if (older || (!flight.hello && flight.alert && isRefusal(*flight.alert))) {
        const QByteArray evidence = older ? helloText(*flight.hello)
                                          : Tls::alertText(*flight.alert);
        if (!older && m_isSecond && m_remaining.removeOne(m_retried.suite)) {
            version.refused.append(m_retried.suite); // the one that it had chosen, not the rest
            version.refusedBy = evidence;
        } else {
            refuse(evidence, older || isAboutVersion(*flight.alert));
        }
        if (m_remaining.isEmpty())
            nextBatch();
        return;
    }
    const auto hello = choiceOf(flight);
    if (!hello)
        return;
    m_remaining.removeOne(hello->suite);
    if (flight.alert) { // chosen, and then it could not go on with it
        version.refused.append(hello->suite);
        version.refusedBy = Tls::alertText(*flight.alert);
    } else {
        if (version.accepted.isEmpty())
            version.judged = {Acceptance::Accepted, helloText(*hello)};
        version.accepted.append({hello->suite, groupOf(flight), flight.dhBits});
        m_acceptedBatches += std::exchange(m_batchHit, true) ? 0 : 1;
    }
    if (m_remaining.isEmpty())
        nextBatch();
}

void TlsEnumeration::refuse(const QByteArray &evidence, bool allBatches)
{
    ProbedVersion &version = current();
    version.refused += std::exchange(m_remaining, {});
    version.refusedBy = evidence;
    while (allBatches && !m_batches.isEmpty())
        version.refused += m_batches.takeFirst();
}

void TlsEnumeration::leaveUntested(const QByteArray &why)
{
    ProbedVersion &version = current();
    version.notTested += std::exchange(m_remaining, {});
    while (!m_batches.isEmpty())
        version.notTested += m_batches.takeFirst();
    version.notTestedWhy = why;
    if (version.accepted.isEmpty())
        version.judged = {Acceptance::NotTested, why};
}

void TlsEnumeration::afterSuites()
{
    ProbedVersion &version = current();
    if (version.accepted.isEmpty() && version.judged.evidence.isEmpty())
        version.judged = {Acceptance::Refused, version.refusedBy};
    if (version.accepted.size() < 2)
        return afterOrder();
    m_phase = Phase::ChoiceFirst;
}

void TlsEnumeration::choiceAnswered(const ServerFlight &flight)
{
    const auto hello = choiceOf(flight);
    if (!hello)
        return;
    ProbedVersion &version = current();
    // Suites of one batch were offered together before, in their order; of two batches they never
    // were.
    const bool together = m_acceptedBatches == 1;
    if (m_phase == Phase::ChoiceFirst && !together) {
        m_firstChoice = hello->suite;
        m_phase = Phase::ChoiceSecond;
        return;
    }
    const quint16 before = together ? version.accepted[0].code : m_firstChoice;
    version.choice = hello->suite == before ? SuiteChoice::Server : SuiteChoice::Client;
    if (together || version.choice == SuiteChoice::Client)
        return afterOrder();
    m_phase = Phase::Order;
    m_remaining = acceptedCodes();
    m_ordered.clear();
}

void TlsEnumeration::orderAnswered(const ServerFlight &flight)
{
    const auto hello = choiceOf(flight);
    if (!hello)
        return;
    m_remaining.removeOne(hello->suite);
    QList<AcceptedSuite> &accepted = current().accepted;
    const auto at = std::ranges::find(accepted, hello->suite, &AcceptedSuite::code);
    m_ordered.append(*at);
    if (m_remaining.size() > 1)
        return;
    if (!m_remaining.isEmpty())
        m_ordered.append(*std::ranges::find(accepted, m_remaining[0], &AcceptedSuite::code));
    m_remaining.clear();
    accepted = std::exchange(m_ordered, {});
    afterOrder();
}

void TlsEnumeration::afterOrder()
{
    m_remaining.clear();
    if (current().judged.acceptance != Acceptance::Accepted || !isNewest()
        || groupSuites().isEmpty())
        return startVersion();
    m_phase = Phase::Groups;
    m_groupsLeft.clear();
    for (const Tls::NamedCode &group : current().code == Tls13 ? Tls::tls13Groups() : Tls::curves())
        m_groupsLeft.append(group.code);
}

void TlsEnumeration::groupAnswered(const ServerFlight &flight)
{
    if (!flight.hello && flight.alert && isRefusal(*flight.alert)) {
        const QByteArray evidence = Tls::alertText(*flight.alert);
        if (m_isSecond && m_groupsLeft.removeOne(m_retried.group)) {
            m_groups.append({m_retried.group, {Acceptance::Refused, evidence}});
            return;
        }
        // The groups of the handshakes before were accepted: it is the question that it dislikes.
        const bool anyBefore = std::ranges::any_of(m_groups,
            [](const ProbedGroup &one) { return one.judged.acceptance == Acceptance::Accepted; });
        return endGroups(anyBefore ? Acceptance::Refused : Acceptance::NotTested, evidence);
    }
    const auto hello = choiceOf(flight);
    if (!hello)
        return;
    const quint16 group = groupOf(flight);
    if (!m_groupsLeft.removeOne(group))
        return notAnswered(group == 0 ? QByteArray("no group")
                                      : Tls::groupName(group) + ", which was not offered");
    m_groups.append({group, {Acceptance::Accepted, helloText(*hello)}});
    if (m_groupsLeft.isEmpty())
        endGroups(Acceptance::Refused, {});
}

void TlsEnumeration::endGroups(Acceptance rest, const QByteArray &evidence)
{
    for (const AcceptedSuite &suite : std::as_const(current().accepted)) {
        if (m_groupsLeft.removeOne(suite.group))
            m_groups.append({suite.group, current().judged});
    }
    for (const quint16 group : std::exchange(m_groupsLeft, {}))
        m_groups.append({group, {rest, evidence}});
    std::ranges::stable_partition(m_groups,
        [](const ProbedGroup &one) { return one.judged.acceptance == Acceptance::Accepted; });
    const bool two = m_groups.size() > 1 && m_groups[1].judged.acceptance == Acceptance::Accepted
        && rest == Acceptance::Refused;
    if (!two)
        return startVersion();
    m_phase = Phase::GroupChoice;
}

void TlsEnumeration::groupChoiceAnswered(const ServerFlight &flight)
{
    if (choiceOf(flight)) {
        const quint16 group = groupOf(flight);
        m_groupChoice = group == m_groups[0].code ? SuiteChoice::Server
            : group == m_groups[1].code           ? SuiteChoice::Client
                                                  : SuiteChoice::Unknown;
        startVersion();
    }
}

void TlsEnumeration::answered(const ServerFlight &flight)
{
    switch (m_phase) {
    case Phase::Suites:
        return suiteAnswered(flight);
    case Phase::ChoiceFirst:
    case Phase::ChoiceSecond:
        return choiceAnswered(flight);
    case Phase::Order:
        return orderAnswered(flight);
    case Phase::Groups:
        return groupAnswered(flight);
    case Phase::GroupChoice:
        return groupChoiceAnswered(flight);
    case Phase::Over:
        return;
    }
}

void TlsEnumeration::notAnswered(const QByteArray &why)
{
    switch (m_phase) {
    case Phase::Suites:
        leaveUntested(why);
        return afterSuites();
    case Phase::ChoiceFirst:
    case Phase::ChoiceSecond:
    case Phase::Order:
        return afterOrder();
    case Phase::Groups:
        return endGroups(Acceptance::NotTested, why);
    case Phase::GroupChoice:
        return startVersion();
    case Phase::Over:
        return;
    }
}

void TlsEnumeration::stop(const QByteArray &why)
{
    while (m_phase != Phase::Over)
        notAnswered(why);
}

QList<quint16> TlsEnumeration::acceptedCodes() const
{
    QList<quint16> codes;
    for (const AcceptedSuite &suite : m_versions.last().accepted)
        codes.append(suite.code);
    return codes;
}

// Up to TLS 1.2 the list of groups also says which certificates of ECDSA may be shown (RFC 8422
// 5.1.1): a server that has no other would refuse every group but its key's.
QList<quint16> TlsEnumeration::groupSuites() const
{
    QList<quint16> codes = acceptedCodes();
    const quint16 version = m_versions.last().code;
    if (version == Tls13)
        return codes;
    codes.removeIf([version](quint16 code) {
        const Tls::CipherSuite *suite = Tls::cipherSuite(code);
        return version == Tls::Ssl30 || !suite || suite->keyExchange() != Tls::KeyExchange::Ecdhe
            || suite->name.contains("_ECDSA_");
    });
    return codes;
}

bool TlsEnumeration::isNewest() const
{
    return std::ranges::none_of(m_versions.first(m_versions.size() - 1),
        [](const ProbedVersion &one) { return one.judged.acceptance == Acceptance::Accepted; });
}

quint16 TlsEnumeration::groupOf(const ServerFlight &flight) const
{
    return m_versions.last().code == Tls13 ? flight.hello->group : flight.group;
}

int TlsEnumeration::expected() const
{
    // Of a version that is refused; what an accepted one takes is known by then.
    constexpr int PerVersion = 3;
    if (m_phase == Phase::Over)
        return m_asked;
    const auto batches = static_cast<int>(m_batches.size() + m_versionsLeft.size() * PerVersion);
    return m_asked + batches + 1 + (isNewest() && m_phase != Phase::Over ? 8 : 0);
}

QList<ProbedVersion> TlsEnumeration::versions() const
{
    return {m_versions.crbegin(), m_versions.crend()};
}

} // namespace Mailgauge::Diagnose
