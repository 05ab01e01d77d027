// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/oauthclient.h"
#include "relay/route.h"
#include "smtp/session.h"
#include "tls/tlsfacts.h"

#include <QMetaType>
#include <QString>
#include <QUuid>

#include <optional>

namespace Mailgauge::Relay {

/// Where an OAuth 2.0 access token comes from.
enum class TokenSource : quint8 {
    None,
    Kept, ///< In the CredentialStore.
    Command, ///< Printed by RelayProfile::tokenCommand.
    Browser, ///< Granted to RelayProfile::oauth when the user signed in.
};

/// Where the password comes from.
enum class PasswordSource : quint8 {
    Kept, ///< In the CredentialStore.
    Command, ///< Printed by RelayProfile::passwordCommand.
    Netrc, ///< In RelayProfile::netrcFile, under the profile's host and user.
};

/// How to reach and use one relay. Holds no secret: they live in a CredentialStore under the
/// profile's id (see profilesecrets.h).
struct RelayProfile {
    QUuid id;
    QString name;
    QString host; ///< Host name, address, or path of a UNIX socket when `unixSocket`.
    quint16 port = 587;
    bool unixSocket = false;
    Route route;
    Smtp::TlsPolicy tls = Smtp::TlsPolicy::RequireStartTls;
    Tls::VerifyMode verify = Tls::VerifyMode::Full;
    QString caFile; ///< PEM, or a directory of such files; empty: the system's roots.
    QByteArray caPem; ///< Further trusted certificates, not stored (the sandbox's own).
    QByteArray pin; ///< SHA-256 of the public key, lower-case hex; empty: none.
    QString serverName; ///< To send (SNI) and to check; empty: the host's.
    QString verifyName; ///< To check instead of what is sent; empty: the same.
    QByteArray minTls; ///< "1.0" to "1.3"; empty: 1.2. Below 1.2 is a finding (faults C14).
    QByteArray maxTls; ///< Empty: the newest.
    QByteArray ciphers; ///< OpenSSL list for TLS 1.2; empty: OpenSSL's own.
    QByteArray cipherSuites {}; ///< The same for TLS 1.3.
    QByteArray tlsGroups {}; ///< For key exchange, "X25519:P-256"; empty: OpenSSL's own.
    QString certificateFile; ///< Client certificate with its chain, PEM; empty: none.
    QString keyFile; ///< Empty: in certificateFile.
    Smtp::AuthOptions::Need auth = Smtp::AuthOptions::Need::Never;
    QList<QByteArray> mechanisms; ///< Empty: the strongest offered.
    QList<Smtp::MechanismAlias> mechanismAliases;
    /// The strongest that the relay offered when it let us in; a weaker offer later is a
    /// finding (faults C16). Empty: not known.
    QByteArray strongestMechanism;
    QString user;
    /// By whom TokenSource::Browser gets tokens; it may stay while they come from elsewhere.
    std::optional<OAuthClient> oauth;
    QString authorizationId; ///< Whom to act as; empty: `user`.
    /// Try the mechanisms one after the other, also where the credentials were refused.
    bool authInTurn = false;
    Smtp::AuthOptions::Initial authInitial = Smtp::AuthOptions::Initial::AsUsual;
    bool xclientAnyway = false; ///< Route::xclient goes out also where it is not announced.
    TokenSource tokenSource = TokenSource::None;
    QString tokenCommand; ///< A shell command. It never comes with a file of profiles.
    PasswordSource passwordSource = PasswordSource::Kept;
    QString passwordCommand; ///< As `tokenCommand`.
    QString netrcFile; ///< Empty: see defaultNetrcFile(). It never comes with a file of profiles.
    bool authWithoutTls = false;
    QByteArray ehloName; ///< Empty: this machine's name.
    QString defaultFrom; ///< Offered by the composer.
    /// Where bounces go; each session gets a form of its own of it (VERP). Empty: to the
    /// sender.
    QString bounceAddress;
    Smtp::Deadlines deadlines;
    Smtp::Protocol protocol = Smtp::Protocol::Esmtp;
    bool pipelining = true;
    Smtp::Chunking chunking = Smtp::Chunking::Off;
    qint64 chunkSize = 1024 * 1024; ///< Octets of one BDAT.
    bool prdr = false; ///< Ask for a verdict per recipient where PRDR is announced.
    bool smtpUtf8 = true; ///< Use SMTPUTF8 where it is needed and announced.
    bool eightBitAnyway = false; ///< Send 8-bit content also without 8BITMIME.
    bool builtin = false; ///< The sandbox: shown, not editable, not stored.

    bool operator==(const RelayProfile &) const = default;
};

/// `typed`, which was made by changing `base`, as the same changes of `now`: what was not touched
/// is as it is now.
[[nodiscard]] RelayProfile rebased(
    RelayProfile typed, const RelayProfile &base, const RelayProfile &now);

} // namespace Mailgauge::Relay

Q_DECLARE_METATYPE(Mailgauge::Relay::RelayProfile)
