// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/deliveryoptions.h"
#include "mime/draft.h"

#include <QMetaType>

namespace Mailgauge::Compose {

/// What the composer holds: the message and its envelope as typed.
struct Draft {
    Mime::MessageDraft message;
    QString reversePath;
    bool nullReversePath = false;
    QString forwardPaths;
    Delivery::DeliveryOptions options {};

    bool operator==(const Draft &) const = default;
};

/// For the journal. Versioned; fields of a newer version are Unsupported, broken ones Corrupt.
[[nodiscard]] QByteArray draftToJson(const Draft &draft);
[[nodiscard]] Base::Result<Draft> draftFromJson(const QByteArray &json);

} // namespace Mailgauge::Compose

Q_DECLARE_METATYPE(Mailgauge::Compose::Draft)
