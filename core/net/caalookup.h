// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/caafacts.h"
#include "net/enquiry.h"

namespace Mailgauge::Net {

/// Asks for the CAA records of a host, and where it has none of the names above it, up to the top
/// level (RFC 8659 3). Aliases are followed, but not climbed. One host at a time.
class CaaLookup final : public QObject {
    Q_OBJECT

public:
    explicit CaaLookup(QObject *parent);

    /// Ends in found(), never before control is back in the event loop. `host` is a name
    /// (Dns::nameFrom). The resolver must live until then.
    void start(Dns::Resolver &resolver, const QByteArray &host);
    void abort();

Q_SIGNALS:
    void found(const Mailgauge::Net::CaaFacts &facts);

private:
    void ask();
    void answered(const Dns::Answer &answer);

    Enquiry m_enquiry;
    Dns::Resolver *m_resolver = nullptr;
    CaaFacts m_facts;
};

} // namespace Mailgauge::Net
