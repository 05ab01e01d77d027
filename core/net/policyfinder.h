// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/danelookup.h"
#include "net/hoppolicy.h"
#include "net/mtastslookup.h"

namespace Mailgauge::Net {

/// Finds out what is published about a route's domain, once, and about each of its hosts, and what
/// a host must be asked for because of it.
class PolicyFinder final : public QObject {
    Q_OBJECT

public:
    /// `asked`: of interest where it isPublished().
    PolicyFinder(Smtp::TlsPolicy asked, MtaStsOptions options, QObject *parent);

    [[nodiscard]] bool wantsDomain() const { return m_asked == Smtp::TlsPolicy::MtaSts; }
    [[nodiscard]] bool wantsHost() const { return Smtp::isPublished(m_asked); }
    /// Ends in domainKnown(). The resolver must live until then, here and below.
    void askDomain(Dns::Resolver &resolver, const Target &target);
    [[nodiscard]] bool isAskingDomain() const { return m_asksDomain; }
    /// No longer waits for the domain's policy: goes by what was kept, or without.
    void giveUpDomain();
    /// Ends in hostKnown(). `addresses`: see DaneLookup::start(); where the host's addresses do not
    /// come from the DNS (`isPinned`) only its name counts.
    void askHost(Dns::Resolver &resolver, const Target &target, const Hop &hop,
        const QList<Dns::Answer> &addresses, bool isPinned);
    void abort();

Q_SIGNALS:
    void noted(const QString &text);
    void found(const Mailgauge::Net::RouteFinding &finding);
    void domainKnown();
    void hostKnown(const Mailgauge::Base::Result<Mailgauge::Net::HopPolicy> &policy);

private:
    void domainAnswered(const MtaStsFacts &facts);
    void hostAnswered(const DaneFacts &facts);

    Smtp::TlsPolicy m_asked;
    MtaStsOptions m_options;
    DaneLookup m_dane;
    MtaStsLookup m_mtaSts;
    MtaStsFacts m_facts; ///< Of the domain.
    bool m_asksDomain = false;
    QByteArray m_domain; ///< Whose MX led to the host; empty: it was named by itself.
    Hop m_hop;
};

} // namespace Mailgauge::Net
