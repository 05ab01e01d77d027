// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/fallback.h"

namespace Mailgauge::Delivery {

bool mayFallBack(Smtp::TlsPolicy policy, const std::optional<Smtp::Event::Failed> &failed,
    const RecordBuilder &builder)
{
    const auto &tls = builder.record().tls;
    if (tls && !tls->accepted)
        return false;
    return policy == Smtp::TlsPolicy::Opportunistic && failed
        && failed->failure.stage == Smtp::Stage::Tls
        && failed->failure.error.kind == Base::Error::Kind::TlsHandshake && !builder.hasDecided();
}

void goInClear(Net::ConnectionOptions &options, const QString &host)
{
    if (Smtp::isPublished(options.session.tls))
        options.inClear = host;
    else
        options.session.tls = Smtp::TlsPolicy::None;
}

} // namespace Mailgauge::Delivery
