// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/comparisontext.h"

#include "base/literals.h"
#include "explain/difference.h"

namespace Mailgauge::Models {

namespace {

using Smtp::Stage;

QString plainStep(const Transcript::Exchange &exchange)
{
    switch (exchange.stage) {
    case Stage::Greeting:
        return ComparisonText::tr("Greeting");
    case Stage::Helo:
        return exchange.tls ? ComparisonText::tr("EHLO inside TLS") : ComparisonText::tr("EHLO");
    case Stage::StartTls:
        return u"STARTTLS"_s;
    case Stage::Tls:
        return ComparisonText::tr("TLS handshake");
    case Stage::Auth:
        return u"AUTH"_s;
    case Stage::Mail:
        return u"MAIL"_s;
    case Stage::Rcpt:
        return u"RCPT "_s
            + Transcript::visibleText(
                Transcript::pathOf(exchange.command).value_or(exchange.command));
    case Stage::Data:
        return u"DATA"_s;
    case Stage::Content:
        return ComparisonText::tr("Message data");
    case Stage::Dot:
        return ComparisonText::tr("Final dot");
    case Stage::Rset:
        return u"RSET"_s;
    case Stage::Quit:
        return u"QUIT"_s;
    case Stage::Resolve:
    case Stage::Connect:
    case Stage::Proxy:
        break;
    }
    return ComparisonText::tr("Connection");
}

} // namespace

QString ComparisonText::of(Base::Severity severity)
{
    switch (severity) {
    case Base::Severity::Info:
        return tr("Note");
    case Base::Severity::Warning:
        return tr("Warning");
    case Base::Severity::Error:
        return tr("Error");
    }
    Q_UNREACHABLE_RETURN({});
}

QString ComparisonText::symbol(Base::Severity severity)
{
    switch (severity) {
    case Base::Severity::Info:
        return u"i"_s;
    case Base::Severity::Warning:
        return u"▲"_s;
    case Base::Severity::Error:
        return u"✕"_s;
    }
    Q_UNREACHABLE_RETURN({});
}

QString ComparisonText::step(const Transcript::Exchange &exchange)
{
    const QString text = plainStep(exchange);
    return exchange.transaction == 0
        ? text
        : tr("%1 (transaction %2)").arg(text).arg(exchange.transaction + 1);
}

QString ComparisonText::reply(const Transcript::Exchange &exchange)
{
    if (exchange.stage == Stage::Tls || exchange.stage == Stage::Content)
        return Transcript::visibleText(exchange.command);
    if (!exchange.reply)
        return tr("no reply");
    const QByteArray first = exchange.reply->lines.value(0);
    const QString text = QString::number(exchange.reply->code) + u' '
        + Transcript::visibleText(first.left(500));
    const auto more = exchange.reply->lines.size() - 1;
    return more > 0 ? tr("%1  + %n line(s)", nullptr, static_cast<int>(more)).arg(text) : text;
}

QString ComparisonText::sentence(const Transcript::Difference &difference)
{
    return Explain::explainDifference(
        difference.id, difference.subject, difference.left, difference.right)
        .text;
}

QString ComparisonText::summary(const Transcript::Comparison &comparison)
{
    if (comparison.isEqual())
        return tr("Nothing that means something differs.");
    const auto count = [&comparison](Base::Severity severity) {
        return static_cast<int>(comparison.count(severity));
    };
    QStringList parts;
    if (const int errors = count(Base::Severity::Error))
        parts.append(tr("%n error(s)", nullptr, errors));
    if (const int warnings = count(Base::Severity::Warning))
        parts.append(tr("%n warning(s)", nullptr, warnings));
    if (const int notes = count(Base::Severity::Info))
        parts.append(tr("%n note(s)", nullptr, notes));
    return parts.join(u" · "_s);
}

} // namespace Mailgauge::Models
