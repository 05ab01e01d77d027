// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/deliveryoptions.h"

#include "base/literals.h"

#include <algorithm>
#include <array>

namespace Mailgauge::Delivery {

namespace {

using Kind = Base::Error::Kind;

constexpr qsizetype LongestEnvelopeId = 100; // RFC 3461 4.4

struct Keyword {
    QByteArrayView parameter;
    QByteArrayView extension;
};

constexpr std::array keywords {Keyword {"RET", "DSN"}, Keyword {"ENVID", "DSN"},
    Keyword {"NOTIFY", "DSN"}, Keyword {"ORCPT", "DSN"}, Keyword {"SIZE", "SIZE"},
    Keyword {"BODY", "8BITMIME"}, Keyword {"SMTPUTF8", "SMTPUTF8"}, Keyword {"AUTH", "AUTH"},
    Keyword {"REQUIRETLS", "REQUIRETLS"}, Keyword {"BY", "DELIVERBY"},
    Keyword {"HOLDFOR", "FUTURERELEASE"}, Keyword {"HOLDUNTIL", "FUTURERELEASE"},
    Keyword {"MT-PRIORITY", "MT-PRIORITY"}, Keyword {"PRDR", "PRDR"}};

std::unexpected<Base::Error> wrong(QLatin1StringView field, const QString &why)
{
    return Base::fail(Kind::InvalidInput, field + u": "_s + why);
}

Base::Result<QList<QByteArray>> parametersFrom(QLatin1StringView field, const QString &typed)
{
    QList<QByteArray> parameters;
    for (const QString &word : typed.split(u' ', Qt::SkipEmptyParts)) {
        const QByteArray parameter = word.toUtf8();
        if (!std::ranges::all_of(parameter, [](char c) { return c > 0x20 && c < 0x7f; }))
            return wrong(field, u"a parameter is printable ASCII without spaces"_s);
        parameters.append(parameter);
    }
    return parameters;
}

Base::Result<Smtp::MailExtensions> extensionsFrom(const DeliveryOptions &options)
{
    Smtp::MailExtensions extensions;
    if (options.vouch) {
        extensions.submitter.emplace();
        if (const QString typed = options.submitter.trimmed(); !typed.isEmpty()) {
            const auto mailbox = Smtp::Mailbox::parse(typed.toUtf8());
            if (!mailbox)
                return wrong("AUTH"_L1, mailbox.error().detail);
            extensions.submitter->mailbox = *mailbox;
        }
    }
    extensions.requireTls = options.requireTls;
    extensions.deliverBy = options.deliverBy;
    if (options.hold == DeliveryOptions::Hold::For)
        extensions.holdFor = options.holdFor;
    if (options.hold == DeliveryOptions::Hold::Until)
        extensions.holdUntil = options.holdUntil;
    extensions.priority = options.priority;
    extensions.originalRecipient = options.originalRecipient;
    return Smtp::check(extensions).transform([&extensions] { return extensions; });
}

} // namespace

Base::Result<QList<QByteArray>> dsnMailParameters(const DsnOptions &dsn)
{
    QList<QByteArray> parameters;
    if (dsn.ret != DsnOptions::Return::Unsaid)
        parameters.append(dsn.ret == DsnOptions::Return::Full ? "RET=FULL" : "RET=HDRS");
    if (!dsn.envelopeId.isEmpty()) {
        const QByteArray id = Smtp::toXtext(dsn.envelopeId.toUtf8());
        if (id.size() > LongestEnvelopeId)
            return wrong("ENVID"_L1, u"longer than %1 characters"_s.arg(LongestEnvelopeId));
        parameters.append("ENVID=" + id);
    }
    return parameters;
}

Base::Result<QList<QByteArray>> dsnRcptParameters(const DsnOptions &dsn)
{
    if (!dsn.notify)
        return QList<QByteArray>();
    QByteArrayList words;
    for (const auto &[when, word] :
        {std::pair {DsnOptions::Never, "NEVER"}, std::pair {DsnOptions::Success, "SUCCESS"},
            std::pair {DsnOptions::Failure, "FAILURE"}, std::pair {DsnOptions::Delay, "DELAY"}}) {
        if (dsn.notify.testFlag(when))
            words.append(word);
    }
    if (dsn.notify.testFlag(DsnOptions::Never) && words.size() > 1)
        return wrong("NOTIFY"_L1, u"NEVER stands alone"_s);
    return QList {"NOTIFY=" + words.join(',')};
}

Base::Result<void> applyTo(SendRequest &request, const DeliveryOptions &options)
{
    const auto extensions = extensionsFrom(options);
    const auto mail = parametersFrom("MAIL"_L1, options.mailParameters);
    const auto rcpt = parametersFrom("RCPT"_L1, options.rcptParameters);
    const auto dsnMail = dsnMailParameters(options.dsn);
    const auto dsnRcpt = dsnRcptParameters(options.dsn);
    if (!extensions)
        return std::unexpected(extensions.error());
    for (const auto *list : {&mail, &rcpt, &dsnMail, &dsnRcpt}) {
        if (!*list)
            return std::unexpected(list->error());
    }
    if (options.stop && options.messages > 1)
        return wrong("STOP"_L1, u"many messages cannot be stopped at one point"_s);
    if (options.messages > 1 && options.sessions > 1 && request.target.localPort != 0)
        return wrong("SESSIONS"_L1, u"a port of the profile's own carries one session at a time"_s);
    request.extensions = *extensions;
    request.mailParameters = *mail + *dsnMail;
    request.rcptParameters = *rcpt + *dsnRcpt;
    request.session.stop = options.stop;
    request.tlsOptions.trace = options.traceTls;
    return {};
}

QByteArray parametersNotOffered(
    const QList<QByteArray> &parameters, const Smtp::Capabilities &capabilities)
{
    QByteArrayList all;
    for (const QByteArray &parameter : parameters) {
        const QByteArray name = parameter.split('=').constFirst();
        const auto known = std::ranges::find_if(keywords, [&name](const Keyword &one) {
            return name.compare(one.parameter, Qt::CaseInsensitive) == 0;
        });
        if (known != keywords.end() && !capabilities.has(known->extension)) {
            const QByteArray told = name.toUpper() + " without " + known->extension.toByteArray();
            if (!all.contains(told))
                all.append(told);
        }
    }
    return all.join(", ");
}

} // namespace Mailgauge::Delivery
