// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compose/draftjson.h"

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
        bool crashed = false;
    };

    /// An empty directory: nothing is kept. `current` is asked when it is time to write.
    DraftJournal(QString directory, std::function<Draft()> current, QObject *parent = nullptr);
    ~DraftJournal() override;

    /// The newest draft that nobody owns any more. Older ones stay where they are.
    [[nodiscard]] std::optional<Found> leftBehind() const;
    /// The user decided about it.
    void forget(const Found &found);

    void touch();
    /// Writes now what is not written yet; false where that failed.
    bool flush();
    /// The message was sent, or thrown away.
    void clear();
    /// The program ends in order; the draft comes back next time without a question.
    void close();

Q_SIGNALS:
    /// Once per run of failures.
    void failed(const Mailgauge::Base::Error &error);

private:
    [[nodiscard]] bool own();

    QString m_directory;
    std::function<Draft()> m_current;
    std::unique_ptr<QLockFile> m_lock;
    QString m_path;
    QTimer m_idle;
    QTimer m_longest;
    bool m_dirty = false;
    bool m_told = false;
};

} // namespace Mailgauge::Compose
