// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/capabilities.h"

#include "check.h"

#include <QSet>

using namespace Mailgauge;
using Smtp::Capabilities;

/// Each line of the input is one line of an EHLO reply.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArrayView bytes(data, static_cast<qsizetype>(size));
    QList<Smtp::Quirk> quirks;
    const auto capabilities = Capabilities::fromEhlo(
        {250, bytes.toByteArray().split('\n')}, &quirks);
    check(capabilities.all().size() <= Capabilities::MaxCapabilities);
    for (const Smtp::Capability &capability : capabilities.all())
        check(capabilities.has(capability.keyword) && !capability.keyword.isEmpty());
    const QList<QByteArray> mechanisms = capabilities.authMechanisms();
    check(QSet<QByteArray>(mechanisms.begin(), mechanisms.end()).size() == mechanisms.size());
    check(capabilities.sizeLimit().value_or(0) >= 0);
    return 0;
}
