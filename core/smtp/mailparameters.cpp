// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/mailparameters.h"

#include "base/literals.h"

#include <algorithm>

namespace Mailgauge::Smtp {

using Base::Error;

Base::Result<void> checkValues(const Transaction &transaction)
{
    if (transaction.envelope.forwardPaths.isEmpty())
        return Base::fail(Error::Kind::InvalidInput, u"no recipient"_s);
    if (auto extensions = check(transaction.extensions); !extensions)
        return extensions;
    if (transaction.size < 0)
        return Base::fail(Error::Kind::InvalidInput, u"a negative size"_s);
    return {};
}

bool hasParameter(const QList<QByteArray> &parameters, QByteArrayView keyword)
{
    return std::ranges::any_of(parameters, [keyword](QByteArrayView parameter) {
        const qsizetype end = parameter.indexOf('=');
        return parameter.first(end < 0 ? parameter.size() : end)
                   .compare(keyword, Qt::CaseInsensitive)
            == 0;
    });
}

bool isBinary(const Transaction &transaction)
{
    return transaction.binary
        || std::ranges::any_of(transaction.mailParameters, [](const QByteArray &parameter) {
               return parameter.compare("BODY=BINARYMIME", Qt::CaseInsensitive) == 0;
           });
}

bool usesSmtpUtf8(const Capabilities &capabilities, const SessionOptions &options)
{
    return options.smtpUtf8 && capabilities.has("SMTPUTF8");
}

Base::Result<QList<QByteArray>> mailParameters(const Transaction &transaction,
    const Capabilities &capabilities, const SessionOptions &options, TlsTrust trust)
{
    const auto unsupported = [](const QString &detail) {
        return Base::fail(Error::Kind::Unsupported, detail);
    };
    QList<QByteArray> parameters;
    const auto add = [&](const QByteArray &keyword, const QByteArray &value) {
        if (!hasParameter(transaction.mailParameters, keyword))
            parameters.append(value.isEmpty() ? keyword : keyword + '=' + value);
    };
    if (const auto limit = capabilities.sizeLimit()) {
        if (*limit > 0 && transaction.size > *limit)
            return unsupported(u"the message has %1 octets, the server takes %2"_s.arg(
                QString::number(transaction.size), QString::number(*limit)));
        add("SIZE"_ba, QByteArray::number(transaction.size));
    }
    const bool binary = isBinary(transaction);
    if (binary) {
        // RFC 3030 3: never by DATA.
        if (options.chunking == Chunking::Off)
            return unsupported(u"BINARYMIME needs chunking, which is switched off"_s);
        if (!capabilities.has("BINARYMIME") || !capabilities.has("CHUNKING"))
            return unsupported(u"the message is binary, the server lacks BINARYMIME"_s);
        add("BODY"_ba, "BINARYMIME"_ba);
    } else if (transaction.eightBit) {
        if (capabilities.has("8BITMIME"))
            add("BODY"_ba, "8BITMIME"_ba);
        else if (!options.eightBitAnyway)
            return unsupported(u"the message has 8-bit octets, the server lacks 8BITMIME"_s);
    }
    if (!transaction.envelope.needsSmtpUtf8() && !transaction.utf8Header) {
        // Nearly all mail.
    } else if (usesSmtpUtf8(capabilities, options)) {
        add("SMTPUTF8"_ba, {});
    } else if (!transaction.envelope.hasAsciiForm()) {
        return unsupported(u"an address beyond ASCII, the server lacks SMTPUTF8"_s);
    }
    if (options.prdr && options.protocol == Protocol::Esmtp && capabilities.has("PRDR"))
        add("PRDR"_ba, {});
    const auto extended = parametersOf(transaction.extensions, capabilities, trust);
    if (!extended)
        return std::unexpected(extended.error());
    return parameters + *extended + transaction.mailParameters;
}

Base::Result<Command> mailCommand(
    const Transaction &transaction, const QList<QByteArray> &parameters, Domains domains)
{
    const std::optional<Mailbox> &from = transaction.envelope.reversePath;
    return Command::mail(
        from && domains == Domains::Ascii ? from->withAsciiDomain() : from, parameters);
}

Base::Result<Command> rcptCommand(
    const Transaction &transaction, qsizetype recipient, Domains domains)
{
    const Mailbox &typed = transaction.envelope.forwardPaths[recipient];
    const Mailbox path = domains == Domains::Ascii ? typed.withAsciiDomain().value_or(typed)
                                                   : typed;
    QList<QByteArray> parameters = transaction.rcptParameters;
    if (transaction.extensions.originalRecipient && !hasParameter(parameters, "ORCPT"))
        parameters += "ORCPT=" + originalRecipientOf(path);
    return Command::rcpt(path, parameters);
}

} // namespace Mailgauge::Smtp
