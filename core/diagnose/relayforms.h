// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>

namespace Mailgauge::Diagnose {

/// One way to ask a server to relay mail that is none of its business. Paths stand without angle
/// brackets; some are no addresses of RFC 5321, which is their point.
struct RelayForm {
    QByteArray name; ///< "percent hack", for the report.
    QByteArray sender;
    QByteArray recipient;
    bool plain = false; ///< A plain foreign address: taken, there is little doubt left.

    bool operator==(const RelayForm &) const = default;
};

/// What the forms are made of.
struct RelayNames {
    QByteArray sender; ///< Foreign, LOCAL@DOMAIN.
    QByteArray recipient; ///< Foreign, LOCAL@DOMAIN.
    QByteArray host; ///< The relay's own name.
    QByteArray domain; ///< A mail domain of the relay; may be that name.
    QByteArray literal; ///< "[192.0.2.1]" or "[IPv6:2001:db8::1]".
};

/// The classic forms, those that need a name that is not known left out.
[[nodiscard]] QList<RelayForm> relayForms(const RelayNames &names);

/// RFC 5321 4.1.3, from an address as text; empty where it is none.
[[nodiscard]] QByteArray addressLiteral(const QString &address);

} // namespace Mailgauge::Diagnose
