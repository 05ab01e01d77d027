// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bundle/sessionimport.h"

#include <QObject>
#include <QStringList>

namespace Mailgauge::Transcript {
class TranscriptPanel;
}

namespace Mailgauge::Gui {

/// Sessions that come back from files, transcripts and support bundles: read on a worker, kept in
/// the store under their ids, the first of them shown; without a store all of them. Where another
/// session has the id nothing is touched, and the user is asked.
class ImportFlow final : public QObject {
    Q_OBJECT

public:
    using Sessions = QList<Bundle::BundledSession>;

    explicit ImportFlow(Transcript::TranscriptPanel &transcript);

    /// Once; null: sessions are shown and not kept. What was opened before is read now.
    void setRepository(Transcript::SessionRepository *sessions);
    void open(const QString &path);
    /// Keeps those under new ids.
    void keepBoth(const QString &path, const Sessions &sessions);

Q_SIGNALS:
    /// They are in the transcript now: what is not kept.
    void opened();
    /// The first of those that are kept: to be shown from the store, page by page.
    void openRequested(const QUuid &session);
    /// How many were added to the store, and how many were there already, the same.
    void imported(qsizetype added, qsizetype same);
    /// Other sessions have their ids.
    void taken(const QString &path, const Mailgauge::Gui::ImportFlow::Sessions &sessions);
    /// `missing` of its sessions were not imported; 0: the file could not be read. What was done
    /// before is told by imported() and taken().
    void failed(const QString &path, const Mailgauge::Base::Error &error, qsizetype missing);

private:
    struct Run {
        QString path {};
        Sessions waiting {};
        Sessions taken {};
        qsizetype added = 0;
        qsizetype same = 0;
        QUuid first {}; ///< Of those that are kept.
    };

    void next(Run run);
    void compare(
        const Run &run, const Bundle::BundledSession &one, const Transcript::SessionRecord &kept);
    void add(const Run &run, const Bundle::BundledSession &one);
    void show(const Bundle::BundledSession &one);
    void stop(const Run &run, const Base::Error &error);
    void finish(const Run &run);

    Transcript::SessionRepository *m_sessions = nullptr;
    bool m_waits = true; ///< For the repository.
    QStringList m_early;
    Transcript::TranscriptPanel &m_transcript;
};

} // namespace Mailgauge::Gui
