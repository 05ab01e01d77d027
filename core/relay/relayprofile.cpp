// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/relayprofile.h"

namespace Mailgauge::Relay {

namespace {

/// The members of Owner, one after the other.
template <auto... Members, typename Owner>
void follow(Owner &typed, const Owner &base, const Owner &now)
{
    const auto one = [&](auto member) {
        if (typed.*member == base.*member)
            typed.*member = now.*member;
    };
    (one(Members), ...);
}

} // namespace

RelayProfile rebased(RelayProfile typed, const RelayProfile &base, const RelayProfile &now)
{
    using P = RelayProfile;
    follow<&P::id, &P::name, &P::host, &P::port, &P::unixSocket, &P::route, &P::tls, &P::verify,
        &P::caFile, &P::caPem, &P::pin, &P::serverName, &P::verifyName, &P::minTls, &P::maxTls,
        &P::ciphers, &P::cipherSuites, &P::tlsGroups, &P::certificateFile, &P::keyFile, &P::auth,
        &P::mechanisms, &P::mechanismAliases, &P::strongestMechanism, &P::user, &P::oauth,
        &P::authorizationId, &P::authInTurn, &P::authInitial, &P::xclientAnyway, &P::tokenSource,
        &P::tokenCommand, &P::passwordSource, &P::passwordCommand, &P::netrcFile,
        &P::authWithoutTls, &P::ehloName, &P::defaultFrom, &P::bounceAddress, &P::deadlines,
        &P::protocol, &P::pipelining, &P::chunking, &P::chunkSize, &P::prdr, &P::smtpUtf8,
        &P::eightBitAnyway, &P::builtin>(typed, base, now);
    return typed;
}

} // namespace Mailgauge::Relay
