// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/netrc.h"

#include "check.h"

using namespace Mailgauge;

/// The input is a netrc file. What is said of one that cannot be read repeats nothing of it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray text(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    const auto any = Relay::findInNetrc(text, QStringLiteral("relay.example"), {});
    if (!any) {
        const QString &detail = any.error().detail;
        check(detail.startsWith(QStringLiteral("line ")) && detail.size() < 100);
        check(any.error().evidence.isEmpty());
        return 0;
    }
    const auto named = Relay::findInNetrc(
        text, QStringLiteral("relay.example"), QStringLiteral("user"));
    check(named.has_value());
    check(!*named || (*named)->user.isEmpty() || (*named)->user == QStringLiteral("user"));
    check(*any || !*named); // Who asks for less finds no less.
    return 0;
}
