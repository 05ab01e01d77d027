// SPDX-License-Identifier: GPL-3.0-or-later
#include "messageoptions.h"

#include "addresses.h"
#include "optionvalues.h"
#include "rawmessage.h"

#include "delivery/deliveryoptions.h"
#include "mime/builder.h"
#include "mime/reader.h"
#include "mime/testcontent.h"

#include <QStringDecoder>

#include <algorithm>
#include <array>

namespace Mailgauge::Cli {

namespace {

using Values = OptionSpec::Values;

struct NotifyWord {
    QByteArrayView name;
    Delivery::DsnOptions::When when;
};
constexpr std::array notifyWords {NotifyWord {"never", Delivery::DsnOptions::Never},
    NotifyWord {"success", Delivery::DsnOptions::Success},
    NotifyWord {"failure", Delivery::DsnOptions::Failure},
    NotifyWord {"delay", Delivery::DsnOptions::Delay}};

constexpr std::array composing {
    "subject", "text", "html", "attach", "inline", "header", "test-content"};

Checked<QString> decoded(const QByteArray &bytes, const QString &what)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    QString text = decoder(bytes);
    if (decoder.hasError())
        return badInput(what + u": not UTF-8"_s, Smtp::Stage::Content);
    return text;
}

Checked<QString> decodedOption(const Options &options, const char *name)
{
    return decoded(options.value(name), u"--"_s + QLatin1StringView(name));
}

/// A field that the draft has a place for goes there; it must not stand twice in the message.
Checked<bool> setKnownField(Mime::MessageDraft &draft, const QByteArray &name, const QString &value)
{
    const std::array places {std::pair {"from", &draft.from}, std::pair {"to", &draft.to},
        std::pair {"cc", &draft.cc}, std::pair {"reply-to", &draft.replyTo},
        std::pair {"subject", &draft.subject}};
    const QByteArray lower = name.toLower();
    for (const auto &[field, place] : places) {
        if (lower != field)
            continue;
        *place = value;
        return true;
    }
    if (lower == "date") {
        draft.date = QDateTime::fromString(value, Qt::RFC2822Date);
        if (!draft.date.isValid())
            return badInput(
                u"--header Date: not a date as RFC 5322 writes it"_s, Smtp::Stage::Content);
        return true;
    }
    return false;
}

/// --header, not filled yet.
Checked<QList<Mime::HeaderField>> givenFields(const Options &options)
{
    QList<Mime::HeaderField> fields;
    for (const QByteArray &field : options.values("header")) {
        const qsizetype colon = field.indexOf(':');
        if (colon <= 0)
            return usage(u"--header %1: expected 'Name: value'"_s.arg(QString::fromUtf8(field)));
        const auto value = decoded(field.sliced(colon + 1).trimmed(), u"--header"_s);
        if (!value)
            return std::unexpected(value.error());
        fields.append({field.first(colon), *value});
    }
    return fields;
}

/// Takes the Message-ID out of the fields and fills it; empty: none was given.
Checked<QByteArray> takeMessageId(QList<Mime::HeaderField> &fields, const MessageFiller &filler)
{
    const auto isMessageId = [](const Mime::HeaderField &field) {
        return field.name.compare("Message-ID", Qt::CaseInsensitive) == 0;
    };
    const auto last = std::ranges::find_last_if(fields, isMessageId);
    if (last.empty())
        return QByteArray();
    const auto value = filler.fill(
        last.front().value, Mime::TemplateContext::Header, u"--header"_s);
    fields.removeIf(isMessageId);
    return value.transform(&Mime::messageIdOf);
}

Checked<void> addHeaders(
    const QList<Mime::HeaderField> &fields, const MessageFiller &filler, Mime::MessageDraft &draft)
{
    for (const Mime::HeaderField &field : fields) {
        const auto value = filler.fill(field.value, Mime::TemplateContext::Header, u"--header"_s);
        if (!value)
            return std::unexpected(value.error());
        const auto known = setKnownField(draft, field.name, *value);
        if (!known)
            return std::unexpected(known.error());
        if (!*known)
            draft.headers.append({field.name, *value});
    }
    return {};
}

Checked<QList<Mime::Attachment>> attachmentsFrom(const Options &options)
{
    QList<Mime::Attachment> attachments;
    for (const char *name : {"attach", "inline"}) {
        for (const QByteArray &path : options.values(name)) {
            auto attachment = Mime::attachmentFromFile(QFile::decodeName(path));
            if (!attachment) {
                const QString detail = attachment.error().detail;
                if (attachment.error().kind == Base::Error::Kind::InvalidInput)
                    return badInput(detail, Smtp::Stage::Content);
                return noInput(detail, Smtp::Stage::Content);
            }
            if (QByteArrayView(name) == "inline")
                attachment->contentId = attachment->fileName.toUtf8();
            attachments.append(*attachment);
        }
    }
    return attachments;
}

Checked<QByteArray> readGiven(const QByteArray &path, const MessageInput &input)
{
    const auto read = input.files.constFind(path);
    return read != input.files.cend() ? Checked<QByteArray>(*read) : readInput(path);
}

Checked<void> addBodies(const Options &options, const MessageInput &input,
    const MessageFiller &filler, Mime::MessageDraft &draft)
{
    using Mime::TemplateContext;
    if (options.has("text")) {
        const bool fromInput = options.value("text") == "-";
        const auto bytes = fromInput ? readGiven("-", input)
                                     : Checked<QByteArray>(options.value("text"));
        if (!bytes)
            return std::unexpected(bytes.error());
        const auto text = decoded(*bytes, u"--text"_s).and_then([&](const QString &given) {
            return filler.fill(given, TemplateContext::Plain, u"--text"_s);
        });
        if (!text)
            return std::unexpected(text.error());
        draft.text = *text;
    }
    if (options.has("test-content")) {
        const auto kind = Mime::testContentFromName(options.value("test-content"));
        if (!kind)
            return usage(
                u"--test-content %1: expected eicar or gtube"_s.arg(options.text("test-content")));
        draft.text.prepend(QString::fromLatin1(Mime::testContent(*kind)) + u'\n');
        if (!options.has("subject"))
            draft.subject = u"Test message"_s;
    }
    if (options.has("html")) {
        const auto bytes = readGiven(options.value("html"), input);
        if (!bytes)
            return std::unexpected(bytes.error());
        const auto html = decoded(*bytes, options.text("html")).and_then([&](const QString &given) {
            return filler.fill(given, TemplateContext::Html, options.text("html"));
        });
        if (!html)
            return std::unexpected(html.error());
        draft.html = *html;
    }
    if (!options.has("subject"))
        return {};
    const auto subject = decodedOption(options, "subject").and_then([&](const QString &given) {
        return filler.fill(given, TemplateContext::Header, u"--subject"_s);
    });
    if (!subject)
        return std::unexpected(subject.error());
    draft.subject = *subject;
    return {};
}

QString shownList(const QList<TypedAddress> &addresses)
{
    QByteArrayList shown;
    for (const TypedAddress &address : addresses)
        shown.append(address.shown);
    return QString::fromUtf8(shown.join(", "));
}

Checked<Mime::MessageDraft> draftFrom(const Options &options, const Smtp::Envelope &envelope,
    const QByteArray &domain, const QList<Mime::HeaderField> &fields, const MessageInput &input,
    const MessageFiller &filler)
{
    Mime::MessageDraft draft;
    const bool sayNothing = !options.hasAny(composing);
    if (const auto done = addBodies(options, input, filler, draft); !done)
        return std::unexpected(done.error());
    if (sayNothing) {
        draft.subject = u"Test message"_s;
        draft.text = u"This is a test message.\n"_s;
    }
    draft.from = shownList(typedAddresses(options.values("from")));
    if (!envelope.reversePath)
        draft.from = u"mailer-daemon@"_s + QString::fromUtf8(domain);
    else if (draft.from.isEmpty())
        draft.from = QString::fromUtf8(envelope.reversePath->address());
    draft.to = shownList(typedAddresses(options.values("to")));
    if (const auto done = addHeaders(fields, filler, draft); !done)
        return std::unexpected(done.error());
    auto attachments = input.attachments ? *input.attachments : attachmentsFrom(options);
    if (!attachments)
        return std::unexpected(attachments.error());
    draft.attachments = *std::move(attachments);
    return draft;
}

/// RFC 3461: what --dsn-notify, --dsn-ret and --dsn-envid say.
Checked<Delivery::DsnOptions> dsnFrom(const Options &options)
{
    using Delivery::DsnOptions;
    DsnOptions dsn;
    if (options.has("dsn-ret")) {
        const QByteArray ret = options.value("dsn-ret").toLower();
        if (ret != "full" && ret != "hdrs")
            return usage(u"--dsn-ret %1: expected full or hdrs"_s.arg(options.text("dsn-ret")));
        dsn.ret = ret == "full" ? DsnOptions::Return::Full : DsnOptions::Return::Headers;
    }
    dsn.envelopeId = options.text("dsn-envid");
    if (options.has("dsn-envid") && dsn.envelopeId.isEmpty())
        return usage(u"--dsn-envid needs a value"_s);
    if (!options.has("dsn-notify"))
        return dsn;
    for (const QByteArray &word : splitList(options.values("dsn-notify"))) {
        const QByteArray name = word.toLower();
        const auto known = std::ranges::find(notifyWords, name, &NotifyWord::name);
        if (known == notifyWords.end())
            return usage(u"--dsn-notify %1: expected never, or success, failure and delay"_s.arg(
                options.text("dsn-notify")));
        dsn.notify.setFlag(known->when);
    }
    if (!dsn.notify)
        return usage(u"--dsn-notify needs a value"_s);
    return dsn;
}

Checked<void> checkUtf8(const Smtp::Envelope &envelope)
{
    if (!envelope.hasAsciiForm())
        return badInput(u"an address needs SMTPUTF8, which is off"_s, Smtp::Stage::Mail);
    return {};
}

} // namespace

