// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bounce/report.h"
#include "store/reader.h"
#include "store/writer.h"

namespace Mailgauge::Store {

/// Delivery reports that came back. A report is joined to a session by the session's id in its VERP
/// token, or by Message-ID; the recipient must be one of that session's, or the session's only one
/// (mail that was forwarded). What does not match counts for nothing (faults G15).
class BounceStore final : public Bounce::BounceRepository {
public:
    BounceStore(Writer &writer, Reader &reader);

    /// A record with a null id gets one; the same id again replaces.
    QFuture<Base::Result<Bounce::BounceRecord>> add(Bounce::BounceRecord record) override;
    /// Newest first.
    QFuture<Base::Result<QList<Bounce::BounceRecord>>> bounces() override;

private:
    Writer &m_writer;
    Reader &m_reader;
};

} // namespace Mailgauge::Store
