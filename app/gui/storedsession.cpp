// SPDX-License-Identifier: GPL-3.0-or-later
#include "storedsession.h"

namespace Mailgauge::Gui {

void loadSession(Transcript::SessionRepository &sessions, const QUuid &session, QObject *context,
    const SessionLoaded &use)
{
    sessions.record(session).then(context,
        [&sessions, session, context, use](const Base::Result<Transcript::SessionRecord> &record) {
            if (!record)
                return use(std::unexpected(record.error()));
            sessions.entries(session).then(context,
                [record = *record, use](const Base::Result<QList<Transcript::Entry>> &entries) {
                    if (entries)
                        use(Transcript::StoredSession {record, *entries});
                    else
                        use(std::unexpected(entries.error()));
                });
        });
}

} // namespace Mailgauge::Gui
