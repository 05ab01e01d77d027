// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/certificates.h"

#include "base/literals.h"

namespace Mailgauge::Sandbox {

Base::Result<Certificates> Certificates::create(const QDateTime &now)
{
    // Older than what it signs, the expired certificate included.
    auto maker = Tls::CertificateMaker::create({.commonName = "Mailgauge sandbox root"_ba,
        .names = {},
        .notBefore = now.addYears(-2),
        .notAfter = now.addYears(1)});
    if (!maker)
        return std::unexpected(maker.error());
    Certificates certificates(std::move(*maker), now);
    if (const auto valid = certificates.identity(CertificateKind::Valid); !valid)
        return std::unexpected(valid.error());
    return certificates;
}

Certificates::Certificates(Tls::CertificateMaker maker, const QDateTime &now)
    : m_maker(std::move(maker))
    , m_now(now)
{
}

Base::Result<Tls::Identity> Certificates::identity(CertificateKind kind)
{
    if (const auto found = m_made.find(kind); found != m_made.end())
        return found->second;
    auto made = make(kind);
    if (made)
        m_made.emplace(kind, *made);
    return made;
}

Base::Result<Tls::Identity> Certificates::make(CertificateKind kind) const
{
    Tls::CertificateOptions options {.commonName = "localhost"_ba,
        .names = {"localhost"_ba, "127.0.0.1"_ba, "::1"_ba},
        .notBefore = m_now.addDays(-1),
        .notAfter = m_now.addYears(1)};
    switch (kind) {
    case CertificateKind::Valid:
        break;
    case CertificateKind::Expired:
        options.notBefore = m_now.addDays(-60);
        options.notAfter = m_now.addDays(-30);
        break;
    case CertificateKind::WrongName:
        options.commonName = "mail.wrong.example"_ba;
        options.names = {"mail.wrong.example"_ba};
        break;
    case CertificateKind::SelfSigned:
        return Tls::CertificateMaker::selfSigned(options);
    }
    return m_maker.issue(options);
}

} // namespace Mailgauge::Sandbox
