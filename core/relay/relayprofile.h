// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/oauthclient.h"
#include "smtp/session.h"
#include "tls/tlsfacts.h"

#include <QMetaType>
#include <QString>
#include <QUuid>

#include <optional>

namespace Mailgauge::Relay {

/// How to reach and use one relay. Holds no secret: passwords live in a CredentialStore under the
/// profile's id.
struct RelayProfile {
    QUuid id;
    QString name;
    QString host; ///< Host name, address, or path of a UNIX socket when `unixSocket`.
    quint16 port = 587;
    bool unixSocket = false;
    Smtp::TlsPolicy tls = Smtp::TlsPolicy::RequireStartTls;
    Tls::VerifyMode verify = Tls::VerifyMode::Full;
    QString caFile; ///< PEM; empty: the system's roots.
    QByteArray caPem; ///< Further trusted certificates, not stored (the sandbox's own).
    QByteArray pin; ///< SHA-256 of the public key, lower-case hex; empty: none.
    Smtp::AuthOptions::Need auth = Smtp::AuthOptions::Need::Never;
    QList<QByteArray> mechanisms; ///< Empty: the strongest offered.
    /// The strongest that the relay offered when it let us in; a weaker offer later is a finding
    /// (faults C16). Empty: not known.
    QByteArray strongestMechanism;
    QString user;
    /// Where access tokens come from; none: they are not got by the browser.
    std::optional<OAuthClient> oauth;
    bool authWithoutTls = false;
    QByteArray ehloName; ///< Empty: this machine's name.
    QString defaultFrom; ///< Offered by the composer.
    /// Where bounces go; each session gets a form of its own of it (VERP). Empty: to the sender.
    QString bounceAddress;
    Smtp::Deadlines deadlines;
    bool pipelining = true;
    bool builtin = false; ///< The sandbox: shown, not editable, not stored.

    bool operator==(const RelayProfile &) const = default;
};

} // namespace Mailgauge::Relay

Q_DECLARE_METATYPE(Mailgauge::Relay::RelayProfile)
