// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnose/relayforms.h"

#include <QHostAddress>

namespace Mailgauge::Diagnose {

QByteArray addressLiteral(const QString &address)
{
    const QHostAddress parsed(address);
    if (parsed.isNull())
        return {};
    const QByteArray text = parsed.toString().toLatin1();
    return parsed.protocol() == QAbstractSocket::IPv6Protocol ? "[IPv6:" + text + ']'
                                                              : '[' + text + ']';
}

QList<RelayForm> relayForms(const RelayNames &names)
{
    const qsizetype at = names.recipient.lastIndexOf('@');
    const QByteArray user = names.recipient.first(at);
    const QByteArray foreign = names.recipient.sliced(at + 1);
    const QByteArray &target = names.recipient;
    const QByteArray &sender = names.sender;
    const QByteArray local = sender.first(sender.lastIndexOf('@'));

    QList<RelayForm> forms;
    const auto add = [&forms](const char *name, const QByteArray &from, const QByteArray &to,
                         bool plain = false) { forms.append({name, from, to, plain}); };

    // A foreign recipient, and senders that might be trusted.
    add("plain", sender, target, true);
    add("null sender", {}, target, true);
    add("sender without domain", local, target, true);
    if (!names.domain.isEmpty())
        add("sender of the relay's domain", local + '@' + names.domain, target, true);
    if (!names.host.isEmpty() && names.host != names.domain)
        add("sender at the relay's name", local + '@' + names.host, target, true);
    if (!names.literal.isEmpty())
        add("sender at the relay's address", local + '@' + names.literal, target, true);
    add("recipient as its own sender", target, target, true);

    // Recipients that look local and may be sent on.
    add("quoted", sender, '"' + target + '"');
    add("percent without host", sender, user + '%' + foreign);
    add("quoted percent", sender, '"' + user + '%' + foreign + '"');
    add("bang path", sender, foreign + '!' + user);
    const auto through = [&](const QByteArray &place, const char *percent, const char *quoted,
                             const char *twice, const char *route, const char *bang) {
        if (place.isEmpty())
            return;
        add(percent, sender, user + '%' + foreign + '@' + place);
        add(quoted, sender, '"' + target + "\"@" + place);
        add(twice, sender, target + '@' + place);
        add(route, sender, '@' + place + ':' + target);
        add(bang, sender, foreign + '!' + user + '@' + place);
    };
    through(names.host, "percent hack", "quoted at the relay's name", "two at signs",
        "source route", "bang path at the relay's name");
    through(names.literal, "percent hack at the address", "quoted at the address",
        "two at signs, address", "source route by address", "bang path at the address");
    if (!names.domain.isEmpty() && names.domain != names.host)
        add("percent hack at the domain", sender, user + '%' + foreign + '@' + names.domain);
    return forms;
}

} // namespace Mailgauge::Diagnose
