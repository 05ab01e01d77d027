// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/database.h"

#include <QTemporaryDir>

namespace Mailgauge::Test {

/// What a future of the store gives; the store's threads complete it without our event loop.
template <typename T>
[[nodiscard]] T take(QFuture<T> future)
{
    future.waitForFinished();
    return future.takeResult();
}

/// A session's record with something in every field.
[[nodiscard]] Transcript::SessionRecord fullRecord(const QUuid &id = QUuid::createUuid());

/// A record as it begins, with these recipients not yet decided.
[[nodiscard]] Transcript::SessionRecord newRecord(const QList<QByteArray> &recipients);

[[nodiscard]] Base::Content contentOf(const QByteArray &bytes);

/// For good, as the bin is emptied.
[[nodiscard]] bool removeSession(Transcript::SessionLibrary &sessions, const QUuid &session);

/// One term that is `text` in any field.
[[nodiscard]] Transcript::SessionQuery queryFor(const QString &text);

} // namespace Mailgauge::Test
