// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/content.h"
#include "relay/relayprofile.h"
#include "smtp/session.h"

#include <QHostAddress>
#include <QMetaType>
#include <QUuid>

#include <optional>

namespace Mailgauge::Delivery {

/// Where to connect, decided before: a host and port, or a UNIX socket.
struct Target {
    QString host; ///< Name, address, or socket path when `unixSocket`.
    quint16 port = 587;
    bool unixSocket = false;
    std::optional<QHostAddress> pinnedAddress; ///< Use this address for `host` (`--resolve`).
    std::optional<QHostAddress> localAddress;
    std::optional<QAbstractSocket::NetworkLayerProtocol> family; ///< -4, -6.
};

/// How the certificate is judged; facts are gathered in any case.
struct TlsOptions {
    Tls::VerifyMode verify = Tls::VerifyMode::Full;
    QString caFile;
    QByteArray caPem;
    QString serverName; ///< SNI and the name checked, where it is not the host's.
    QByteArray pin; ///< SHA-256 of the public key, lower-case hex.
    QByteArray minVersion; ///< "1.2", "1.3"; empty: 1.2.
    QByteArray maxVersion;
    QByteArray ciphers; ///< OpenSSL list for TLS up to 1.2.
    QString certificateFile; ///< Client certificate, PEM.
    QString keyFile;
};

/// One message to send in one session: a value, complete, so that nothing the user edits meanwhile
/// changes it.
struct SendRequest {
    QUuid id; ///< The session's id; made by SendService where null.
    QUuid profile;
    QString profileName;
    Target target;
    TlsOptions tlsOptions;
    Smtp::SessionOptions session;
    Smtp::Envelope envelope;
    QList<QByteArray> mailParameters;
    QList<QByteArray> rcptParameters;
    std::optional<Base::Content> content; ///< None: end behind AUTH (a relay test).
    QByteArray messageId; ///< For joining bounces; without brackets.
    QString subject;
    bool keepSecrets = false; ///< Keep this run's secrets in memory (`--show-secrets`).
    bool record = true; ///< In the store.
};

/// The parts of a request that a profile fixes. The password is added by whoever holds the
/// credentials.
[[nodiscard]] SendRequest requestFor(const Relay::RelayProfile &profile);

} // namespace Mailgauge::Delivery

Q_DECLARE_METATYPE(Mailgauge::Delivery::SendRequest)