QList<OptionSpec> envelopeOptions()
{
    return {
        {"from", "ADDRESS", Values::One, "reverse-path; '' or '<>' is the null one", 'f'},
        {"to", "ADDRESS[,...]", Values::Many, "forward-paths; repeatable", 't'},
        {"mail-param", "PARAM", Values::Many, "further parameter of MAIL (KEY=VALUE); repeatable"},
        {"rcpt-param", "PARAM", Values::Many, "further parameter of RCPT; repeatable"},
    };
}

QList<OptionSpec> extensionOptions()
{
    return {
        {"dsn-notify", "WHEN[,...]", Values::Joined, "never, or success, failure, delay"},
        {"dsn-ret", "full|hdrs", Values::One, "how much of the message a report brings back"},
        {"dsn-envid", "TEXT", Values::One, "what a report calls this envelope"},
    };
}

QList<OptionSpec> contentOptions()
{
    return {
        {"data", "FILE", Values::One, "send FILE as it is (LF becomes CRLF); - is standard input",
            'd'},
        {"binary", "", Values::Flag,
            "send FILE octet by octet, by BDAT with BODY=BINARYMIME, or not at all"},
        {"subject", "TEXT", Values::One, "subject of a message that is built"},
        {"text", "TEXT", Values::One, "its text; - is standard input"},
        {"test-content", "eicar|gtube", Values::One,
            "begin its text with what virus scanners or spam filters must stop"},
        {"html", "FILE", Values::One, "its HTML"},
        {"attach", "FILE", Values::Many, "attachment; repeatable"},
        {"inline", "FILE", Values::Many, "inline image, cid:NAME in the HTML; repeatable"},
        {"header", "'Name: value'", Values::Many, "further field; repeatable"},
    };
}

