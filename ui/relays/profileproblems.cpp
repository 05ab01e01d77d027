// SPDX-License-Identifier: GPL-3.0-or-later
#include "relays/profileproblems.h"

#include "base/literals.h"
#include "explain/explain.h"
#include "mime/addresslist.h"
#include "relay/profilejson.h"
#include "smtp/command.h"
#include "smtp/mailbox.h"

#include <QRegularExpression>

#include <algorithm>

namespace Mailgauge::Relays {

namespace {

using Relay::RelayProfile;

constexpr qsizetype LongestText = 4096;

bool hasControl(const QString &text)
{
    return std::ranges::any_of(text, [](QChar c) { return c.category() == QChar::Other_Control; });
}

bool isMechanism(const QByteArray &name)
{
    // RFC 4422 3.1.
    static const QRegularExpression form(u"^[A-Z0-9_-]{1,20}$"_s);
    return form.match(QString::fromLatin1(name)).hasMatch();
}

} // namespace

QString ProfileProblems::of(const RelayProfile &profile)
{
    if (profile.name.isEmpty())
        return tr("Give the profile a name.");
    if (profile.host.isEmpty())
        return tr("Enter the relay's host name or address.");
    const std::initializer_list<std::pair<QString, QString>> texts {{tr("Name"), profile.name},
        {tr("Host"), profile.host}, {tr("Trusted certificates"), profile.caFile},
        {tr("User"), profile.user}, {tr("EHLO name"), QString::fromUtf8(profile.ehloName)},
        {tr("Default sender"), profile.defaultFrom}, {tr("Bounces to"), profile.bounceAddress}};
    for (const auto &[field, text] : texts) {
        if (hasControl(text))
            return tr("“%1” holds a line break, a tab or another character that cannot be seen: "
                      "type it anew.")
                .arg(field);
        if (text.size() > LongestText)
            return tr("“%1” is longer than %2 characters.").arg(field).arg(LongestText);
    }
    static const QRegularExpression pin(u"^([0-9a-f]{64})?$"_s);
    if (!pin.match(QString::fromLatin1(profile.pin)).hasMatch())
        return tr("The pinned key must be 64 hex digits (SHA-256 of the public key).");
    if (!std::ranges::all_of(profile.mechanisms, isMechanism))
        return tr("A mechanism has up to 20 letters, digits, hyphens and underscores, such as "
                  "SCRAM-SHA-256.");
    if (profile.auth == Smtp::AuthOptions::Need::Required && profile.user.isEmpty())
        return tr("Authentication is required: enter the user.");
    if (!profile.ehloName.isEmpty() && !Smtp::Command::ehlo(profile.ehloName))
        return tr("The EHLO name must be a domain, such as mail.example.com, or an address "
                  "literal, such as [192.0.2.1].");
    const auto sender = Mime::parseAddressList(profile.defaultFrom);
    if (!profile.defaultFrom.isEmpty()
        && (!sender || sender->size() != 1 || sender->first().isGroup))
        return tr("The default sender must be one address, such as name@example.com.");
    if (!profile.bounceAddress.isEmpty() && !Smtp::Mailbox::parse(profile.bounceAddress.toUtf8()))
        return tr("Bounces can only go to an address, such as bounces@example.com.");
    if (const auto good = Relay::checkProfile(profile); !good)
        return Explain::explain(good.error()).text;
    return {};
}

} // namespace Mailgauge::Relays
