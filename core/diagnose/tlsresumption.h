// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Whether a server takes its sessions up again: each way is tried by two handshakes, one that gets
/// something to come back with and one that comes back. Without input and output: whoever drives it
/// opens one connection per handshake, see TlsProbe.
#include "diagnose/tlsinspection.h"
#include "tls/tlsstream.h"

namespace Mailgauge::Diagnose {

class TlsResumption final {
public:
    /// Tries what the versions that were found leave to try; says of the rest why it is not tried.
    void begin(const QList<ProbedVersion> &versions);
    /// Another handshake is to be made.
    [[nodiscard]] bool isOver() const { return m_at >= m_probed.size(); }
    /// For the handshake that is next: `options` with the version and the question for a ticket.
    [[nodiscard]] Tls::ClientOptions optionsFrom(Tls::ClientOptions options) const;
    /// The session to be taken up in it; none where a new one begins.
    [[nodiscard]] const Tls::ResumableSession *former() const;
    /// The handshake is over, whichever way. False: a ticket may still come, in front of what the
    /// server says next. `serverSpoke`: that was read.
    [[nodiscard]] bool takes(const Tls::TlsStream &stream, bool serverSpoke);
    /// No answer of TLS came in this handshake.
    void notAnswered(const QByteArray &why);
    /// Nothing more will be tried.
    void stop(const QByteArray &why);

    [[nodiscard]] int asked() const { return m_asked; }
    /// Handshakes in all, as far as can be told now.
    [[nodiscard]] int expected() const;
    [[nodiscard]] const QList<ProbedResumption> &probed() const { return m_probed; }
    [[nodiscard]] std::optional<bool> extendedMasterSecret() const
    {
        return m_extendedMasterSecret;
    }

private:
    [[nodiscard]] ProbedResumption &current() { return m_probed[m_at]; }
    void decide(Resumption outcome, const QByteArray &evidence);
    void skipUntried();

    QList<ProbedResumption> m_probed;
    QList<bool> m_isTried; // of each of them
    qsizetype m_at = 0;
    int m_asked = 0;
    std::optional<Tls::ResumableSession> m_former;
    std::optional<bool> m_extendedMasterSecret;
};

} // namespace Mailgauge::Diagnose
