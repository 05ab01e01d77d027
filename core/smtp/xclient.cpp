// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/xclient.h"

#include "base/literals.h"
#include "smtp/mailextensions.h"

#include <QHostAddress>

#include <algorithm>
#include <array>

namespace Mailgauge::Smtp {

namespace {

using Base::Error;

constexpr std::array withoutValue {"[UNAVAILABLE]", "[TEMPUNAVAIL]"};

/// Those that Postfix knows are of this kind, and so are those of Dovecot and other servers; which
/// of them a server takes, it announces.
bool isName(QByteArrayView name)
{
    return !name.isEmpty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

bool isAddress(QByteArrayView name)
{
    return name == "ADDR" || name == "DESTADDR";
}

} // namespace

Base::Result<QList<QByteArray>> parseXclient(QByteArrayView text)
{
    QList<QByteArray> attributes;
    for (const QByteArray &word : text.toByteArray().split(' ')) {
        if (word.isEmpty())
            continue;
        const qsizetype equals = word.indexOf('=');
        const QByteArray name = word.first(qMax(equals, 0)).toUpper();
        QByteArray value = word.sliced(equals + 1);
        if (!isName(name) || value.isEmpty())
            return Base::fail(Error::Kind::InvalidInput,
                u"XCLIENT %1: not NAME=VALUE"_s.arg(QString::fromUtf8(word)));
        if (!std::ranges::contains(withoutValue, QByteArrayView(value.toUpper()))) {
            const QHostAddress address(QString::fromUtf8(value));
            if (isAddress(name) && address.protocol() == QAbstractSocket::IPv6Protocol)
                value.prepend("IPV6:");
            value = toXtext(value);
        }
        attributes.append(name + '=' + value);
    }
    if (attributes.isEmpty())
        return Base::fail(Error::Kind::InvalidInput, u"XCLIENT without attributes"_s);
    return attributes;
}

QByteArray unannouncedXclient(const Capability &announced, const QList<QByteArray> &attributes)
{
    for (const QByteArray &attribute : attributes) {
        const QByteArray name = attribute.first(attribute.indexOf('='));
        const bool taken = std::ranges::any_of(announced.parameters,
            [&name](const QByteArray &one) { return one.compare(name, Qt::CaseInsensitive) == 0; });
        if (!taken)
            return name;
    }
    return {};
}

} // namespace Mailgauge::Smtp
