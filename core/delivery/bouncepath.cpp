// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/bouncepath.h"

#include "base/literals.h"
#include "bounce/verp.h"

namespace Mailgauge::Delivery {

namespace {
std::unexpected<Base::Error> unusable(const QString &why)
{
    return Base::fail(Base::Error::Kind::InvalidInput, u"profile: bounce address: "_s + why);
}
} // namespace

Base::Result<void> nameSessionInReversePath(
    SendRequest &request, const QString &bounceAddress, const Base::Secret &key)
{
    if (bounceAddress.trimmed().isEmpty() || key.isEmpty() || !request.envelope.reversePath)
        return {};
    const auto base = Smtp::Mailbox::parse(bounceAddress.trimmed().toUtf8());
    if (!base)
        return unusable(base.error().detail);
    if (request.id.isNull())
        request.id = QUuid::createUuid();
    const auto path = Smtp::Mailbox::parse(
        Bounce::Verp(key).encode(base->address(), {.session = request.id, .recipient = 0}));
    if (!path)
        return unusable(u"the part before @ is too long"_s);
    request.envelope.reversePath = *path;
    return {};
}

} // namespace Mailgauge::Delivery
