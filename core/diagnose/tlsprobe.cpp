// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/tlsprobe.h"

#include "base/literals.h"
#include "diagnose/tlsfindings.h"
#include "tls/tlscodes.h"
#include "tls/tlsverifier.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Diagnose {

using namespace std::chrono_literals;

namespace {

QString nameOf(const TlsProbeOptions &options)
{
    return options.serverName.isEmpty() && !options.target.isLocal() ? options.target.host
                                                                     : options.serverName;
}

// What a key of the other kind signs with: a server that has one of each shows the other chain.
QByteArray otherAlgorithms(const Tls::CertificateFacts &leaf)
{
    if (leaf.keyType.startsWith("RSA"_L1))
        return "ecdsa_secp256r1_sha256:ecdsa_secp384r1_sha384:ecdsa_secp521r1_sha512:ed25519:ed448";
    return "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:rsa_pkcs1_sha256:"
           "rsa_pkcs1_sha384:rsa_pkcs1_sha512:rsa_pkcs1_sha1";
}

} // namespace

Smtp::Deadlines inspectionDeadlines()
{
    Smtp::Deadlines deadlines;
    deadlines.connect = 15s;
    deadlines.greeting = deadlines.helo = deadlines.startTls = 60s; // some greet late on purpose
    deadlines.tls = 15s;
    return deadlines;
}

