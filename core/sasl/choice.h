// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sasl/mechanism.h"

namespace Mailgauge::Sasl {

/// What decides which of the mechanisms that a server offers are used.
struct Choice {
    QList<QByteArray> named; ///< In the user's order, upper case; empty: the strongest first.
    bool tls = false;
    bool allowWithoutTls = false; ///< Also those that show a secret.
};

/// The mechanisms to try, one after the other. Unsupported where none is left, and why.
///
/// A mechanism that proves nothing (EXTERNAL, ANONYMOUS) has to be named; Kerberos is taken by
/// itself only where there is no other proof; one that binds to TLS needs a binding; one that
/// cannot act as another is out where that is asked for.
[[nodiscard]] Base::Result<QList<QByteArray>> mechanismsToTry(
    const QList<QByteArray> &offered, const Choice &choice, const Credentials &credentials);

/// What the mechanism is given: a profile keeps one secret, so a named token mechanism takes the
/// password for its token where there is none; and SCRAM without binding is told whether the server
/// offered one with it.
[[nodiscard]] Credentials credentialsFor(QByteArrayView mechanism, const QList<QByteArray> &offered,
    const Choice &choice, Credentials credentials);

} // namespace Mailgauge::Sasl
