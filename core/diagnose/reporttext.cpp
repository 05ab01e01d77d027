// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/reporttext.h"

#include "base/literals.h"
#include "transcript/entry.h"

namespace Mailgauge::Diagnose {

namespace {
constexpr qsizetype MaxShown = 200; ///< Octets of one thing.
} // namespace

QString shown(const QByteArray &bytes)
{
    return Transcript::visibleText(bytes.size() > MaxShown ? bytes.first(MaxShown) + "..." : bytes);
}

QString word(QByteArrayView name)
{
    return QLatin1StringView(name);
}

QString trustText(const Tls::TlsFacts &facts)
{
    QStringList reasons;
    for (const Tls::VerifyReason &reason : facts.reasons)
        reasons.append(word(Tls::reasonName(reason.kind)));
    return reasons.isEmpty() ? u"verified"_s : reasons.join(u", "_s);
}

} // namespace Mailgauge::Diagnose
