// SPDX-License-Identifier: GPL-3.0-or-later
#include "smtp/mailparameters.h"

#include "base/literals.h"

#include <algorithm>

namespace Mailgauge::Smtp {

using Base::Error;

bool hasParameter(const QList<QByteArray> &parameters, const QByteArray &keyword)
{
    return std::ranges::any_of(parameters, [&keyword](const QByteArray &parameter) {
        return parameter.split('=').first().toUpper() == keyword;
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
    const Envelope &envelope = transaction.envelope;
    const bool utf8Path = (envelope.reversePath && envelope.reversePath->needsSmtpUtf8())
        || std::ranges::any_of(envelope.forwardPaths, &Mailbox::needsSmtpUtf8);
    const auto isFixed = [](const Mailbox &one) { return !one.withAsciiDomain(); };
    if (!utf8Path && !transaction.utf8Header) {
        // Nearly all mail.
    } else if (usesSmtpUtf8(capabilities, options)) {
        add("SMTPUTF8"_ba, {});
    } else if (utf8Path
        && ((envelope.reversePath && isFixed(*envelope.reversePath))
            || std::ranges::any_of(envelope.forwardPaths, isFixed))) {
        return unsupported(u"an address beyond ASCII, the server lacks SMTPUTF8"_s);
    }
    if (options.prdr && options.protocol == Protocol::Esmtp && capabilities.has("PRDR"))
        add("PRDR"_ba, {});
    const auto extended = parametersOf(transaction.extensions, capabilities, trust);
    if (!extended)
        return std::unexpected(extended.error());
    return parameters + *extended + transaction.mailParameters;
}

} // namespace Mailgauge::Smtp
