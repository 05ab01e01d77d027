// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bundle/sessiontable.h"
#include "relay/profileservice.h"
#include "transcript/redaction.h"
#include "transcript/sessionlibrary.h"

#include <QObject>
#include <QPointer>

namespace Mailgauge::Sessions {
class SessionsPanel;
}

namespace Mailgauge::Gui {

/// Stored sessions on their way out as a table.
class TableFlow final : public QObject {
    Q_OBJECT

public:
    TableFlow(Transcript::SessionLibrary &sessions, Relay::ProfileService &profiles);

    /// Offers it there.
    void setPanel(Sessions::SessionsPanel *panel);

Q_SIGNALS:
    void exported(const QString &path);
    void failed(const Mailgauge::Base::Error &error);

private:
    struct Wish {
        Transcript::SessionQuery query;
        QList<QUuid> only; ///< Empty: all that the query finds.
        Bundle::TableShape shape;
        Transcript::RedactionLevel level;
    };

    void ask();
    void read(const Wish &wish, const QString &path);
    void write(
        const Wish &wish, const QList<Transcript::SessionRecord> &records, const QString &path);

    Transcript::SessionLibrary &m_sessions;
    Relay::ProfileService &m_profiles;
    QPointer<Sessions::SessionsPanel> m_panel;
};

} // namespace Mailgauge::Gui
