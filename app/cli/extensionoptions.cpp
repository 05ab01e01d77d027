// SPDX-License-Identifier: GPL-3.0-or-later
#include "extensionoptions.h"

#include "optionvalues.h"

#include <QRegularExpression>

namespace Mailgauge::Cli {

namespace {

using Values = OptionSpec::Values;

Checked<qint64> secondsFrom(const Options &options, const char *name)
{
    bool isNumber = false;
    const qint64 seconds = options.value(name).toLongLong(&isNumber);
    if (!isNumber)
        return usage(
            u"--%1 %2: expected seconds"_s.arg(QLatin1StringView(name), options.text(name)));
    return seconds;
}

Checked<Smtp::DeliverBy> deliverByFrom(const Options &options)
{
    static const QRegularExpression grammar(u"^([+-]?[0-9]{1,9})(?:;([NRnr])([Tt]?))?$"_s);
    const auto match = grammar.match(options.text("deliver-by"));
    if (!match.hasMatch())
        return usage(u"--deliver-by %1: expected SECONDS, SECONDS;N or SECONDS;R"_s.arg(
            options.text("deliver-by")));
    const bool returns = match.captured(2).toUpper() == u"R"_s;
    return Smtp::DeliverBy {.within = std::chrono::seconds(match.captured(1).toLongLong()),
        .mode = returns ? Smtp::DeliverBy::Mode::Return : Smtp::DeliverBy::Mode::Notify,
        .trace = !match.captured(3).isEmpty()};
}

} // namespace

QList<OptionSpec> beyondAsciiOptions()
{
    return {
        {"smtputf8", "auto|off", Values::One,
            "off: domains go out as A-labels, local parts beyond ASCII are refused (default: auto, "
            "where they need it)"},
        {"eight-bit", "refuse|send", Values::One,
            "8-bit content where 8BITMIME is not announced (default: refuse)"},
    };
}

Checked<void> applyBeyondAscii(const Options &options, Relay::RelayProfile &profile)
{
    if (options.has("smtputf8")) {
        const auto word = parseWord(options, "smtputf8", {"auto", "off"});
        if (!word)
            return std::unexpected(word.error());
        profile.smtpUtf8 = *word == "auto";
    }
    if (options.has("eight-bit")) {
        const auto word = parseWord(options, "eight-bit", {"refuse", "send"});
        if (!word)
            return std::unexpected(word.error());
        profile.eightBitAnyway = *word == "send";
    }
    return {};
}

QList<OptionSpec> mailExtensionOptions()
{
    return {
        {"mail-auth", "ADDR", Values::One,
            "who submitted the message (AUTH= on MAIL); <> where nobody vouches"},
        {"require-tls", "", Values::Flag, "REQUIRETLS: TLS on the whole way, or back"},
        {"deliver-by", "SECONDS[;N|R[T]]", Values::One,
            "DELIVERBY: N (default) reports a delay, R sends the message back, T traces"},
        {"hold-for", "SECONDS", Values::One, "FUTURERELEASE: keep the message so long"},
        {"hold-until", "TIME", Values::One, "FUTURERELEASE: keep it until 2030-12-31T23:59:59Z"},
        {"mt-priority", "N", Values::One, "MT-PRIORITY: -9 to 9"},
        {"dsn-orcpt", "", Values::Flag, "tell reports for whom the message was (ORCPT= on RCPT)"},
    };
}

Checked<Smtp::MailExtensions> mailExtensionsFrom(const Options &options)
{
    Smtp::MailExtensions extensions;
    if (options.has("mail-auth")) {
        extensions.submitter.emplace();
        if (const QByteArray address = options.value("mail-auth"); address != "<>") {
            auto mailbox = Smtp::Mailbox::parse(address);
            if (!mailbox)
                return badInput(u"--mail-auth: "_s + mailbox.error().detail, Smtp::Stage::Mail);
            extensions.submitter->mailbox = *mailbox;
        }
    }
    extensions.requireTls = options.has("require-tls");
    if (options.has("deliver-by")) {
        const auto by = deliverByFrom(options);
        if (!by)
            return std::unexpected(by.error());
        extensions.deliverBy = *by;
    }
    if (options.has("hold-for")) {
        const auto seconds = secondsFrom(options, "hold-for");
        if (!seconds)
            return std::unexpected(seconds.error());
        extensions.holdFor = std::chrono::seconds(*seconds);
    }
    if (options.has("hold-until"))
        extensions.holdUntil = QDateTime::fromString(options.text("hold-until"), Qt::ISODate);
    if (options.has("mt-priority")) {
        bool isNumber = false;
        extensions.priority = options.value("mt-priority").toInt(&isNumber);
        if (!isNumber)
            return usage(u"--mt-priority %1: expected a number from -9 to 9"_s.arg(
                options.text("mt-priority")));
    }
    extensions.originalRecipient = options.has("dsn-orcpt");
    if (const auto checked = Smtp::check(extensions); !checked)
        return usage(checked.error().detail);
    return extensions;
}

} // namespace Mailgauge::Cli
