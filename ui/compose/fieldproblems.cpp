// SPDX-License-Identifier: GPL-3.0-or-later
#include "compose/fieldproblems.h"

#include "explain/explain.h"
#include "mime/draft.h"
#include "models/addressbook.h"
#include "smtp/mailbox.h"

#include <algorithm>

namespace Mailgauge::Compose {

namespace {
// The item that the parser did not take, so that the sentence can name it.
QString firstWrong(const QString &field)
{
    const QStringList items = Models::splitAddresses(field);
    const auto wrong = std::ranges::find_if(items, [](const QString &item) {
        const auto found = Mime::addressesOf(item);
        return !found || found->isEmpty();
    });
    return wrong != items.cend() ? *wrong : field.trimmed();
}
} // namespace

QString FieldProblems::addresses(const QString &field)
{
    if (field.trimmed().isEmpty())
        return {};
    const auto found = Mime::addressesOf(field);
    if (!found)
        return tr("“%1” is no address. Write name@example.org, with commas between several.")
            .arg(firstWrong(field));
    return paths(field);
}

QString FieldProblems::paths(const QString &field)
{
    if (field.trimmed().isEmpty())
        return {};
    const auto found = Mime::addressesOf(field);
    if (!found)
        return tr("“%1” is no address. Write name@example.org, with commas between several.")
            .arg(firstWrong(field));
    for (const QByteArray &address : *found) {
        if (const auto mailbox = Smtp::Mailbox::parse(address); !mailbox)
            return tr("“%1” cannot be sent to. %2")
                .arg(QString::fromUtf8(address), Explain::explain(mailbox.error()).withNextStep());
    }
    return {};
}

QString FieldProblems::from(const QString &field)
{
    if (field.trimmed().isEmpty())
        return tr("A message needs a sender. Write your name and address here.");
    return addresses(field);
}

QString FieldProblems::subject(const QString &field)
{
    const bool broken = std::ranges::any_of(
        field, [](QChar c) { return c == u'\r' || c == u'\n' || c.isNull(); });
    return broken ? tr("A subject is one line. Remove the line break.") : QString();
}

} // namespace Mailgauge::Compose
