// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/prepare.h"

#include "base/literals.h"
#include "delivery/bouncepath.h"
#include "mime/builder.h"

#include <QSet>

namespace Mailgauge::Delivery {

namespace {

using ErrorKind = Base::Error::Kind;

std::unexpected<Base::Error> inField(QLatin1StringView field, const Base::Error &error)
{
    return Base::fail(error.kind, field + u": "_s + error.detail, error.evidence);
}

Base::Result<QList<Smtp::Mailbox>> mailboxesOf(QLatin1StringView field, const QString &text)
{
    const auto addresses = Mime::addressesOf(text);
    if (!addresses)
        return inField(field, addresses.error());
    QList<Smtp::Mailbox> mailboxes;
    for (const QByteArray &address : *addresses) {
        const auto mailbox = Smtp::Mailbox::parse(address);
        if (!mailbox)
            return inField(field, mailbox.error());
        mailboxes.append(*mailbox);
    }
    return mailboxes;
}

// Who is named in To and in Cc gets the message once. Local parts may differ by case.
void addOnce(QList<Smtp::Mailbox> &all, QSet<QByteArray> &known, const QList<Smtp::Mailbox> &more)
{
    for (const Smtp::Mailbox &mailbox : more) {
        const QByteArray key = mailbox.localPart().toByteArray() + '@' + mailbox.domain();
        if (!known.contains(key))
            all.append(mailbox);
        known.insert(key);
    }
}

Base::Result<QList<Smtp::Mailbox>> forwardPathsOf(const Composition &composition)
{
    const Mime::MessageDraft &draft = composition.draft;
    const bool own = !composition.forwardPaths.trimmed().isEmpty();
    const QList<std::pair<QLatin1StringView, QString>> fields = own
        ? QList {std::pair("Recipients"_L1, composition.forwardPaths)}
        : QList {std::pair("To"_L1, draft.to), std::pair("Cc"_L1, draft.cc),
              std::pair("Bcc"_L1, draft.bcc)};
    QList<Smtp::Mailbox> all;
    QSet<QByteArray> known;
    for (const auto &[field, text] : fields) {
        const auto mailboxes = mailboxesOf(field, text);
        if (!mailboxes)
            return std::unexpected(mailboxes.error());
        addOnce(all, known, *mailboxes);
    }
    if (all.isEmpty())
        return Base::fail(ErrorKind::InvalidInput, u"To: no recipient"_s);
    return all;
}

Base::Result<std::optional<Smtp::Mailbox>> reversePathOf(const Composition &composition)
{
    if (composition.nullReversePath)
        return std::optional<Smtp::Mailbox>();
    const bool own = !composition.reversePath.trimmed().isEmpty();
    const QLatin1StringView field = own ? "Sender"_L1 : "From"_L1;
    const auto mailboxes = mailboxesOf(
        field, own ? composition.reversePath : composition.draft.from);
    if (!mailboxes)
        return std::unexpected(mailboxes.error());
    if (mailboxes->isEmpty())
        return Base::fail(ErrorKind::InvalidInput, field + u": no address"_s);
    return std::optional(mailboxes->constFirst());
}

// The right side of the Message-ID: the sender's domain, which alone may promise uniqueness there.
QByteArray idDomainOf(const std::optional<Smtp::Mailbox> &reversePath, const QByteArray &ehloName)
{
    if (reversePath && !reversePath->domain().isEmpty() && !reversePath->domain().startsWith('['))
        return reversePath->domain();
    return ehloName.startsWith('[') ? "localhost"_ba : ehloName;
}

} // namespace

Base::Result<SendRequest> prepare(const Composition &composition)
{
    SendRequest request = requestFor(composition.profile, composition.secrets);
    auto forwardPaths = forwardPathsOf(composition);
    if (!forwardPaths)
        return std::unexpected(forwardPaths.error());
    auto reversePath = reversePathOf(composition);
    if (!reversePath)
        return std::unexpected(reversePath.error());
    request.envelope = {*reversePath, *forwardPaths};
    auto built = Mime::build(composition.draft, idDomainOf(*reversePath, request.session.ehloName));
    if (!built)
        return std::unexpected(built.error());
    request.content = std::move(built->content);
    request.messageId = built->messageId;
    request.madeMessageId = composition.draft.messageId.isEmpty();
    request.subject = composition.draft.subject;
    request.keepSecrets = composition.keepSecrets;
    if (const auto applied = applyTo(request, composition.options); !applied)
        return std::unexpected(applied.error());
    // What was written by hand stays; repeated ones are sessions that nobody can name yet.
    if (composition.reversePath.trimmed().isEmpty() && composition.options.messages <= 1) {
        if (auto named = nameSessionInReversePath(
                request, composition.profile.bounceAddress, composition.bounceKey);
            !named)
            return std::unexpected(named.error());
    }
    return request;
}

} // namespace Mailgauge::Delivery
