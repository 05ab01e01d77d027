// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "tls/tlsfacts.h"

#include <QCoreApplication>

namespace Mailgauge::Models {

/// Short plain phrases for reasons, to stand behind a colon.
class ReasonText {
    Q_DECLARE_TR_FUNCTIONS(ReasonText)

public:
    /// For Explain::ReplyReason::reason; empty where nothing is known.
    [[nodiscard]] static QString phrase(const QByteArray &reason);
    /// The faults of a certificate.
    [[nodiscard]] static QString certificate(const Tls::TlsFacts &facts);
    /// A sentence for what broke a session.
    [[nodiscard]] static QString failure(Base::Error::Kind kind);
};

} // namespace Mailgauge::Models