Checked<Smtp::Envelope> envelopeFrom(
    const Options &options, const QByteArray &defaultFrom, const Smtp::SessionOptions &session)
{
    Smtp::Envelope envelope;
    const QList<TypedAddress> senders = typedAddresses(
        options.has("from") ? options.values("from") : QList {defaultFrom});
    if (senders.size() > 1)
        return badInput(u"--from: one address only"_s, Smtp::Stage::Mail);
    if (!senders.isEmpty() && !senders.first().path.isEmpty()) {
        const auto mailbox = Smtp::Mailbox::parse(senders.first().path);
        if (!mailbox)
            return badInput(malformed(senders.first().path, mailbox.error()), Smtp::Stage::Mail);
        envelope.reversePath = *mailbox;
    }
    for (const TypedAddress &address : typedAddresses(options.values("to"))) {
        const auto mailbox = Smtp::Mailbox::parse(address.path);
        if (!mailbox)
            return badInput(malformed(address.path, mailbox.error()), Smtp::Stage::Rcpt);
        envelope.forwardPaths.append(*mailbox);
    }
    if (const auto done = session.smtpUtf8 ? Checked<void>() : checkUtf8(envelope); !done)
        return std::unexpected(done.error());
    return envelope;
}

Checked<QList<QByteArray>> parametersFrom(const Options &options, const char *name)
{
    QList<QByteArray> parameters = options.values(name);
    for (const QByteArray &parameter : parameters) {
        const bool ascii = std::ranges::all_of(
            parameter, [](char c) { return c > 0x20 && c < 0x7f; });
        if (parameter.isEmpty() || !ascii)
            return badInput(u"--%1 %2: a parameter is printable ASCII without spaces"_s.arg(
                                QLatin1StringView(name), QString::fromUtf8(parameter)),
                Smtp::Stage::Mail);
    }
    const auto dsn = dsnFrom(options);
    if (!dsn)
        return std::unexpected(dsn.error());
    const auto further = QByteArrayView(name) == "mail-param" ? Delivery::dsnMailParameters(*dsn)
                                                              : Delivery::dsnRcptParameters(*dsn);
    if (!further)
        return usage(u"--dsn-notify or --dsn-envid: "_s + further.error().detail);
    if (QByteArrayView(name) == "mail-param" && options.has("binary"))
        parameters.append("BODY=BINARYMIME");
    return parameters + *further;
}

