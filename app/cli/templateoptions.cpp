// SPDX-License-Identifier: GPL-3.0-or-later
#include "templateoptions.h"

#include "optionvalues.h"

#include "delivery/messagetemplate.h"

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

} // namespace

QList<OptionSpec> templateOptions()
{
    return {
        {"template", "", OptionSpec::Values::Flag,
            "fill {{date}}, {{isoDate}}, {{uuid}}, {{messageId}}, {{from}}, {{to}}, {{heloName}} "
            "and {{version}} in --from, --to, --command and the message; with --repeat anew in "
            "each message, but the envelope keeps the first"},
        {"template-data", "FILE.json", OptionSpec::Values::One,
            "the same, and {{name}} from this JSON object"},
    };
}

Checked<std::optional<TemplateValues>> templateFrom(const Options &options)
{
    if (!options.has("template") && !options.has("template-data"))
        return std::optional<TemplateValues>();
    const auto bytes = options.has("template-data")
        ? readInput(options.value("template-data"), LargestData)
        : Checked<QByteArray>("{}"_ba);
    if (!bytes)
        return std::unexpected(bytes.error());
    auto values = TemplateValues::fromJson(*bytes);
    if (!values)
        return badInput(u"--template-data: "_s + values.error().detail, Smtp::Stage::Content);
    Delivery::addRunDefaults(*values);
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

void MessageFiller::setEnvelope(
    const Smtp::Envelope &envelope, const QByteArray &heloName, const QByteArray &messageId)
{
    if (m_values)
        Delivery::addEnvelopeDefaults(*m_values, envelope, heloName, messageId);
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
    const auto filled = Mime::expandMessage(message, *m_values);
    if (!filled)
        return badInput(u"--data: "_s + filled.error().detail, Smtp::Stage::Content);
    return *filled;
}

} // namespace Mailgauge::Cli
