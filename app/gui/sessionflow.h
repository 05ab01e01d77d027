// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "relay/profileservice.h"
#include "transcript/exportdialog.h"
#include "transcript/sessionlibrary.h"

#include <QObject>
#include <QPointer>
#include <QSet>
#include <QUuid>
#include <QWidget>

#include <memory>

namespace Mailgauge::Transcript {
class TranscriptPanel;
}

namespace Mailgauge::Gui {

class SendFlow;
class SessionOpener;

/// Stored sessions on their way back: into the transcript, to the relay once more, out as a file.
class SessionFlow final : public QObject {
    Q_OBJECT

public:
    SessionFlow(Relay::ProfileService &profiles, SendFlow &sending,
        Transcript::TranscriptPanel &transcript);
    ~SessionFlow() override;

    /// Once. Without one only sessions of this run can be opened.
    void setLibrary(Transcript::SessionLibrary *sessions);

    void open(const QUuid &session);
    /// What is shown of it stays.
    void stopOpening();
    /// The same as open(), at one line (Entry::n), as soon as that is there.
    void openAt(const QUuid &session, qint64 entry);
    void sendAgain(const QUuid &session);
    void exportSession(const QUuid &session, QWidget *parent);
    /// Keeps what the user attached to lines; a session that is not in the store keeps it only
    /// while the program runs, and in its exports.
    void saveMarks(
        const QUuid &session, const QMap<qint64, Mailgauge::Transcript::LineMark> &marks);

Q_SIGNALS:
    void opened();
    /// Of a long session that is opened: how far it is. Nothing of nothing: it is over.
    void opening(qint64 entries, qint64 total);
    void exported(const QString &path);
    void failed(const Mailgauge::Base::Error &error);

private:
    void showWanted();
    void sendAgain(const Transcript::SessionRecord &record);
    void giveUp(const QUuid &session, const Base::Error &error);
    void prepared(const QUuid &session);

    Transcript::SessionLibrary *m_sessions = nullptr;
    std::unique_ptr<SessionOpener> m_opener; ///< Where there is a library.
    QUuid m_wantedSession; ///< Null: no line of it is waited for.
    qint64 m_wantedEntry = -1;
    Relay::ProfileService &m_profiles;
    SendFlow &m_sending;
    Transcript::TranscriptPanel &m_transcript;
    QSet<QUuid> m_preparing; ///< To be sent again: a second click does not mean a second time.
    QPointer<Transcript::ExportDialog> m_export; ///< While it is open.
};

} // namespace Mailgauge::Gui
