// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/tlspolicytext.h"

#include <QCoreApplication>

namespace Mailgauge::Relays {

QString tlsPolicyText(Smtp::TlsPolicy policy)
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("TlsPolicy", text); };
    switch (policy) {
    case Smtp::TlsPolicy::RequireStartTls:
        return tr(QT_TRANSLATE_NOOP("TlsPolicy", "STARTTLS, required"));
    case Smtp::TlsPolicy::ImplicitTls:
        return tr(QT_TRANSLATE_NOOP("TlsPolicy", "TLS from the first byte"));
    case Smtp::TlsPolicy::Opportunistic:
        return tr(QT_TRANSLATE_NOOP("TlsPolicy", "STARTTLS where offered"));
    case Smtp::TlsPolicy::OpportunisticStrict:
        return tr(QT_TRANSLATE_NOOP("TlsPolicy", "STARTTLS if offered, strictly"));
    case Smtp::TlsPolicy::Dane:
        return tr(QT_TRANSLATE_NOOP("TlsPolicy", "As the DNS says (DANE)"));
    case Smtp::TlsPolicy::MtaSts:
        return tr(QT_TRANSLATE_NOOP("TlsPolicy", "As the domain says (MTA-STS)"));
    case Smtp::TlsPolicy::None:
        return tr(QT_TRANSLATE_NOOP("TlsPolicy", "None: clear text"));
    }
    Q_UNREACHABLE_RETURN(QString());
}

} // namespace Mailgauge::Relays
