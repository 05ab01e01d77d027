// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// What a relay's TLS was found to be, at one address and port: versions, cipher suites and groups
/// that it accepts, the certificates that it shows. A value, complete.
///
/// Three words, never two: what no TLS answer decided (a 421, a time-out, a connection that ended)
/// is NotTested and says nothing about the server.
#include "base/error.h"
#include "diagnose/finding.h"
#include "net/caafacts.h"
#include "tls/certificatedetails.h"
#include "tls/ocspstaple.h"
#include "tls/resumption.h"
#include "tls/signedtimestamp.h"
#include "tls/tlsfacts.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>
#include <QMetaType>
#include <QString>

#include <optional>

namespace Mailgauge::Diagnose {

enum class Acceptance : quint8 {
    NotTested,
    Accepted,
    Refused,
};

/// "notTested", "accepted", "refused".
[[nodiscard]] QByteArrayView acceptanceName(Acceptance acceptance);
[[nodiscard]] std::optional<Acceptance> acceptanceFromName(QByteArrayView name);

/// A verdict with what it rests on.
struct Judged {
    Acceptance acceptance = Acceptance::NotTested;
    QByteArray evidence; ///< "alert 70 protocol_version", "ServerHello TLSv1.2", "421 4.7.0 …".

    bool operator==(const Judged &) const = default;
};

/// Who decides which of the shared cipher suites is taken.
enum class SuiteChoice : quint8 {
    Unknown, ///< Fewer than two are accepted, or the question was not answered.
    Server,
    Client,
};

/// "unknown", "server", "client".
[[nodiscard]] QByteArrayView suiteChoiceName(SuiteChoice choice);
[[nodiscard]] std::optional<SuiteChoice> suiteChoiceFromName(QByteArrayView name);

/// A cipher suite that the server chose when it was offered. Names are in Tls::cipherSuite(code).
struct AcceptedSuite {
    quint16 code = 0;
    quint16 group = 0; ///< Of the key exchange, Tls::groupName(); 0: none, or not told.
    int dhBits = 0; ///< Of the prime that a DHE suite brought; 0: not DHE.

    bool operator==(const AcceptedSuite &) const = default;
};

struct ProbedVersion {
    quint16 code = 0; ///< As on the wire: 0x0300 is SSL 3.0, 0x0304 is TLS 1.3.
    Judged judged;
    QList<AcceptedSuite> accepted; ///< In the order that the server took them in.
    QList<quint16> refused; ///< Offered, and none of them taken.
    QByteArray refusedBy; ///< The answer that said so.
    QList<quint16> notTested;
    QByteArray notTestedWhy; ///< "421 4.7.0 …"; "credentials": they need what only users have.
    SuiteChoice choice = SuiteChoice::Unknown;

    bool operator==(const ProbedVersion &) const = default;
};

/// A group of TLS 1.3's key exchange.
struct ProbedGroup {
    quint16 code = 0; ///< Tls::groupName().
    Judged judged;

    bool operator==(const ProbedGroup &) const = default;
};

enum class Resumption : quint8 {
    NotTested,
    NothingGiven, ///< Neither ticket nor id: there is nothing to come back with.
    NotResumed, ///< What was given was not taken.
    Resumed,
};

/// "notTested", "nothingGiven", "notResumed", "resumed".
[[nodiscard]] QByteArrayView resumptionName(Resumption resumption);
[[nodiscard]] std::optional<Resumption> resumptionFromName(QByteArrayView name);

/// One way to take a session up again, tried with a session of its own.
struct ProbedResumption {
    Tls::ResumptionBy by = Tls::ResumptionBy::SessionId;
    Resumption outcome = Resumption::NotTested;
    QByteArray
        evidence {}; ///< "421 4.7.0 …", "TLSv1.3 is refused"; how the second handshake failed.
    qint64 lifetime = 0; ///< Of the ticket, in seconds, as the server says; 0: it does not.
    quint32 maxEarlyData = 0; ///< Octets of 0-RTT that the ticket allows; none were sent.

    bool operator==(const ProbedResumption &) const = default;
};

struct InspectedCertificate {
    Tls::CertificateFacts facts;
    Tls::CertificateDetails details;

    bool operator==(const InspectedCertificate &) const = default;
};

/// A name that a sender may want the certificate to bear.
struct NameCheck {
    QString name; ///< As asked for; U-labels stay.
    QByteArray role; ///< "host", "domain" …: whose name it is.
    bool matches = false;
    QString matched; ///< The name of the certificate that matched: "*.example.org".

    bool operator==(const NameCheck &) const = default;
};

/// One chain that the server shows; a server with keys of several kinds has several.
struct InspectedChain {
    Tls::TlsFacts facts; ///< Version, cipher, verdict and reasons; its chain is `sent`.
    QList<InspectedCertificate> sent; ///< As sent, leaf first.
    QList<InspectedCertificate> path; ///< Leaf to root as it was built, roots of the store too.
    QList<NameCheck> names;
    /// Promises of logs (RFC 6962), their signatures not checked; none: not asked for, as by older
    /// versions of this.
    std::optional<QList<Tls::SignedTimestamp>> timestamps {};
    std::optional<Tls::OcspStaple> staple; ///< None: the server sent none though it was asked to.
    QByteArrayList tlsa; ///< Records that fit: "3 1 1 …" of the leaf, "2 1 1 …" of its issuers.

    bool operator==(const InspectedChain &) const = default;
};

struct TlsInspection {
    QDateTime startedAt; ///< UTC.
    qint64 totalUs = 0;
    QString host; ///< As asked for.
    QString address; ///< Inspected; empty: not reached.
    quint16 port = 25;
    bool implicitTls = false;
    QString serverName; ///< Sent as SNI; empty: none.
    int connections = 0; ///< That were opened.
    int pauses = 0; ///< How often the server made us wait, by a 421 or 4yz.
    bool cancelled = false;
    std::optional<Base::Error> failure; ///< Why nothing could be inspected; replies are evidence.

    QList<ProbedVersion> versions; ///< The oldest first.
    QList<ProbedGroup> groups; ///< Of the newest version accepted; see TlsEnumeration::groups().
    SuiteChoice groupChoice = SuiteChoice::Unknown;
    QList<ProbedResumption> resumptions; ///< Empty: not asked, as by older versions of this.
    std::optional<bool> extendedMasterSecret; ///< RFC 7627, of TLS 1.2; none: not tested.
    QList<InspectedChain> chains;
    std::optional<Net::CaaFacts> caa; ///< None: not asked, or the host is an address.
    QList<Finding> findings; ///< The worst first.

    [[nodiscard]] const ProbedVersion *version(quint16 code) const;
    /// nullptr: none is accepted.
    [[nodiscard]] const ProbedVersion *newestAccepted() const;

    bool operator==(const TlsInspection &) const = default;
};

} // namespace Mailgauge::Diagnose

Q_DECLARE_METATYPE(Mailgauge::Diagnose::TlsInspection)
