// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/content.h"
#include "delivery/readymessage.h"
#include "net/mtastsoptions.h"
#include "net/target.h"
#include "relay/profilesecrets.h"
#include "smtp/session.h"
#include "tls/tlsstream.h"
#include "transcript/sessionrecord.h"

#include <QMetaType>
#include <QUuid>

#include <optional>

namespace Mailgauge::Delivery {

using Target = Net::Target;

/// How the certificate is judged; facts are gathered in any case. An empty `serverName` means the
/// target's host.
using TlsOptions = Tls::ClientOptions;

/// One message to send in one session: a value, complete, so that nothing the user edits meanwhile
/// changes it.
struct SendRequest {
    QUuid id; ///< The session's id; made by SendService where null.
    QUuid profile;
    QString profileName;
    Target target;
    TlsOptions tlsOptions;
    Net::MtaStsOptions mtaSts {}; ///< Where policies are kept; roots come from `tlsOptions`.
    Smtp::SessionOptions session;
    Smtp::Envelope envelope;
    Smtp::MailExtensions extensions;
    QList<QByteArray> mailParameters;
    QList<QByteArray> rcptParameters;
    std::optional<Base::Content> content; ///< None: end behind AUTH (a relay test).
    QByteArray messageId; ///< For joining bounces; without brackets.
    /// `messageId` was made for this request, a UUID up to its @: repeated, each message gets one
    /// of its own, because a mailbox takes the second for the first otherwise.
    bool madeMessageId = false;
    /// Repeated, each message but the first is what this makes. Null: all are `content`.
    MakeAnew makeAnew {};
    QString subject;
    /// The password is from this file, and others can read it: worth a finding. Empty: none.
    QString exposedFile {};
    bool keepSecrets = false; ///< Keep this run's secrets in memory (`--show-secrets`).
    bool record = true; ///< In the store.
    /// Without content: stay open behind AUTH for commands by hand, until told to quit.
    bool staysOpen = false;
    bool isLook = false; ///< Part of a diagnosis: nobody waits for mail that goes out.
};

/// The parts of a request that a profile fixes, with what it needs to prove.
[[nodiscard]] SendRequest requestFor(
    const Relay::RelayProfile &profile, const Relay::ProfileSecrets &secrets);

/// Puts those in that a profile's session needs.
void giveSecrets(SendRequest &request, const Relay::ProfileSecrets &secrets);

/// What the profile should remember of a relay that let us in: the strongest mechanism that it
/// offered; nothing where that is no news.
[[nodiscard]] std::optional<QByteArray> mechanismToRemember(
    const Relay::RelayProfile &profile, const Transcript::SessionRecord &session);

} // namespace Mailgauge::Delivery

Q_DECLARE_METATYPE(Mailgauge::Delivery::SendRequest)
