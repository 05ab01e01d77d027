// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionrecord.h"
#include "widgets/messagebar.h"

#include <QHash>
#include <QObject>

class QAction;

namespace Mailgauge::Relay {
class ProfileService;
}

namespace Mailgauge::Widgets {
class MessageStack;
}

namespace Mailgauge::Gui {

/// How each message ended, in one sentence above the page. However many end, at most three bars
/// stand: the last success, what certainly did not go through, and what may have. The two that
/// tell trouble show the worst that nobody has dismissed yet, and count the others.
class OutcomeNews final : public QObject {
    Q_OBJECT

public:
    OutcomeNews(const Relay::ProfileService &profiles, Widgets::MessageStack &messages);

    void tell(const Transcript::SessionRecord &record);

Q_SIGNALS:
    void inboxRequested();
    void sessionRequested(const QUuid &session);
    void sessionsRequested();

private:
    struct News {
        Widgets::MessageBar::Kind kind = Widgets::MessageBar::Kind::Info;
        QString sentence;
        QUuid session;
        bool inInbox = false;
        int others = 0;
    };

    [[nodiscard]] QList<QAction *> actionsFor(const News &news);

    const Relay::ProfileService &m_profiles;
    Widgets::MessageStack &m_messages;
    QHash<QString, News> m_shown; ///< By the name of its bar.
};

} // namespace Mailgauge::Gui
