// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/inboxclearing.h"

#include "models/inboxmodel.h"

#include <algorithm>
#include <utility>

namespace Mailgauge::Sandbox {

InboxClearing::InboxClearing(InboxRepository *inbox, Models::InboxModel &model, QObject *parent)
    : QObject(parent)
    , m_inbox(inbox)
    , m_model(model)
{
}

int InboxClearing::begin()
{
    finish();
    m_taken = m_model.messages();
    m_model.setMessages({});
    return static_cast<int>(m_taken.size());
}

void InboxClearing::undo()
{
    m_model.merge(std::exchange(m_taken, {}));
}

bool InboxClearing::hides(const QUuid &message) const
{
    return std::ranges::contains(m_taken, message, &InboxMessage::id);
}

void InboxClearing::finish()
{
    const QList<InboxMessage> taken = std::exchange(m_taken, {});
    if (taken.isEmpty() || !m_inbox)
        return;
    QList<QUuid> ids;
    for (const InboxMessage &message : taken)
        ids.append(message.id);
    m_inbox->remove(ids).then(this, [this, taken](const Base::Result<void> &removed) {
        if (removed)
            return;
        m_model.merge(taken);
        Q_EMIT failed(removed.error());
    });
}

} // namespace Mailgauge::Sandbox
