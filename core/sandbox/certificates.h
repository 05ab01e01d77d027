// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "sandbox/scenario.h"
#include "tls/certificatemaker.h"

#include <map>
#include <optional>

namespace Mailgauge::Sandbox {

/// The sandbox's own root and what it signed, made on the spot; the bad ones when first asked for.
class Certificates {
public:
    /// A root and the valid certificate. Io where OpenSSL fails.
    [[nodiscard]] static Base::Result<Certificates> create(const QDateTime &now);

    [[nodiscard]] QByteArray caPem() const { return m_maker.caPem(); }
    [[nodiscard]] Base::Result<Tls::Identity> identity(CertificateKind kind);

private:
    Certificates(Tls::CertificateMaker maker, const QDateTime &now);
    [[nodiscard]] Base::Result<Tls::Identity> make(CertificateKind kind) const;

    Tls::CertificateMaker m_maker;
    QDateTime m_now;
    std::map<CertificateKind, Tls::Identity> m_made;
};

} // namespace Mailgauge::Sandbox
