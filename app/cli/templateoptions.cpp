// SPDX-License-Identifier: GPL-3.0-or-later
#include "templateoptions.h"

#include "optionvalues.h"

#include <QDateTime>
#include <QStringDecoder>
#include <QUuid>

namespace Mailgauge::Cli {

namespace {

using Mime::TemplateContext;
using Mime::TemplateValues;

constexpr qint64 LargestData = 16 * 1024 * 1024;

Checked<QString> filled(const QString &text, const TemplateValues &values, TemplateContext context,
    const QString &what, Smtp::Stage stage)
{
    auto result = Mime::expandTemplate(text, values, context);
    if (!result)
        return badInput(what + u": "_s + result.error().detail, stage);
    return *result;
}

/// Where the body begins; the size of a message without one.
qsizetype bodyOf(const QString &message)
{
    const qsizetype crlf = message.indexOf(u"\r\n\r\n"_s);
    const qsizetype lf = message.indexOf(u"\n\n"_s);
    if (crlf >= 0 && (lf < 0 || crlf < lf))
        return crlf + 4;
    return lf >= 0 ? lf + 2 : message.size();
}

} // namespace

QList<OptionSpec> templateOptions()
{
    return {{"template-data", "FILE.json", OptionSpec::Values::One,
        "fill {{name}} in --from, --to, --command and the message from this JSON object; also "
        "{{date}}, {{isoDate}}, {{uuid}}, {{messageId}}, {{from}}, {{to}}, {{heloName}}, "
        "{{version}}"}};
}

Checked<std::optional<TemplateValues>> templateFrom(const Options &options)
{
    if (!options.has("template-data"))
        return std::optional<TemplateValues>();
    const auto bytes = readInput(options.value("template-data"), LargestData);
    if (!bytes)
        return std::unexpected(bytes.error());
    auto values = TemplateValues::fromJson(*bytes);
    if (!values)
        return badInput(u"--template-data: "_s + values.error().detail, Smtp::Stage::Content);
    const QDateTime now = QDateTime::currentDateTime();
    values->setDefault(u"date"_s, now.toString(Qt::RFC2822Date));
    values->setDefault(
        u"isoDate"_s, now.toOffsetFromUtc(now.offsetFromUtc()).toString(Qt::ISODate));
    values->setDefault(u"uuid"_s, QUuid::createUuid().toString(QUuid::WithoutBraces));
    values->setDefault(u"version"_s, QStringLiteral(MAILGAUGE_VERSION));
    return std::optional(std::move(*values));
}

Checked<Options> fillEnvelope(const Options &options, const TemplateValues &values)
{
    struct Place {
        const char *name;
        TemplateContext context;
        Smtp::Stage stage;
    };
    Options result = options;
    for (const Place &place : {Place {"from", TemplateContext::Address, Smtp::Stage::Mail},
             Place {"to", TemplateContext::Address, Smtp::Stage::Rcpt},
             Place {"command", TemplateContext::Header, Smtp::Stage::Rset}}) {
        QList<QByteArray> lines = options.values(place.name);
        for (QByteArray &line : lines) {
            if (!line.contains("{{"))
                continue;
            const auto text = filled(QString::fromUtf8(line), values, place.context,
                u"--"_s + QLatin1StringView(place.name), place.stage);
            if (!text)
                return std::unexpected(text.error());
            line = text->toUtf8();
        }
        if (options.has(place.name))
            result.set(place.name, lines);
    }
    return result;
}

MessageFiller::MessageFiller(std::optional<TemplateValues> values)
    : m_values(std::move(values))
{
}

void MessageFiller::setDefault(const QString &name, const QString &value)
{
    if (m_values)
        m_values->setDefault(name, value);
}

Checked<QString> MessageFiller::fill(
    const QString &text, TemplateContext context, const QString &what) const
{
    if (!m_values)
        return text;
    return filled(text, *m_values, context, what, Smtp::Stage::Content);
}

Checked<QByteArray> MessageFiller::fillRaw(const QByteArray &message) const
{
    if (!m_values)
        return message;
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(message);
    if (decoder.hasError())
        return badInput(u"--data: a template has to be UTF-8"_s, Smtp::Stage::Content);
    const qsizetype body = bodyOf(text);
    const auto header = fill(text.first(body), TemplateContext::Header, u"--data"_s);
    if (!header)
        return std::unexpected(header.error());
    const auto rest = fill(text.sliced(body), TemplateContext::Plain, u"--data"_s);
    if (!rest)
        return std::unexpected(rest.error());
    return header->toUtf8() + rest->toUtf8();
}

} // namespace Mailgauge::Cli
