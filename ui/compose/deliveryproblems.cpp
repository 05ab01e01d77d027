// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/deliveryproblems.h"

#include "base/literals.h"
#include "delivery/messagetemplate.h"

#include <algorithm>

namespace Mailgauge::Compose {

using Delivery::DeliveryOptions;

QString DeliveryProblems::parameters(const QString &typed)
{
    const bool good = std::ranges::all_of(
        typed, [](QChar c) { return c >= u' ' && c.unicode() < 0x7f; });
    return good ? QString()
                : tr("A parameter is made of printable ASCII, as in X=1. Separate several by "
                     "spaces.");
}

QMap<QString, QString> DeliveryProblems::of(const DeliveryOptions &options, const QDateTime &now)
{
    QMap<QString, QString> found;
    const auto add = [&found](const QString &field, const QString &sentence) {
        if (!sentence.isEmpty())
            found.insert(field, sentence);
    };
    if (!Delivery::dsnMailParameters(options.dsn))
        add(u"envelopeId"_s, tr("An envelope id has at most 100 characters."));
    const QString submitter = options.submitter.trimmed();
    if (options.vouch && !submitter.isEmpty() && !Smtp::Mailbox::parse(submitter.toUtf8()))
        add(u"submitter"_s,
            tr("“%1” is no address. Write name@example.org, or nothing where nobody vouches.")
                .arg(submitter));
    add(u"mailParameters"_s, parameters(options.mailParameters));
    add(u"rcptParameters"_s, parameters(options.rcptParameters));
    if (options.deliverBy && options.deliverBy->mode == Smtp::DeliverBy::Mode::Return
        && options.deliverBy->within.count() <= 0)
        add(u"deliverBy"_s, tr("What is to be sent back needs a time that is not over yet."));
    if (options.hold == DeliveryOptions::Hold::Until
        && (!options.holdUntil.isValid() || options.holdUntil <= now))
        add(u"holdUntil"_s, tr("The message cannot be held until a time that is past."));
    if (options.stop && options.messages > 1)
        add(u"stop"_s, tr("Many messages cannot be stopped at one point: send one, or send all."));
    if (!Delivery::templateValues(options))
        add(u"templateValues"_s,
            tr("The values of {{…}} are no JSON object. Write them as in {\"name\": \"Ann\"}."));
    return found;
}

} // namespace Mailgauge::Compose
