// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/stranger.h"

#include "base/literals.h"
#include "dns/name.h"

namespace Mailgauge::Net {

bool isNamedByStranger(const Target &target, const Hop &hop, const QString &nameToCheck)
{
    return target.by != RouteBy::Host && !hop.authenticated && nameToCheck.isEmpty()
        && !Dns::isBelow(hop.host.toUtf8(), target.host.toUtf8());
}

Base::Error strangerError(const Target &target, const Hop &hop)
{
    return {Base::Error::Kind::Denied,
        u"%1 lies outside %2 and an unsigned DNS answer named it: no credentials go there unless it is named as the host to check"_s
            .arg(hop.host, target.host),
        {}};
}

} // namespace Mailgauge::Net
