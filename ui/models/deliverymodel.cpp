// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/deliverymodel.h"

#include "base/literals.h"

#include <QUndoStack>

namespace Mailgauge::Models {

namespace {

using Delivery::DeliveryOptions;

class ChangeCommand final : public QUndoCommand {
public:
    ChangeCommand(DeliveryModel &model, const DeliveryOptions &after, const QString &field)
        : QUndoCommand(DeliveryModel::tr("Change delivery options"))
        , m_model(model)
        , m_before(model.options())
        , m_after(after)
        , m_field(field)
    {
    }
    void redo() override { m_model.setOptions(m_after); }
    void undo() override { m_model.setOptions(m_before); }
    [[nodiscard]] int id() const override { return 0x64656c69; } // of this class alone
    bool mergeWith(const QUndoCommand *other) override
    {
        const auto *later = static_cast<const ChangeCommand *>(other);
        if (later->m_field != m_field || &later->m_model != &m_model)
            return false;
        m_after = later->m_after;
        setObsolete(m_after == m_before);
        return true;
    }

private:
    DeliveryModel &m_model;
    DeliveryOptions m_before;
    DeliveryOptions m_after;
    QString m_field;
};

} // namespace

DeliveryModel::DeliveryModel(QUndoStack &undo, QObject *parent)
    : QObject(parent)
    , m_undo(undo)
{
}

void DeliveryModel::setOptions(const DeliveryOptions &options)
{
    if (options == m_options)
        return;
    m_options = options;
    Q_EMIT optionsChanged();
}

void DeliveryModel::change(const DeliveryOptions &options, const QString &field)
{
    if (options != m_options)
        m_undo.push(new ChangeCommand(*this, options, field));
}

int DeliveryModel::count() const
{
    const DeliveryOptions &set = m_options;
    int count = 0;
    for (const bool one :
        {static_cast<bool>(set.dsn.notify), set.dsn.ret != Delivery::DsnOptions::Return::Unsaid,
            !set.dsn.envelopeId.isEmpty(), set.originalRecipient, set.vouch, set.requireTls,
            set.deliverBy.has_value(), set.hold != DeliveryOptions::Hold::No,
            set.priority.has_value(), !set.mailParameters.isEmpty(), !set.rcptParameters.isEmpty(),
            set.stop.has_value(), set.traceTls, set.messages > 1, set.fill})
        count += one ? 1 : 0;
    return count;
}

} // namespace Mailgauge::Models
