// SPDX-License-Identifier: GPL-3.0-or-later
#include "relay/mechanismalias.h"

#include "base/literals.h"
#include "sasl/mechanism.h"

#include <algorithm>

namespace Mailgauge::Relay {

bool isMechanismName(QByteArrayView name)
{
    constexpr qsizetype Longest = 20;
    return !name.isEmpty() && name.size() <= Longest && std::ranges::all_of(name, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

Base::Result<Smtp::MechanismAlias> parseMechanismAlias(const QByteArray &text)
{
    const qsizetype equals = text.indexOf('=');
    const Smtp::MechanismAlias alias {text.first(qMax(equals, 0)).trimmed().toUpper(),
        text.sliced(equals + 1).trimmed().toUpper()};
    if (!isMechanismName(alias.name) || !Sasl::mechanismsByStrength().contains(alias.mechanism)) {
        return Base::fail(Base::Error::Kind::InvalidInput,
            u"%1: expected NAME=MECHANISM, the mechanism one of %2"_s.arg(QString::fromUtf8(text),
                QString::fromLatin1(Sasl::mechanismsByStrength().join(", "))));
    }
    return alias;
}

QByteArray mechanismAliasText(const Smtp::MechanismAlias &alias)
{
    return alias.name + '=' + alias.mechanism;
}

} // namespace Mailgauge::Relay
