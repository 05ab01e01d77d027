// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/inbox.h"

#include <QObject>

namespace Mailgauge::Models {
class InboxModel;
}

namespace Mailgauge::Sandbox {

/// Empties the inbox so that it can be undone: the rows go at once, the store's only when finish()
/// is called. What arrives meanwhile is left alone.
class InboxClearing final : public QObject {
    Q_OBJECT

public:
    /// `inbox` may be null.
    InboxClearing(InboxRepository *inbox, Models::InboxModel &model, QObject *parent = nullptr);

    /// Takes all rows away; how many.
    int begin();
    void undo();
    void finish();
    [[nodiscard]] bool isOpen() const { return !m_taken.isEmpty(); }
    /// Whether the message is one of those that are gone from sight.
    [[nodiscard]] bool hides(const QUuid &message) const;

Q_SIGNALS:
    /// The store kept them; they are back.
    void failed(const Mailgauge::Base::Error &error);

private:
    InboxRepository *m_inbox;
    Models::InboxModel &m_model;
    QList<InboxMessage> m_taken;
};

} // namespace Mailgauge::Sandbox
