// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Which hellos to send to find out what a server's TLS accepts, and what the answers come to.
/// Without input and output: whoever drives it opens one connection per question.
///
///     TlsEnumeration questions(u"mx.example.org"_s);
///     while (const auto hello = questions.next())
///         …send it; read the answer; on a HelloRetryRequest send questions.retry(flight) too
///         questions.answered(flight)        // or questions.notAnswered(why)
///
/// For every version the server is asked to choose among many suites; what it chose is taken away
/// and it is asked again, until it refuses the rest. So each accepted suite costs one question and
/// all refused ones together cost one. The newest version's
/// groups are asked for in the same way.
#include "diagnose/tlsinspection.h"
#include "tls/clienthello.h"
#include "tls/serverflight.h"

namespace Mailgauge::Diagnose {

class TlsEnumeration final {
public:
    /// There are servers that do not read a longer list.
    static constexpr qsizetype MaxSuites = 100;

    /// `serverName` is sent as SNI, in A-labels; empty: none is sent.
    explicit TlsEnumeration(QByteArray serverName);

    /// The next question; nothing where all is known.
    [[nodiscard]] std::optional<Tls::ClientHello> next();
    /// What to send behind a HelloRetryRequest, on the same connection; nothing where OpenSSL has
    /// no key of that group, or where that was a retry already: then it is the answer.
    [[nodiscard]] std::optional<Tls::ClientHello> retry(const Tls::ServerFlight &flight);
    /// The same question goes out once more, on another connection.
    void askedAgain() { m_isSecond = false; }
    /// TLS answered: a complete flight, or an alert.
    void answered(const Tls::ServerFlight &flight);
    /// No answer of TLS came: what was asked for stays untested, and the rest of its version too.
    void notAnswered(const QByteArray &why);
    /// Nothing more will be asked.
    void stop(const QByteArray &why);

    [[nodiscard]] int asked() const { return m_asked; }
    /// Questions in all, as far as can be told now.
    [[nodiscard]] int expected() const;

    /// The oldest first.
    [[nodiscard]] QList<ProbedVersion> versions() const;
    /// Of the newest version that is accepted; up to TLS 1.2 by suites of ECDHE that are not
    /// ECDSA's, and none where there are no such.
    [[nodiscard]] const QList<ProbedGroup> &groups() const { return m_groups; }
    [[nodiscard]] SuiteChoice groupChoice() const { return m_groupChoice; }

private:
    enum class Phase : quint8 {
        Suites, ///< Of one batch: choose, and choose again.
        ChoiceFirst, ///< The first two accepted ones, one way round …
        ChoiceSecond, ///< … and the other.
        Order, ///< All accepted ones of several batches together.
        Groups,
        GroupChoice,
        Over,
    };

    void startVersion();
    void nextBatch();
    void afterSuites();
    void afterOrder();
    void suiteAnswered(const Tls::ServerFlight &flight);
    void choiceAnswered(const Tls::ServerFlight &flight);
    void orderAnswered(const Tls::ServerFlight &flight);
    void groupAnswered(const Tls::ServerFlight &flight);
    void groupChoiceAnswered(const Tls::ServerFlight &flight);
    void refuse(const QByteArray &evidence, bool allBatches);
    void leaveUntested(const QByteArray &why);
    void endGroups(Acceptance rest, const QByteArray &evidence);
    [[nodiscard]] std::optional<Tls::ServerHello> choiceOf(const Tls::ServerFlight &flight);
    [[nodiscard]] ProbedVersion &current() { return m_versions.last(); }
    [[nodiscard]] QList<quint16> acceptedCodes() const;
    [[nodiscard]] QList<quint16> groupSuites() const;
    [[nodiscard]] bool isNewest() const;
    [[nodiscard]] quint16 groupOf(const Tls::ServerFlight &flight) const;

    QByteArray m_serverName;
    Phase m_phase = Phase::Suites;
    int m_asked = 0;
    QList<quint16> m_versionsLeft; // to ask about, the next one first
    QList<ProbedVersion> m_versions; // the last one is being asked about
    QList<QList<quint16>> m_batches; // of the version, still to ask about
    QList<quint16> m_remaining; // of the batch, or of Order
    int m_acceptedBatches = 0; // that had an accepted one
    bool m_batchHit = false; // this one has
    quint16 m_firstChoice = 0;
    QList<AcceptedSuite> m_ordered;
    QList<quint16> m_groupsLeft;
    QList<ProbedGroup> m_groups;
    SuiteChoice m_groupChoice = SuiteChoice::Unknown;
    std::optional<Tls::ClientHello> m_question; // the one that waits for its answer
    bool m_isSecond = false; // retry() was sent
    Tls::ServerHello m_retried; // the HelloRetryRequest before it
};

} // namespace Mailgauge::Diagnose
