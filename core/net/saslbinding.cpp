// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/saslbinding.h"

#include "base/literals.h"

namespace Mailgauge::Net {

QList<Sasl::ChannelBinding> bindingsOf(const Tls::TlsStream &stream)
{
    QList<Sasl::ChannelBinding> bindings;
    const QList<Tls::ChannelBinding> all = stream.channelBindings();
    for (const Tls::ChannelBinding &binding : all)
        bindings.append({binding.type, binding.data});
    return bindings;
}

Smtp::AuthOptions authFor(Smtp::AuthOptions options, const Target &target, const Hop &hop)
{
    if (options.host.isEmpty()) {
        options.host = target.isLocal() ? "localhost"_ba : hop.host.toUtf8();
        options.port = target.isLocal() ? quint16(0) : hop.port;
    }
    return options;
}

} // namespace Mailgauge::Net
