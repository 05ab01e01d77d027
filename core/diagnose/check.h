// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The checks of how a relay behaves, and how each turned out.
#include "diagnose/finding.h"

#include <QSet>

#include <optional>

namespace Mailgauge::Diagnose {

enum class Check : quint8 {
    Names, ///< EHLO name, greeting name, PTR and its address agree.
    Extensions, ///< 8BITMIME, SMTPUTF8, PIPELINING … offered; what TLS changes in the offer.
    HeloOnly, ///< HELO is taken as well (RFC 5321 2.2.1).
    AuthOffer, ///< What AUTH shows before and after TLS.
    StartTlsEnforced, ///< MAIL or AUTH before STARTTLS.
    StartTlsInjection, ///< Bytes behind STARTTLS in the same segment (CVE-2011-0411).
    Pipelining, ///< A group is answered in order, RSET is honoured (RFC 2920).
    SizeLimit, ///< MAIL SIZE= beyond what is announced is refused before the data (RFC 1870).
    NullSender, ///< MAIL FROM:<> is taken (RFC 5321 4.5.5).
    Postmaster, ///< RCPT TO:<postmaster> is taken (RFC 5321 4.5.1).
    Vrfy, ///< VRFY and EXPN tell a known name from an unknown one.
    OpenRelay, ///< Many forms of foreign addresses; stops at RCPT.
    Authentication, ///< The credentials given let us in. Uses them.
    RecipientLimit, ///< How many RCPT until one is refused. Needs a recipient.
    EndOfData, ///< Other line ends around the final dot. Sends mail; needs one's own server.
};

/// What must be said before a check may run.
enum class Consent : quint8 {
    None, ///< Harmless: runs by default.
    Credentials, ///< CheckOptions::authenticate.
    Recipient, ///< CheckOptions::recipient, and the check is named.
    OwnServer, ///< A recipient, CheckOptions::ownServer, and the check is named.
};

[[nodiscard]] const QList<Check> &allChecks();
/// Those that run unless something else is asked for.
[[nodiscard]] QSet<Check> harmlessChecks();
[[nodiscard]] Consent consentFor(Check check);
/// "openRelay" … What it asks and what that does is explainFinding("check." + name, {}).
[[nodiscard]] QByteArrayView checkName(Check check);
[[nodiscard]] std::optional<Check> checkFromName(QByteArrayView name);

enum class Verdict : quint8 {
    Waiting,
    Running,
    Ok,
    Finding,
    NotTested, ///< `reason` tells why; says nothing about the relay.
};

/// "waiting", "running", "ok", "finding", "notTested".
[[nodiscard]] QByteArrayView verdictName(Verdict verdict);
[[nodiscard]] std::optional<Verdict> verdictFromName(QByteArrayView name);

/// One thing that was asked of the relay: an address form, a name, a limit.
struct Probe {
    QByteArray what; ///< "percent hack", "postmaster", "SIZE=20000001".
    QByteArray command; ///< As sent, without line end.
    QByteArray answer; ///< The reply's text with its code; empty: none came.
    Verdict verdict = Verdict::NotTested;
    Evidence evidence; ///< The reply's line.

    bool operator==(const Probe &) const = default;
};

/// Which question, and to whom.
struct CheckKey {
    Check check = Check::Names;
    QString host {}; ///< The mail exchanger of a domain; empty: the host was named.

    bool operator==(const CheckKey &) const = default;
};

struct CheckResult {
    Check check = Check::Names;
    QString host {}; ///< Whom it was asked; see RelayReport::keyOf().
    Verdict verdict = Verdict::Waiting;
    QByteArray reason; ///< Of NotTested: an id, "notTested.consent" …, for explainFinding().
    QByteArray detail; ///< For the reason's sentence: a reply, an error; may be empty.
    QList<Probe> probes; ///< In the order asked.
    QList<Finding> findings;
    QList<QUuid> sessions; ///< In which it was asked; their transcripts are kept.
    qint64 us = 0;

    [[nodiscard]] CheckKey key() const { return {check, host}; }
    bool operator==(const CheckResult &) const = default;
};

} // namespace Mailgauge::Diagnose

Q_DECLARE_METATYPE(Mailgauge::Diagnose::CheckResult)
