// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/prepare.h"

#include "base/filejobs.h"
#include "base/literals.h"
#include "delivery/bouncepath.h"
#include "delivery/messagetemplate.h"
#include "delivery/readymessage.h"
#include "mime/builder.h"
#include "mime/limits.h"

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

Base::Result<void> fillAddresses(Composition &composition, const Mime::TemplateValues &values)
{
    Mime::MessageDraft &draft = composition.draft;
    for (const auto &[field, text] : {std::pair {"From"_L1, &draft.from},
             std::pair {"To"_L1, &draft.to}, std::pair {"Cc"_L1, &draft.cc},
             std::pair {"Bcc"_L1, &draft.bcc}, std::pair {"Reply-To"_L1, &draft.replyTo},
             std::pair {"Sender"_L1, &composition.reversePath},
             std::pair {"Recipients"_L1, &composition.forwardPaths}}) {
        auto filled = Mime::expandTemplate(*text, values, Mime::TemplateContext::Address);
        if (!filled)
            return inField(field, filled.error());
        *text = *std::move(filled);
    }
    return {};
}

Base::Result<ReadyMessage> rawFrom(
    const Composition &composition, const std::optional<Mime::TemplateValues> &values)
{
    const RawForm form = composition.rawBinary ? RawForm::Binary : RawForm::Text;
    if (!values)
        return readyMessage(rawContent(composition.rawFile, form));
    return Base::readRegularFile(composition.rawFile, Mime::Limits::MaxMessage)
        .and_then([&](const QByteArray &bytes) { return Mime::expandMessage(bytes, *values); })
        .and_then([form](const QByteArray &bytes) { return rawMessage(bytes, form); });
}

/// The composition is filled as far as its envelope.
Base::Result<ReadyMessage> messageOf(const Composition &composition, const Smtp::Envelope &envelope,
    const QByteArray &ehloName, std::optional<Mime::TemplateValues> values)
{
    const QByteArray domain = idDomainOf(envelope.reversePath, ehloName);
    const bool isRaw = !composition.rawFile.isEmpty();
    Mime::MessageDraft draft = composition.draft;
    const bool hasId = !isRaw && !draft.messageId.isEmpty();
    const QByteArray id = hasId ? draft.messageId : makeMessageId(domain);
    if (values)
        addEnvelopeDefaults(*values, envelope, ehloName, id);
    if (isRaw)
        return rawFrom(composition, values);
    if (values) {
        if (const auto done = fillContent(draft, *values); !done)
            return std::unexpected(done.error());
        draft.messageId = id; // what {{messageId}} said
    }
    const bool madeId = !values && !hasId;
    return Mime::build(draft, domain).transform([&draft, madeId](Mime::BuiltMessage built) {
        return ReadyMessage {std::move(built.content), built.messageId, draft.subject, madeId};
    });
}

} // namespace

Base::Result<SendRequest> prepare(const Composition &given)
{
    const auto values = templateValues(given.options);
    if (!values)
        return std::unexpected(values.error());
    Composition composition = given;
    if (*values) {
        if (const auto done = fillAddresses(composition, **values); !done)
            return std::unexpected(done.error());
    }
    SendRequest request = requestFor(composition.profile, composition.secrets);
    auto forwardPaths = forwardPathsOf(composition);
    if (!forwardPaths)
        return std::unexpected(forwardPaths.error());
    auto reversePath = reversePathOf(composition);
    if (!reversePath)
        return std::unexpected(reversePath.error());
    request.envelope = {*reversePath, *forwardPaths};
    auto message = messageOf(composition, request.envelope, request.session.ehloName, *values);
    if (!message)
        return std::unexpected(message.error());
    request.content = std::move(message->content);
    request.messageId = message->messageId;
    request.subject = message->subject;
    request.madeMessageId = message->madeId;
    if (*values && composition.options.messages > 1)
        request.makeAnew = [composition, envelope = request.envelope,
                               ehloName = request.session.ehloName, filled = **values]() mutable {
            addRunDefaults(filled);
            return messageOf(composition, envelope, ehloName, filled);
        };
    request.keepSecrets = composition.keepSecrets;
    if (const auto applied = applyTo(request, composition.options); !applied)
        return std::unexpected(applied.error());
    if (!composition.rawFile.isEmpty() && composition.rawBinary) {
        // RFC 3030 3: never by DATA.
        request.mailParameters.append("BODY=BINARYMIME"_ba);
        request.session.chunking = Smtp::Chunking::WhereOffered;
    }
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
