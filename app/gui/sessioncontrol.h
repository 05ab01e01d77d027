// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "delivery/sendservice.h"
#include "relay/profileservice.h"

#include <QList>
#include <QObject>

#include <optional>

namespace Mailgauge::Transcript {
class TranscriptPanel;
}

namespace Mailgauge::Gui {

class SendFlow;

/// The user's word in the sessions: opens one at the relay in use for commands by hand, and answers
/// breakpoints, by the bar under the transcript.
class SessionControl final : public QObject {
    Q_OBJECT

public:
    SessionControl(Relay::ProfileService &profiles, Delivery::SendService &service,
        SendFlow &sending, Transcript::TranscriptPanel &transcript);

private:
    /// A line that waits in a session.
    struct Paused {
        QUuid session;
        QByteArray line;
        Smtp::Stage stage = Smtp::Stage::Helo;
    };

    void open();
    void opened(const QUuid &session);
    void answered(const QUuid &session, const QByteArray &line, const Smtp::Reply &reply);
    void paused(const QUuid &session, const QByteArray &line, Smtp::Stage stage);
    void refused(const QUuid &session, const Base::Error &error);
    void resume(const std::optional<QByteArray> &line);
    void close();
    void finished(const QUuid &session);
    void showState();

    Relay::ProfileService &m_profiles;
    Delivery::SendService &m_service;
    SendFlow &m_sending;
    Transcript::TranscriptPanel &m_transcript;
    QUuid m_session; ///< The one that stays open.
    bool m_isOpen = false;
    bool m_isBusy = false;
    QList<Paused> m_paused; ///< In the order in which they came.
    std::optional<Paused> m_resumed; ///< The last that went on, should it be refused.
};

} // namespace Mailgauge::Gui
