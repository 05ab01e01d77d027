// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/hostpolicies.h"
#include "explain/explain.h"
#include "models/meaning.h"

#include <QCoreApplication>
#include <QString>

namespace Mailgauge::Models {

/// The words of the window for what is published about a host and what senders make of it.
class PolicyText {
    Q_DECLARE_TR_FUNCTIONS(PolicyText)

public:
    /// "mx.example.org, 192.0.2.1"; without an address the host alone.
    [[nodiscard]] static QString where(const Diagnose::HostPolicies &policies);
    [[nodiscard]] static QString of(Net::Sender sender);
    [[nodiscard]] static QString of(const Net::PolicyVerdict &verdict);
    [[nodiscard]] static QString symbol(const Net::PolicyVerdict &verdict);
    [[nodiscard]] static Meaning meaning(const Net::PolicyVerdict &verdict);
    [[nodiscard]] static Explain::Explanation why(const Net::PolicyVerdict &verdict);
    /// Sentence, cause and what to do.
    [[nodiscard]] static QString tip(const Net::PolicyVerdict &verdict);

    /// "✓  fits the certificate"
    [[nodiscard]] static QString of(const Tls::TlsaResult &result);
    [[nodiscard]] static Meaning meaning(const Tls::TlsaResult &result);
    /// "enforced for mx.example.org, *.example.org until …"; empty: there is none.
    [[nodiscard]] static QString of(const Net::MtaStsFacts &facts);
    /// TLSA records as a zone file has them, a line each; none: none was found.
    [[nodiscard]] static QStringList zoneLines(const Diagnose::HostPolicies &policies);
};

} // namespace Mailgauge::Models
