// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/report.h"
#include "diagnose/tlsinspection.h"
#include "models/meaning.h"

#include <QCoreApplication>
#include <QString>

namespace Mailgauge::Models {

/// The words of the window for the facts of a diagnosis, translated, in one place; symbols say
/// without colour what meanings say with it.
class DiagnosisText {
    Q_DECLARE_TR_FUNCTIONS(DiagnosisText)

public:
    [[nodiscard]] static QString of(Diagnose::CellState state);
    [[nodiscard]] static QString symbol(Diagnose::CellState state);
    [[nodiscard]] static Meaning meaning(Diagnose::CellState state);
    [[nodiscard]] static QString of(Diagnose::Family family);
    [[nodiscard]] static QString of(Diagnose::TlsMode mode);
    /// "587 IPv4 STARTTLS"; of a mail exchanger "mx2.example.org: 587 IPv4 STARTTLS".
    [[nodiscard]] static QString of(const Diagnose::CellKey &key);
    /// A short title; what it asks is explained by its id.
    [[nodiscard]] static QString of(Diagnose::Check check);
    /// What it asks and what that does at the relay, in one sentence.
    [[nodiscard]] static QString purpose(Diagnose::Check check);
    [[nodiscard]] static QString of(Diagnose::Verdict verdict);
    [[nodiscard]] static QString symbol(Diagnose::Verdict verdict);
    [[nodiscard]] static Meaning meaning(Diagnose::Verdict verdict);
    [[nodiscard]] static QString of(Diagnose::Acceptance acceptance);
    [[nodiscard]] static QString symbol(Diagnose::Acceptance acceptance);
    [[nodiscard]] static QString of(Diagnose::SuiteChoice choice);
    /// "session id (TLS 1.2)"
    [[nodiscard]] static QString of(Tls::ResumptionBy by);
    /// "✓  taken up again, ticket good for 2 hours"; why it was not tested.
    [[nodiscard]] static QString of(const Diagnose::ProbedResumption &resumption);
    [[nodiscard]] static Meaning meaning(const Diagnose::ProbedResumption &resumption);
    /// "in the certificate, 2026-01-02, log …; its signature is not checked".
    [[nodiscard]] static QString of(const Tls::SignedTimestamp &timestamp);
    /// Where the records are and whether DNSSEC vouches for them, or why there are none.
    [[nodiscard]] static QString of(const Net::CaaFacts &caa);
    [[nodiscard]] static QString of(const Tls::OcspStaple &staple);
    [[nodiscard]] static Meaning meaning(Base::Severity severity);
    /// "TLSv1.3, certificate valid", "TLSv1.2, certificate: expired".
    [[nodiscard]] static QString tls(const Tls::TlsFacts &facts);
    /// "TLS 1.2", "SSL 3.0"; of a number on the wire.
    [[nodiscard]] static QString tlsVersion(quint16 code);
    /// What decided a cell, in one line: extensions, TLS, the reply, what broke; may be empty.
    [[nodiscard]] static QString summary(const Diagnose::Cell &cell);
    /// Of what was looked at: "mx.example.org", "mx.example.org for example.org".
    [[nodiscard]] static QString relay(
        const QString &host, const QString &domain, const QString &profile);
};

} // namespace Mailgauge::Models
