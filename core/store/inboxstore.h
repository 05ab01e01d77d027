// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sandbox/inbox.h"
#include "store/reader.h"
#include "store/writer.h"

namespace Mailgauge::Store {

/// What the sandbox accepted; the oldest go when there are more than Limit.
class InboxStore final : public Sandbox::InboxRepository {
public:
    InboxStore(Writer &writer, Reader &reader, qint64 owner);

    QFuture<Base::Result<void>> add(Sandbox::InboxMessage message) override;
    QFuture<Base::Result<QList<Sandbox::InboxMessage>>> messages() override;
    QFuture<Base::Result<Sandbox::InboxMessage>> message(QUuid id) override;
    QFuture<Base::Result<void>> remove(QList<QUuid> ids) override;

private:
    Writer &m_writer;
    Reader &m_reader;
    qint64 m_owner;
};

} // namespace Mailgauge::Store
