// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compose/draftjson.h"
#include "models/latestwriter.h"

#include <QDateTime>
#include <QObject>
#include <QTimer>

#include <functional>
#include <memory>

class QLockFile;

namespace Mailgauge::Compose {

/// Keeps the message that is being written on disk, so that a crash or a power cut loses five
/// seconds at most of what stands still. One file per program, with a lock beside it: a file whose
/// lock nobody holds was left behind.
class DraftJournal final : public QObject {
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds Idle {5'000};
    /// Written at the latest after this, however much is typed.
    static constexpr std::chrono::milliseconds Longest {30'000};

    /// What was left behind, and how.
    struct Found {
        Draft draft;
        QString path;
        QDateTime written;
        bool crashed = false;
    };

    /// An empty directory: nothing is kept. `current` is asked when it is time to write.
    DraftJournal(QString directory, std::function<Draft()> current, QObject *parent = nullptr);
    ~DraftJournal() override;

    /// The drafts that nobody owns any more, the newest first.
    [[nodiscard]] QList<Found> leftBehind() const;
    /// The current draft goes on with this one, whose file stays until the current one is safe.
    void adopt(const Found &found);
    /// The user does not want it.
    void forget(const Found &found);

    void touch();
    /// Writes by a worker what is not written yet.
    void save();
    /// The same, and waits for it.
    Base::Result<void> flush();
    /// The program ends in order; the draft comes back next time without a question. Where it could
    /// not be written nothing is closed.
    Base::Result<void> close();

Q_SIGNALS:
    /// Once per run of failures.
    void failed(const Mailgauge::Base::Error &error);

private:
    [[nodiscard]] bool own();
    void written(const Base::Result<void> &result);

    QString m_directory;
    std::function<Draft()> m_current;
    std::unique_ptr<QLockFile> m_lock; ///< Longer than the last write.
    Models::LatestWriter m_writer;
    QString m_path;
    QStringList m_adopted; ///< Files whose content is in the current draft.
    qsizetype m_safe = 0; ///< How many of them the write under way holds.
    QTimer m_idle;
    QTimer m_longest;
    bool m_dirty = false;
    bool m_told = false;
};

} // namespace Mailgauge::Compose
