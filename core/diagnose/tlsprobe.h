// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Inspects the TLS of one address and port: the chains that it shows and whether it takes sessions
/// up again by whole handshakes, versions, cipher suites and groups by hellos written by hand. One
/// connection at a time, with a pause in between that grows where the server answers 421 or another
/// 4yz.
#include "diagnose/tlschain.h"
#include "diagnose/tlsenumeration.h"
#include "diagnose/tlsgate.h"
#include "diagnose/tlsresumption.h"
#include "tls/tlsstream.h"

#include <chrono>
#include <memory>

namespace Mailgauge::Diagnose {

/// Shorter than a delivery's: a server that does not answer a hello is asked others.
[[nodiscard]] Smtp::Deadlines inspectionDeadlines();

struct TlsProbeOptions {
    /// Host (not a route), port, and the address where it is known. What is reached first is kept
    /// to, unless a proxy resolves the names.
    Net::Target target;
    bool implicitTls = false;
    QByteArray ehloName;
    Smtp::Deadlines deadlines = inspectionDeadlines();
    QString serverName; ///< Sent and checked; empty: the target's host.
    QList<WantedName> names; ///< Beside the host.
    std::optional<Tls::DaneAnchors> dane; ///< TLSA records to compare the chains with.
    std::optional<Net::CaaFacts> caa; ///< Of the host, to be judged along.
    QString caFile; ///< PEM, instead of the system's roots.
    QByteArray caPem; ///< Further trusted certificates.
    bool enumerate = true; ///< False: the chains alone.
    std::chrono::milliseconds pace {200}; ///< Between two connections.
    std::chrono::milliseconds pause {
        5'000}; ///< Behind the first 4yz; doubled for each further one.
    std::chrono::milliseconds longestPause {60'000};
    int tries = 4; ///< Of one question, where 4yz comes; then all that is left stays untested.
    Net::LookUp lookUp = &Net::lookUp;
};

/// Lives in a thread with an event loop. Delete it by deleteLater() from its own signals.
class TlsProbe final : public QObject {
    Q_OBJECT

public:
    TlsProbe(TlsProbeOptions options, const Base::Clock &clock, QObject *parent = nullptr);

    /// InvalidInput among the options is told by finished() like any other failure.
    void start();
    /// At once: finished() with what is known comes before this returns.
    void cancel();

Q_SIGNALS:
    /// Of `total` questions, as far as can be told now.
    void progressed(int done, int total);
    /// The server said this, and the next connection comes after `length`.
    void paused(const QByteArray &reply, std::chrono::milliseconds length);
    /// The last signal.
    void finished(const Mailgauge::Diagnose::TlsInspection &inspection);

private:
    enum class Step : quint8 {
        FirstChain,
        OtherChain, ///< With a key of another kind.
        Questions,
        Resumption,
        Over,
    };

    void connectAgain();
    void closeGate();
    void opened();
    void startHandshake();
    void takeBytes(const QByteArray &bytes);
    void handshakeBytes(const QByteArray &bytes);
    void answerBytes(const QByteArray &bytes);
    void resumptionBytes(const QByteArray &bytes);
    void gateFailed(const GateFailure &failure);
    void slowDown(const QByteArray &reply);
    void addChain();
    void nextStep();
    void giveUp(const GateFailure &failure);
    void stopAll(const QByteArray &why);
    void finish();
    [[nodiscard]] Tls::ClientOptions clientOptions() const;
    [[nodiscard]] QString serverName() const;

    TlsProbeOptions m_options;
    const Base::Clock &m_clock;
    Base::TimePoint m_start;
    TlsInspection m_inspection;
    TlsEnumeration m_enumeration;
    TlsResumption m_resumption;
    Step m_step = Step::FirstChain;
    std::unique_ptr<TlsGate> m_gate;
    std::optional<Tls::TlsStream> m_stream;
    std::optional<Tls::ClientHello> m_hello; // that was or will be sent
    Tls::ServerFlightReader m_reader;
    QTimer m_wait; // for the next connection
    bool m_reached = false; // TLS could begin at least once
    bool m_triedAgain = false; // the question, behind an end without an answer
    bool m_serverSpoke = false; // behind the handshake
    int m_busyAnswers = 0; // one behind the other
};

} // namespace Mailgauge::Diagnose
