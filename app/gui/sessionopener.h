// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionlibrary.h"

#include <QHash>
#include <QObject>

namespace Mailgauge::Transcript {
class TranscriptPanel;
}

namespace Mailgauge::Gui {

/// Brings a stored session into the transcript, page by page: the first one is shown at once, the
/// others follow while the window goes on working. Opening another session leaves the rest of this
/// one where it is, and opening this one again goes on from there.
class SessionOpener final : public QObject {
    Q_OBJECT

public:
    SessionOpener(Transcript::SessionLibrary &library, Transcript::TranscriptPanel &transcript);

    void open(const QUuid &session);
    /// Reads the rest of one that was left half open; what is shown stays where it is.
    void goOn(const QUuid &session);
    /// What is shown stays; the transcript says that it is not all.
    void stop();
    [[nodiscard]] bool isOpening() const { return !m_session.isNull(); }

Q_SIGNALS:
    /// Its first page is there.
    void opened(const QUuid &session);
    void progressed(qint64 entries, qint64 total);
    /// All of it is there, or no more will come.
    void ended();
    void failed(const Mailgauge::Base::Error &error);

private:
    void begin(const QUuid &session, qint64 from);
    void read(const Transcript::SessionRecord &record, qint64 from);
    void show(
        const Transcript::SessionRecord &record, qint64 from, const Transcript::EntryPage &page);
    [[nodiscard]] bool isThere(const QUuid &session) const;
    void end();

    Transcript::SessionLibrary &m_library;
    Transcript::TranscriptPanel &m_transcript;
    QUuid m_session; ///< Being opened; null: none.
    int m_generation = 0; ///< Pages that were asked for before are dropped.
    struct Place {
        qint64 next = 0;
        qint64 total = 0;
    };
    QHash<QUuid, Place> m_partial; ///< Of sessions left half open: where they go on.
};

} // namespace Mailgauge::Gui
