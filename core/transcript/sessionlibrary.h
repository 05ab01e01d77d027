// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "transcript/sessionrecord.h"

#include <QStringList>

namespace Mailgauge::Transcript {

/// A stretch of a stored transcript.
struct EntryPage {
    QList<Entry> entries;
    qint64 next = 0; ///< Ask for the next page from here.
    qint64 total = 0; ///< Entries of the whole session, as far as they are stored now.
    [[nodiscard]] bool isLast() const { return next >= total; }
};

/// What may be removed without being asked each time. Never what runs, nor what is still open:
/// uncertain outcomes and recipients that wait to be sent to.
struct KeepRules {
    int days = 0; ///< Older sessions go; 0: none for its age. Imported ones are as old as their
                  ///< import.
    /// While the store uses more, deleted sessions go, then the oldest; 0: no limit. What no
    /// sessions hold, and those that must stay, does not count: nothing goes for their sake.
    qint64 bytes = 0;
    bool marked = false; ///< Those with a tag, a note or a marked line go as well.
    int binDays = 30; ///< So long deleted sessions can be brought back, unless the store is too
                      ///< large; 0: they go now.

    bool operator==(const KeepRules &) const = default;
};

/// What a sweep removed, and what is left.
struct SweepReport {
    int tooOld = 0;
    int tooMuch = 0; ///< Removed because the store was too large.
    int fromBin = 0; ///< Their time in the bin was over.
    int binTooMuch = 0; ///< Earlier than that, because the store was too large.
    qint64 bytesBefore = 0; ///< In use, not counting room that is free inside the file.
    qint64 bytesAfter = 0;
};

/// The stored sessions as people keep them: tagged, annotated, searched, opened page by page,
/// deleted and brought back.
class SessionLibrary : public SessionRepository {
public:
    /// At least one stored chunk and about `count` entries from number `from` on.
    virtual QFuture<Base::Result<EntryPage>> entryPage(QUuid session, qint64 from, int count) = 0;

    /// Replaces the tags. InvalidInput for what tagFrom() refuses.
    virtual QFuture<Base::Result<void>> setTags(QUuid session, QStringList tags) = 0;
    /// Replaces the note; see noteFrom().
    virtual QFuture<Base::Result<void>> setNote(QUuid session, QString note) = 0;
    /// Every tag in use, by name.
    virtual QFuture<Base::Result<QStringList>> tags() = 0;

    /// Moves those sessions to the bin and tells which ones went: what is there already, and what
    /// still runs, stays. Nothing that is not in the list is touched.
    virtual QFuture<Base::Result<QList<QUuid>>> trash(QList<QUuid> sessions, QDateTime now) = 0;
    /// Out of the bin again; tells which ones came.
    virtual QFuture<Base::Result<QList<QUuid>>> restore(QList<QUuid> sessions) = 0;
    /// Removes for good what the rules say, in small steps, others in between, and gives the room
    /// back to the disk. Running and uncertain sessions stay.
    virtual QFuture<Base::Result<SweepReport>> sweep(KeepRules rules, QDateTime now) = 0;
};

/// A tag as it is kept: one word of at most 40 characters, without comma and quote. None where it
/// cannot be one.
[[nodiscard]] std::optional<QString> tagFrom(const QString &typed);
/// A note as it is kept: one line of at most 2000 characters; line breaks become blanks.
[[nodiscard]] QString noteFrom(const QString &typed);

} // namespace Mailgauge::Transcript
