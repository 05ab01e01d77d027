// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnose/cell.h"
#include "diagnose/check.h"

#include <QMetaType>

#include <chrono>

namespace Mailgauge::Diagnose {

/// What the user asks to be diagnosed: one of profile, host and domain.
struct Wish {
    QUuid profile;
    QString host; ///< Name or address.
    QString domain; ///< Its mail exchangers are asked for.
    QList<quint16> ports;
    QList<Family> families;
    QList<TlsMode> modes;
    QSet<Check> checks;
    bool tlsInspection = false; ///< Some hundred connections.
    QByteArray recipient;
    QByteArray foreignRecipient; ///< Empty: the usual one.
    int recipients = 200; ///< At most so many to find the limit.
    int parallel = 4; ///< Sessions at the same time.
    std::chrono::milliseconds pause {5'000}; ///< Before the second try behind a 421 or 4yz.
    bool ownServer = false;
    bool authenticate = false; ///< The profile's password may be used.

    bool operator==(const Wish &) const = default;
};

} // namespace Mailgauge::Diagnose

Q_DECLARE_METATYPE(Mailgauge::Diagnose::Wish)
