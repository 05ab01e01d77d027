// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/resend.h"

#include "base/literals.h"
#include "bounce/verp.h"
#include "delivery/bouncepath.h"
#include "mime/builder.h"

namespace Mailgauge::Delivery {

Base::Result<SendRequest> resend(const Transcript::SessionRecord &record, const QByteArray &message,
    const std::optional<Relay::RelayProfile> &profile, const Relay::ProfileSecrets &secrets,
    const Base::Secret &bounceKey)
{
    if (record.message.isNull() || message.isEmpty())
        return Base::fail(
            Base::Error::Kind::InvalidInput, u"the session holds no message to send again"_s);

    Relay::RelayProfile relay;
    if (profile) {
        relay = *profile;
    } else {
        relay.name = record.profileName;
        relay.host = record.host;
        relay.port = record.port;
        relay.unixSocket = record.port == 0;
        // A program is started for who types it, never for what a record says.
        if (relay.unixSocket && !record.host.startsWith(u'/'))
            return Base::fail(Base::Error::Kind::InvalidInput,
                u"the session went to a program, which is not started again from here"_s);
        relay.tls
            = Smtp::tlsPolicyFromName(record.tlsPolicy).value_or(Smtp::TlsPolicy::RequireStartTls);
    }
    SendRequest request = requestFor(relay, secrets);

    if (!record.reversePath.isEmpty()) {
        auto path = Smtp::Mailbox::parse(record.reversePath);
        if (!path)
            return std::unexpected(path.error());
        request.envelope.reversePath = *path;
    }
    for (const Smtp::RecipientOutcome &recipient : record.recipients)
        request.envelope.forwardPaths.append(recipient.recipient);

    // Stored octets are what went out: CRLF already, nothing to convert.
    auto content = Mime::rawFromBytes(message);
    if (!content)
        return std::unexpected(content.error());
    request.content = *content;
    if (Bounce::Verp(bounceKey).decode(record.reversePath)) {
        if (auto named = nameSessionInReversePath(request, relay.bounceAddress, bounceKey); !named)
            return std::unexpected(named.error());
    }
    request.messageId = record.messageId;
    request.subject = record.subject;
    return request;
}

} // namespace Mailgauge::Delivery
