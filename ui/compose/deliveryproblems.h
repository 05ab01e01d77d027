// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/deliveryoptions.h"

#include <QCoreApplication>
#include <QMap>
#include <QString>

namespace Mailgauge::Compose {

/// What is wrong with delivery options, as sentences by the object name of the field. Pure.
class DeliveryProblems {
    Q_DECLARE_TR_FUNCTIONS(DeliveryProblems)

public:
    /// `now`: mail cannot be held until a time that is past.
    [[nodiscard]] static QMap<QString, QString> of(
        const Delivery::DeliveryOptions &options, const QDateTime &now);

private:
    [[nodiscard]] static QString parameters(const QString &typed);
};

} // namespace Mailgauge::Compose
