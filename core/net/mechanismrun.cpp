// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/mechanismrun.h"

#include "base/literals.h"

#include <QThreadPool>
#include <QtConcurrentRun>

namespace Mailgauge::Net {

QFuture<Base::Result<Sasl::Response>> respondElsewhere(
    std::shared_ptr<Sasl::Mechanism> mechanism, const QByteArray &challenge)
{
    // Not the global one: what waits there would hold up what computes. And never destroyed, since
    // that would wait: a key distribution centre that is silent would keep the program alive.
    static auto *pool = new QThreadPool;
    return QtConcurrent::run(pool,
        [mechanism = std::move(mechanism), challenge] { return mechanism->respond(challenge); });
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
