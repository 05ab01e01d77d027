// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/deliveryoptions.h"
#include "mime/draft.h"
#include "mime/template.h"

namespace Mailgauge::Delivery {

/// What `{{name}}` stands for without the user's word, before there is an envelope: date, isoDate,
/// uuid and version; the user's own values go before.
void addRunDefaults(Mime::TemplateValues &values);
/// The same once there is one: from, to, heloName and messageId.
void addEnvelopeDefaults(Mime::TemplateValues &values, const Smtp::Envelope &envelope,
    const QByteArray &heloName, const QByteArray &messageId);

/// What is to be filled in, addRunDefaults() among it; none where nothing is. InvalidInput, its
/// detail beginning with "Values", where they are no JSON object.
[[nodiscard]] Base::Result<std::optional<Mime::TemplateValues>> templateValues(
    const DeliveryOptions &options);

/// Fills in subject, text, HTML and further fields. InvalidInput, its detail beginning with the
/// field, where a token is none or has no value.
[[nodiscard]] Base::Result<void> fillContent(
    Mime::MessageDraft &draft, const Mime::TemplateValues &values);

} // namespace Mailgauge::Delivery
