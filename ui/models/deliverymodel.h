// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/deliveryoptions.h"

#include <QObject>

class QUndoStack;

namespace Mailgauge::Models {

/// The delivery options of a draft. Every change can be undone; those of one field that follow each
/// other are one step.
class DeliveryModel final : public QObject {
    Q_OBJECT

public:
    explicit DeliveryModel(QUndoStack &undo, QObject *parent = nullptr);

    [[nodiscard]] const Delivery::DeliveryOptions &options() const { return m_options; }
    /// Replaces all, without undo.
    void setOptions(const Delivery::DeliveryOptions &options);
    /// `field` is what the user worked on.
    void change(const Delivery::DeliveryOptions &options, const QString &field);
    /// How many things are asked for beyond a plain delivery.
    [[nodiscard]] int count() const;

Q_SIGNALS:
    void optionsChanged();

private:
    QUndoStack &m_undo;
    Delivery::DeliveryOptions m_options;
};

} // namespace Mailgauge::Models