Checked<MessageInput> readForRepeats(const Options &options, MessageInput input)
{
    for (const char *name : {"data", "html", "text"}) {
        const QByteArray path = options.value(name);
        const bool isPath = options.has(name) && (QByteArrayView(name) != "text" || path == "-");
        if (!isPath || input.files.contains(path))
            continue;
        auto read = readInput(path);
        if (!read)
            return std::unexpected(read.error());
        input.files.insert(path, *std::move(read));
    }
    auto attachments = attachmentsFrom(options);
    if (!attachments)
        return std::unexpected(attachments.error());
    input.attachments = *std::move(attachments);
    return input;
}

Checked<Delivery::ReadyMessage> messageFrom(const Options &options, const Smtp::Envelope &envelope,
    const QByteArray &heloName, const MessageInput &input, MessageFiller filler)
{
    const std::optional<QByteArray> &raw = input.raw;
    const QByteArray domain = Delivery::idDomainOf(envelope.reversePath, heloName);
    const QByteArray made = Delivery::makeMessageId(domain);
    MessageFiller ofMade = filler;
    ofMade.setEnvelope(envelope, heloName, made);
    const bool composed = options.hasAny(composing);
    if (raw || options.has("data")) {
        if (composed || (raw && options.has("data")))
            return usage(u"--data is the whole message: no --subject, --text, --test-content, "
                         u"--html, --attach, --inline or --header with it"_s);
        const Delivery::RawForm form = options.has("binary") ? Delivery::RawForm::Binary
                                                             : Delivery::RawForm::Text;
        const auto ofBytes = [form](const QByteArray &bytes) {
            return orNoInput(Delivery::rawMessage(bytes, form));
        };
        if (!ofMade.isActive())
            return raw ? ofBytes(*raw) : rawMessageFromFile(options.value("data"), form);
        return (raw ? Checked<QByteArray>(*raw) : readGiven(options.value("data"), input))
            .and_then([&](const QByteArray &bytes) { return ofMade.fillRaw(bytes); })
            .and_then(ofBytes);
    }
    if (options.has("binary"))
        return usage(u"--binary says how to send --data"_s);
    auto fields = givenFields(options);
    if (!fields)
        return std::unexpected(fields.error());
    const auto given = takeMessageId(*fields, ofMade);
    if (!given)
        return std::unexpected(given.error());
    const QByteArray messageId = given->isEmpty() ? made : *given;
    filler.setEnvelope(envelope, heloName, messageId);
    auto draft = draftFrom(options, envelope, domain, *fields, input, filler);
    if (!draft)
        return std::unexpected(draft.error());
    const bool madeId = !filler.isActive() && given->isEmpty();
    if (!madeId)
        draft->messageId = messageId; // what {{messageId}} said
    auto built = Mime::build(*draft, domain);
    if (!built) {
        const Base::Error &error = built.error();
        if (error.kind == Base::Error::Kind::InvalidInput)
            return badInput(error.detail, Smtp::Stage::Content);
        return noInput(error.detail, Smtp::Stage::Content);
    }
    return Delivery::ReadyMessage {
        std::move(built->content), built->messageId, draft->subject, madeId};
}

} // namespace Mailgauge::Cli
