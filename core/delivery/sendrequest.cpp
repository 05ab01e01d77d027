// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/sendrequest.h"

#include "delivery/ehloname.h"

namespace Mailgauge::Delivery {

SendRequest requestFor(const Relay::RelayProfile &profile)
{
    SendRequest request;
    request.profile = profile.id;
    request.profileName = profile.name;
    request.target.host = profile.host;
    request.target.port = profile.port;
    request.target.unixSocket = profile.unixSocket;
    request.tlsOptions.verify = profile.verify;
    request.tlsOptions.caFile = profile.caFile;
    request.tlsOptions.caPem = profile.caPem;
    request.tlsOptions.pin = profile.pin;
    Smtp::SessionOptions &session = request.session;
    session.ehloName = profile.ehloName.isEmpty() ? defaultEhloName() : profile.ehloName;
    session.tls = profile.tls;
    session.deadlines = profile.deadlines;
    session.pipelining = profile.pipelining;
    session.auth.need = profile.auth;
    session.auth.mechanisms = profile.mechanisms;
    session.auth.user = profile.user.toUtf8();
    session.auth.expected = profile.strongestMechanism;
    session.auth.allowWithoutTls = profile.authWithoutTls;
    return request;
}

std::optional<QByteArray> mechanismToRemember(
    const Relay::RelayProfile &profile, const Transcript::SessionRecord &session)
{
    if (session.authMechanism.isEmpty())
        return std::nullopt;
    const QByteArray strongest = Sasl::strongestOf(session.capabilities.authMechanisms());
    return Sasl::isStronger(strongest, profile.strongestMechanism) ? std::optional(strongest)
                                                                   : std::nullopt;
}

} // namespace Mailgauge::Delivery
