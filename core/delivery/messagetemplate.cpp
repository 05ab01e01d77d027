// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery/messagetemplate.h"

#include "base/literals.h"

#include <QUuid>

namespace Mailgauge::Delivery {

using Mime::TemplateContext;
using Mime::TemplateValues;

void addRunDefaults(TemplateValues &values)
{
    const QDateTime now = QDateTime::currentDateTime();
    values.setDefault(u"date"_s, now.toString(Qt::RFC2822Date));
    values.setDefault(u"isoDate"_s, now.toOffsetFromUtc(now.offsetFromUtc()).toString(Qt::ISODate));
    values.setDefault(u"uuid"_s, QUuid::createUuid().toString(QUuid::WithoutBraces));
    values.setDefault(u"version"_s, QStringLiteral(MAILGAUGE_VERSION));
}

void addEnvelopeDefaults(TemplateValues &values, const Smtp::Envelope &envelope,
    const QByteArray &heloName, const QByteArray &messageId)
{
    QByteArrayList recipients;
    for (const Smtp::Mailbox &recipient : envelope.forwardPaths)
        recipients.append(recipient.address());
    values.setDefault(u"messageId"_s, QString::fromUtf8(messageId));
    values.setDefault(u"heloName"_s, QString::fromUtf8(heloName));
    values.setDefault(u"to"_s, QString::fromUtf8(recipients.join(", ")));
    values.setDefault(u"from"_s,
        envelope.reversePath ? QString::fromUtf8(envelope.reversePath->address()) : QString());
}

Base::Result<std::optional<TemplateValues>> templateValues(const DeliveryOptions &options)
{
    if (!options.fill)
        return std::optional<TemplateValues>();
    const QString typed = options.values.trimmed();
    auto values = TemplateValues::fromJson(typed.isEmpty() ? "{}"_ba : typed.toUtf8());
    if (!values)
        return Base::fail(values.error().kind, u"Values: "_s + values.error().detail);
    addRunDefaults(*values);
    return std::optional(*std::move(values));
}

Base::Result<void> fillContent(Mime::MessageDraft &draft, const TemplateValues &values)
{
    Base::Result<void> result;
    const auto fill = [&](const QString &field, QString &text, TemplateContext context) {
        auto filled = expandTemplate(text, values, context);
        if (filled)
            text = *std::move(filled);
        else if (result)
            result = Base::fail(filled.error().kind, field + u": "_s + filled.error().detail);
    };
    fill(u"Subject"_s, draft.subject, TemplateContext::Header);
    fill(u"Text"_s, draft.text, TemplateContext::Plain);
    fill(u"HTML"_s, draft.html, TemplateContext::Html);
    for (Mime::HeaderField &field : draft.headers)
        fill(QString::fromUtf8(field.name), field.value, TemplateContext::Header);
    return result;
}

} // namespace Mailgauge::Delivery