TlsProbe::TlsProbe(TlsProbeOptions options, const Base::Clock &clock, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
    , m_clock(clock)
    , m_enumeration(Tls::sniFor(nameOf(m_options)))
{
    m_wait.setSingleShot(true);
    connect(&m_wait, &QTimer::timeout, this, &TlsProbe::connectAgain);
}

QString TlsProbe::serverName() const
{
    return nameOf(m_options);
}

void TlsProbe::start()
{
    m_start = m_clock.now();
    m_inspection.startedAt = m_clock.utcNow();
    m_inspection.host = m_options.target.host;
    m_inspection.port = m_options.target.port;
    m_inspection.implicitTls = m_options.implicitTls;
    m_inspection.serverName = QString::fromLatin1(Tls::sniFor(serverName()));
    m_inspection.caa = m_options.caa;
    m_wait.start(0);
}

void TlsProbe::cancel()
{
    if (m_step == Step::Over)
        return;
    m_inspection.cancelled = true;
    stopAll("cancelled");
}

// --- Connections ------------------------------------------------------------------------------

void TlsProbe::connectAgain()
{
    closeGate();
    m_stream.reset();
    m_reader = {};
    m_gate = std::make_unique<TlsGate>(
        GateOptions {m_options.target, m_options.implicitTls, m_options.ehloName,
            m_options.deadlines, m_options.lookUp},
        m_clock);
    connect(m_gate.get(), &TlsGate::opened, this, &TlsProbe::opened);
    connect(m_gate.get(), &TlsGate::received, this, &TlsProbe::takeBytes);
    connect(m_gate.get(), &TlsGate::failed, this, &TlsProbe::gateFailed);
    ++m_inspection.connections;
    m_gate->open();
}

// It may be the sender of the signal that is being dealt with, and may have bytes left to write.
void TlsProbe::closeGate()
{
    if (!m_gate)
        return;
    m_gate->disconnect(this);
    m_gate.release()->deleteLater();
}

void TlsProbe::opened()
{
    m_reached = true;
    m_busyAnswers = 0;
    if (m_inspection.address.isEmpty()) {
        m_inspection.address = m_gate->address();
        const auto &proxy = m_options.target.proxy;
        if (!m_options.target.isLocal() && !(proxy && proxy->remoteNames))
            m_options.target.pinnedAddress = QHostAddress(m_inspection.address);
    }
    if (m_step != Step::Questions)
        return startHandshake();
    m_enumeration.askedAgain();
    const auto bytes = m_hello->encode();
    if (!bytes)
        return stopAll(bytes.error().detail.toUtf8());
    m_gate->write(*bytes);
}

void TlsProbe::takeBytes(const QByteArray &bytes)
{
    if (m_step == Step::Questions)
        answerBytes(bytes);
    else if (m_step == Step::Resumption)
        resumptionBytes(bytes);
    else
        handshakeBytes(bytes);
}

void TlsProbe::slowDown(const QByteArray &reply)
{
    ++m_inspection.pauses;
    auto length = m_options.pause;
    for (int i = 1; i < m_busyAnswers && length < m_options.longestPause; ++i)
        length *= 2;
    length = std::min(length, m_options.longestPause);
    m_options.pace = std::min(m_options.pace * 2, m_options.longestPause);
    m_wait.start(length);
    Q_EMIT paused(reply, length);
}

void TlsProbe::gateFailed(const GateFailure &failure)
{
    if (failure.stage == Smtp::Stage::Tls) {
        if (m_step == Step::FirstChain || m_step == Step::OtherChain)
            return nextStep(); // some versions may be spoken all the same
        if (m_stream && m_stream->state() != Tls::TlsStream::State::Handshaking) {
            m_resumption.notAnswered("neither a ticket nor a reply came behind the handshake");
            return nextStep();
        }
        if (!std::exchange(m_triedAgain, true)) {
            m_wait.start(m_options.pace);
            return;
        }
        if (m_step == Step::Resumption)
            m_resumption.notAnswered(failure.text());
        else
            m_enumeration.notAnswered(failure.text());
        return nextStep();
    }
    // Where nothing was ever reached, a refused connection is no sign of haste.
    const bool busy = failure.isBusy() && (m_reached || failure.reply);
    if (busy && ++m_busyAnswers < m_options.tries)
        return slowDown(failure.text());
    giveUp(failure);
}

void TlsProbe::giveUp(const GateFailure &failure)
{
    if (!m_reached) {
        m_inspection.failure = failure.error;
        if (failure.reply)
            m_inspection.failure->evidence = failure.text();
    }
    stopAll(failure.text());
}

void TlsProbe::stopAll(const QByteArray &why)
{
    const bool wasAsked = m_step == Step::Resumption;
    m_enumeration.stop(why);
    if (!wasAsked && m_reached && m_options.enumerate)
        m_resumption.begin(m_enumeration.versions());
    m_resumption.stop(why);
    finish();
}

// --- Whole handshakes -------------------------------------------------------------------------

Tls::ClientOptions TlsProbe::clientOptions() const
{
    Tls::ClientOptions options;
    options.verify = Tls::VerifyMode::None; // facts, not a verdict
    options.caFile = m_options.caFile;
    options.caPem = m_options.caPem;
    options.serverName = serverName();
    options.minVersion = "1.0";
    options.requestStaple = true;
    options.requestTimestamps = true;
    if (m_step == Step::Resumption)
        return m_resumption.optionsFrom(std::move(options));
    if (m_step == Step::OtherChain)
        options.signatureAlgorithms = otherAlgorithms(m_inspection.chains[0].sent[0].facts);
    return options;
}

void TlsProbe::startHandshake()
{
    auto stream = Tls::TlsStream::client(
        clientOptions(), m_step == Step::Resumption ? m_resumption.former() : nullptr);
    if (!stream) {
        m_inspection.failure = stream.error();
        return stopAll(stream.error().detail.toUtf8());
    }
    m_serverSpoke = false;
    m_stream.emplace(*std::move(stream));
    m_gate->write(m_stream->takeEncrypted());
}

void TlsProbe::handshakeBytes(const QByteArray &bytes)
{
    m_stream->receiveEncrypted(bytes);
    m_gate->write(m_stream->takeEncrypted());
    if (m_stream->state() == Tls::TlsStream::State::Handshaking)
        return;
    if (m_stream->state() != Tls::TlsStream::State::Failed)
        addChain();
    m_stream->shutDown();
    m_gate->leave(m_stream->takeEncrypted());
    nextStep();
}

void TlsProbe::addChain()
{
    QList<WantedName> names {{"host", serverName()}};
    names += m_options.names;
    InspectedChain chain = inspectChain(*m_stream, names, m_options.dane);
    const bool known = std::ranges::any_of(
        m_inspection.chains, [&chain](const InspectedChain &one) {
            return chain.sent.isEmpty() || one.sent[0].facts.sha256 == chain.sent[0].facts.sha256;
        });
    if (!chain.sent.isEmpty() && !known)
        m_inspection.chains.append(std::move(chain));
}

// --- Sessions that are taken up again ---------------------------------------------------------

void TlsProbe::resumptionBytes(const QByteArray &bytes)
{
    const bool wasHandshaking = m_stream->state() == Tls::TlsStream::State::Handshaking;
    m_stream->receiveEncrypted(bytes);
    m_gate->write(m_stream->takeEncrypted());
    if (m_stream->state() == Tls::TlsStream::State::Handshaking)
        return;
    while (!m_stream->readPlain().isEmpty())
        m_serverSpoke = true;
    if (!m_resumption.takes(*m_stream, m_serverSpoke)) {
        // What it says next comes behind its tickets: behind implicit TLS the greeting, else the
        // reply to this.
        if (wasHandshaking && !m_options.implicitTls
            && m_stream->write("EHLO " + m_options.ehloName + "\r\n"))
            m_gate->write(m_stream->takeEncrypted());
        return;
    }
    m_stream->shutDown();
    m_gate->leave(m_stream->takeEncrypted());
    nextStep();
}

// --- Questions --------------------------------------------------------------------------------

void TlsProbe::answerBytes(const QByteArray &bytes)
{
    using State = Tls::ServerFlightReader::State;
    m_reader.feed(bytes);
    const Tls::ServerFlight &flight = m_reader.flight();
    switch (m_reader.state()) {
    case State::NeedMore:
        return;
    case State::Complete:
        if (const auto second = m_enumeration.retry(flight)) {
            const auto encoded = second->encode();
            m_reader = {};
            if (encoded)
                return m_gate->write(*encoded);
        }
        [[fallthrough]];
    case State::Alerted:
        m_enumeration.answered(flight);
        break;
    case State::Malformed:
        m_enumeration.notAnswered("malformed: " + m_reader.problem());
        break;
    case State::NotTls:
        m_enumeration.notAnswered(
            "answered in clear: " + bytes.split('\n').first().trimmed().left(120));
        break;
    }
    m_gate->leave(Tls::farewellAlerts(m_hello->version));
    nextStep();
}

void TlsProbe::nextStep()
{
    m_triedAgain = false;
    switch (m_step) {
    case Step::FirstChain:
        if (!m_inspection.chains.isEmpty()) {
            m_step = Step::OtherChain;
            break;
        }
        [[fallthrough]];
    case Step::OtherChain:
        if (!m_options.enumerate)
            return finish();
        m_step = Step::Questions;
        [[fallthrough]];
    case Step::Questions:
        m_hello = m_enumeration.next();
        if (m_hello)
            break;
        m_step = Step::Resumption;
        m_resumption.begin(m_enumeration.versions());
        [[fallthrough]];
    case Step::Resumption:
        if (m_resumption.isOver())
            return finish();
        break;
    case Step::Over:
        return;
    }
    m_wait.start(m_options.pace);
    constexpr int MostResumptions = 6;
    const int chains = static_cast<int>(m_inspection.chains.size()) + 1;
    const int resumptions = m_step == Step::Resumption ? m_resumption.expected() : MostResumptions;
    Q_EMIT progressed(chains + m_enumeration.asked() + m_resumption.asked(),
        chains + m_enumeration.expected() + resumptions);
}

void TlsProbe::finish()
{
    if (std::exchange(m_step, Step::Over) == Step::Over)
        return;
    m_wait.stop();
    closeGate();
    if (m_options.enumerate && m_reached) {
        m_inspection.versions = m_enumeration.versions();
        m_inspection.groups = m_enumeration.groups();
        m_inspection.groupChoice = m_enumeration.groupChoice();
        m_inspection.resumptions = m_resumption.probed();
        m_inspection.extendedMasterSecret = m_resumption.extendedMasterSecret();
    }
    // Of its own time, so that they are the same when it is read again.
    m_inspection.findings = tlsFindings(m_inspection, m_inspection.startedAt);
    m_inspection.totalUs
        = std::chrono::duration_cast<std::chrono::microseconds>(m_clock.now() - m_start).count();
    Q_EMIT finished(m_inspection);
}

} // namespace Mailgauge::Diagnose
