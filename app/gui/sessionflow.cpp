// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionflow.h"

#include "delivery/resend.h"
#include "sendflow.h"
#include "sessionopener.h"
#include "storedsession.h"
#include "transcript/transcriptpanel.h"

#include <QApplication>
#include <QPointer>
#include <QTimer>

namespace Mailgauge::Gui {

SessionFlow::SessionFlow(
    Relay::ProfileService &profiles, SendFlow &sending, Transcript::TranscriptPanel &transcript)
    : m_profiles(profiles)
    , m_sending(sending)
    , m_transcript(transcript)
{
}

SessionFlow::~SessionFlow() = default;

void SessionFlow::setLibrary(Transcript::SessionLibrary *sessions)
{
    m_sessions = sessions;
    if (!m_sessions)
        return;
    m_opener = std::make_unique<SessionOpener>(*m_sessions, m_transcript);
    connect(m_opener.get(), &SessionOpener::opened, this, &SessionFlow::opened);
    connect(m_opener.get(), &SessionOpener::progressed, this, &SessionFlow::opening);
    connect(m_opener.get(), &SessionOpener::progressed, this, &SessionFlow::showWanted);
    connect(m_opener.get(), &SessionOpener::ended, this, [this] {
        Q_EMIT opening(0, 0);
        showWanted();
    });
    connect(m_opener.get(), &SessionOpener::failed, this, &SessionFlow::failed);
}

void SessionFlow::open(const QUuid &session)
{
    m_wantedSession = {};
    if (m_opener) {
        m_opener->open(session);
        return;
    }
    // One of this run is in the transcript, also without a store.
    if (m_transcript.model().transcript().indexOf(session) >= 0) {
        m_transcript.showLiveSession(session);
        Q_EMIT opened();
    }
}

void SessionFlow::stopOpening()
{
    if (m_opener)
        m_opener->stop();
}

void SessionFlow::openAt(const QUuid &session, qint64 entry)
{
    open(session);
    m_wantedSession = session;
    m_wantedEntry = entry;
    showWanted();
}

// Its page may not be there yet.
void SessionFlow::showWanted()
{
    if (m_wantedSession.isNull())
        return;
    if (m_transcript.showEntry(m_wantedSession, m_wantedEntry)
        || !(m_opener && m_opener->isOpening()))
        m_wantedSession = {};
}

void SessionFlow::sendAgain(const QUuid &session)
{
    if (!m_sessions || m_preparing.contains(session))
        return;
    m_preparing.insert(session);
    m_sessions->record(session).then(
        this, [this, session](const Base::Result<Transcript::SessionRecord> &record) {
            if (record)
                sendAgain(*record);
            else
                giveUp(session, record.error());
        });
}

// Preparing takes less than a double click does.
void SessionFlow::prepared(const QUuid &session)
{
    QTimer::singleShot(QApplication::doubleClickInterval(), this,
        [this, session] { m_preparing.remove(session); });
}

void SessionFlow::giveUp(const QUuid &session, const Base::Error &error)
{
    prepared(session);
    Q_EMIT failed(error);
}

void SessionFlow::sendAgain(const Transcript::SessionRecord &record)
{
    m_sessions->message(record.message)
        .then(this, [this, record](const Base::Result<QByteArray> &message) {
            if (!message) {
                giveUp(record.id, message.error());
                return;
            }
            const auto relay = m_profiles.profile(record.profile);
            // One that is gone has none.
            m_profiles.secrets(relay.value_or(Relay::RelayProfile()))
                .then(this,
                    [this, record, relay, message = *message](
                        const Base::Result<Relay::ProfileSecrets> &secrets) {
                        // Not without them: the relay would tell a wrong reason.
                        if (!secrets) {
                            giveUp(record.id, secrets.error());
                            return;
                        }
                        const auto request = Delivery::resend(
                            record, message, relay, *secrets, m_sending.bounceKey());
                        if (!request) {
                            giveUp(record.id, request.error());
                            return;
                        }
                        prepared(record.id);
                        m_sending.send(*request);
                    });
        });
}

void SessionFlow::exportSession(const QUuid &session, QWidget *parent)
{
    if (!m_sessions)
        return;
    loadSession(*m_sessions, session, this,
        [this, window = QPointer(parent)](const Base::Result<Transcript::StoredSession> &stored) {
            if (!stored) {
                Q_EMIT failed(stored.error());
                return;
            }
            // Asked for twice before the first dialog was there: one is enough.
            if (m_export)
                return;
            m_export = m_transcript.openExport({stored->record, stored->entries}, window);
            connect(m_export, &Transcript::ExportDialog::saved, this, &SessionFlow::exported);
        });
}

void SessionFlow::saveMarks(const QUuid &session, const QMap<qint64, Transcript::LineMark> &marks)
{
    if (!m_sessions)
        return;
    m_sessions->setMarks(session, marks).then(this, [this](const Base::Result<void> &saved) {
        // What is not in the store has nothing to keep them with: that is no failure.
        if (!saved && saved.error().kind != Base::Error::Kind::InvalidInput)
            Q_EMIT failed(saved.error());
    });
}

} // namespace Mailgauge::Gui
