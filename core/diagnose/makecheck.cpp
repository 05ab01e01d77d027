// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/endofdatacheck.h"
#include "diagnose/mailchecks.h"
#include "diagnose/namescheck.h"
#include "diagnose/offerchecks.h"
#include "diagnose/openrelaycheck.h"
#include "diagnose/starttlschecks.h"

namespace Mailgauge::Diagnose {

BehaviourCheck *makeCheck(Check check, const Ground &ground, QObject *parent)
{
    switch (check) {
    case Check::Names:
        return new NamesCheck(ground, parent);
    case Check::Extensions:
        return new ExtensionsCheck(ground, parent);
    case Check::HeloOnly:
        return new HeloOnlyCheck(ground, parent);
    case Check::AuthOffer:
        return new AuthOfferCheck(ground, parent);
    case Check::StartTlsEnforced:
        return new StartTlsEnforcedCheck(ground, parent);
    case Check::StartTlsInjection:
        return new StartTlsInjectionCheck(ground, parent);
    case Check::Pipelining:
        return new PipeliningCheck(ground, parent);
    case Check::SizeLimit:
        return new SizeLimitCheck(ground, parent);
    case Check::NullSender:
        return new NullSenderCheck(ground, parent);
    case Check::Postmaster:
        return new PostmasterCheck(ground, parent);
    case Check::Vrfy:
        return new VrfyCheck(ground, parent);
    case Check::OpenRelay:
        return new OpenRelayCheck(ground, parent);
    case Check::Authentication:
        return new AuthenticationCheck(ground, parent);
    case Check::RecipientLimit:
        return new RecipientLimitCheck(ground, parent);
    case Check::EndOfData:
        return new EndOfDataCheck(ground, parent);
    }
    Q_UNREACHABLE_RETURN(nullptr);
}

} // namespace Mailgauge::Diagnose
